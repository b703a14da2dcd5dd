"""Mistakes that somebody could make in a pass, a guard or a backend, each as one change of a source text.

A fault is worth its place if the mistake would be silent: results differ, nothing complains.
"""

from typing import NamedTuple

DEPENDENCES = "pyaot/poly/dependences.py"
FUSION = "pyaot/poly/fusion.py"
PERMUTE = "pyaot/poly/permute.py"
EXTRACT = "pyaot/poly/extract.py"
SCALARS = "pyaot/poly/scalars.py"
SETS = "pyaot/poly/sets.py"
AFFINE = "pyaot/poly/affine.py"
BOUNDS = "pyaot/poly/bounds.py"
CONTRACT = "pyaot/poly/contract.py"
REDUCTIONS = "pyaot/poly/reductions.py"
RECURRENCES = "pyaot/poly/recurrences.py"
MARKS = "pyaot/poly/marks.py"
FOLD = "pyaot/normalise/fold.py"
RANGES = "pyaot/normalise/ranges.py"
ONCE = "pyaot/normalise/once.py"
DEAD = "pyaot/normalise/dead.py"
SINK = "pyaot/normalise/sink.py"
CHECKS = "pyaot/normalise/checks.py"
PLAN_GUARDS = "pyaot/plan/guards.py"
GUARD_TEXT = "pyaot/output/guard_text.py"
GUARDS = "runtime/pyaot_runtime/guards.py"
COPIES = "runtime/pyaot_runtime/copies.py"
NUMPY_NESTS = "pyaot/backends/numpy_nests.py"
NUMPY_SUBSCRIPTS = "pyaot/backends/numpy_subscripts.py"
NUMPY_REDUCTIONS = "pyaot/backends/numpy_reductions.py"
C_REDUCTIONS = "pyaot/backends/c_reductions.py"
C_PARALLEL = "pyaot/backends/c_parallel.py"
C_SUBSCRIPTS = "pyaot/backends/c_subscripts.py"
C_PRELUDE = "pyaot/backends/c_prelude_parts.py"


class Fault(NamedTuple):
    """In that file the text `old`, which stands there once, becomes `new`."""

    name: str
    path: str
    old: str
    new: str


