"""Conditions at entry under which subscripts stay in range, as text a person can read.

    for k in range(Dim(a, 1)): ... b[k] ...         requires Dim(a, 1) <= Dim(b, 0)

A condition that only unusual calls meet (n <= 0, say) is no requirement: the check stays in the kernel.
"""

from collections.abc import Mapping

from pyaot.ir.build import add, both, compare, mul, unchecked
from pyaot.ir.nodes import Const, Expr
from pyaot.ir.types import PY_INT
from pyaot.ir.walk import map_expr
from pyaot.poly.sets import Constraint, Formula, Set, context

USUAL = 64  # a condition must allow extents and parameters of this size all together


def requirement(failing: Set, known: Set, meaning: Mapping[str, Expr]) -> tuple[Expr, Set] | None:
    """The condition for no failing point, over the symbols that have a meaning at entry."""
    bad = failing.under(known).over_parameters(meaning)
    good = bad.complement().given(known.over_parameters(meaning))
    usual = [piece for piece in good.pieces() if _is_usual(piece)]
    if len(usual) != 1:
        return None
    constraints = usual[0].constraints()
    if not constraints:
        return None
    constraints = _fewest(constraints, bad)
    conditions = [_condition(constraint, meaning) for constraint in constraints]
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = both(whole, condition)
    return map_expr(unchecked, whole), context(_formula(constraints))


def _fewest(constraints: list[Constraint], bad: Set) -> list[Constraint]:
    """Those that keep out what is bad: isl's pieces do not overlap, so one may also exclude empty loops."""
    kept = constraints
    for constraint in constraints:
        others = [other for other in kept if other is not constraint]
        if others and context(_formula(others)).meet(bad).is_empty():
            kept = others
    return kept


def _formula(constraints: list[Constraint]) -> Formula:
    names = frozenset(name for constraint in constraints for name in constraint.factors)
    return Formula(" and ".join(_text(constraint) for constraint in constraints), names)


def _text(constraint: Constraint) -> str:
    terms = [f"{factor} * {name}" for name, factor in constraint.factors.items()]
    return f"{' + '.join([*terms, str(constraint.constant)])} {'=' if constraint.is_equality else '>='} 0"


def _is_usual(piece: Set) -> bool:
    """Some call with everything big meets the condition."""
    constraints = piece.constraints()
    if constraints is None:
        return False
    names = sorted({name for constraint in constraints for name in constraint.factors})
    if not names:
        return False
    big = Formula(" and ".join(f"{name} >= {USUAL}" for name in names), frozenset(names))
    return not piece.meet(context(big)).is_empty()


def _condition(constraint: Constraint, meaning: Mapping[str, Expr]) -> Expr:
    """Negative terms go to the left, so that it reads smaller <= larger."""
    left: list[Expr] = []
    right: list[Expr] = []
    for name, factor in sorted(constraint.factors.items()):
        (left if factor < 0 else right).append(mul(abs(factor), meaning[name]))
    constant = constraint.constant
    if constant:
        (left if constant < 0 else right).append(Const(abs(constant), PY_INT))
    return compare("eq" if constraint.is_equality else "le", _sum(left), _sum(right))


def _sum(terms: list[Expr]) -> Expr:
    total: Expr = Const(0, PY_INT)
    for term in terms:
        total = add(total, term)
    return total
