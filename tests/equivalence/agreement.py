"""Whether interpret(lower(f)) does what f does: values, types, identity, changes of the arguments.

agree(source, arguments)   ->   Verdict("agreed"), or
                                "failed" (the original would run), "refused" (it stays Python),
                                "unfit" (no instance takes the arguments); an AssertionError where they differ
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.check import check
from pyaot.ir.interpret import Failed, Made, interpret
from pyaot.ir.nodes import Binary, Function, Param
from pyaot.ir.program import Claim, Instance, Program
from pyaot.ir.types import Array, DType
from pyaot.ir.walk import walk_exprs
from pyaot.verify.rounding import is_wild
from tests.strategies.arguments import Arguments


@dataclass(frozen=True)
class Verdict:
    """What became of a call; `reason` says why the compiled function did not run."""

    kind: str
    reason: str = ""
    raised: bool = False  # the original raised


@dataclass(frozen=True)
class Lowered:
    """A program as Python runs it and as the front end lowers it."""

    program: Program
    module: dict[str, Any]

    def agree(self, arguments: Arguments, name: str = "f") -> Verdict:
        """Compares one call of the function `name` with its lowered form."""
        given, kept = arguments.copy(), arguments.copy()
        error, want = _run(self.module[name], given)
        want = _by_fields(want)
        found = _instance(self.program, name, self.module, kept)
        if isinstance(found, Verdict):
            return Verdict(found.kind, found.reason, error is not None)
        function, bound = found
        with np.errstate(all="ignore"):
            outcome = interpret(function, bound)
        if isinstance(outcome, Failed):
            assert_same(_all(arguments), _all(kept), exact=True, values=True)
            return Verdict("failed", outcome.reason, error is not None)
        assert error is None, f"the original raises {error!r}, the lowered function gives {outcome.value!r}"
        made = _by_fields(outcome.value)
        exact = not function.inexact and not _has_complex_products(function)
        values = exact or not is_wild(_all(arguments))
        assert_same((want, _all(given)), (made, _all(kept)), exact, values)
        shared = _sharing(made, _all(kept))
        assert _sharing(want, _all(given)) == shared, "memory is shared differently"
        return Verdict("agreed")


def _by_fields(value: object) -> object:
    """Objects of the program's classes as their class and their fields."""
    match value:
        case Made(maker, items):
            return (maker.name.rpartition(".")[2], *map(_by_fields, items))
        case tuple() if hasattr(value, "_fields"):
            return (type(value).__name__, *map(_by_fields, value))
        case tuple():
            return tuple(map(_by_fields, value))
    if is_dataclass(value):
        return (type(value).__name__, *(_by_fields(getattr(value, field.name)) for field in fields(value)))
    return value


def _has_complex_products(function: Function) -> bool:
    """NumPy multiplies complex scalars and complex arrays by code of their own, which round differently."""
    return any(
        isinstance(part, Binary) and part.op in ("mul", "truediv", "pow") and part.type.dtype.is_complex
        for part in walk_exprs(function.body)
    )


def lowered(source: str) -> Lowered:
    """The program, lowered and checked."""
    program = lower(parse(SourceFile(Path("prog.py"), source)))
    for function in program.functions:
        check(function)
    return Lowered(program, load(source))


def agree(source: str, arguments: Arguments, name: str = "f") -> Verdict:
    """Compares one call of the function `name` of a program with its lowered form."""
    return lowered(source).agree(arguments, name)


def load(source: str) -> dict[str, Any]:
    """The program's names, after it has run."""
    names: dict[str, Any] = {}
    exec(compile(source, "prog.py", "exec"), names)
    return names


def _run(function: Callable[..., object], arguments: Arguments) -> tuple[Exception | None, object]:
    with np.errstate(all="ignore"):
        try:
            return None, arguments.call(function)
        except Exception as error:
            return error, None


def _all(arguments: Arguments) -> tuple[object, ...]:
    return (*arguments.positional, *arguments.keywords.values())


# ---- which instance takes the arguments -----------------------------------------------------------------


def _instance(
    program: Program, name: str, module: dict[str, Any], arguments: Arguments
) -> tuple[Function, dict[str, object]] | Verdict:
    entry = next((e for e in program.entries if e.qualified_name == name), None)
    if entry is None:
        return Verdict("refused", "; ".join(d.message for d in program.diagnostics if d.function == name))
    bound = inspect.signature(module[name]).bind(*arguments.positional, **arguments.keywords)
    bound.apply_defaults()
    for instance in entry.instances:
        function = program.function(instance.function)
        values = _values(instance, function, {**module, **bound.arguments})
        if values is not None:
            return function, values
    return Verdict("unfit")


