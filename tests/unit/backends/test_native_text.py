"""What the C text says, and what moves before a loop."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.base.source import Span
from pyaot.ir.build import (
    add,
    allocate,
    assign,
    binary,
    bind,
    call,
    cast,
    compare,
    dim,
    f64,
    function,
    give,
    i64,
    loop,
    store,
    var,
    when,
)
from pyaot.ir.nodes import (
    Expr,
    Marks,
)
from pyaot.ir.types import PY_FLOAT, PY_INT, DType, Origin, Scalar
from tests.unit.backends.native import (
    F64,
    I64,
    INTS,
    MATRIX,
    ONE,
    VECTOR,
    ZERO,
    assert_as_interpreted,
    at,
    build_kernels,
    run,
)

# ---- text -------------------------------------------------------------------------------------------------


def test_names_of_users_meet_nothing(tmp_path: Path) -> None:
    names = (
        "share",
        "threads",
        "path",
        "fail",
        "exp",
        "I",
        "int",
        "größe",
        "a b",
        "minimum_float64",
        "AT",
        "runtime",
    )
    names = (
        *names,
        "kernel_f",
        "a_0",
        "slot",
        "team",
        "k",
        "main",
        "NULL",
        "pyaot_x",
        "bool",
        "new",
        "a_view",
        "k_",
    )
    total: Expr = f64(0.0)
    for name in names:
        total = binary("add", total, var(name, PY_FLOAT))
    f = function("f", {"a": VECTOR, **dict.fromkeys(names, PY_FLOAT)}, give(total, dim("a", 0)))
    answer = build_kernels(tmp_path, f).entry("f")((np.zeros(3), *map(float, range(len(names)))))
    assert answer == (0, 0, float(sum(range(len(names)))), 3)


def test_users_lines_stand_in_comments() -> None:
    f = function("f", {"a": VECTOR}, store("a", 0, value=ONE), give())
    marked = replace(f, body=(replace(f.body[0], span=Span(12, 0, 12, 5)), f.body[1]))  # type: ignore[arg-type]
    assert "/* my file.py:12 */" in emit_native([marked], Options(), "my file.py").text


@given(st.text())
@settings(max_examples=50)
def test_no_file_name_ends_a_comment(name: str) -> None:
    head = emit_native([function("f", {}, give())], Options(), name).text.split("\n\n")[0]
    assert head.startswith("/*") and head.endswith("*/")
    assert head.count("*/") == 1 and head.count("/*") == 1


def test_either_origin_fails_where_the_rules_differ(tmp_path: Path) -> None:
    either = Scalar(DType.INT64, Origin.EITHER)
    value = binary("mul", var("x", either), var("x", either))
    picked = cast(var("n"), either)
    f = function(
        "f",
        {"n": PY_INT},
        assign("x", picked),
        loop("i", 0, 2, assign("x", value)),
        give(cast(var("x", either), I64)),
    )
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((1000,)) == (0, 0, 10**12)
    assert kernels.entry("f")((2**20,)) == (-1, 0)


def test_calls_of_math_in_loops(tmp_path: Path) -> None:
    f = function(
        "f",
        {"a": VECTOR},
        loop(
            "i",
            0,
            dim("a", 0),
            store("a", var("i"), value=call("exp", at("a", var("i"))), checked=False),
            marks=Marks(simd=True),
        ),
        give(),
    )
    run(tmp_path, f, np.linspace(-5, 5, 37), rtol=1e-14)


# ---- failing invariants -----------------------------------------------------------------------------------


def test_failing_invariants_move_before_their_loops(tmp_path: Path) -> None:
    share = binary("truediv", f64(1.0), cast(var("n"), PY_FLOAT))
    turn = store("a", var("i"), value=binary("mul", at("a", var("i")), share), checked=False)
    inner = loop("i", 0, dim("a", 0), turn, marks=Marks(simd=True))
    f = function("f", {"a": VECTOR, "n": PY_INT}, loop("t", 0, 2, inner, marks=Marks()), give())
    text = emit_native([f], Options()).text
    kernel = text[text.index("KERNEL static int") :]
    assert kernel.index("NONZERO") < kernel.index("for (") and "#pragma omp simd" in kernel
    kernels = build_kernels(tmp_path, f)
    for n in (3, 0):
        assert_as_interpreted(kernels, f, np.arange(4.0), n)


def test_conditional_invariants_stay(tmp_path: Path) -> None:
    share = binary("floordiv", i64(100), var("n"))
    positive = compare("gt", var("n"), i64(0))
    turn = when(positive, assign("s", add(var("s"), share)))
    f = function("f", {"n": PY_INT}, assign("s", i64(0)), loop("i", 0, 3, turn), give(var("s")))
    kernels = build_kernels(tmp_path, f)
    assert kernels.entry("f")((0,)) == (0, 0, 0)
    assert kernels.entry("f")((7,)) == (0, 0, 42)


def test_comparing_nan_is_not_invalid(tmp_path: Path) -> None:
    """NumPy does not warn of NaN in comparisons (16, a doubt); it does of one that an operation makes."""
    low = compare("lt", at("a", var("i")), ZERO)
    ratio = binary("truediv", at("a", var("i")), at("b", var("i")))
    turn = when(low, store("out", var("i"), value=ZERO), otherwise=[store("out", var("i"), value=ratio)])
    body = loop("i", 0, dim("a", 0), turn)
    f = function(
        "f", {"a": VECTOR, "b": VECTOR}, allocate("out", DType.FLOAT64, dim("a", 0)), body, give("out")
    )
    entry = build_kernels(tmp_path, f).entry("f")
    for a, b, flags in (
        ((np.nan, 1.0), (1.0, 1.0), 16),
        ((0.0, 1.0), (0.0, 1.0), 4),
        ((1.0, -1.0), (1.0, 0.0), 0),
    ):
        assert entry((np.array(a), np.array(b)))[1] == flags


@pytest.mark.parametrize("name", ("exp", "log", "sin", "tanh", "arctan", "log1p", "cbrt"))
def test_functions_on_vectors(tmp_path: Path, name: str) -> None:
    turn = store("a", var("i"), value=call(name, at("a", var("i"))), checked=False)
    f = function("f", {"a": VECTOR}, loop("i", 0, dim("a", 0), turn, marks=Marks(simd=True)), give())
    kernels = build_kernels(tmp_path, f)
    for values in (
        np.linspace(-30, 30, 37),
        np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e300, 1e-310] * 3),
    ):
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(values)
        assert_as_interpreted(kernels, f, values.copy(), rtol=1e-14)
        own = values.copy()
        kernels.entry("f")((own,))
        assert np.array_equal(np.signbit(own), np.signbit(expected)) or np.isnan(expected).any()
    path, flags = kernels.entry("f")((np.array([1.0, np.inf, 0.5]),))
    doubtful = 16 | 32  # what a vector function sets by itself depends on the CPU
    assert (path, flags & ~doubtful) == (0, 4 if name == "sin" else 0)


def test_subscripts_that_stay_are_checked_before_the_loop(tmp_path: Path) -> None:
    r, k = var("r"), at("ks", var("t"), type=PY_INT)
    turn = store("a", var("k"), r, value=binary("add", at("a", var("k"), r, checked=True), ONE))
    f = function(
        "f",
        {"a": MATRIX, "ks": INTS},
        loop("t", 0, dim("ks", 0), assign("k", k), loop("r", 0, dim("a", 1), turn)),
        give(),
    )
    text = emit_native([f], Options()).text
    inner = text[text.index("for (int64_t r") :].split("}")[0]
    assert "AT(" not in inner
    kernels = build_kernels(tmp_path, f)
    for ks in ([0, 1, -1, -3], [0, 3], [1, -4], []):
        assert_as_interpreted(kernels, f, np.zeros((3, 4)), np.array(ks, dtype=np.int64))


def test_subscripts_that_only_some_turns_use_are_not_checked_before(tmp_path: Path) -> None:
    turn = when(compare("gt", at("a", var("i")), ZERO), store("a", var("k"), value=ZERO))
    f = function("f", {"a": VECTOR, "k": PY_INT}, loop("i", 0, dim("a", 0), turn), give())
    kernels = build_kernels(tmp_path, f)
    assert assert_as_interpreted(kernels, f, np.array([-1.0, -2.0]), 7)[0] == 0
    assert assert_as_interpreted(kernels, f, np.array([-1.0, 2.0]), 7)[0] == -1
    assert assert_as_interpreted(kernels, f, np.array([-1.0, 2.0]), -2)[0] == 0


def test_indices_of_other_extents_stay_checked(tmp_path: Path) -> None:
    """The index runs to the extent of `a`, but subscripts arrays that are longer, shorter, or bound anew."""
    i = var("i")
    total = assign(
        "s", binary("add", var("s", F64), binary("add", at("a", i, checked=True), at("b", i, checked=True)))
    )
    f = function(
        "f",
        {"a": VECTOR, "b": VECTOR},
        assign("s", ZERO),
        loop("i", 0, dim("a", 0), total),
        give(var("s", F64)),
    )
    moving = loop("i", 0, dim("a", 0), assign("s", at("u", i, checked=True)), bind(("u", "v"), ("v", "u")))
    g = function(
        "g",
        {"a": VECTOR, "b": VECTOR},
        allocate("u", DType.FLOAT64, dim("a", 0), fill=ONE),
        allocate("v", DType.FLOAT64, dim("b", 0), fill=ZERO),
        assign("s", ZERO),
        moving,
        give(var("s", F64)),
    )
    kernels = build_kernels(tmp_path, f, g)
    for kernel in (f, g):
        for n, m in ((3, 3), (3, 5), (3, 2), (0, 2)):
            assert_as_interpreted(kernels, kernel, np.arange(float(n)), np.arange(float(m)))


def test_division_of_what_is_not_negative_is_c_division(tmp_path: Path) -> None:
    n, x = dim("a", 0), var("x", PY_INT)
    plain = binary("mul", binary("floordiv", n, i64(4)), i64(4))
    capped = binary("mod", binary("maximum", x, i64(0)), i64(3))
    rounded = binary("floordiv", x, i64(3))
    f = function("f", {"a": VECTOR, "x": PY_INT}, give(plain, capped, rounded))
    text = emit_native([f], Options()).text
    assert "a_n0 / 4" in text and "maximum_int64(x, 0) % 3" in text and "FLOORDIV(x, 3)" in text
    kernels = build_kernels(tmp_path, f)
    for value in (-7, -1, 0, 8):
        assert_as_interpreted(kernels, f, np.zeros(6), value)
