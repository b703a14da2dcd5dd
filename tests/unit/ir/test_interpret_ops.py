"""Arithmetic of the interpreter against Python's and NumPy's own."""

import cmath
import itertools
import math
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyaot.ir.functions import LIBRARY, ONLY_PYTHON, PURE, accepts, is_exact, result_type
from pyaot.ir.interpret import State, evaluate
from pyaot.ir.interpret_ops import Failure, InternalError
from pyaot.ir.nodes import Binary, Call, Cast, Compare, Const, Expr, Unary
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Origin, Scalar

INT64 = range(-(2**63), 2**63)
OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "bitand": operator.and_,
    "bitor": operator.or_,
    "bitxor": operator.xor,
    "shl": operator.lshift,
    "shr": operator.rshift,
    "minimum": min,
    "maximum": max,
}
ON_INTS = [op for op in OPERATORS if op != "truediv"]
ON_FLOATS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"]

NASTY_INTS = st.sampled_from(
    [0, 1, -1, 2, -2, 7, -7, 63, 64, 65, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63)]
)
INTS = NASTY_INTS | st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70)
NASTY_FLOATS = st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 0.5, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]
)
FLOATS = NASTY_FLOATS | st.floats()


def outcome(expr: Expr) -> Any:
    """The value, or "fails"."""
    with np.errstate(all="ignore"):
        try:
            return evaluate(expr, State())
        except Failure:
            return "fails"


def same(a: Any, b: Any) -> bool:
    """Same type and same text: tells -0.0 from 0.0 and takes nan for nan."""
    return type(a) is type(b) and repr(a) == repr(b)


def python_outcome(op: str, a: Any, b: Any) -> Any:
    """What Python says, as far as an attempt can say it."""
    if isinstance(a, int) and op == "pow" and b < 0:
        return "fails"  # a float, which has another type
    if isinstance(a, int) and op in ("pow", "shl") and b > 1000:
        small = abs(a) <= 1 if op == "pow" else a == 0
        return (a ** (b % 2 + 2) if op == "pow" else 0) if small else "fails"
    try:
        result = OPERATORS[op](a, b)
    except (ZeroDivisionError, OverflowError, ValueError):
        return "fails"
    if isinstance(result, int) and result not in INT64:
        return "fails"
    return "fails" if isinstance(result, complex) and not isinstance(a, complex) else result


@given(st.sampled_from(ON_INTS), INTS, INTS)
@example("floordiv", -(2**63), -1)
@example("mod", -7, 2)
@example("shl", 0, 2**62)
@example("pow", 0, -1)
@example("pow", -1, 2**62)
def test_python_ints(op: str, a: int, b: int) -> None:
    got = outcome(Binary(op, Const(a, PY_INT), Const(b, PY_INT), PY_INT))
    assert same(got, python_outcome(op, a, b))


@given(st.sampled_from(ON_FLOATS), FLOATS, FLOATS)
@example("truediv", 1.0, 0.0)
@example("mod", -1.0, math.inf)
@example("pow", -8.0, 0.5)
@example("pow", 1e200, 2.0)
@example("floordiv", -1.0, math.inf)
def test_python_floats(op: str, a: float, b: float) -> None:
    got = outcome(Binary(op, Const(a, PY_FLOAT), Const(b, PY_FLOAT), PY_FLOAT))
    assert same(got, python_outcome(op, a, b))


@given(
    st.sampled_from(["add", "sub", "mul", "truediv", "pow"]),
    FLOATS,
    FLOATS,
    st.sampled_from([0j, 1j, 2 + 0j]),
)
def test_python_complex(op: str, re: float, im: float, b: complex) -> None:
    a = complex(re, im)
    got = outcome(Binary(op, Const(a, PY_COMPLEX), Const(b, PY_COMPLEX), PY_COMPLEX))
    assert same(got, python_outcome(op, a, b))


@given(INTS, INTS)
def test_what_depends_on_the_path_fails_as_python_does(a: int, b: int) -> None:
    either = Scalar(DType.INT64, Origin.EITHER)
    for op in ON_INTS:
        operands = Const(a, either), Const(b, either)
        assert same(outcome(Binary(op, *operands, either)), python_outcome(op, a, b))


INTEGERS = [d for d in DType if d.is_integer]
NUMPY = {**OPERATORS, "pow": np.power, "minimum": np.minimum, "maximum": np.maximum}


