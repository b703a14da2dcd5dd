"""Texts of expressions: of one element, or of whole arrays, given the texts of what may be read there."""

from hypothesis import strategies as st

Draw = st.DrawFn
Lines = list[str]
VECTORS, MATRICES, INDEX_VECTOR = ("a", "b", "c"), ("A", "B"), "k"

_FORMS = (
    "({} + {})",
    "({} - {})",
    "({} * {})",
    "({} / (np.abs({}) + 1.0))",
    "np.minimum({}, {})",
    "np.maximum({}, {})",
    "np.sqrt(np.abs({})) + {}",
    "-{} + {}",
    "twice({}) - {}",
)
_SCALAR_FORMS = (
    "({0} if {0} > {1} else {1})",
    "blend({}, {})",
    "min({}, {})",
    "abs({}) + {}",
    "(lambda v, w=2.0: v * w)({}) + {}",
    "graded({}, y={})",
)


def expression(draw: Draw, leaves: list[str], depth: int = 2) -> str:
    """A float expression; nothing in it raises."""
    kind = draw(st.integers(0, 7)) if depth else 0
    if kind <= 1:
        return draw(st.sampled_from([*leaves, "2.0", "0.5", "3"]))
    left, right = expression(draw, leaves, depth - 1), expression(draw, leaves, depth - 1)
    return draw(st.sampled_from(_FORMS)).format(left, right)


def scalar_expression(draw: Draw, leaves: list[str]) -> str:
    """As `expression`, with forms that arrays do not have."""
    if draw(st.integers(0, 3)) < 3:
        return expression(draw, leaves)
    form = draw(st.sampled_from(_SCALAR_FORMS))
    return form.format(expression(draw, leaves, 1), expression(draw, leaves, 1))


def around(draw: Draw, name: str, index: str, low: int, high: int) -> str:
    """`a[i + d]` with -low <= d <= high."""
    return f"{name}[{shift(index, draw(st.integers(-low, high)))}]"


def shift(index: str, by: int) -> str:
    """`i + 2`, `i - 1`, `i`."""
    return index if by == 0 else f"{index} {'+' if by > 0 else '-'} {abs(by)}"


def margins(draw: Draw) -> tuple[int, int]:
    """How far subscripts may go below and above the loop's range."""
    return draw(st.integers(0, 2)), draw(st.integers(0, 2))
