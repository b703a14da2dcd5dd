"""What requirements and allocations say of extents."""

from pyaot.ir.build import allocate, bind, compare, dim, function, give, var
from pyaot.ir.extents import fixed_extents
from pyaot.ir.nodes import Dim, Expr, Require, Stmt
from pyaot.ir.types import PY_INT, Array, DType

V = Array(DType.FLOAT64, 1)


def known(*body: Stmt, equal: str = "ab bc") -> dict[str, Expr]:
    """The extents that are known by other names, where pairs of arrays have the same."""
    pairs = [Require(compare("eq", dim(x, 0), dim(y, 0)), "they differ") for x, y in equal.split()]
    f = function("f", {"n": PY_INT, "a": V, "b": V, "c": V}, *body, give(), requires=pairs)
    return {name: extent for (name, _), extent in fixed_extents(f).items()}


def test_equal_extents_have_one_name() -> None:
    assert known() == {"b": dim("a", 0), "c": dim("a", 0)}
    assert known(equal="bc ab") == {"b": dim("a", 0), "c": dim("a", 0)}
    assert known(equal="ab ba") == {"b": dim("a", 0)}


def test_new_arrays_have_the_extents_that_they_were_made_with() -> None:
    assert known(allocate("t", DType.FLOAT64, dim("c", 0)))["t"] == dim("a", 0)
    assert known(allocate("t", DType.FLOAT64, var("n")))["t"] == var("n")


def test_nothing_is_known_of_names_that_move() -> None:
    moves = allocate("t", DType.FLOAT64, dim("a", 0)), bind(["b"], ["t"])
    assert known(*moves) == {}
    assert not any(isinstance(e, Dim) and e.array == "b" for e in known(*moves, equal="ab ac").values())
