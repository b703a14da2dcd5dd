"""The names of `pyaot_runtime` that generated text uses, and how that text calls what is not its own.

The compiler does not import the runtime; a test checks that every name here exists there.
"""

import ast
import builtins
from collections.abc import Mapping

from msgspec import Struct

from pyaot.backends.python_text import Names
from pyaot.base.names import PREFIX, free_prefix
from pyaot.base.source import SourceFile
from pyaot.ir.types import DType

RUNTIME = "pyaot_runtime"

DTYPES = {dtype: "bool_" if dtype is DType.BOOL else dtype.value for dtype in DType}

RUNTIME_NAMES = frozenset(
    {
        "DECLINED",
        "PLAIN",
        "apart",
        "attempt",
        "as_list",
        "as_list_of_numpy",
        "builtins",
        "calls",
        "cmath",
        "has_fields",
        "is_def",
        "is_tuple",
        "is_view",
        "keep",
        "lists_overlap",
        "load_kernels",
        "math",
        "named",
        "named_result",
        "ndarray",
        "numpy",
        "on_copies",
        "only_warns",
        "overlap",
        "read_only_view",
        "rebox",
        "report",
        "takes_fields",
        "unbox",
        "versions",
        "view",
        "with_copies",
        "zipped",
        *DTYPES.values(),
    }
)


class Wording(Struct, frozen=True):
    """How generated text names things, so that it meets no name of the user's."""

    prefix: str = PREFIX  # occurs nowhere in the user's text
    rebound: frozenset[str] = frozenset()  # builtins that the user's text gives another meaning
    own_defs: frozenset[str] = frozenset()  # qualified names of what the text defines

    def own(self, name: str) -> str:
        """A name that generated text binds."""
        return f"{self.prefix}_{name}"

    def runtime(self, name: str) -> str:
        """A name of the runtime."""
        if name not in RUNTIME_NAMES:
            raise ValueError(f"pyaot_runtime has no name {name!r}")
        return f"{self.prefix}.{name}"

    def names(self, values: Mapping[str, str]) -> Names:
        """What expressions call things; `values` are names of the IR that are spelled otherwise."""
        return Names(
            values,
            numpy=self.runtime("numpy"),
            math=self.runtime("math"),
            cmath=self.runtime("cmath"),
            builtin=self.builtin,
        )

    def builtin(self, name: str) -> str:
        """A builtin, also where the user's text has given its name away."""
        return f"{self.runtime('builtins')}.{name}" if name in self.rebound else name


def wording_for(source: SourceFile) -> Wording:
    """Names that the text leaves free."""
    tree = ast.parse(source.text)
    return Wording(free_prefix(source.text), _rebound(tree), _own_defs(tree))


def _rebound(tree: ast.Module) -> frozenset[str]:
    names = {name for node in ast.walk(tree) for name in _bound_names(node)}
    everything = frozenset(dir(builtins))
    return everything if "*" in names else everything & names


def _bound_names(node: ast.AST) -> tuple[str, ...]:
    """The names that a node of the syntax tree binds; '*' for a star import."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.arg(arg=name):
            return (name,)
        case ast.alias(name=name, asname=alias):
            return ((alias or name).partition(".")[0],)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
        case ast.Global(names=names):
            return tuple(names)
        case _:
            return ()


def _own_defs(tree: ast.Module) -> frozenset[str]:
    found: set[str] = set()

    def visit(node: ast.AST, owner: str) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.FunctionDef(name=name):
                    found.add(owner + name)
                case ast.ClassDef(name=name):
                    found.add(owner + name)
                    visit(child, f"{owner}{name}.")
                case _:
                    visit(child, owner)

    visit(tree, "")
    return frozenset(found)
