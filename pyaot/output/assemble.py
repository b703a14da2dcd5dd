"""The user's text with the generated text behind each compiled def.

    import numpy as np                        # Compiled by pyaot 0.1.0 from 'prog.py'. ...
                                              import numpy as np
    def smooth(a):                            import pyaot_runtime as _pyaot
        ...                                   ...
                                              def smooth(a):
                                                  ...
                                              @_pyaot.versions(smooth)
                                              def smooth(_pyaot_bind): ...

Every line of the user's stays as it is and in its order; `Inserted` says which lines are not the user's.
"""

import ast
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pyaot.backends.emitted import Emitted
from pyaot.base.source import SourceFile, Span
from pyaot.ir.program import Outline
from pyaot.output.bundle import Inserted, Kernels, Module
from pyaot.output.entry_text import entry_text
from pyaot.output.indentation import indented
from pyaot.output.outline_text import outline_text
from pyaot.output.runtime_names import RUNTIME, Wording
from pyaot.output.version import VERSION
from pyaot.plan.plan import EntryPlan, Plan

_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=]")
_INDENTATION = re.compile(r"[ \t\f]*")


class _Block(Struct, frozen=True):
    """Generated lines that go behind line `after` of the user's text (0: before all)."""

    after: int
    lines: tuple[str, ...]
    repeated: tuple[int, ...] = ()  # the user's lines among them


def assemble(
    source: SourceFile,
    plan: Plan,
    numpy: Mapping[str, Emitted],
    kernels: Kernels | None,
    wording: Wording,
    folder_of: str = "__file__",
) -> Module:
    """The drop-in's text; `folder_of` is Python text for the path of a file beside the kernels."""
    lines = source.text.split("\n")
    blocks = [
        _Block(_lines_of_interpreter(lines), (_header(source),)),
        _Block(_line_of_imports(source.text), tuple(_imports(kernels, wording, folder_of))),
        *(_block_behind(e.entry.span, _entry_text(e, numpy, wording), lines) for e in _whole(plan)),
        *(_outline_block(o, outline_text(o, e, numpy, wording, lines), lines) for o, e in _outlined(plan)),
    ]
    return _merged(lines, sorted(blocks, key=lambda block: block.after), wording.prefix)


def _merged(lines: list[str], blocks: list[_Block], prefix: str) -> Module:
    """The user's lines with the blocks between them; a last line without its end gets one."""
    text: list[str] = []
    inserted: list[Inserted] = []
    taken = 0
    for block in blocks:
        text += lines[taken : block.after]
        inserted.append(Inserted(len(text) + 1, len(block.lines), block.repeated))
        text += block.lines
        taken = block.after
    text += lines[taken:]
    if text[-1]:
        text.append("")
    return Module("\n".join(text), tuple(inserted), prefix)


def _header(source: SourceFile) -> str:
    name = ascii(source.path.name)
    return (
        f"# Compiled by pyaot {VERSION} from {name}: its own text, and behind each compiled def its versions."
    )


def _lines_of_interpreter(lines: list[str]) -> int:
    """How many lines at the top say how to run and to decode the file."""
    count = 1 if lines[0].startswith("#!") else 0
    return count + 1 if len(lines) > count and count < 2 and _CODING.match(lines[count]) else count


def _line_of_imports(text: str) -> int:
    """The line behind the docstring and the `__future__` imports, at the end of a statement."""
    body = ast.parse(text).body
    end = 0
    for index, statement in enumerate(body):
        if _is_docstring(statement, index) or _is_future(statement) or statement.lineno <= end:
            end = statement.end_lineno or statement.lineno
    return end or _lines_of_interpreter(text.split("\n"))


def _is_docstring(statement: ast.stmt, index: int) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return index == 0
        case _:
            return False


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _imports(kernels: Kernels | None, wording: Wording, folder_of: str) -> Iterable[str]:
    yield f"import {RUNTIME} as {wording.prefix}"
    if kernels is not None:
        load = f"{wording.runtime('load_kernels')}({folder_of}, {kernels.stem!r}, digest={kernels.digest!r})"
        yield f"{wording.own('kernels')} = {load}"


def _whole(plan: Plan) -> Iterable[EntryPlan]:
    return (entry for entry in plan.entries if entry.entry.region is None)


def _outlined(plan: Plan) -> Iterable[tuple[Outline, list[EntryPlan]]]:
    """The functions of which some regions have versions, with these."""
    for outline in plan.outlines:
        entries = [entry for entry in plan.entries if entry.entry.region in outline.regions]
        if entries:
            yield outline, entries


def _entry_text(plan: EntryPlan, numpy: Mapping[str, Emitted], wording: Wording) -> str:
    return f"\n# pyaot: '{plan.entry.qualified_name}' now means its versions.\n" + entry_text(
        plan, numpy, wording
    )


def _outline_block(outline: Outline, text: tuple[str, tuple[int, ...]], lines: list[str]) -> _Block:
    return replace(_block_behind(outline.span, text[0], lines), repeated=text[1])


def _block_behind(span: Span, text: str, lines: list[str]) -> _Block:
    """A block behind a def, indented as it is."""
    matched = _INDENTATION.match(lines[span.line - 1])
    margin = matched.group() if matched else ""
    return _Block(_last_line(span), tuple(indented(text, margin).rstrip("\n").split("\n")))


def _last_line(span: Span) -> int:
    """The last line of a def; a span may end at the start of the line behind it."""
    return span.end_line - 1 if span.end_column == 0 and span.end_line > span.line else span.end_line
