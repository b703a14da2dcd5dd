"""What the optimiser says about loops: why one stays sequential, and what was done to the others.

Nothing is said about loops of the compiler's own.
"""

from pyaot.base import catalogue
from pyaot.base.diagnostics import Diagnostic, Related
from pyaot.base.source import NOWHERE
from pyaot.ir.nodes import Allocate, For, Marks
from pyaot.ir.user_names import UserNames, loop_name
from pyaot.poly.dependences import FLOW, OUTPUT, Dependence

_LABELS = {
    FLOW: "reads what an earlier iteration wrote to {}",
    OUTPUT: "writes the same of {} as an earlier iteration",
    "anti": "overwrites what an earlier iteration reads of {}",
}

_COMBINED = {
    "add": "addition",
    "mul": "multiplication",
    "minimum": "the minimum",
    "maximum": "the maximum",
    "bitand": "'&'",
    "bitor": "'|'",
    "bitxor": "'^'",
}


def is_our_own(loop: For) -> bool:
    """Neither a loop of the user's nor one of an operator: it has no place in the text."""
    return not loop.label and loop.span == NOWHERE


def title(loop: For) -> str:
    """How messages call the loop."""
    name = loop_name(loop)
    if name:
        return f"Loop '{name}'"
    return "The loop of this expression" if loop.label else "The loop of this array operation"


def carried_dependence(
    loop: For, dependence: Dependence, is_strict_sum: bool, names: UserNames
) -> Diagnostic:
    """Why a loop stays sequential."""
    place = dependence.sink.span
    kind = _article(dependence.kind)
    name = names.words(dependence.name)
    carrier = f"'{loop_name(loop)}'" if loop_name(loop) else "It"
    note = f"{carrier} carries {kind} dependence on {name}."
    code = catalogue.REDUCTION_KEPT_IN_ORDER if is_strict_sum else catalogue.CARRIED_DEPENDENCE
    related = (Related(dependence.source.span, "the earlier access"),)
    return Diagnostic(
        code,
        f"{title(loop)} stays sequential.",
        place if place != NOWHERE else loop.span,
        label=_LABELS[dependence.kind].format(name),
        related=related if dependence.source is not dependence.sink else (),
        notes=(note,),
        hints=("Without '--fp strict' it is a parallel reduction.",) if is_strict_sum else (),
        about=loop.span,
    )


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ao" else f"a {kind}"


TOO_LARGE = "There are too many accesses here to compare them all."
USED_OUTSIDE = "It makes {} anew in each iteration, which is used outside of it."


def stays_sequential(loop: For, reason: str) -> Diagnostic:
    """A loop that cannot be judged: how it ends, or what it binds, depends on its iterations."""
    return Diagnostic(
        catalogue.DATA_DEPENDENT_LOOP, f"{title(loop)} stays sequential.", loop.span, notes=(reason,)
    )


def made_parallel(loop: For, marks: Marks, names: UserNames) -> Diagnostic:
    """A loop that runs on all threads."""
    combined = dict.fromkeys((names.words(r.name), r.op) for r in marks.reductions)
    notes = tuple(f"{name[0].upper()}{name[1:]} is combined by {_COMBINED[op]}." for name, op in combined)
    return Diagnostic(
        catalogue.LOOP_MADE_PARALLEL, f"{title(loop)} runs in parallel.", loop.span, notes=notes
    )


def vectorised(loop: For) -> Diagnostic:
    """A loop that runs in SIMD registers."""
    return Diagnostic(catalogue.LOOP_VECTORISED, f"{title(loop)} runs in SIMD registers.", loop.span)


def fused(loop: For) -> Diagnostic:
    """A loop that took in the loop after it."""
    return Diagnostic(catalogue.LOOPS_FUSED, f"{title(loop)} and a loop after it became one.", loop.span)


def contracted(allocate: Allocate, names: UserNames) -> Diagnostic:
    """A temporary array that needs less memory now, or none."""
    name = names.of(allocate.name)
    what = f"The array '{name}'" if name else "An intermediate array"
    return Diagnostic(catalogue.ARRAY_CONTRACTED, f"{what} shrank to what one iteration uses.", allocate.span)


def library_call(loop: For) -> Diagnostic:
    """A nest that is a matrix product."""
    message = f"{title(loop)} is a matrix product."
    notes = ("From 4 rows and columns on, with work enough, it is a call of the BLAS.",)
    return Diagnostic(catalogue.LIBRARY_CALL_FOUND, message, loop.span, notes=notes)


def in_tiles(loop: For) -> Diagnostic:
    """A nest whose tiles have products in common."""
    message = f"{title(loop)} runs in tiles, most of whose work is matrix products."
    notes = ("Where there is work enough they are calls of the BLAS.",)
    return Diagnostic(catalogue.LIBRARY_CALL_FOUND, message, loop.span, notes=notes)


def in_time_tiles(loop: For) -> Diagnostic:
    """A time loop whose stages run for some rows at a time."""
    message = f"{title(loop)} runs in tiles of rows and of its turns."
    notes = ("Where there are turns and rows enough a tile stays in the cache for many turns.",)
    return Diagnostic(catalogue.LOOPS_REORDERED, message, loop.span, notes=notes)


def reordered(loop: For) -> Diagnostic:
    """A nest whose loops changed places, or were cut into strips."""
    message = f"{title(loop)} and the loops in it changed places."
    return Diagnostic(catalogue.LOOPS_REORDERED, message, loop.span)
