"""What statements read before they set it, what they set for certain, and what is private to a loop."""

import pytest

from pyaot.ir.build import add, assign, block, compare, f64, forever, leave, loop, store, var, when
from pyaot.ir.nodes import For, Stmt
from pyaot.poly.scalars import ScalarFlow
from tests.unit.poly.loops import F, at

i, s, t = var("i"), var("s", F), var("t", F)
BIG = compare("gt", s, f64(1.0))
ZERO, GROW, USE = assign("s", 0.0), assign("s", add(s, 1.0)), assign("t", s)

# statements, exposed, certainly set
CASES = {
    "set then read": ((ZERO, USE), "", "s t"),
    "read then set": ((USE, ZERO), "s", "s t"),
    "update": ((GROW,), "s", "s"),
    "one branch": ((assign("t", 0.0), when(BIG, ZERO), USE), "s", "t"),
    "both branches": ((when(compare("gt", t, f64(0.0)), ZERO, otherwise=(ZERO,)), USE), "t", "s t"),
    "a loop may not run": ((loop("i", 0, 3, ZERO), USE), "s", "t"),
    "bounds": ((loop("i", 0, var("n"), store("x", i, value=at("y", i))),), "n", ""),
    "leaves before it sets": ((block("out", when(BIG, leave("out")), assign("t", 0.0)),), "s", ""),
    "leaves after it sets": ((block("out", assign("t", 0.0), when(BIG, leave("out"))),), "s", "t"),
    "a branch that leaves sets nothing needed": (
        (block("out", when(BIG, assign("t", 1.0), leave("out"), otherwise=(assign("t", 0.0),))),),
        "s",
        "t",
    ),
    "until it leaves": ((block("out", forever(ZERO, when(BIG, leave("out")))), USE), "", "s t"),
}


@pytest.mark.parametrize("name", CASES)
def test_effect(name: str) -> None:
    body, exposed, sets = CASES[name]
    effect = ScalarFlow().effect_of_all(body)
    assert (effect.exposed, effect.sets) == (frozenset(exposed.split()), frozenset(sets.split()))


def test_live_after_each_statement() -> None:
    body: tuple[Stmt, ...] = (ZERO, USE, GROW, store("x", 0, value=t))
    live = ScalarFlow().live_after_each(body, frozenset(("s",)), {})
    assert live == (frozenset("s"), frozenset("st"), frozenset("st"), frozenset("s"))


def test_what_leaves_needs_what_its_block_needs() -> None:
    body = (when(BIG, leave("out")), assign("t", 0.0))
    live = ScalarFlow().live_after_each((ZERO, *body), frozenset(), {"out": frozenset(("t",))})
    assert "t" in live[0]


@pytest.mark.parametrize(
    ("body", "live", "private"),
    [
        ((ZERO, GROW, USE), (), {"s", "t"}),
        ((ZERO, GROW, USE), ("t",), {"s"}),
        ((GROW, USE), (), {"t"}),
        ((when(compare("gt", i, 2), ZERO), USE), (), {"t"}),
    ],
)
def test_private(body: tuple[Stmt, ...], live: tuple[str, ...], private: set[str]) -> None:
    nest = loop("i", 0, 9, *body)
    assert isinstance(nest, For)
    assert ScalarFlow().private_to(nest, frozenset(live)) == private
