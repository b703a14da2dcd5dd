"""Statements of the IR as lines of C. `fail` is the label where an attempt ends that cannot go on.

s = 0.0                             double s = 0.0;
a[i] = s          (checked)         a[AT(i, a_n0)] = s;
Block(L, ..., Exit(L))              { ... goto end_L; } end_L: ;      (break and continue where C has them)
Return(s)                           results->leaf_0_0 = s; path = 0; goto done;
"""

from typing import assert_never

from pyaot.backends.c_context import Context, Leaf, path_of
from pyaot.backends.c_expressions import element, expression, operand
from pyaot.backends.c_library import library_lines
from pyaot.backends.c_loops import for_lines, forever_lines
from pyaot.backends.c_memory import allocate_lines, bind_lines, over_lines
from pyaot.backends.c_scopes import NameSet, declared_in, live_afters, wanted_by
from pyaot.backends.c_storage import Place
from pyaot.backends.c_text import as_comment, braced, indented, with_comment, with_label
from pyaot.backends.c_turns import keep_lines
from pyaot.backends.c_types import c_element, c_type
from pyaot.ir.failing import can_warn
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Bind,
    Block,
    Check,
    Exit,
    For,
    If,
    LibraryCall,
    Loop,
    Return,
    ScalarResult,
    Stmt,
    Store,
    ViewResult,
)
from pyaot.ir.walk import Body


def body_lines(body: Body, after: NameSet, context: Context) -> list[str]:
    """A body, its variables declared where they are first used."""
    pending = declared_in(body, after, context.flow)
    lines: list[str] = []
    line_before = context.line
    for stmt, then in zip(body, live_afters(body, after, context.flow), strict=True):
        new = pending & wanted_by(stmt, then, context.flow)
        pending -= new
        declares = isinstance(stmt, Assign) and stmt.name in new
        lines += keep_lines(stmt, context)
        lines += declarations(new - {stmt.name} if declares and isinstance(stmt, Assign) else new, context)
        line = stmt.span.line
        text = stmt_lines(stmt, then, context.inside(line=line or line_before), declares=declares)
        lines += with_comment(text, _comment(line, context) if line != line_before else "")
        lines += over_lines(stmt, context)
        line_before = line or line_before
    return lines


def _comment(line: int, context: Context) -> str:
    return as_comment(place(line, context)) if line else ""


def place(line: int, context: Context) -> str:
    """A place in the user's text."""
    return f"{context.file_name}:{line}" if context.file_name else f"line {line}"


def declarations(names: NameSet, context: Context) -> list[str]:
    """Scalars and arrays on the stack, without a value."""
    lines = []
    for name in sorted(names):
        if name in context.names.arrays:
            array = context.names.arrays[name]
            count = " * ".join(array.extents) or "1"
            lines.append(f"{c_element(array.type.dtype)} {array.data}[{count}];")
        else:
            lines.append(f"{c_type(context.names.types[name].dtype)} {context.names.scalars[name]};")
    return lines


def stmt_lines(stmt: Stmt, after: NameSet, context: Context, declares: bool = False) -> list[str]:
    """One statement; `declares`: the Assign is also the declaration of its variable."""
    match stmt:
        case Assign():
            return [_assign(stmt, context, declares), *_kept(stmt, context)]
        case Store():
            return _store(stmt, context)
        case Allocate():
            return allocate_lines(stmt, context)
        case Bind():
            return bind_lines(stmt, context)
        case For():
            return for_lines(stmt, after, context, body_lines)
        case Loop():
            return forever_lines(stmt, context, body_lines)
        case If():
            return _if(stmt, after, context)
        case Block():
            return _block(stmt, after, context)
        case Exit():
            return [_jump(stmt.label, context)]
        case Check():
            reason = as_comment(stmt.reason)
            return [f"if (!{operand(stmt.condition, context.names)}) goto fail;  /* {reason} */"]
        case LibraryCall():
            return library_lines(stmt, context)
        case Return():
            return _return(stmt, context)
        case _:
            assert_never(stmt)


def _assign(stmt: Assign, context: Context, declares: bool) -> str:
    text = f"{context.names.scalars[stmt.name]} = {expression(stmt.value, context.names)};"
    if not declares:
        return text
    const = "const " if stmt.name in context.constants else ""
    return f"{const}{c_type(stmt.value.type.dtype)} {text}"


def _kept(stmt: Assign, context: Context) -> list[str]:
    """What nobody reads is computed all the same where NumPy may warn of it."""
    kept = stmt.name in context.unread and can_warn(stmt.value)
    return [f"KEEP({context.names.scalars[stmt.name]});"] if kept else []


def _store(stmt: Store, context: Context) -> list[str]:
    array = context.names.arrays[stmt.array]
    place = element(array, stmt.subscripts, stmt.checked, context.names)
    return [f"{place} = {expression(stmt.value, context.names)};"]


# ---- control flow -----------------------------------------------------------------------------------------


def _if(stmt: If, after: NameSet, context: Context) -> list[str]:
    lines = body_lines(stmt.then, after, context)
    head = f"if ({expression(stmt.condition, context.names)})"
    if not stmt.otherwise:
        return braced(head, lines)
    otherwise = body_lines(stmt.otherwise, after, context)
    return [*braced(head, lines)[:-1], "} else {", *indented(otherwise), "}"]


def _block(stmt: Block, after: NameSet, context: Context) -> list[str]:
    flow = context.flow.leaving(stmt.label, after)
    is_loop = len(stmt.body) == 1 and isinstance(stmt.body[0], Loop | For)
    inner = context.inside(flow=flow, breakable=stmt.label if is_loop else "")
    lines = body_lines(stmt.body, after, inner)
    label = context.names.labels[stmt.label]
    return with_label(label, lines if is_loop else braced("", lines))


def _jump(label: str, context: Context) -> str:
    return context.jumps.get(label) or f"goto {context.names.labels[label]};"


# ---- Return -----------------------------------------------------------------------------------------------


def _return(stmt: Return, context: Context) -> list[str]:
    path = path_of(stmt, context)
    lines: list[str] = []
    leaves = context.leaves[path]
    for position, leaf in enumerate(leaves):
        lines += _leaf(leaf, leaves[position + 1 :], context)
    if context.cleans_up:
        return [*lines, f"path = {path};", "goto done;"]
    return [*lines, f"return {path};"]


def _leaf(leaf: Leaf, later: tuple[Leaf, ...], context: Context) -> list[str]:
    numbers = [f"results->{name} = {expression(value, context.names)};" for _, name, value in leaf.numbers]
    if isinstance(leaf.result, ScalarResult):
        return numbers
    array = leaf.result.array
    data = context.names.arrays[array].data
    match context.storage.places[array]:
        case Place.PARAM:
            return numbers
        case Place.SHARED:
            return [*numbers, f"results->{leaf.field} = keep_array({data}_slot->object);"]
        case _ if any(other.result.array == array for other in later if isinstance(other.result, _ARRAYS)):
            return [*numbers, f"results->{leaf.field} = keep_array({data}_object);"]
        case _:
            return [*numbers, f"results->{leaf.field} = {data}_object;", f"{data}_object = NULL;"]


_ARRAYS = (ArrayResult, ViewResult)
