"""Calls that are known to be nasty: for each name a function of everyday.py and what makes its arguments."""

from collections.abc import Callable

import numpy as np

from pyaot.verify.arrays import Tagged
from tests.strategies.arguments import Arguments

Case = tuple[str, Callable[[], Arguments]]


def args(*positional: object, **keywords: object) -> Arguments:
    """Arguments as they are written in a call."""
    return Arguments(positional, keywords)


def ramp(*shape: int) -> np.ndarray:
    """1.0, 2.0, ... in that shape."""
    return np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)


def _twice() -> Arguments:
    a = ramp(5)
    return args(a, a, 2.0)


def _overlapping(first: slice, second: slice) -> Callable[[], Arguments]:
    def make() -> Arguments:
        memory = ramp(12)
        return args(memory[first], memory[second], 0.5)

    return make


def _one_grid() -> Arguments:
    grid = ramp(5, 5)
    return args(grid, grid)


def _rows_of_one() -> Arguments:
    row = [1.0, 2.0]
    return args([row, row], 3.0)


def _one_list() -> Arguments:
    x = [1.0, 2.0]
    return args(x, x)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _punned() -> Arguments:
    k = np.array([0, 1, 2])
    return args(k.view(np.float64), k, 1.0)


ALIASES: dict[str, Case] = {
    "f(a, a)": ("axpy", _twice),
    "overlap by one": ("axpy", _overlapping(slice(0, 6), slice(5, 11))),
    "one inside the other": ("axpy", _overlapping(slice(2, 6), slice(0, 12))),
    "interleaved": ("axpy", _overlapping(slice(0, 12, 2), slice(1, 12, 2))),
    "backwards over itself": ("axpy", _overlapping(slice(None, None, -1), slice(None))),
    "neighbours": ("axpy", _overlapping(slice(0, 6), slice(6, 12))),
    "both written": ("shifted", lambda: args(*_overlapping(slice(0, 6), slice(3, 9))().positional[:2])),
    "stencil in place": ("smooth", _one_grid),
    "product of one": ("products", _one_grid),
    "a row that stands twice": ("table", _rows_of_one),
    "one list twice": ("running", _one_list),
    "indices that are the array's bytes": ("put", _punned),
}


LAYOUTS: dict[str, Case] = {
    "zero stride, written": ("axpy", lambda: args(np.broadcast_to(np.ones(1), 4), ramp(4), 1.0)),
    "zero stride, read": ("axpy", lambda: args(ramp(4), np.broadcast_to(np.ones(1), 4), 1.0)),
    "zero stride, writeable": (
        "axpy",
        lambda: args(np.lib.stride_tricks.as_strided(np.ones(1), (4,), (0,)), ramp(4), 1.0),
    ),
    "negative stride": ("axpy", lambda: args(ramp(4)[::-1], ramp(8)[::-2], 1.0)),
    "Fortran order": (
        "products",
        lambda: args(
            np.asfortranarray(ramp(3, 4)),
            ramp(4, 2).T.copy().T,
        ),
    ),
    "Fortran order, written": ("smooth", lambda: args(ramp(4, 5), np.zeros((4, 5), order="F"))),
    "read-only": ("axpy", lambda: args(_read_only(ramp(4)), ramp(4), 1.0)),
    "read-only, not written": ("axpy", lambda: args(ramp(4), _read_only(ramp(4)), 1.0)),
    "empty": ("statistics", lambda: args(np.empty(0))),
    "empty columns": ("columns", lambda: args(np.empty((0, 3)))),
    "empty product": ("products", lambda: args(np.empty((2, 0)), np.empty((0, 3)))),
    "empty scatter": ("scatter", lambda: args(np.empty(0), np.empty(0, np.int64))),
    "np.matrix": ("products", lambda: args(np.matrix([[1.0, 2.0]]), np.matrix([[3.0], [4.0]]))),
    "np.matrix times a matrix": ("whole", lambda: args(np.matrix([[1.0, 2.0]]), np.matrix([[3.0, 4.0]]))),
    "a subclass": ("axpy", lambda: args(ramp(4).view(Tagged), ramp(4), 1.0)),
    "np.memmap is one too": ("axpy", lambda: args(ramp(4), ramp(4).view(Tagged), 1.0)),
    "0-d": ("whole", lambda: args(np.array(2.0), np.array(3.0))),
    "0-d with 1-d": ("whole", lambda: args(np.array(2.0), ramp(3))),
    "broadcast": ("whole", lambda: args(ramp(3, 1), ramp(1, 4))),
    "does not broadcast": ("whole", lambda: args(ramp(3), ramp(4))),
    "five dimensions": ("whole", lambda: args(ramp(1, 2, 1, 2, 1), ramp(1, 2, 1, 2, 1))),
    "2-d for 1-d": ("axpy", lambda: args(ramp(2, 2), ramp(2, 2), 1.0)),
    "3-d for 2-d": ("smooth", lambda: args(ramp(3, 3, 3), ramp(3, 3, 3))),
    "other byte order": ("axpy", lambda: args(ramp(4).astype(">f8"), ramp(4), 1.0)),
    "other byte order, read": ("axpy", lambda: args(ramp(4), ramp(4).astype(">f8"), 1.0)),
    "float32": ("axpy", lambda: args(np.ones(4, np.float32), ramp(4), 1.0)),
    "integers": ("axpy", lambda: args(np.ones(4, np.int64), ramp(4), 1.0)),
    "bools": ("axpy", lambda: args(ramp(4), np.ones(4, bool), 1.0)),
    "complex": ("axpy", lambda: args(ramp(4), np.ones(4, complex), 1.0)),
    "objects": ("axpy", lambda: args(np.array([1, 2.0, 3], object), ramp(3), 1.0)),
    "strings": ("axpy", lambda: args(np.array(["x", "y"]), ramp(2), 1.0)),
    "records": ("axpy", lambda: args(np.zeros(2, "f8,f8"), ramp(2), 1.0)),
    "view of a Fortran array": ("views", lambda: args(np.asfortranarray(ramp(3, 2)))),
    "ravel of a Fortran array": ("flattened", lambda: args(np.asfortranarray(ramp(3, 2)), 2.0)),
    "ravel of a plain array": ("flattened", lambda: args(ramp(3, 2), 2.0)),
    "ravel of every second element": ("squared", lambda: args(ramp(8)[::2])),
    "view of a read-only array": ("views", lambda: args(_read_only(ramp(3, 2)))),
    "views of an empty array": ("views", lambda: args(np.empty((0, 2)))),
    "window of a reversed array": ("window", lambda: args(ramp(9)[::-1], 1, 7, 2)),
}