FAULTS = (
    # ---- a dependence is dropped
    Fault(
        "no loop-carried dependence from a later statement back",
        DEPENDENCES,
        "if not backward.is_empty():",
        "if backward.is_empty() and not backward.is_empty():",
    ),
    Fault("no forward dependence", DEPENDENCES, "if not forward.is_empty():", "if False:"),
    Fault("no dependence within an iteration", DEPENDENCES, "if not within.is_empty():", "if False:"),
    Fault(
        "no output dependences",
        DEPENDENCES,
        "if not (a.is_write or b.is_write):",
        "if not (a.is_write ^ b.is_write):",
    ),
    Fault(
        "only flow is a dependence",
        DEPENDENCES,
        "return tuple(d for d in dependences if d.carrier is not None and d.carrier.key == node.key)",
        "return tuple(\n        d for d in dependences if d.carrier is not None and d.carrier.key == node.key"
        " and d.kind == FLOW\n    )",
    ),
    Fault(
        "a subscript from the end names no element",
        EXTRACT,
        "if checked:\n            terms =",
        "if False:\n            terms =",
    ),
    Fault("an array that may be another one", EXTRACT, "self.overlapping.get(name, name)", "name"),
    Fault(
        "a branch is always taken",
        EXTRACT,
        "condition = place.reader.condition(stmt.condition, negated).holds()",
        "condition = place.reader.condition(stmt.condition, not negated).holds()",
    ),
    Fault(
        "a library call reads nothing",
        EXTRACT,
        "self._section(item, is_write=False)",
        "pass",
    ),
    Fault(
        "scalars are private also where they are read behind the loop",
        SCALARS,
        ".exposed - live_after",
        ".exposed",
    ),
    Fault(
        "scalars are private also where the last iteration's value is read",
        SCALARS,
        "return scalars_assigned(loop.body) - self.effect_of_all(loop.body).exposed - live_after",
        "return scalars_assigned(loop.body) - live_after",
    ),
    Fault(
        "either branch sets what one of them sets",
        SCALARS,
        "sets = frozenset.intersection(*falling) if falling else NONE",
        "sets = frozenset.union(*falling) if falling else NONE",
    ),
    Fault(
        "a quotient is one more",
        AFFINE,
        'text = "floor(({})/{})" if expr.op',
        'text = "floor(({})/{}) + 1" if expr.op',
    ),
    Fault("a difference is a sum", AFFINE, '"sub": "{} - ({})"', '"sub": "{} + ({})"'),
    Fault(
        "narrow integers keep their values",
        AFFINE,
        "return narrow is wide",
        "return True",
    ),
    # ---- a schedule breaks a dependence
    Fault(
        "fusion allows what runs backwards",
        FUSION,
        "if not pairs.source_behind(source[depth], sink[depth]).is_empty():",
        "if False:",
    ),
    Fault(
        "fusion moves past what depends",
        FUSION,
        "self._depends(done[number], done[mover], depth)",
        "False",
    ),
    Fault(
        "fusion of loops over other ranges",
        FUSION,
        "return left.minus(right).is_empty() and right.minus(left).is_empty()",
        "return left.minus(right).is_empty()",
    ),
    Fault(
        "fusion shares scalars",
        FUSION,
        "if not self._scalars_allow(first, second, depth):",
        "if False:",
    ),
    Fault(
        "loops change places over a dependence",
        PERMUTE,
        "if not here.source_behind(index, index).is_empty():",
        "if False:",
    ),
    Fault(
        "a free loop moves to the front over a dependence",
        PERMUTE,
        "if self.is_legal(moved, order):",
        "if True:",
    ),
    Fault(
        "loops run in parallel whatever they carry",
        MARKS,
        "return self.obstacle is None and not self.blocker",
        "return not self.blocker",
    ),
    Fault(
        "a temporary shrinks though another iteration reads it",
        CONTRACT,
        "and all(a[k] == index for a in accesses)]",
        "and any(a[k] == index for a in accesses)]",
    ),
    Fault(
        "a temporary that has a value before has none",
        CONTRACT,
        "if allocate.fill is not None:",
        "if False:",
    ),
    # ---- reductions
    Fault(
        "what a sum is taken from counts as added",
        REDUCTIONS,
        "if places == [True] and not any(map(reads, others)):",
        "if len(places) == 1 and not any(map(reads, others)):",
    ),
    Fault(
        "a sum may read what it sums up",
        REDUCTIONS,
        "if places == [True] and not any(map(reads, others)):",
        "if places == [True]:",
    ),
    Fault(
        "the least is the greatest",
        REDUCTIONS,
        'return "minimum" if op in _LESS else "maximum"',
        'return "maximum" if op in _LESS else "minimum"',
    ),
    Fault(
        "every part of a sum begins with one",
        C_REDUCTIONS,
        'Const(1 if op == "mul" else 0, type)',
        "Const(1, type)",
    ),
    Fault(
        "every thread begins with the value before",
        C_PARALLEL,
        "{name}_parts[k] = k == 0 ? {name} : {start};",
        "{name}_parts[k] = {name};",
    ),
    Fault(
        "sums change their order under strict too",
        REDUCTIONS,
        'return None if strict and dtype.kind in "fc" else',
        "return",
    ),
    Fault(
        "a recurrence uses the next power",
        RECURRENCES,
        "_times(powers[turn + 1], state)",
        "_times(powers[turn], state)",
    ),
    Fault(
        "the rest of a recurrence is left out",
        RECURRENCES,
        "return If(runs, (*before, some, stop)",
        "return If(runs, (*before, some)",
    ),
    # ---- values
    Fault("x * 0.0 is x", FOLD, '_NEUTRAL_FLOAT = {"mul": 1.0, ', '_NEUTRAL_FLOAT = {"mul": 0.0, '),
    Fault("x + 0.0 is x", FOLD, '"add": -0.0}', '"add": 0.0}'),
    Fault("not (a < b) is a > b", FOLD, '_OPPOSITE = {"lt": "ge"', '_OPPOSITE = {"lt": "gt"'),
    Fault(
        "intervals end one too soon",
        RANGES,
        "Interval(start.low, stop.high - 1)",
        "Interval(start.low, stop.high - 2**40)",
    ),
    Fault(
        "sums grow once only",
        RANGES,
        "times *= _trips(loop, ranges)",
        "times = 1",
    ),
    Fault(
        "what is written between does not change",
        ONCE,
        "written = with_others(arrays_written(between), self.groups)",
        "written = frozenset()",
    ),
    Fault(
        "scalars between do not change", ONCE, "changed = scalars_assigned(between)", "changed = frozenset()"
    ),
    Fault(
        "what is stored and read later is dead",
        DEAD,
        "return stmt.array in needed or stmt.checked or not _is_silent(stmt)",
        "return stmt.checked or not _is_silent(stmt)",
    ),
    Fault("what a loop reads may sink", SINK, "return name not in scalars_read((loop,)) and", "return"),
    Fault(
        "checks change nothing",
        CHECKS,
        "known = frozenset(condition for condition in known if not changes.touch(condition))",
        "pass",
    ),
    # ---- bounds and guards
    Fault(
        "the last subscript is one too far",
        BOUNDS,
        '< 0 or {term.text} >= {size.text})"',
        '< 0 or {term.text} > {size.text})"',
    ),
    Fault(
        "negative subscripts are in range",
        BOUNDS,
        'f"({term.text} < 0 or {term.text} >= {size.text})"',
        'f"({term.text} >= {size.text})"',
    ),
    Fault("a changed variable is what it was", BOUNDS, "fresh = place.where(values)", "fresh = place"),
    Fault("arrays are apart", GUARDS, "if not may_share_memory(a, b):", "if True:"),
    Fault(
        "no condition on arrays that overlap",
        PLAN_GUARDS,
        "(first.name in written or second.name in written)",
        "False",
    ),
    Fault(
        "guards are negated",
        GUARD_TEXT,
        'return f"not ({expression_text(condition.condition, names)})"',
        'return f"({expression_text(condition.condition, names)})"',
    ),
    Fault(
        "any int is small",
        GUARD_TEXT,
        'return f"not -{LARGEST_INT} <= {names.value(condition.param)} <= {LARGEST_INT}"',
        'return "False"',
    ),
    Fault(
        "any array is writeable",
        GUARD_TEXT,
        'return f"not {names.value(condition.param)}.flags.writeable"',
        'return "False"',
    ),
    Fault("any dtype will do", GUARD_TEXT, " or {dtype} or {name}.ndim", " or {name}.ndim"),
    Fault("any layout is plain", COPIES, "PLAIN = 0x101", "PLAIN = 0"),
    Fault("copies are not written back", COPIES, "values[i][...] = copied[i]", "pass"),
    Fault("an array never overlaps itself", COPIES, "if stride < reach:", "if False:"),
    # ---- NumPy text
    Fault(
        "slices end one too soon",
        NUMPY_SUBSCRIPTS,
        "add(loop.start, part.offset), add(loop.stop, part.offset)",
        "add(loop.start, part.offset), sub(add(loop.stop, part.offset), 1)",
    ),
    Fault(
        "backward slices are not turned",
        NUMPY_SUBSCRIPTS,
        "return Slice(part.dim, low, high, is_flipped=True)",
        "return Slice(part.dim, low, high)",
    ),
    Fault(
        "steps are one",
        NUMPY_SUBSCRIPTS,
        "return Slice(part.dim, low, high, part.factor)",
        "return Slice(part.dim, low, high)",
    ),
    Fault(
        "a condition holds everywhere",
        NUMPY_NESTS,
        "mask = lanes if frame.mask is None else",
        "mask = frame.mask if frame.mask is None else",
    ),
    Fault(
        "the other branch has the same lanes", NUMPY_NESTS, 'Value(f"(~{lanes.text})", lanes.dims)', "lanes"
    ),
    Fault(
        "a view stands for a copy",
        NUMPY_NESTS,
        'return f"{value.text}.copy()" if',
        'return f"{value.text}" if',
    ),
    Fault("what is subtracted is added", NUMPY_NESTS, "_SIGNS[op] if is_added else '-'", "_SIGNS[op]"),
    Fault(
        "the wrong axis is combined",
        NUMPY_REDUCTIONS,
        "for axis, dim in enumerate(value.dims) if dim in over]",
        "for axis, dim in enumerate(value.dims) if dim not in over] or [0]",
    ),
    # ---- C text
    Fault(
        "subscripts count from before the end",
        C_PRELUDE,
        "if (i__ < 0) i__ += (n); if",
        "if (i__ < 0) i__ += (n) - 1; if",
    ),
    Fault(
        "subscripts are never out of range", C_PRELUDE, "if (i__ < 0 || i__ >= (n)) goto fail; i__;", "i__;"
    ),
    Fault("shifts are as C has them", C_PRELUDE, "a__ >> (b__ > 63 ? 63 : b__);", "a__ >> (b__ & 63);"),
    Fault(
        "a thread's part of a sum is left out",
        C_PARALLEL,
        "for (int k = 1; k < team; k++) {name} =",
        "for (int k = 2; k < team; k++) {name} =",
    ),
    Fault(
        "checks before a loop count from before the end",
        C_SUBSCRIPTS,
        "add(subscript, extent), subscript)",
        "add(subscript, add(extent, -1)), subscript)",
    ),
)
