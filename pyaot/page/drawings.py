"""The picture of an iteration space as shapes of SVG: points, ticks, and arrows to later iterations.

Of two loops the outer one runs down and the inner one to the right, as the text does; one runs to the right.
"""

import math
from collections.abc import Callable, Sequence

from msgspec import Struct

from pyaot.poly.dependences import ANTI, FLOW, OUTPUT
from pyaot.poly.pictures import Arrow, Picture

_STEP = 40.0
_MARGIN = 46.0
_RADIUS = 5.0
_TIP = 7.0
_GAP = 16.0  # between a point and a number beside it
_LETTER = 7.4  # how wide a letter is
_MOST_ARROWS = 160
_BESIDE = {FLOW: 0.0, ANTI: 14.0, OUTPUT: -14.0}

Point = tuple[float, float]
_Placing = Callable[[Sequence[int]], Point]


class Tick(Struct, frozen=True):
    """A number beside an axis."""

    x: float
    y: float
    text: str
    is_vertical: bool


class Stroke(Struct, frozen=True):
    """An arrow: a curve and its tip; `is_inner`: another loop than the outer one carries it."""

    kind: str
    is_inner: bool
    path: str
    tip: str


class Drawing(Struct, frozen=True):
    """All shapes; the first axis is the vertical one where there are two."""

    width: float
    height: float
    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]
    ticks: tuple[Tick, ...]
    axes: tuple[Tick, ...]
    more: int  # arrows that are left out
    has_own: bool  # the outer loop carries some


def drawing(picture: Picture, names: Sequence[str]) -> Drawing:
    """The picture; `names` are those of its axes."""
    least = [min(point[axis] for point in picture.points) for axis in range(len(names))]
    most = [max(point[axis] for point in picture.points) for axis in range(len(names))]
    arrows = _first(picture.arrows)
    beside = max(_MARGIN, _LETTER * (len(names[0]) + 2) + _GAP + 12.0)
    above = _STEP if len(names) == 1 and arrows else 0.0

    def at(point: Sequence[int]) -> Point:
        x = beside + (point[-1] - least[-1]) * _STEP
        y = _MARGIN + above + ((point[0] - least[0]) * _STEP if len(names) == 2 else 0.0)
        return x, y

    corner = at(most)
    strokes = tuple(_stroke(arrow, at(arrow.source), at(arrow.sink), len(names)) for arrow in arrows)
    return Drawing(
        corner[0] + _MARGIN,
        corner[1] + _MARGIN * 0.6,
        tuple(map(at, picture.points)),
        strokes,
        tuple(_ticks(least, most, at)),
        tuple(_axes(names, at(least))),
        len(picture.arrows) - len(arrows),
        any(not stroke.is_inner for stroke in strokes),
    )


def _first(arrows: Sequence[Arrow]) -> list[Arrow]:
    """Where there are too many, those that the outer loop carries say most, and short ones."""
    order = sorted(arrows, key=lambda a: (a.source[0] == a.sink[0], math.dist(a.source, a.sink)))
    return order[:_MOST_ARROWS]


def _ticks(least: Sequence[int], most: Sequence[int], at: _Placing) -> list[Tick]:
    ticks = []
    for value in range(least[-1], most[-1] + 1):
        x, y = at((least[0], value) if len(least) == 2 else (value,))
        ticks.append(Tick(x, y - 16.0 if len(least) == 2 else y + 22.0, str(value), False))
    for value in range(least[0], most[0] + 1) if len(least) == 2 else ():
        x, y = at((value, least[1]))
        ticks.append(Tick(x - _GAP, y + 4.0, str(value), True))
    return ticks


def _axes(names: Sequence[str], corner: Point) -> list[Tick]:
    x, y = corner
    if len(names) == 1:
        return [Tick(x - _GAP, y + 4.0, names[0], True)]
    return [Tick(x - 4.0, y - 32.0, f"{names[1]} →", False), Tick(x - _GAP, y - 18.0, f"{names[0]} ↓", True)]


def _stroke(arrow: Arrow, source: Point, sink: Point, axes: int) -> Stroke:
    """A line to a neighbour; a bow around what lies between where the way is longer, or on an only axis.

    Arrows of several kinds between two points lie beside one another.
    """
    across, down = sink[0] - source[0], sink[1] - source[1]
    length = math.hypot(across, down)
    side = (down / length, -across / length)
    bow = min(0.5 * length, _STEP) if axes == 1 else 0.2 * length if length > 1.5 * _STEP else 0.0
    bow += _BESIDE.get(arrow.kind, 0.0)
    middle = ((source[0] + sink[0]) / 2 + bow * side[0], (source[1] + sink[1]) / 2 + bow * side[1])
    start, _ = _away(source, middle)
    end, direction = _away(sink, middle)
    path = f"M{start[0]:.1f} {start[1]:.1f}Q{middle[0]:.1f} {middle[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
    is_inner = arrow.source[0] == arrow.sink[0]
    return Stroke(arrow.kind, is_inner, path, _tip(end, direction))


def _away(point: Point, towards: Point) -> tuple[Point, Point]:
    """A place just outside of the point's circle, and the direction from there to the point."""
    dx, dy = towards[0] - point[0], towards[1] - point[1]
    length = math.hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    gap = _RADIUS + 2.0
    return (point[0] + gap * dx, point[1] + gap * dy), (-dx, -dy)


def _tip(end: Point, direction: Point) -> str:
    (x, y), (dx, dy) = end, direction
    back = (x - _TIP * dx, y - _TIP * dy)
    left = (back[0] - 0.45 * _TIP * dy, back[1] + 0.45 * _TIP * dx)
    right = (back[0] + 0.45 * _TIP * dy, back[1] - 0.45 * _TIP * dx)
    return " ".join(f"{px:.1f},{py:.1f}" for px, py in (end, left, right))