SUBSCRIPTS: dict[str, Case] = {
    "behind the end": ("element", lambda: args(ramp(2, 3), 2, 0)),
    "before the start": ("element", lambda: args(ramp(2, 3), 0, -4)),
    "from the end": ("element", lambda: args(ramp(2, 3), -2, -3)),
    "beyond int64": ("element", lambda: args(ramp(2, 3), 2**70, 0)),
    "beyond int32": ("element", lambda: args(ramp(2, 3), 2**31, 0)),
    "a bool": ("element", lambda: args(ramp(2, 3), True, 0)),
    "a NumPy integer": ("element", lambda: args(ramp(2, 3), np.int64(1), np.uint8(0))),
    "a float": ("element", lambda: args(ramp(2, 3), 1.0, 0)),
    "None": ("element", lambda: args(ramp(2, 3), None, 0)),
    "half written, then out of range": ("put", lambda: args(ramp(3), np.array([0, 2, 3, 1]), 1.0)),
    "half written, then far out of range": ("put", lambda: args(ramp(3), np.array([-1, -4]), 1.0)),
    "indices at the ends of int64": ("put", lambda: args(ramp(3), np.array([2**63 - 1, -(2**63)]), 1.0)),
    "gather out of range": ("gathered", lambda: args(ramp(3), np.array([0, 7]))),
    "gather from nothing": ("gathered", lambda: args(np.empty(0), np.array([0]))),
    "scatter out of range": ("scatter", lambda: args(ramp(3), np.array([0, -9]))),
    "scatter to one place twice": ("scatter", lambda: args(ramp(3), np.array([1, 1, 1]))),
    "b is shorter than a": ("axpy", lambda: args(ramp(4), ramp(2), 1.0)),
    "B is smaller than A": ("smooth", lambda: args(ramp(5, 5), ramp(2, 9))),
    "no columns": ("smooth", lambda: args(np.empty((5, 0)), np.empty((5, 0)))),
    "weights too short": ("running", lambda: args([1.0, 2.0, 3.0], [1.0, 2.0])),
    "at the end of a tuple": ("pair", lambda: args((2.0, 3), ramp(3))),
    "a slice that steps by zero": ("window", lambda: args(ramp(5), 0, 5, 0)),
    "a slice beyond both ends": ("window", lambda: args(ramp(5), -100, 100)),
    "a slice with huge limits": ("window", lambda: args(ramp(5), -(2**70), 2**70)),
    "a slice without limits": ("window", lambda: args(ramp(5), None, None)),
    "too short for n": ("checked", lambda: args(ramp(3), 4)),
    "a negative n": ("checked", lambda: args(ramp(3), -1)),
    "division after writing": ("checked", lambda: args(np.array([1.0, -1.0, 5.0]), 3)),
}

