"""`match` on numbers and tuples, as the ifs that it stands for.

match k:                        if k == 0: ...
    case 0: ...                 else:
    case 1 | 2: ...                 if k == 1 or k == 2: ...
    case n if n < 0: ...            else:
    case _: ...                         n = k
                                        if n < 0: ...
                                        else: ...
"""

from collections.abc import Callable, Sequence

import libcst as cst
from msgspec import Struct

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.context import Context
from pyaot.frontend.values import Number, TupleValue, Value
from pyaot.frontend.variables import settle
from pyaot.ir.types import DType
from pyaot.ir.user_names import UNNAMED

LowerBody = Callable[[Context, cst.BaseSuite], None]
Statements = list[cst.BaseStatement]
Captures = tuple[tuple[str, cst.BaseExpression], ...]


class _Matched(Struct, frozen=True):
    """When a pattern matches, and the names that it binds then; `never`: what is known now."""

    tests: tuple[cst.BaseExpression, ...] = ()
    captures: Captures = ()
    never: bool = False


def lower_match(ctx: Context, node: cst.Match, lower_body: LowerBody) -> None:
    """The statement, its subject evaluated once."""
    value = settle(ctx, ctx.expression(ctx, node.subject))
    if not isinstance(value, Number | TupleValue):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "A match on this value is not compiled.", node.subject)
    name = f"{UNNAMED}subject"
    while name in ctx.scope.names:
        name += "_"
    ctx.scope.names[name] = value
    try:
        lower_body(ctx, cst.IndentedBlock(_chain(ctx, node.cases, cst.Name(name), value)))
    finally:
        ctx.scope.names.pop(name, None)


def _chain(
    ctx: Context, cases: Sequence[cst.MatchCase], subject: cst.BaseExpression, value: Value
) -> Statements:
    """The cases as an if each, in the `else` of the one before."""
    if not cases:
        return []
    case, *others = cases
    matched = _match(ctx, case.pattern, subject, value)
    rest = _chain(ctx, others, subject, value)
    if matched.never:
        return rest
    if case.guard is not None and matched.captures and matched.tests:
        message = "A case with a pattern, names and a condition is not compiled."
        raise ctx.refuse(UNSUPPORTED_STATEMENT, message, case.guard, "Test the condition inside the case.")
    bound = [_bound(name, expr) for name, expr in matched.captures]
    tests = [*matched.tests, *([case.guard] if case.guard is not None else [])]
    if not tests:
        return [*bound, *_statements(case.body)]
    before, inside = (bound, []) if case.guard is not None else ([], bound)
    otherwise = cst.Else(cst.IndentedBlock(rest)) if rest else None
    block = cst.IndentedBlock([*inside, *_statements(case.body)])
    return [*before, cst.If(_joined(tests, cst.And), block, otherwise)]


def _statements(body: cst.BaseSuite) -> Statements:
    if isinstance(body, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(body.body)]
    assert isinstance(body, cst.IndentedBlock)
    return list(body.body)


def _bound(name: str, expr: cst.BaseExpression) -> cst.BaseStatement:
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], expr)])


def _joined(tests: Sequence[cst.BaseExpression], operator: type[cst.And | cst.Or]) -> cst.BaseExpression:
    joined = tests[0]
    for test in tests[1:]:
        joined = cst.BooleanOperation(joined, operator(), test)
    return joined


def _match(ctx: Context, pattern: cst.MatchPattern, subject: cst.BaseExpression, value: Value) -> _Matched:
    match pattern:
        case cst.MatchAs(pattern=inner, name=name):
            found = _Matched() if inner is None else _match(ctx, inner, subject, value)
            own: Captures = () if name is None else ((name.value, subject),)
            return _Matched(found.tests, (*found.captures, *own), found.never)
        case cst.MatchValue(value=constant) if isinstance(value, Number):
            return _Matched((cst.Comparison(subject, [cst.ComparisonTarget(cst.Equal(), constant)]),))
        case cst.MatchValue() | cst.MatchSingleton() if isinstance(value, TupleValue):
            return _Matched(never=True)
        case cst.MatchSingleton(value=cst.Name(value=singleton)) if isinstance(value, Number):
            return _singleton(ctx, singleton, subject, value)
        case cst.MatchOr(patterns=patterns):
            return _alternatives(ctx, [part.pattern for part in patterns], subject, value)
        case cst.MatchTuple(patterns=patterns) | cst.MatchList(patterns=patterns):
            return _sequence(ctx, patterns, subject, value)
    raise ctx.refuse(UNSUPPORTED_STATEMENT, "This pattern of a case is not compiled.", pattern)


def _singleton(ctx: Context, name: str, subject: cst.BaseExpression, value: Number) -> _Matched:
    """None, True or False: of numbers only Python's bools are one of these."""
    if value.type.is_undecided:
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "Whether this is a bool of Python's depends on the path.")
    if name == "None" or not value.type.is_python or value.type.dtype is not DType.BOOL:
        return _Matched(never=True)
    return _Matched((subject if name == "True" else cst.UnaryOperation(cst.Not(), subject),))


def _alternatives(
    ctx: Context, patterns: Sequence[cst.MatchPattern], subject: cst.BaseExpression, value: Value
) -> _Matched:
    found = [one for pattern in patterns if not (one := _match(ctx, pattern, subject, value)).never]
    if not found:
        return _Matched(never=True)
    if any(one.captures for one in found):
        raise ctx.refuse(
            UNSUPPORTED_STATEMENT, "Names in alternatives of a case are not compiled.", patterns[0]
        )
    if not all(one.tests for one in found):
        return _Matched()
    return _Matched((_joined([_joined(one.tests, cst.And) for one in found], cst.Or),))


def _sequence(
    ctx: Context,
    patterns: Sequence[cst.MatchSequenceElement | cst.MatchStar],
    subject: cst.BaseExpression,
    value: Value,
) -> _Matched:
    """Of a tuple with as many items; a number is no sequence."""
    if isinstance(value, Number) or (isinstance(value, TupleValue) and len(value.items) != len(patterns)):
        if any(isinstance(part, cst.MatchStar) for part in patterns):
            raise ctx.refuse(UNSUPPORTED_STATEMENT, "A case with '*' is not compiled.", patterns[0])
        return _Matched(never=True)
    if not isinstance(value, TupleValue):
        raise ctx.refuse(UNSUPPORTED_STATEMENT, "A match on items of this value is not compiled.")
    tests: list[cst.BaseExpression] = []
    captures: list[tuple[str, cst.BaseExpression]] = []
    for place, (part, item) in enumerate(zip(patterns, value.items)):
        if isinstance(part, cst.MatchStar):
            raise ctx.refuse(UNSUPPORTED_STATEMENT, "A case with '*' is not compiled.", part)
        at = cst.Subscript(subject, [cst.SubscriptElement(cst.Index(cst.Integer(str(place))))])
        found = _match(ctx, part.value, at, item)
        if found.never:
            return found
        tests += found.tests
        captures += found.captures
    return _Matched(tuple(tests), tuple(captures))
