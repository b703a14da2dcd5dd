"""Predicted times are formulas of the arguments."""

from msgspec.structs import replace

from pyaot.backends.python_text import Names, expression_text
from pyaot.ir.build import add, assign, cast, dim, f64, function, give, i64, load, loop, mul, store, var
from pyaot.ir.nodes import Binary, Const, For, Marks, Unary
from pyaot.ir.types import PY_FLOAT, PY_INT, Array, DType, Scalar
from pyaot.plan.estimates import Estimate, arguments_in, estimates, plain, value_of

F = Scalar(DType.FLOAT64)
VECTOR = Array(DType.FLOAT64, 1)


def _estimates(marks: Marks, label: str) -> dict[str, Estimate]:
    made = loop(
        "i", i64(0), dim("a", 0), store("a", var("i"), value=mul(load("a", var("i"), type=F), f64(2.0)))
    )
    assert isinstance(made, For)
    before = function("f", {"a": VECTOR}, replace(made, label=label), give())
    after = function("f", {"a": VECTOR}, replace(made, label=label, marks=marks), give())
    return {one.version: one for one in estimates(before, after, ("native", "numpy"))}


def _time(one: Estimate, extent: float) -> float:
    assert one.nanoseconds is not None and one.is_whole
    value = value_of(one.nanoseconds, dict.fromkeys(arguments_in(one.nanoseconds), extent))
    assert value is not None
    return value


def test_compiled_loops_are_faster_than_the_interpreter() -> None:
    made = _estimates(Marks(parallel=True, simd=True), "i")
    times = {version: _time(one, 1e6) for version, one in made.items()}
    assert times["native"] < times["numpy"] < times["original"]
    assert times["original"] > 100 * times["native"]


def test_array_operators_are_fast_in_the_original() -> None:
    loops, operator = _estimates(Marks(), "i"), _estimates(Marks(), "")
    assert _time(operator["original"], 1e6) * 10 < _time(loops["original"], 1e6)
    assert _time(operator["original"], 0.0) > _time(loops["original"], 0.0)


def test_loops_in_order_stay_loops_in_numpy_versions() -> None:
    slices, turns = _estimates(Marks(simd=True), "i"), _estimates(Marks(), "i")
    assert _time(slices["numpy"], 1e6) * 10 < _time(turns["numpy"], 1e6)


def test_what_does_not_follow_from_the_arguments_is_left_out() -> None:
    known = loop("i", i64(0), var("n"), store("a", var("i"), value=f64(1.0)))
    unknown = loop("j", i64(0), var("k"), store("a", var("j"), value=f64(1.0)))
    made = function("f", {"a": VECTOR, "n": PY_INT}, known, assign("k", add(var("n"), 1)), unknown, give())
    assert [one.is_whole for one in estimates(made, made, ("native",))] == [False, False]
    none = function("f", {"a": VECTOR, "n": PY_INT}, assign("k", add(var("n"), 1)), unknown, give())
    assert [one.nanoseconds for one in estimates(none, none, ())] == [None]


def test_formulas_are_short() -> None:
    formula = mul(cast(dim("a", 0), F), Const(2.0, F))
    assert expression_text(plain(formula), Names()) == "a.shape[0] * 2"


def test_values_of_formulas() -> None:
    x, zero = var("x", PY_FLOAT), Const(0.0, PY_FLOAT)
    assert value_of(Unary("neg", mul(x, x), PY_FLOAT), {x: 3.0}) == -9.0
    assert value_of(Binary("minimum", x, zero, PY_FLOAT), {x: 3.0}) == 0.0
    assert value_of(Binary("truediv", x, zero, PY_FLOAT), {x: 3.0}) is None
    assert value_of(Binary("pow", x, x, PY_FLOAT), {x: 3.0}) is None
    assert value_of(x, {}) is None