@pytest.mark.parametrize("dtype", INTEGERS, ids=lambda d: d.value)
@given(data=st.data())
def test_numpy_integers_wrap(dtype: DType, data: st.DataObject) -> None:
    info = np.iinfo(dtype.value)
    value = st.sampled_from([info.min, info.max, 0, 1, 2, 7]) | st.integers(int(info.min), int(info.max))
    op, a, b = data.draw(st.sampled_from(ON_INTS)), data.draw(value), data.draw(value)
    got = outcome(Binary(op, Const(a, Scalar(dtype)), Const(b, Scalar(dtype)), Scalar(dtype)))
    if (op in ("floordiv", "mod") and b == 0) or (op == "pow" and b < 0):
        assert got == "fails"
        return
    arrays = np.array([a], dtype.value), np.array([b], dtype.value)
    with np.errstate(all="ignore"):
        assert same(got, NUMPY[op](*arrays)[0])


@pytest.mark.parametrize("dtype", [DType.FLOAT32, DType.FLOAT64], ids=lambda d: d.value)
@given(op=st.sampled_from([*ON_FLOATS, "minimum", "maximum"]), a=FLOATS, b=FLOATS)
@example(op="minimum", a=math.nan, b=1.0)
@example(op="maximum", a=1.0, b=math.nan)
@example(op="truediv", a=1.0, b=0.0)
@example(op="add", a=0.1, b=0.2)
def test_numpy_floats(dtype: DType, op: str, a: float, b: float) -> None:
    type = Scalar(dtype)
    with np.errstate(all="ignore"):
        arrays = np.array([a], dtype.value), np.array([b], dtype.value)
        assert same(outcome(Binary(op, Const(a, type), Const(b, type), type)), NUMPY[op](*arrays)[0])


@pytest.mark.parametrize(("a", "b"), list(itertools.product((math.nan, 1.0, -1.0), repeat=2)))
def test_python_minimum_passes_nan(a: float, b: float) -> None:
    got = outcome(Binary("minimum", Const(a, PY_FLOAT), Const(b, PY_FLOAT), PY_FLOAT))
    assert same(got, math.nan if math.isnan(a + b) else min(a, b))


@given(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), FLOATS | INTS, FLOATS | INTS)
def test_comparisons(op: str, a: Any, b: Any) -> None:
    if type(a) is not type(b):
        return
    type_ = PY_INT if isinstance(a, int) else PY_FLOAT
    got = outcome(Compare(op, Const(a, type_), Const(b, type_), PY_BOOL))
    assert got is getattr(operator, op)(a, b)


def test_unchecked_overflow_is_a_wrong_proof() -> None:
    most, one = Const(2**63 - 1, PY_INT), Const(1, PY_INT)
    with pytest.raises(InternalError):
        evaluate(Binary("add", most, one, PY_INT, checked=False), State())
    assert outcome(Binary("add", most, one, PY_INT)) == "fails"


UNARY = [
    ("neg", 5, PY_INT, -5),
    ("neg", -(2**63), PY_INT, "fails"),
    ("neg", 0.0, PY_FLOAT, -0.0),
    ("invert", 5, PY_INT, -6),
    ("not", True, PY_BOOL, False),
    ("neg", -128, Scalar(DType.INT8), np.int8(-128)),
    ("invert", 1, Scalar(DType.UINT8), np.uint8(254)),
    ("invert", True, Scalar(DType.BOOL), np.False_),
]


@pytest.mark.parametrize(("op", "value", "type", "expected"), UNARY)
def test_unary(op: str, value: Any, type: Scalar, expected: Any) -> None:
    assert same(outcome(Unary(op, Const(value, type), type)), expected)


CASTS = [
    (1.9, PY_FLOAT, PY_INT, 1),
    (-1.9, PY_FLOAT, PY_INT, -1),
    (math.nan, PY_FLOAT, PY_INT, "fails"),
    (1e19, PY_FLOAT, PY_INT, "fails"),
    (2**63, Scalar(DType.UINT64), PY_INT, "fails"),
    (7, Scalar(DType.INT8), PY_INT, 7),
    (True, PY_BOOL, PY_INT, 1),
    (300, PY_INT, Scalar(DType.INT8), np.int8(44)),
    (-1, PY_INT, Scalar(DType.UINT64), np.uint64(2**64 - 1)),
    (0.1, PY_FLOAT, Scalar(DType.FLOAT32), np.float32(0.1)),
    (0.1, Scalar(DType.FLOAT32), PY_FLOAT, float(np.float32(0.1))),
    (0.1, PY_FLOAT, Scalar(DType.FLOAT64), np.float64(0.1)),
    (2.5, PY_FLOAT, PY_BOOL, True),
    (2**53 + 1, PY_INT, PY_FLOAT, float(2**53 + 1)),
    (3, PY_INT, PY_COMPLEX, 3 + 0j),
]