NUMBERS: dict[str, Case] = {
    **{f"2**{k}": ("power", lambda k=k: args(2**k, 2)) for k in (30, 31, 32, 62, 63, 64, 70)},
    "out of int64 on the way": ("power", lambda: args(10, 19)),
    "just within int64": ("power", lambda: args(-2, 63)),
    "zero to the nothing": ("power", lambda: args(0, 0)),
    "bool for int": ("power", lambda: args(True, 3)),
    "False times": ("power", lambda: args(3, False)),
    "np.int64 for int": ("power", lambda: args(np.int64(10), 30)),
    "np.int8 for int": ("power", lambda: args(np.int8(100), 2)),
    "float for int": ("power", lambda: args(1.5, 3)),
    "float for a count": ("power", lambda: args(2, 3.0)),
    "text for int": ("power", lambda: args("x", 1)),
    "n // 0": ("divided", lambda: args(1, 0)),
    "n // -1": ("divided", lambda: args(-(2**31), -1)),
    "the least int64 // -1": ("divided", lambda: args(-(2**63), -1)),
    "floor of negatives": ("divided", lambda: args(-7, 2)),
    "sign of the divisor": ("divided", lambda: args(7, -2)),
    "quotient of big ints": ("divided", lambda: args(2**70, 3)),
    "NumPy's n // 0": ("divided", lambda: args(np.int64(1), np.int64(0))),
    "bits of negatives": ("bits", lambda: args(-5, 7)),
    "bits that leave int64": ("bits", lambda: args(2**62, 7)),
    "bits of bools": ("bits", lambda: args(True, False)),
    "x / 0.0": ("floats", lambda: args(1.0, 0.0)),
    "x / -0.0": ("floats", lambda: args(0.0, -0.0)),
    "np.float64 for float": ("floats", lambda: args(np.float64(1), 3.0)),
    "np.float64 / 0.0": ("floats", lambda: args(np.float64(1), 0.0)),
    "int for float": ("floats", lambda: args(7, 2)),
    "infinity // 1": ("floats", lambda: args(float("inf"), 1.0)),
    "1 % infinity": ("floats", lambda: args(-1.0, float("inf"))),
    "NaN % 1": ("floats", lambda: args(float("nan"), 1.0)),
    "quotient that overflows": ("floats", lambda: args(1e308, 1e-308)),
    "complex for float": ("floats", lambda: args(1j, 2.0)),
    "root of -1": ("roots", lambda: args(-1.0)),
    "log of 0": ("roots", lambda: args(0.0)),
    "exp that overflows": ("roots", lambda: args(1000.0)),
    "root of NaN": ("roots", lambda: args(float("nan"))),
    "root of infinity": ("roots", lambda: args(float("inf"))),
    "root of an int": ("roots", lambda: args(4)),
    "root of a NumPy float": ("roots", lambda: args(np.float64(4))),
    "root of text": ("roots", lambda: args("4")),
    "division by zero in an array": ("ratio", lambda: args(ramp(3), np.array([0.0, -0.0, 1.0]))),
    "zero by zero in an array": ("ratio", lambda: args(np.zeros(2), np.zeros(2))),
    "roots of negatives in an array": ("ratio", lambda: args(-ramp(3), ramp(3))),
    "NaN and infinity in an array": (
        "ratio",
        lambda: args(np.array([np.nan, np.inf]), np.array([1.0, np.inf])),
    ),
    "NaN is the extreme": ("statistics", lambda: args(np.array([1.0, np.nan, 3.0]))),
    "infinities cancel": ("statistics", lambda: args(np.array([np.inf, -np.inf]))),
    "int8 wraps": ("counts", lambda: args(np.array([127, -128, 5], np.int8), 3)),
    "int8 and a big int": ("counts", lambda: args(np.array([1, 2], np.int8), 300)),
    "int8 and a huge int": ("counts", lambda: args(np.array([1, 2], np.int8), 2**70)),
    "int64 // 0": ("remainders", lambda: args(np.array([1, 2]), np.array([0, 3]))),
    "the least int64 // -1 in an array": ("remainders", lambda: args(np.array([-(2**63)]), np.array([-1]))),
    "limit is NaN": ("masked", lambda: args(ramp(4), float("nan"))),
    "limit is None": ("masked", lambda: args(ramp(4), None)),
    "limit is an array": ("first_above", lambda: args(ramp(2), ramp(2))),
    "a big int as a float": ("masked", lambda: args(ramp(4), 2**70)),
    "an int too big for a float": ("masked", lambda: args(ramp(4), 10**400)),
    "phase is a float": ("waves", lambda: args(np.ones(2, np.complex64), 2.0)),
    "phase overflows": ("waves", lambda: args(np.ones(2, np.complex64), 1e300 + 0j)),
    "float for np.float32": ("singles", lambda: args(np.ones(3, np.float32), 0.1)),
    "np.float64 for np.float32": ("singles", lambda: args(np.ones(3, np.float32), np.float64(0.1))),
    "sum overflows float32": ("singles", lambda: args(np.full(3, 3e38, np.float32), np.float32(1))),
}

