"""Intervals of integers, and what the operations make of them.

[0, 9] + [1, 1]  is  [1, 10]          [-3, 5] % [4, 4]  is  [0, 3]
"""

from collections.abc import Callable
from itertools import product

from msgspec import Struct

from pyaot.ir.types import DType


class Interval(Struct, frozen=True):
    """All integers from `low` to `high`; none where low > high."""

    low: int
    high: int

    @property
    def is_empty(self) -> bool:
        """No integer at all: the value of what is never executed."""
        return self.low > self.high

    def within(self, other: "Interval") -> bool:
        """Every integer of it is in the other."""
        return self.is_empty or (other.low <= self.low and self.high <= other.high)

    def join(self, other: "Interval") -> "Interval":
        """The least interval around both."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def meet(self, other: "Interval") -> "Interval":
        """What they have in common."""
        return Interval(max(self.low, other.low), min(self.high, other.high))


EMPTY = Interval(0, -1)
INT64 = Interval(-(2**63), 2**63 - 1)


def all_of(dtype: DType) -> Interval:
    """Every value of an integer dtype; 0 and 1 for bool. Others count as int64, which they are cast to."""
    if dtype is DType.BOOL:
        return Interval(0, 1)
    if dtype.kind == "u":
        return Interval(0, 2**dtype.bits - 1)
    bits = dtype.bits if dtype.is_integer else 64
    return Interval(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def exact(op: str, a: Interval, b: Interval) -> Interval | None:
    """The results in unbounded integers; None where nothing better than the whole type is known."""
    if a.is_empty or b.is_empty:
        return EMPTY
    rule = _RULES.get(op)
    return rule(a, b) if rule else None


def _corners(f: Callable[[int, int], int], a: Interval, b: Interval) -> Interval:
    """For an operation that is monotone in each operand: its extremes lie at the corners."""
    values = [f(x, y) for x, y in product((a.low, a.high), (b.low, b.high))]
    return Interval(min(values), max(values))


def _floordiv(a: Interval, b: Interval) -> Interval:
    """The divisor is never 0 (that fails); its extremes are its ends and, across 0, -1 and 1."""
    divisors = {d for d in (b.low, b.high, -1, 1) if d != 0 and b.low <= d <= b.high}
    values = [x // d for x in (a.low, a.high) for d in divisors]
    return Interval(min(values), max(values)) if values else EMPTY


def _mod(a: Interval, b: Interval) -> Interval:
    """From 0 towards the divisor; a number that is less than every divisor stays."""
    if a.low >= 0 and a.high < b.low:
        return a
    low, high = min(b.low + 1, 0), max(b.high - 1, 0)
    return Interval(low, min(high, a.high)) if a.low >= 0 and b.low >= 0 else Interval(low, high)


def _power(a: Interval, b: Interval) -> Interval | None:
    """Of a known exponent, or of a base that is not negative; a negative exponent fails."""
    if b.high < 0:
        return EMPTY
    if a.low >= 0 and not (b.low == b.high <= 64):
        least = min(a.low, 1)  # 0 ** 0 is 1, and what is more than that is great enough with 64
        return Interval(least, max(a.high, 1) ** min(b.high, 64))
    if b.low != b.high or not 0 <= b.low <= 64:
        return None
    ends = [a.low**b.low, a.high**b.low]
    least = 0 if b.low % 2 == 0 and a.low < 0 < a.high else min(ends)
    return Interval(least, max(ends))


def _shift_left(a: Interval, b: Interval) -> Interval | None:
    counts = b.meet(Interval(0, 64))
    return _corners(lambda x, y: x << y, a, counts) if b.high <= 64 and not counts.is_empty else None


def _shift_right(a: Interval, b: Interval) -> Interval | None:
    counts = Interval(max(b.low, 0), min(b.high, 64))
    return None if counts.is_empty else _corners(lambda x, y: x >> y, a, counts)


def _and(a: Interval, b: Interval) -> Interval | None:
    """At most the one that is not negative."""
    highs = [x.high for x in (a, b) if x.low >= 0]
    return Interval(0, min(highs)) if highs else None


def _or(a: Interval, b: Interval) -> Interval | None:
    """No bit above the highest of both."""
    if a.low < 0 or b.low < 0:
        return None
    return Interval(0, 2 ** max(a.high, b.high).bit_length() - 1)


_RULES: dict[str, Callable[[Interval, Interval], Interval | None]] = {
    "add": lambda a, b: Interval(a.low + b.low, a.high + b.high),
    "sub": lambda a, b: Interval(a.low - b.high, a.high - b.low),
    "mul": lambda a, b: _corners(lambda x, y: x * y, a, b),
    "floordiv": _floordiv,
    "mod": _mod,
    "pow": _power,
    "bitand": _and,
    "bitor": _or,
    "bitxor": _or,
    "shl": _shift_left,
    "shr": _shift_right,
    "minimum": lambda a, b: Interval(min(a.low, b.low), min(a.high, b.high)),
    "maximum": lambda a, b: Interval(max(a.low, b.low), max(a.high, b.high)),
}
