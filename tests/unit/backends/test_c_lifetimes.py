"""Heap arrays without readers: who gets their memory, and where it goes back."""

from pathlib import Path

import numpy as np

from pyaot.backends.c_lifetimes import lifetimes
from pyaot.backends.to_native import emit_native
from pyaot.base.options import Options
from pyaot.ir.build import allocate, assign, binary, dim, f64, function, give, load, loop, store, var
from pyaot.ir.nodes import Expr, Stmt, Var
from pyaot.ir.types import DType, Scalar
from tests.unit.backends.native import VECTOR, assert_as_interpreted, build_kernels

I, N = var("i"), var("n")
FLOAT = Scalar(DType.FLOAT64)


def new(name: str, dtype: DType = DType.FLOAT64) -> Stmt:
    return allocate(name, dtype, N)


def filled(name: str) -> Stmt:
    return loop("i", 0, N, store(name, I, value=f64(1.0)))


def read(name: str) -> Stmt:
    return assign(f"s_{name}", load(name, 0, type=FLOAT))


def found(*body: Stmt, heap: str = "abc") -> tuple[dict[str, str], dict[str, int]]:
    """Each heir with what it gets; each array that goes back with the place of the statement before."""
    result = lifetimes(body, tuple(heap))
    places = {id(stmt): place for place, stmt in enumerate(body)}
    heirs = {body[places[key]].name: old for key, old in result.heirs.items()}  # type: ignore[union-attr]
    return heirs, {name: places[key] for key, names in result.over.items() for name in names}


def test_an_array_of_the_same_shape_gets_the_memory() -> None:
    assert found(new("a"), read("a"), new("b"), read("b"), new("c")) == ({"b": "a", "c": "b"}, {})


def test_another_shape_or_type_does_not() -> None:
    body = (new("a"), read("a"), new("b", DType.FLOAT32), read("b"), allocate("c", DType.FLOAT32, 2))
    assert found(*body) == ({}, {"a": 1, "b": 3})


def test_what_is_read_later_stays() -> None:
    assert found(new("a"), new("b"), read("a"), new("c"), read("b")) == ({"c": "a"}, {})


def test_memory_goes_back_only_before_more_is_asked_for() -> None:
    body = (new("a"), read("a"), new("x"), read("b"), filled("x"))
    assert found(*body, heap="a") == ({}, {"a": 1})
    assert found(*body[:2], heap="a") == ({}, {})


def test_one_memory_goes_to_one_array() -> None:
    assert found(new("a"), read("a"), new("b"), new("c"), read("b")) == ({"b": "a"}, {})


def test_the_extent_is_a_use() -> None:
    body = (new("a"), new("b"), assign("m", dim("a", 0)), new("c"), read("b"))
    assert found(*body) == ({"c": "a"}, {})
    assert found(*body[:2], body[3], body[2]) == ({"c": "b"}, {})


def test_arrays_of_other_places_are_nobodys_heirs() -> None:
    assert found(new("a"), read("a"), new("x"), new("b"), heap="ab") == ({"b": "a"}, {})
    assert found(new("x"), read("x"), new("a"), heap="a") == ({}, {})


def test_inside_a_loop_nothing_goes() -> None:
    body = (new("a"), loop("i", 0, N, new("b"), read("b"), new("c"), read("a")), new("x"))
    assert found(*body) == ({}, {"a": 1, "b": 1, "c": 1})


def test_the_heir_has_its_own_values(tmp_path: Path) -> None:
    """t's memory becomes u's; both become sums."""
    n = dim("x", 0)

    def made(name: str, value: Expr) -> tuple[Stmt, ...]:
        total = binary("add", Var("s", FLOAT), load(name, I, type=FLOAT, checked=False))
        return (
            allocate(name, DType.FLOAT64, n),
            loop("i", 0, n, store(name, I, value=value, checked=False)),
            loop("i", 0, n, assign("s", total)),
        )

    x = load("x", I, type=FLOAT, checked=False)
    body = (assign("s", f64(0.0)), *made("t", x), *made("u", binary("mul", x, x)), give(Var("s", FLOAT)))
    f = function("f", {"x": VECTOR}, *body)
    kernels = build_kernels(tmp_path, f)
    text = emit_native([f], Options()).text
    assert "u = t;" in text and "u_room = t_room;" in text
    for count in (0, 1, 5, 3000):
        assert assert_as_interpreted(kernels, f, np.arange(float(count)))[0] == 0
