"""Hints as data, and the signatures they allow."""

from pathlib import Path

import libcst as cst
import pytest

from pyaot.base.source import SourceFile
from pyaot.frontend.hint_dims import read_dims
from pyaot.frontend.hint_types import AnyDim, ExpressionDim, FixedDim, NamedDim, VariadicDim
from pyaot.frontend.hints import (
    ArrayHint,
    ClassHint,
    Hint,
    ListHint,
    LiteralHint,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
    read_hint,
)
from pyaot.frontend.parse import read_tree
from pyaot.frontend.scopes import ModuleScope, read_scopes
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

HEAD = """
from __future__ import annotations
import collections.abc as abc
import typing
import numpy as np
import numpy.typing as npt
from typing import *
from dataclasses import dataclass
from numpy.typing import NDArray, ArrayLike
from jaxtyping import Array, Bool, Complex64, Float, Float16, Float32, Float64, Int64, Num, Shaped, UInt8
import jaxtyping as jt

T = TypeVar("T", np.float32, np.float64)
B = TypeVar("B", bound=np.floating)
Free = TypeVar("Free")
Number = TypeVar("Number", int, float)
Arr = TypeVar("Arr", NDArray[np.float32], NDArray[np.complex64])
Vector = NDArray[np.float64]
Matrix: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.float32]]"
Vectors = list[Vector]
Either = Vector | float
Grids = NDArray[T]
Shape = tuple[int, int]
Real32 = np.float32
DIMS = "m n"
Loop = list["Loop"]
First = Optional["Second"]
Second = First
Mode = Literal["full", "same"]

@dataclass
class Grid:
    n: int
    class Cell: ...
"""

F64, F32, I64 = DType.FLOAT64, DType.FLOAT32, DType.INT64


def scope_of(text: str) -> ModuleScope:
    return read_scopes(read_tree(SourceFile(Path("prog.py"), text)))


SCOPE = scope_of(HEAD)


def scalar(dtype: DType) -> ScalarHint:
    return ScalarHint(Scalar(dtype))


def arrays(*dtypes: DType) -> UnionHint:
    return UnionHint(tuple(ArrayHint(dtype) for dtype in dtypes))


INT, FLOAT, NONE = ScalarHint(PY_INT), ScalarHint(PY_FLOAT), NoneHint()
M, N = NamedDim("m"), NamedDim("n")

