"""What the emission of a statement knows of its surroundings."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.backends.c_names import ArrayNames, Names, name_all
from pyaot.backends.c_polls import Polls, polls_of
from pyaot.backends.c_scopes import Flow, NameSet
from pyaot.backends.c_storage import Place, Storage, store_arrays
from pyaot.backends.c_types import c_type
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Const,
    Expr,
    Function,
    LibraryCall,
    Nothing,
    Result,
    Return,
    ScalarResult,
    TupleResult,
    ViewResult,
)
from pyaot.ir.types import Array
from pyaot.ir.walk import Body, returns, scalars_assigned, scalars_read, walk_stmts


class Leaf(Struct, frozen=True):
    """One leaf of a result: the fields of the results struct that carry it."""

    result: ScalarResult | ArrayResult | ViewResult
    field: str

    @property
    def numbers(self) -> tuple[tuple[str, str, Expr], ...]:
        """C type, field and value of every number in the leaf."""
        match self.result:
            case ScalarResult(value):
                return ((c_type(value.type.dtype), self.field, value),)
            case ArrayResult():
                return ()
            case ViewResult(_, offset, shape, strides):
                parts = [("offset", offset)]
                parts += [(f"shape_{axis}", extent) for axis, extent in enumerate(shape)]
                parts += [(f"stride_{axis}", stride) for axis, stride in enumerate(strides)]
                return tuple(("int64_t", f"{self.field}_{name}", value) for name, value in parts)
            case _:
                assert_never(self.result)


class Context(Struct, frozen=True):
    """The function, its names and places, and where the emission stands in it."""

    function: Function
    names: Names
    storage: Storage
    polls: Polls
    leaves: tuple[tuple[Leaf, ...], ...]  # of every Return, by path
    paths: Mapping[int, int]  # id of a Return to its path
    constants: NameSet  # scalars that are assigned in one place
    unread: NameSet  # scalars that are assigned and never read
    flow: Flow
    file_name: str
    counts_flags: bool  # IEEE flags are reported
    strict: bool
    parallel: bool = False  # inside a parallel loop
    repeated: bool = False  # inside a loop
    jumps: Mapping[str, str] = field(default_factory=dict)  # how an Exit is written here, if not as goto
    line: int = 0  # of the user's, that was named last
    breakable: str = ""  # the label of the Block that the coming loop is all of

    def inside(self, **changes: object) -> "Context":
        """The context of an inner body."""
        return replace(self, **changes)

    @property
    def cleans_up(self) -> bool:
        """Whether something must be freed before the function ends."""
        return bool(
            self.storage.all_in(Place.HEAP)
            or self.storage.all_in(Place.OWNED)
            or self.storage.groups
            or self.polls.forecast
        )

    @property
    def is_patient(self) -> bool:
        """Whether handlers of signals may run in the kernel: where it asks for them, and in library calls."""
        return self.polls.asks or any(isinstance(s, LibraryCall) for s in walk_stmts(self.function.body))

    @property
    def result_type(self) -> str:
        """The struct through which the kernel gives its results to the entry."""
        return f"struct {self.function.name}_results"


EmitBody: TypeAlias = Callable[[Body, NameSet, Context], list[str]]


def context_of(function: Function, file_name: str, strict: bool, counts_flags: bool) -> Context:
    """The context at the top of a function."""
    storage = store_arrays(function)
    stack = frozenset(storage.all_in(Place.STACK))
    results = returns(function)
    leaves = tuple(
        tuple(Leaf(leaf, f"leaf_{path}_{k}") for k, leaf in enumerate(leaves_of(stmt.result)))
        for path, stmt in enumerate(results)
    )
    return Context(
        function,
        _with_stack_extents(name_all(function), function, stack),
        storage,
        polls_of(function, storage),
        leaves,
        {id(stmt): path for path, stmt in enumerate(results)},
        _assigned_once(function),
        scalars_assigned(function.body) - scalars_read(function.body),
        Flow(stack),
        file_name,
        counts_flags,
        strict,
    )


def leaves_of(result: Result) -> Iterator[ScalarResult | ArrayResult | ViewResult]:
    """The leaves of a result, from left to right."""
    match result:
        case Nothing():
            return
        case TupleResult(items):
            for item in items:
                yield from leaves_of(item)
        case ScalarResult() | ArrayResult() | ViewResult():
            yield result
        case _:
            assert_never(result)


def path_of(stmt: Return, context: Context) -> int:
    """The path that a Return ends."""
    return context.paths[id(stmt)]


def _assigned_once(function: Function) -> NameSet:
    names = [stmt.name for stmt in walk_stmts(function.body) if isinstance(stmt, Assign)]
    return frozenset(name for name in names if names.count(name) == 1)


def _with_stack_extents(names: Names, function: Function, stack: NameSet) -> Names:
    """The extents of arrays on the stack are numbers, not variables."""
    arrays = dict(names.arrays)
    for stmt in walk_stmts(function.body):
        if isinstance(stmt, Allocate) and stmt.name in stack:
            arrays[stmt.name] = _constant_extents(arrays[stmt.name], stmt)
    return replace(names, arrays=arrays)


def _constant_extents(array: ArrayNames, stmt: Allocate) -> ArrayNames:
    extents = tuple(str(extent.value) for extent in stmt.shape if isinstance(extent, Const))
    return replace(array, extents=extents)


def array_params(function: Function) -> tuple[str, ...]:
    """The parameters that are arrays."""
    return tuple(param.name for param in function.params if isinstance(param.type, Array))