def _values(instance: Instance, function: Function, names: dict[str, Any]) -> dict[str, object] | None:
    """What the instance's parameters are bound to; None where the guard would say no."""
    for fact in instance.facts:
        if fact.claim is Claim.EQUALS and not _holds(names, fact.name, fact.expected):
            return None
    try:
        values = {b.param: eval(b.text, names) for b in instance.bindings}
    except (TypeError, IndexError, AttributeError):
        return None
    fits = all(is_of_type(values[param.name], param) for param in function.params)
    arrays = [value for value in values.values() if isinstance(value, np.ndarray)]
    apart = not any(np.shares_memory(x, y) for x, y in combinations(arrays, 2))
    return values if fits and apart else None


def _holds(names: dict[str, Any], text: str, expected: str) -> bool:
    return repr(eval(text, names)) == expected


_PYTHON = {DType.BOOL: bool, DType.INT64: int, DType.FLOAT64: float, DType.COMPLEX128: complex}


def is_of_type(value: object, param: Param) -> bool:
    """What the guard asks of an argument."""
    type_ = param.type
    if isinstance(type_, Array) and type_.boxed:
        return _is_list(value, type_.rank, _PYTHON[type_.dtype])
    if isinstance(type_, Array):
        return (
            type(value) is np.ndarray
            and value.dtype == np.dtype(type_.dtype.value)
            and value.ndim == type_.rank
            and value.flags.c_contiguous
            and value.flags.writeable
        )
    if type_.is_python:
        return type(value) is _PYTHON[type_.dtype]
    return type(value) is np.dtype(type_.dtype.value).type


def _is_list(value: object, rank: int, of: type) -> bool:
    if type(value) is not list:
        return False
    if rank == 1:
        return all(type(item) is of for item in value)
    lengths = {len(row) for row in value if isinstance(row, list)}
    apart = len({id(row) for row in value}) == len(value)
    return len(lengths) == 1 and apart and all(_is_list(row, rank - 1, of) for row in value)


# ---- sameness -------------------------------------------------------------------------------------------


def assert_same(want: object, got: object, exact: bool, values: bool) -> None:
    """Type by type and, if `values`, value by value: to the bit where `exact`, else within rounding."""
    assert type(want) is type(got), f"{want!r} is expected, not {got!r}"
    if isinstance(want, (tuple, list)) and isinstance(got, (tuple, list)):
        assert len(want) == len(got), f"{want!r} is expected, not {got!r}"
        for x, y in zip(want, got):
            assert_same(x, y, exact, values)
    elif isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        assert (want.dtype, want.shape) == (got.dtype, got.shape), f"{want!r} is expected, not {got!r}"
        assert want.flags.writeable == got.flags.writeable, f"{got!r} is writeable, or should be"
        assert not values or _close(want, got, exact), f"{want!r} is expected, not {got!r}"
    elif isinstance(want, (int, float, complex, np.generic)):
        assert not values or _close(np.asarray(want), np.asarray(got), exact), f"{want!r}, not {got!r}"
    elif hasattr(want, "__dict__"):
        assert_same(list(vars(want).values()), list(vars(got).values()), exact, values)
    else:
        assert want == got, f"{want!r} is expected, not {got!r}"


def _close(want: Any, got: Any, exact: bool) -> bool:
    if exact or want.dtype.kind in "biu" or not want.size:
        return bool(np.array_equal(want, got, equal_nan=want.dtype.kind in "fc"))
    single = want.dtype in (np.float32, np.complex64)
    finite = np.abs(want[np.isfinite(want)])
    scale = max(float(np.max(finite, initial=0.0)), 1.0)
    tolerance = 1e-3 if single else 1e-9
    return bool(np.allclose(want, got, rtol=tolerance, atol=tolerance * scale, equal_nan=True))


def _leaves(value: object) -> list[object]:
    if isinstance(value, (tuple, list)):
        inner = [leaf for item in value for leaf in _leaves(item)]
        return [value, *inner] if isinstance(value, list) else inner
    return [value] if isinstance(value, np.ndarray) else []


def _sharing(result: object, arguments: tuple[object, ...]) -> Mapping[str, object]:
    """Which arrays and lists of the result are arguments, and which share memory with them or each other."""
    leaves = _leaves(result)
    inputs = [leaf for value in arguments for leaf in _leaves(value)]
    arrays = [leaf for leaf in (*leaves, *inputs) if isinstance(leaf, np.ndarray)]
    return {
        "same": [[leaf is other for other in inputs] for leaf in leaves],
        "each other": [x is y for x, y in combinations(leaves, 2)],
        "memory": [np.shares_memory(x, y) for x, y in combinations(arrays, 2)],
    }