HINTS: list[tuple[str, Hint]] = [
    # Python's numbers
    ("int", INT),
    ("float", FLOAT),
    ("complex", ScalarHint(PY_COMPLEX)),
    ("bool", ScalarHint(PY_BOOL)),
    ("None", NONE),
    ("str", TextHint()),
    # NumPy's
    ("np.float32", scalar(F32)),
    ("np.double", scalar(F64)),
    ("np.single", scalar(F32)),
    ("np.intp", scalar(I64)),
    ("np.uint8", scalar(DType.UINT8)),
    ("np.complex64", scalar(DType.COMPLEX64)),
    ("np.bool_", scalar(DType.BOOL)),
    ("Real32", scalar(F32)),
    ("np.floating", UnionHint((scalar(F64), scalar(F32)))),
    ("np.floating[Any]", UnionHint((scalar(F64), scalar(F32)))),
    ("np.float64 | np.float32", UnionHint((scalar(F64), scalar(F32)))),
    # arrays
    ("np.ndarray", ArrayHint()),
    ("NDArray", ArrayHint()),
    ("NDArray[np.float64]", ArrayHint(F64)),
    ("npt.NDArray[np.float32]", ArrayHint(F32)),
    ("NDArray[float]", ArrayHint(F64)),
    ("NDArray[int]", ArrayHint(I64)),
    ("NDArray[Any]", ArrayHint()),
    ("NDArray[np.number]", ArrayHint()),
    ("NDArray[np.floating[Any]]", arrays(F64, F32)),
    ("NDArray[np.float32 | np.float64]", arrays(F32, F64)),
    ("NDArray[Union[np.float32, 'np.float64']]", arrays(F32, F64)),
    ("NDArray[Real32]", ArrayHint(F32)),
    ("np.ndarray[tuple[int, int], np.dtype[np.float64]]", ArrayHint(F64, 2)),
    ("np.ndarray[Tuple[int], np.dtype[np.float64]]", ArrayHint(F64, 1)),
    ("np.ndarray[Any, np.dtype[np.int32]]", ArrayHint(DType.INT32)),
    ("np.ndarray[tuple[Any, ...], np.dtype[np.float64]]", ArrayHint(F64)),
    ("np.ndarray[tuple[()], np.dtype[np.float64]]", ArrayHint(F64, 0)),
    ("np.ndarray[tuple[int, Literal[3]], np.dtype[Any]]", ArrayHint(None, 2, (AnyDim(), FixedDim(3)))),
    ("np.ndarray[tuple[int, int]]", ArrayHint(None, 2)),
    ("np.ndarray[Shape, np.dtype[np.float64]]", ArrayHint(F64, 2)),
    ("np.ndarray[Any, np.float64]", ArrayHint(F64)),
    ("np.ndarray[np.float64]", ArrayHint(F64)),
    # jaxtyping
    ('Float64[np.ndarray, "m n"]', ArrayHint(F64, 2, (M, N))),
    ("Float64[np.ndarray, DIMS]", ArrayHint(F64, 2, (M, N))),
    ('jt.Float32[NDArray, "3 _"]', ArrayHint(F32, 2, (FixedDim(3), AnyDim()))),
    ('Float64[np.ndarray, "..."]', ArrayHint(F64, None, (VariadicDim(),))),
    ('Float64[np.ndarray, "*batch n"]', ArrayHint(F64, None, (VariadicDim("batch"), N))),
    ('Float64[np.ndarray, "dim=3 n+1"]', ArrayHint(F64, 2, (FixedDim(3), ExpressionDim("n+1")))),
    ('Float64[np.ndarray, ""]', ArrayHint(F64, 0, ())),
    ('Float[np.ndarray, "n"]', UnionHint((ArrayHint(F64, 1, (N,)), ArrayHint(F32, 1, (N,))))),
    ('Float["np.ndarray", "n"]', UnionHint((ArrayHint(F64, 1, (N,)), ArrayHint(F32, 1, (N,))))),
    ('Float[NDArray[np.float32], "n"]', ArrayHint(F32, 1, (N,))),
    ('Int64[np.ndarray, "n"]', ArrayHint(I64, 1, (N,))),
    ('UInt8[np.ndarray, "n"]', ArrayHint(DType.UINT8, 1, (N,))),
    ('Bool[np.ndarray, "n"]', ArrayHint(DType.BOOL, 1, (N,))),
    ('Complex64[np.ndarray, "n"]', ArrayHint(DType.COMPLEX64, 1, (N,))),
    ('Shaped[np.ndarray, "n"]', ArrayHint(None, 1, (N,))),
    ('Num[np.ndarray, "n"]', ArrayHint(None, 1, (N,))),
    ('Shaped[Vector, "n"]', ArrayHint(F64, 1, (N,))),
    ('Float32[Float[np.ndarray, "n"], "m"]', ArrayHint(F32, 2, (M, N))),
    ('Float64[np.ndarray, "n"] | None', UnionHint((ArrayHint(F64, 1, (N,)), NONE))),
    ('Float64[np.ndarray, "*b"]', ArrayHint(F64, None, (VariadicDim("b"),))),
    ('Float[float, ""]', FLOAT),
    # lists and tuples
    ("list", ListHint()),
    ("List", ListHint()),
    ("list[Any]", ListHint()),
    ("list[float]", ListHint(FLOAT)),
    ("List[int]", ListHint(INT)),
    ("list[list[float]]", ListHint(ListHint(FLOAT))),
    ("abc.Sequence[float]", ListHint(FLOAT)),
    ("list[int | float]", UnionHint((ListHint(INT), ListHint(FLOAT)))),
    ("tuple[int, float]", TupleHint((INT, FLOAT))),
    ("Tuple[float, ...]", TupleHint((FLOAT,), is_homogeneous=True)),
    ("tuple[()]", TupleHint(())),
    ("tuple[NDArray[np.float64], int]", TupleHint((ArrayHint(F64), INT))),
    # unions
    ("Optional[float]", UnionHint((FLOAT, NONE))),
    ("typing.Union[int, float, None]", UnionHint((INT, FLOAT, NONE))),
    ("int | None", UnionHint((INT, NONE))),
    ("int | int", INT),
    ("None | Either", UnionHint((NONE, ArrayHint(F64), FLOAT))),
    # literals
    ("Literal[1, 2]", LiteralHint((1, 2))),
    ('Literal["a", "b", None]', UnionHint((LiteralHint(("a", "b")), NONE))),
    ("Literal[-1, Mode]", LiteralHint((-1, "full", "same"))),
    ("Literal[True]", LiteralHint((True,))),
    # type variables
    ("T", TypeVarHint("T", (scalar(F32), scalar(F64)))),
    ("NDArray[T]", TypeVarHint("T", (ArrayHint(F32), ArrayHint(F64)))),
    ("NDArray[B]", TypeVarHint("B", (ArrayHint(F64), ArrayHint(F32)))),
    ("NDArray[Free]", ArrayHint()),
    ("Number", TypeVarHint("Number", (INT, FLOAT))),
    ("list[Number]", TypeVarHint("Number", (ListHint(INT), ListHint(FLOAT)))),
    ("Arr", TypeVarHint("Arr", (ArrayHint(F32), ArrayHint(DType.COMPLEX64)))),
    ("np.ndarray[tuple[int], np.dtype[T]]", TypeVarHint("T", (ArrayHint(F32, 1), ArrayHint(F64, 1)))),
    ("Grids", TypeVarHint("T", (ArrayHint(F32), ArrayHint(F64)))),
    ("Grids[np.int64]", ArrayHint(I64)),
    # aliases and strings
    ("Vector", ArrayHint(F64)),
    ("Matrix", ArrayHint(F32, 2)),
    ("Vectors", ListHint(ArrayHint(F64))),
    ('"NDArray[np.float64]"', ArrayHint(F64)),
    ("'float | None'", UnionHint((FLOAT, NONE))),
    ('list["Vector"]', ListHint(ArrayHint(F64))),
    # wrappers
    ('Annotated[float, "metres"]', FLOAT),
    ("Final[int]", INT),
    ("ClassVar[list[int]]", ListHint(INT)),
    # classes
    ("Grid", ClassHint("Grid")),
    ('"Grid"', ClassHint("Grid")),
    ("Grid.Cell", ClassHint("Grid.Cell")),
]


