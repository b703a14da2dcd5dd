"""Programs with statements between that only Python can run, so that they are compiled in regions.

for i in range(n): a[i] = ...         note = [str(n)]
return a                              with np.errstate(over="ignore"):
                                          for i in range(n): a[i] = ...
                                      note.append(type(s).__name__)
                                      return a
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from tests.strategies.expressions import Draw, Lines
from tests.strategies.programs import Case, programs

_START = ["note = [str(n)]"]
_AROUND = (
    ('with np.errstate(over="ignore"):', ()),
    ("try:", ("except KeyError:", "    note.append('never')")),
    ("try:", ("finally:", "    note.append('always')")),
    ("if note:", ()),
    ("for letter in 'xy':", ()),
)
_BETWEEN = ("note.append(type(s).__name__)", "note.append(str(a.shape))", "note = [word for word in note]")


@st.composite
def interrupted_programs(draw: Draw, layouts: Sequence[str]) -> Case:
    """A program of `programs`, interrupted."""
    case = draw(programs(layouts=layouts))
    lines = case.source.split("\n")
    f = next(d for d in ast.parse(case.source).body if isinstance(d, ast.FunctionDef) and d.name == "f")
    body: Lines = list(_START)
    for statement in f.body:
        body += _interrupted(draw, [line[4:] for line in lines[statement.lineno - 1 : statement.end_lineno]])
    text = [*lines[: f.body[0].lineno - 1], *(f"    {line}" for line in body)]
    return replace(case, source="\n".join(text) + "\n")


def _interrupted(draw: Draw, statement: Lines) -> Lines:
    """A statement of the program with something before it or around it."""
    kind = draw(st.sampled_from(("alone", "alone", "between", "around")))
    if kind == "between":
        return [draw(st.sampled_from(_BETWEEN)), *statement]
    if kind == "around":
        head, tail = draw(st.sampled_from(_AROUND))
        return [head, *(f"    {line}" for line in statement), *tail]
    return statement