@pytest.mark.parametrize(("value", "source", "target", "expected"), CASTS)
def test_casts(value: Any, source: Scalar, target: Scalar, expected: Any) -> None:
    assert same(outcome(Cast(Const(value, source), target)), expected)


ARGUMENTS = {
    "f": [0.0, -0.0, 0.5, -0.7, 1.5, 2.5, -3.0, 1000.0, math.inf, math.nan],
    "c": [0j, 1 + 2j, -1.5 - 0.5j, 1000j],
    "i": [0, 1, -5, 7],
}


def calls(origin: Origin) -> list[tuple[str, DType]]:
    dtypes = (DType.FLOAT64, DType.COMPLEX128, DType.INT64)
    return [(name, dtype) for name in PURE for dtype in dtypes if accepts(name, dtype, origin)]


def one_call(name: str, dtype: DType, origin: Origin, args: tuple[Any, ...]) -> Call:
    consts = tuple(Const(arg, Scalar(dtype, origin)) for arg in args)
    return Call(name, consts, result_type(name, dtype, origin))


@pytest.mark.parametrize(("name", "dtype"), calls(Origin.NUMPY), ids=lambda x: getattr(x, "value", x))
def test_numpy_functions(name: str, dtype: DType) -> None:
    numpy_function = (lambda re, im: re + 1j * im) if name == "complex" else getattr(np, name)
    for args in itertools.product(ARGUMENTS[dtype.kind], repeat=PURE[name].arity):
        if name == "complex" and not all(map(math.isfinite, args)):
            continue
        with np.errstate(all="ignore"):
            expected = numpy_function(*(np.array([arg], dtype.value) for arg in args))[0]
        got = outcome(one_call(name, dtype, Origin.NUMPY, args))
        assert got.dtype == result_type(name, dtype, Origin.NUMPY).dtype.value == expected.dtype
        assert np.array_equal(got, expected, equal_nan=True) or np.allclose(got, expected, rtol=1e-15)


# What is no function of math or cmath under the name in the table, and gives a float where math gives an int.
OTHERWISE = {
    "abs": abs,
    "real": lambda z: z.real,
    "imag": lambda z: z.imag,
    "conjugate": lambda z: z.conjugate(),
    "complex": complex,
    "bit_count": lambda i: i.bit_count(),
    "round": lambda x: float(np.rint(x)),
    "floor": lambda x: float(np.floor(x)),
    "ceil": lambda x: float(np.ceil(x)),
    "trunc": lambda x: float(np.trunc(x)),
}


@pytest.mark.parametrize(("name", "dtype"), calls(Origin.PYTHON), ids=lambda x: getattr(x, "value", x))
def test_python_functions_fail_where_math_raises(name: str, dtype: DType) -> None:
    python = PURE[name].python
    function = OTHERWISE.get(python) or getattr(cmath if dtype.is_complex else math, python)
    for args in itertools.product(ARGUMENTS[dtype.kind], repeat=PURE[name].arity):
        try:
            expected = function(*args)
        except (ValueError, OverflowError, ZeroDivisionError):
            expected = "fails"
        assert same(outcome(one_call(name, dtype, Origin.PYTHON, args)), expected)


def test_float32_functions_stay_float32() -> None:
    got = outcome(one_call("sqrt", DType.FLOAT32, Origin.NUMPY, (2.0,)))
    assert same(got, np.sqrt(np.float32(2.0)))


def test_the_tables_name_what_numpy_has() -> None:
    for name in PURE.keys() - ONLY_PYTHON - {"complex"}:
        assert hasattr(np, name), name
    for known in LIBRARY.values():
        found = np
        for part in known.numpy.split(".")[1:]:
            found = getattr(found, part)
        assert callable(found)


def test_exactness_is_by_kind() -> None:
    assert is_exact("sqrt", DType.FLOAT64) and not is_exact("sqrt", DType.COMPLEX128)
    assert not is_exact("exp", DType.FLOAT64)