@pytest.mark.parametrize(("text", "hint"), HINTS, ids=[text for text, _ in HINTS])
def test_read_hint(text: str, hint: Hint) -> None:
    assert read_hint(cst.parse_expression(text), SCOPE) == hint


UNKNOWN = [
    ("ArrayLike", "is not a number, an array of numbers, or made of them"),
    ("npt.ArrayLike", "is not a number, an array of numbers, or made of them"),
    ("Any", "says nothing about the type"),
    ("object", "says nothing about the type"),
    ("np.float16", "is not a number, an array of numbers, or made of them"),
    ("np.longdouble", "is not a number, an array of numbers, or made of them"),
    ("Missing", "is not a number, an array of numbers, or made of them"),
    ("Callable[[float], float]", "is not a number, an array of numbers, or made of them"),
    ("dict[str, float]", "is not a number, an array of numbers, or made of them"),
    ("Free", "is a type variable without bounds"),
    ("NDArray[np.float16]", "is not an element type that kernels have"),
    ("NDArray[np.object_]", "is not an element type that kernels have"),
    ("list[Missing]", "is not a number, an array of numbers, or made of them"),
    ("tuple[Missing, int]", "is not a number, an array of numbers, or made of them"),
    ("3", "is not a type"),
    ("'1 +'", "is not an expression"),
    ('Float16[np.ndarray, "n"]', "has an element type that kernels do not have"),
    ("Float64[np.ndarray, 3]", "has a shape that is not a text"),
    ('Float64[Array, "n"]', "is not a number, an array of numbers, or made of them"),
    ("Loop", "is an alias that is defined by itself"),
    ("First", "is an alias that is defined by itself"),
    ("Second", "is an alias that is defined by itself"),
    ("Grids[int, int]", "is an alias with 1 type variables"),
]


@pytest.mark.parametrize(("text", "reason"), UNKNOWN, ids=[text for text, _ in UNKNOWN])
def test_unknown_hints(text: str, reason: str) -> None:
    hint = read_hint(cst.parse_expression(text), SCOPE)
    found = hint.alternatives[0] if isinstance(hint, UnionHint) else hint
    assert isinstance(found, UnknownHint)
    assert (found.reason, found.is_contradiction) == (reason, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NDArray[str]", "is not an element type that kernels have"),
        ("NDArray[np.float64, int]", "has 2 types between its brackets, not 1"),
        ("np.ndarray[tuple[int], np.dtype[np.float64], int]", "has 3 types between its brackets, not 2"),
        ('Float64[np.ndarray, "*a *b"]', "has a shape that cannot be read"),
        ('Float64[np.ndarray, "m, n"]', "dimensions are separated by spaces"),
        ('Float64[NDArray[np.float32], "n"]', "has elements of type float32 by its array type"),
        ('Float32[Matrix, "n"]', "has 1 dimensions in its text and 2 in its array type"),
    ],
)
def test_hints_that_contradict_themselves(text: str, reason: str) -> None:
    hint = read_hint(cst.parse_expression(text), SCOPE)
    assert isinstance(hint, UnknownHint)
    assert reason in hint.reason and hint.is_contradiction


@pytest.mark.parametrize("text", ["-1", "m, n", "f(x)", "?n", "n/2", "1.5", "a.b", "+"])
def test_shapes_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a dimension"):
        read_dims(text)
