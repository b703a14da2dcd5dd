"""Dependences of a loop in words, and the picture of its iterations.

flow    'total'    line 3    line 3    i: 1 or more    combined by add
"""

from itertools import islice, takewhile

from msgspec.structs import replace

from pyaot.backends.python_text import Names, expression_text
from pyaot.base.source import Span
from pyaot.ir.nodes import For
from pyaot.ir.user_names import UserNames
from pyaot.page.drawings import drawing
from pyaot.page.model import Dependence, Figure
from pyaot.page.places import Text
from pyaot.poly.dependences import ANTI, FLOW, OUTPUT
from pyaot.poly.pictures import Picture
from pyaot.poly.study import Carried, Distance, LoopStudy

_NO_REGION = (
    "Its dependences are not known: it may end early, gives arrays new names, calls a library, "
    "or there are too many accesses to compare them all."
)


def rows_of(studies: tuple[LoopStudy, ...], names: UserNames, text: Text) -> tuple[Dependence, ...]:
    """All that the loops of a place carry, one row for all kinds between two places."""
    found: dict[tuple[str, ...], Dependence] = {}
    for row in (_row(carried, names, text) for study in studies for carried in study.carried):
        key = (row.what, row.source, row.sink, row.distances, row.verdict)
        found[key] = _joined(found[key], row) if key in found else row
    return tuple(found.values())


def _joined(first: Dependence, second: Dependence) -> Dependence:
    kinds = tuple(kind for kind in (FLOW, ANTI, OUTPUT) if kind in (*first.kinds, *second.kinds))
    relations = tuple(dict.fromkeys((*first.relations, *second.relations)))
    return replace(first, kinds=kinds, relations=relations)


def known(studies: tuple[LoopStudy, ...]) -> str:
    """What there is to say about all of them."""
    if not studies:
        return ""
    if not all(study.is_known for study in studies):
        return _NO_REGION
    inside = max(study.inside for study in studies)
    within = f" Within one iteration there {_are(inside)}." if inside else ""
    if not any(study.carried for study in studies):
        return f"No iteration depends on another one.{within}"
    if all(carried.combined_by for study in studies for carried in study.carried):
        return f"Iterations depend on one another only in what they combine.{within}"
    return f"Iterations depend on earlier ones.{within}"


def _are(count: int) -> str:
    return "is 1 dependence" if count == 1 else f"are {count} dependences"


def _row(carried: Carried, names: UserNames, text: Text) -> Dependence:
    distances = zip(carried.loops, carried.distances, strict=True)
    around = takewhile(lambda pair: pair[1] == (0, 0), zip(carried.loops, carried.distances, strict=True))
    apart = islice(distances, len(list(around)), None)
    verdict = f"combined by {carried.combined_by}" if carried.combined_by else "must stay in order"
    return Dependence(
        (carried.kind,),
        names.of(carried.name) or "an intermediate result",
        _place(carried.source, text),
        _place(carried.sink, text),
        ", ".join(f"{axis_name(loop)}: {_distance(distance)}" for loop, distance in apart),
        verdict,
        (carried.relation,),
    )


def _place(span: Span, text: Text) -> str:
    return f"line {span.line}: {text.of(span).strip()[:80]}" if span.line else "what the compiler added"


def axis_name(loop: For) -> str:
    """What a loop is called; that of an array operator by its axis."""
    return loop.label or loop.index


def _distance(distance: Distance) -> str:
    match distance:
        case (None, None):
            return "any"
        case (None, most):
            return f"{most} or less"
        case (least, None):
            return f"{least} or more"
        case (least, most):
            return str(least) if least == most else f"{least} to {most}"


# ---- the picture


def figure_of(studies: tuple[LoopStudy, ...], names: UserNames) -> Figure | None:
    """The picture of the loop that says most."""
    pictures = [study.picture for study in studies if study.picture is not None and study.picture.points]
    if not pictures:
        return None
    chosen = max(pictures, key=lambda picture: (len(picture.axes), len(picture.arrows)))
    axes = [axis_name(loop) for loop in chosen.axes]
    return Figure(drawing(chosen, axes), _title(chosen, axes), _caption(chosen, names))


def _title(picture: Picture, axes: list[str]) -> str:
    count = len(picture.points)
    loops = " and ".join(f"'{axis}'" for axis in axes)
    arrows = len(picture.arrows)
    return (
        f"{count} iteration{'' if count == 1 else 's'} of {loops}, "
        f"{arrows or 'no'} dependence{'' if arrows == 1 else 's'} between them"
    )


def _caption(picture: Picture, names: UserNames) -> str:
    texts = Names({name: user for name, user in names.known.items() if user})
    chosen = [f"{expression_text(what, texts)} = {value}" for what, value in picture.chosen]
    fixed = [f"'{axis_name(loop)}' stands at {value}" for loop, value in picture.fixed]
    values = {value for _, value in picture.chosen}
    if len(chosen) > 2 and len(values) == 1:
        chosen = [f"extents and counts of {values.pop()}"]
    parts = [
        f"Drawn for {', '.join(chosen)}." if chosen else "",
        f"{'; '.join(fixed)}." if fixed else "",
        "There are more iterations than are drawn." if picture.is_cut else "",
        "An arrow goes to the nearest iteration that must come later." if picture.arrows else "",
    ]
    return " ".join(filter(None, parts))
