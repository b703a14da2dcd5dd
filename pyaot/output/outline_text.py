"""The text that follows a def of which regions are compiled.

@_pyaot.versions(report)
def report(_pyaot_bind):
    def _pyaot_lines_3_to_7(a): ...                    the user's statements
    _pyaot_lines_3_to_7.__qualname__ = 'report:3-7'
    @_pyaot.versions(_pyaot_lines_3_to_7)
    def _pyaot_lines_3_to_7(_pyaot_bind): ...          its versions
    def _pyaot_split_report(a): ...                  the user's def with calls of its regions
    return _pyaot_bind.around(_pyaot_split_report, _pyaot_lines_3_to_7)
"""

import re
from collections.abc import Mapping, Sequence

from pyaot.backends.emitted import Emitted
from pyaot.ir.program import Outline
from pyaot.output.entry_text import entry_text
from pyaot.output.indentation import indented
from pyaot.output.runtime_names import Wording
from pyaot.output.scene import STEP
from pyaot.plan.plan import EntryPlan

Rows = list[tuple[str, int]]  # lines of text, each with the user's line that it is; 0 where it is none


def outline_text(
    outline: Outline,
    entries: Sequence[EntryPlan],
    numpy: Mapping[str, Emitted],
    wording: Wording,
    source: Sequence[str],
) -> tuple[str, tuple[int, ...]]:
    """The text for one of the user's functions, at no indentation, and the user's line that each line is."""
    name = outline.qualified_name.rpartition(".")[2]
    texts = {plan.entry.qualified_name: entry_text(plan, numpy, wording) for plan in entries}
    head = [
        "",
        f"# pyaot: '{outline.qualified_name}' now runs compiled regions.",
        f"@{wording.runtime('versions')}({name})",
        f"def {name}({wording.own('bind')}):",
        f'{STEP}"""{outline.qualified_name!r} with versions of its regions."""',
    ]
    rows: Rows = []
    for region in outline.regions:
        rows += [("", 0), *_placed(region.text, source, region.span.line, region.span.line)]
        rows += _made(f"{region.name}.__qualname__ = {region.qualified_name!r}\n")
        rows += _made(texts.get(region.qualified_name, ""))
    rows += [*_placed(outline.text, source, outline.def_line, outline.def_line), ("", 0)]
    names = [outline.name, *(region.name for region in outline.regions)]
    rows += _made(f"return {wording.own('bind')}.around({', '.join(names)})")
    text = indented("\n".join(line for line, _ in rows), STEP)
    return "\n".join([*head, text]), (*(0 for _ in head), *(number for _, number in rows))


def _made(text: str) -> Rows:
    return [(line, 0) for line in text.split("\n")]


_CALL = re.compile(r"_lines_(\d+)_to_(\d+)\(")


def _placed(text: str, source: Sequence[str], head: int, first: int) -> Rows:
    """A def of the user's lines: `head` is where its own line stands, its body is found from `first` on."""
    lines = text.rstrip("\n").split("\n")
    rows: Rows = [(lines[0], head)]
    last = first - 1
    for line in lines[1:]:
        call = _CALL.search(line)
        here = int(call[1]) if call else _found(line.strip(), source, last)
        rows.append((line, here or max(last, first)))
        last = int(call[2]) if call else here or last
    return rows


def _found(line: str, source: Sequence[str], last: int) -> int:
    """The number of the next line of the source that reads like this; 0 if there is none."""
    return next((n + 1 for n in range(last, len(source)) if source[n].strip() == line), 0)
