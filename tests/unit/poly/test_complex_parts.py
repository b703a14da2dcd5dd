"""Exponentials and quotients of complex numbers as formulas of their parts."""

import itertools

import numpy as np
import pytest

from pyaot.ir.build import call, cast, dim, function, give, load, loop, select, store, var
from pyaot.ir.interpret import interpret
from pyaot.ir.nodes import Binary, Call, Expr, Function, Marks
from pyaot.ir.types import Array, DType, Scalar
from pyaot.ir.walk import walk_exprs
from pyaot.poly.split import split_complex

C, F, B = Scalar(DType.COMPLEX128), Scalar(DType.FLOAT64), Scalar(DType.BOOL)
CS = Array(DType.COMPLEX128, 1)
PARAMS = {"z": CS, "out": CS, "r": Array(DType.FLOAT64, 1), "m": Array(DType.BOOL, 1)}
i = var("i")
Z, R, M = (load(n, i, type=t, checked=False) for n, t in (("z", C), ("r", F), ("m", B)))
NUMBERS = [0.0, -0.0, 1.0, -2.5, 3e-320, 709.0, 745.0, -745.0, 1e300, np.inf, -np.inf, np.nan]
TINY = np.finfo(np.float64).smallest_subnormal
PAIRS = np.array([complex(x, y) for x, y in itertools.product(NUMBERS, NUMBERS)])


def case(value: Expr) -> Function:
    body = loop("i", 0, dim("z", 0), store("out", i, value=value, checked=False), marks=Marks(simd=True))
    return function("f", PARAMS, body, give())


def results(made: Function, z: np.ndarray, r: np.ndarray) -> np.ndarray:
    out = np.empty_like(z)
    with np.errstate(all="ignore"):
        interpret(made, [z, out, r, np.zeros(len(z), np.bool_)])
    return out


def calls(made: Function) -> set[str]:
    return {node.function for node in walk_exprs(made.body) if isinstance(node, Call)}


def test_exponential() -> None:
    made = case(call("exp", Z))
    after = split_complex(made, strict=False)
    assert {"cos", "sin"} <= calls(after)
    want, got = (results(f, PAIRS, np.zeros(len(PAIRS))) for f in (made, after))
    for part in ("real", "imag"):
        mine, theirs = getattr(got, part), getattr(want, part)
        np.testing.assert_allclose(mine, theirs, rtol=1e-15, atol=2 * TINY)
        known = (
            (mine == 0.0) & (theirs == 0.0) & np.isfinite(PAIRS.imag)
        )  # C leaves the sign open where there is no angle
        assert np.array_equal(np.signbit(mine[known]), np.signbit(theirs[known]))


def test_exponential_of_drawn_numbers() -> None:
    draw = np.random.default_rng(5)
    z = draw.uniform(-800, 800, 4000) + 1j * draw.uniform(-50, 50, 4000)
    made = case(call("exp", Z))
    want, got = (results(f, z, z.real) for f in (made, split_complex(made, strict=False)))
    for part in ("real", "imag"):  # C rounds subnormal results twice
        np.testing.assert_allclose(getattr(got, part), getattr(want, part), rtol=1e-15, atol=4 * TINY)


def test_strict_keeps_the_exponential() -> None:
    assert "exp" in calls(split_complex(case(call("exp", Z)), strict=True))
    assert "cos" not in calls(split_complex(case(call("exp", Z)), strict=True))


@pytest.mark.parametrize("strict", [False, True])
def test_quotient_by_a_real_number_to_the_last_bit(strict: bool) -> None:
    made = case(Binary("truediv", Z, cast(R, C), C))
    after = split_complex(made, strict)
    assert not any(
        isinstance(n, Binary) and n.op == "truediv" and n.type == C for n in walk_exprs(after.body)
    )
    for number in NUMBERS:
        r = np.full(len(PAIRS), number)
        want, got = (results(f, PAIRS, r) for f in (made, after))
        with np.errstate(all="ignore"):
            assert np.array_equal(PAIRS / r, want, equal_nan=True)
        for part in ("real", "imag"):
            mine, theirs = getattr(got, part), getattr(want, part)
            same = (np.isnan(mine) & np.isnan(theirs)) | (
                (mine == theirs) & (np.signbit(mine) == np.signbit(theirs))
            )
            assert same.all(), (number, part, PAIRS[~same], mine[~same], theirs[~same])


def test_what_has_no_formula_is_computed_once() -> None:
    after = split_complex(case(call("tanh", Z)), strict=False)
    assert sum(isinstance(node, Call) and node.function == "tanh" for node in walk_exprs(after.body)) == 1


def test_what_one_outcome_needs_is_computed_there() -> None:
    after = split_complex(case(select(M, call("tanh", Z), Z)), strict=False)
    (body,) = (s.body for s in after.body if hasattr(s, "body"))
    assert [type(stmt).__name__ for stmt in body] == ["Store"]