LISTS: dict[str, Case] = {
    "ints among floats": ("running", lambda: args([1, 2.0], [1.0, 1.0])),
    "bools among floats": ("running", lambda: args([True, 2.0], [1.0, 1.0])),
    "NumPy numbers in a list": ("running", lambda: args([np.float64(1), 2.0], [1.0, np.float32(2)])),
    "None in a list": ("running", lambda: args([1.0, None], [1.0, 1.0])),
    "text in a list": ("running", lambda: args([1.0, "x"], [1.0, 1.0])),
    "an empty list": ("running", lambda: args([], [])),
    "a tuple for a list": ("running", lambda: args((1.0, 2.0), [1.0, 1.0])),
    "an array for a list": ("running", lambda: args(ramp(2), ramp(2))),
    "NaN, -0.0 and infinity": ("running", lambda: args([float("nan"), -0.0, float("inf")], [1.0] * 3)),
    "ragged rows": ("table", lambda: args([[1.0], [2.0, 3.0]], 2.0)),
    "no rows": ("table", lambda: args([], 2.0)),
    "empty rows": ("table", lambda: args([[], []], 2.0)),
    "rows of other types": ("table", lambda: args([[1.0], (2.0,)], 2.0)),
    "rows that are arrays": ("table", lambda: args([ramp(2), ramp(2)], 2.0)),
    "rows of ints": ("table", lambda: args([[1, 2], [3, 4]], 2)),
    "big ints in a list": ("whole_numbers", lambda: args([2**31, 2**32, 2**62, 2**70])),
    "squares that leave int64": ("whole_numbers", lambda: args([2**32])),
    "bools for ints": ("whole_numbers", lambda: args([True, False])),
    "floats for ints": ("whole_numbers", lambda: args([1.5, -2.0])),
    "a list for a tuple": ("pair", lambda: args([2.0, 1], ramp(3))),
    "a long tuple": ("pair", lambda: args((2.0, 1, 3), ramp(3))),
    "an int in the tuple": ("pair", lambda: args((2, 1), ramp(3))),
    "a big int in the tuple": ("pair", lambda: args((2.0, 2**70), ramp(3))),
}

CALLS: dict[str, Case] = {
    "keywords": ("axpy", lambda: args(k=2.0, b=ramp(3), a=ramp(3))),
    "a default": ("window", lambda: args(ramp(5), 1, 4)),
    "a keyword with a default": ("window", lambda: args(ramp(5), high=4, low=0, step=3)),
    "None given": ("optional", lambda: args(ramp(3), None)),
    "weights given": ("optional", lambda: args(ramp(3), ramp(3), k=1.0)),
    "a keyword-only argument by place": ("optional", lambda: args(ramp(3), ramp(3), 1.0)),
    "too few": ("axpy", lambda: args(ramp(3))),
    "none at all": ("axpy", args),
    "too many": ("axpy", lambda: args(ramp(3), ramp(3), 1.0, 2.0)),
    "an unknown keyword": ("axpy", lambda: args(ramp(3), ramp(3), 1.0, z=1)),
    "an argument twice": ("axpy", lambda: args(ramp(3), ramp(3), 1.0, a=1)),
    "None for an array": ("axpy", lambda: args(None, ramp(3), 1.0)),
    "a list for an array": ("axpy", lambda: args([1.0, 2.0], [1.0, 2.0], 1.0)),
    "a number for an array": ("statistics", lambda: args(3.0)),
    "an int for a bool": ("gained", lambda: args(ramp(3), 1)),
    "np.bool for a bool": ("gained", lambda: args(ramp(3), np.True_)),
    "recursion": ("factorial", lambda: args(25)),
    "endless recursion": ("factorial", lambda: args(float("inf"))),
    "a bool axis": ("copies", lambda: args(ramp(2, 2), False)),
}

CASES: dict[str, dict[str, Case]] = {
    "aliases": ALIASES,
    "layouts": LAYOUTS,
    "subscripts": SUBSCRIPTS,
    "numbers": NUMBERS,
    "lists": LISTS,
    "calls": CALLS,
}
