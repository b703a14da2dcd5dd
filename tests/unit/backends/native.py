"""Functions of the IR, compiled by the real compiler and loaded by the real runtime."""

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pyaot_runtime.kernels import SUFFIX, Kernels, load_kernels
from pyaot_runtime.threads import set_threads, threads

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import dim, i64, load
from pyaot.ir.interpret import Failed, Returned, interpret
from pyaot.ir.nodes import Const, Expr, Function, Load, Section
from pyaot.ir.types import Array, DType, Scalar
from pyaot.output.c_compiler import compile_library, find_compiler
from pyaot.output.c_parts import side_by_side

Build = Callable[..., Kernels]


def build_kernels(folder: Path, *functions: Function, options: Options | None = None) -> Kernels:
    """The functions as loaded kernels; the C text stays in the folder."""
    options = options or Options()
    emitted = emit_native(functions, options, "prog.py")
    (folder / "prog_kernels.c").write_text(emitted.text)
    compiler = find_compiler()
    assert compiler is not None
    library = folder / f"prog_kernels{SUFFIX}"
    parts = side_by_side(emitted.weights, 2)
    result = compile_library(folder / "prog_kernels.c", library, compiler, options, parts=parts)
    assert result.ok, result.message
    kernels = load_kernels(folder, "prog_kernels")
    assert kernels
    return kernels


def assert_as_interpreted(kernels: Kernels, function: Function, *arguments: Any, rtol: float = 1e-13) -> Any:
    """The kernel ends as the interpreter does, with the same results and changes."""
    expected_arguments = copy.deepcopy(arguments)
    with np.errstate(all="ignore"):
        expected = interpret(function, expected_arguments)
    kernel = kernels.get(function.name)
    assert kernel is not None
    actual = kernel(arguments)
    match expected:
        case Failed():
            assert actual == (-1, 0), expected.reason
        case Returned(path, value, _):
            assert actual[0] == path
            assert_same_leaves(actual[2:], leaves_of(value), rtol)
    for mine, theirs in zip(arguments, expected_arguments, strict=True):
        if isinstance(mine, np.ndarray):
            np.testing.assert_allclose(mine, theirs, rtol=rtol)
    return actual


def leaves_of(value: Any) -> list[Any]:
    """The leaves of a result from left to right."""
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves_of(item)]
    return [] if value is None else [value]


def assert_same_leaves(actual: Sequence[Any], expected: Sequence[Any], rtol: float) -> None:
    """Leaf by leaf; views come as (array, offset, shape, strides)."""
    assert len(actual) == len(expected)
    for mine, theirs in zip(actual, expected, strict=True):
        if isinstance(mine, tuple):
            array, offset, shape, strides = mine
            size = array.itemsize
            mine = np.ndarray(shape, array.dtype, array, offset * size, [s * size for s in strides])
        np.testing.assert_allclose(mine, theirs, rtol=rtol)
        if isinstance(theirs, np.ndarray):
            assert mine.dtype == theirs.dtype


# ---- short names and constructors of the tests ------------------------------------------------------------

F64, I64, F32 = Scalar(DType.FLOAT64), Scalar(DType.INT64), Scalar(DType.FLOAT32)
C128, BOOL = Scalar(DType.COMPLEX128), Scalar(DType.BOOL)
VECTOR, MATRIX, INTS = Array(DType.FLOAT64, 1), Array(DType.FLOAT64, 2), Array(DType.INT64, 1)
ZERO, ONE = Const(0.0, F64), Const(1.0, F64)


def at(array: str, *subscripts: Expr | int, checked: bool = False, type: Scalar = F64) -> Load:
    """An element, unchecked."""
    return load(array, *subscripts, type=type, checked=checked)


def run(folder: Path, f: Function, *arguments: Any, rtol: float = 1e-13) -> Any:
    """With one thread and with two; the arguments of the last run are the caller's."""
    kernels = build_kernels(folder, f)
    for count in teams():
        given = arguments if count == 2 else copy.deepcopy(arguments)
        answer = assert_as_interpreted(kernels, f, *given, rtol=rtol)
    return answer


def teams() -> Iterator[int]:
    """1 and 2; as long as the loop is there kernels use so many threads."""
    before = threads()
    for count in (1, 2):
        set_threads(count)
        yield count
    set_threads(before)


def whole(array: str, rank: int) -> Section:
    """The whole array."""
    return Section(
        array, (i64(0),) * rank, tuple(range(rank)), tuple(dim(array, axis) for axis in range(rank))
    )
