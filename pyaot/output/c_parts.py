"""Which functions of a C file are compiled together: compilers that work side by side are to end together.

side_by_side((90, 40, 30, 20), 2)      range(0, 2), range(2, 5): what stands once, and the first; the rest
"""

from bisect import bisect_left
from collections.abc import Sequence

# Characters of a part that are worth a compiler of their own: it works on them for about a tenth of a second.
_ENOUGH = 3_000


def side_by_side(weights: Sequence[int], workers: int) -> tuple[range, ...]:
    """Ranges of the numbers 0 ... n of a file's parts; part 0 weighs nothing, part k `weights[k - 1]`."""
    wanted = min(workers, len(weights), sum(weights) // _ENOUGH)
    if wanted < 2:
        return ()
    limits = range(max(weights), sum(weights) + 1)
    least = bisect_left(limits, True, key=lambda limit: len(_within(weights, limit)) <= wanted)
    return _within(weights, limits[least])


def _within(weights: Sequence[int], limit: int) -> tuple[range, ...]:
    """As few ranges as possible of at most that weight; a part alone may be heavier."""
    starts, filled = [0], 0
    for number, weight in enumerate(weights, start=1):
        if filled and filled + weight > limit:
            starts.append(number)
            filled = 0
        filled += weight
    return tuple(range(a, b) for a, b in zip(starts, [*starts[1:], len(weights) + 1], strict=True))
