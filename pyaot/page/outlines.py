"""Loops and statements of a function as rows of text, in the user's names: the schedule before and after.

for k in range(bins)                parallel
    for j in range(i + 1)           simd
        total = total + ...
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from msgspec import Struct

from pyaot.backends.python_text import Names, expression_text
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Cast,
    Check,
    Exit,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Loop,
    Return,
    Section,
    Stmt,
    Store,
)
from pyaot.ir.show import show_expr
from pyaot.ir.walk import bodies_of, map_expr, walk_stmts

_LONGEST = 100  # characters of a row
_MOST = 60  # rows
_MOST_STATEMENTS = 4  # in a row

Wanted = Callable[[Stmt], bool]


class Row(Struct, frozen=True):
    """A loop or statement."""

    depth: int
    text: str
    marks: tuple[str, ...] = ()
    line: int = 0
    is_loop: bool = False
    is_own: bool = False  # of the place itself, not only around it
    is_rest: bool = False  # it stands for rows that are left out


def outline(function: Function, wanted: Wanted) -> tuple[Row, ...]:
    """What is wanted and all in it, with the loops around it."""
    keep = {id(stmt) for stmt in walk_stmts(function.body) if any(map(wanted, walk_stmts((stmt,))))}
    writer = _Writer(Names(_names(function)), keep, wanted)
    rows = _shorter([row for stmt in function.body for row in writer.rows(stmt, 0, False)])
    more = len(rows) - _MOST
    return (*rows[:_MOST], _rest(0, more)) if more > 0 else tuple(rows)


def _names(function: Function) -> dict[str, str]:
    """What the user calls variables, loop indices too."""
    loops = [stmt for stmt in walk_stmts(function.body) if isinstance(stmt, For)]
    indices = {loop.index: loop.label for loop in loops if loop.label.isidentifier()}
    return {name: user for name, user in function.user_names if user} | indices


def _shorter(rows: list[Row]) -> list[Row]:
    """Of many statements in a row only the first ones."""
    made: list[Row] = []
    for is_loop, group in groupby(rows, key=lambda row: (row.is_loop, row.depth)):
        run = list(group)
        more = len(run) - _MOST_STATEMENTS
        made += run if is_loop[0] or more < 2 else [*run[:_MOST_STATEMENTS], _rest(run[0].depth, more)]
    return made


def _rest(depth: int, count: int) -> Row:
    return Row(depth, f"{count} more", is_rest=True)


class _Writer(Struct, frozen=True):
    names: Names
    keep: set[int]  # statements that are wanted, or around one that is
    wanted: Wanted

    def rows(self, stmt: Stmt, depth: int, is_own: bool) -> Iterator[Row]:
        """The statement and what is in it."""
        is_own = is_own or self.wanted(stmt)
        if not is_own and id(stmt) not in self.keep:
            return
        head = self._head(stmt)
        if head:
            is_loop = isinstance(stmt, For | Loop)
            marks = tuple(_marks(stmt)) if isinstance(stmt, For) else ()
            yield Row(depth, head, marks, stmt.span.line, is_loop, is_own)
        for inner in bodies_of(stmt):
            for child in inner:
                yield from self.rows(child, depth + bool(head), is_own)

    def _head(self, stmt: Stmt) -> str:
        match stmt:
            case For():
                step = f", {stmt.step}" if stmt.step != 1 else ""
                index = stmt.label or self.names.value(stmt.index)
                return _short(
                    f"for {index} in range({self._text(stmt.start)}, {self._text(stmt.stop)}{step})"
                )
            case If():
                return _short(f"if {self._text(stmt.condition)}")
            case Store():
                place = ", ".join(map(self._text, stmt.subscripts))
                return _short(f"{self.names.value(stmt.array)}[{place}] = {self._text(stmt.value)}")
            case Assign():
                return _short(f"{self.names.value(stmt.name)} = {self._text(stmt.value)}")
            case Allocate():
                extents = ", ".join(map(self._text, stmt.shape))
                return _short(f"{self.names.value(stmt.name)} = new array ({extents})")
            case Check():
                return _short(f"check {self._text(stmt.condition)}")
            case LibraryCall():
                return self._call(stmt)
            case _:
                return _WORDS.get(type(stmt), "")

    def _call(self, stmt: LibraryCall) -> str:
        outputs = ", ".join(self.names.value(section.array) for section in stmt.outputs)
        inputs = [self.names.value(i.array) if isinstance(i, Section) else self._text(i) for i in stmt.inputs]
        return _short(f"{outputs} = {stmt.function}({', '.join(inputs)})")

    def _text(self, expr: Expr) -> str:
        try:
            return expression_text(map_expr(_without_cast, expr), self.names)
        except (KeyError, ValueError):  # no Python text serves for it
            return show_expr(expr)


def _without_cast(expr: Expr) -> Expr:
    return expr.operand if isinstance(expr, Cast) else expr


_WORDS: dict[type, str] = {
    Loop: "while ...",
    Block: "",
    Exit: "leave",
    Bind: "names change places",
    Return: "return",
}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _marks(loop: For) -> Iterator[str]:
    if loop.marks.parallel:
        yield "parallel"
    if loop.marks.simd:
        yield "SIMD"
    if loop.marks.in_tiles:
        yield "over tiles"
    for op in dict.fromkeys(reduction.op for reduction in loop.marks.reductions):
        yield f"combined by {op}"
