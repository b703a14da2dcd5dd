"""Allocate and Bind: memory of arrays in C.

t = Allocate(n, m)       const int64_t shape[2] = {n, m};
                         if ((t = reserve(t, &t_room, sizeof *t, 2, shape)) == NULL) goto fail;
Bind (u, v) = (v, u)     struct slot *const bound[2] = {v_slot, u_slot}; ...
"""

import math

from pyaot.backends.c_context import Context
from pyaot.backends.c_expressions import expression
from pyaot.backends.c_storage import Group, Place
from pyaot.backends.c_text import braced
from pyaot.backends.c_types import c_element, literal
from pyaot.ir.nodes import Allocate, Bind, Const, Stmt


def allocate_lines(stmt: Allocate, context: Context) -> list[str]:
    """The array gets its memory and its fill."""
    place = context.storage.places[stmt.name]
    lines = [] if place is Place.STACK else braced("", _allocation(stmt, context, place))
    return lines + _fill(stmt, context)


def _allocation(stmt: Allocate, context: Context, place: Place) -> list[str]:
    array = context.names.arrays[stmt.name]
    extents = ", ".join(expression(extent, context.names) for extent in stmt.shape) or "1"
    rank = len(stmt.shape)
    lines = [f"const int64_t shape[{max(rank, 1)}] = {{{extents}}};", *_inherited(stmt, context)]
    match place:
        case Place.HEAP:
            lines.append(
                f"if (({array.data} = reserve({array.data}, &{array.data}_room, sizeof *{array.data}, "
                f"{rank}, shape)) == NULL) goto {_on_no_memory(stmt, context)};"
            )
        case Place.OWNED:
            name = stmt.type.dtype.value
            lines.append(
                f'if (({array.data} = new_array(&{array.data}_object, "{name}", {rank}, shape)) == NULL) '
                f"goto {_on_no_memory(stmt, context)};"
            )
        case _:
            return [*lines, *_new_slot(stmt, context)]
    return [*lines, *(f"{extent} = shape[{axis}];" for axis, extent in enumerate(array.extents))]


def _inherited(stmt: Allocate, context: Context) -> list[str]:
    """The memory of an array that nobody reads any more."""
    heirs = context.storage.lifetimes.heirs
    if id(stmt) not in heirs:
        return []
    old, new = (context.names.arrays[name].data for name in (heirs[id(stmt)], stmt.name))
    return [f"free({new});", f"{new} = {old};", f"{new}_room = {old}_room;", *_without_memory(old)]


def _without_memory(data: str) -> list[str]:
    return [f"{data} = NULL;", f"{data}_room = 0;"]


def over_lines(stmt: Stmt, context: Context) -> list[str]:
    """Behind a statement: the end of arrays that nobody reads any more."""
    names = context.storage.lifetimes.over.get(id(stmt), ())
    data = [context.names.arrays[name].data for name in names]
    return [line for array in data for line in (f"free({array});", *_without_memory(array))]


def _on_no_memory(stmt: Allocate, context: Context) -> str:
    """Where a negative extent or missing memory leads."""
    return "no_memory" if is_late(stmt, context) else "fail"


def is_late(stmt: Stmt, context: Context) -> bool:
    """A parameter was changed in place, so the attempt cannot fail any more: MemoryError it is."""
    return id(stmt) in context.storage.late


def _new_slot(stmt: Allocate, context: Context) -> list[str]:
    group = context.storage.group_of(stmt.name)
    slots = slots_name(group, context)
    others = [f"{context.names.arrays[name].data}_slot" for name in group.names if name != stmt.name]
    mine = f"{context.names.arrays[stmt.name].data}_slot"
    dtype = f'"{stmt.type.dtype.value}"' if group.owned else "NULL"
    listed = ", ".join(others) or "NULL"
    return [
        f"struct slot *const others[{max(len(others), 1)}] = {{{listed}}};",
        f"{mine} = new_slot({slots}, {group.slots}, others, {len(others)}, {dtype}, "
        f"sizeof({c_element(stmt.type.dtype)}), {len(stmt.shape)}, shape);",
        f"if ({mine} == NULL) goto {_on_no_memory(stmt, context)};",
        *reload(stmt.name, context),
    ]


def reload(name: str, context: Context) -> list[str]:
    """Data and extents of a SHARED name, from its slot."""
    array = context.names.arrays[name]
    extents = [f"{extent} = {array.data}_slot->shape[{axis}];" for axis, extent in enumerate(array.extents)]
    return [f"{array.data} = {array.data}_slot->data;", *extents]


def bind_lines(stmt: Bind, context: Context) -> list[str]:
    """All names are bound anew at once."""
    names = context.names.arrays
    sources = ", ".join(f"{names[source].data}_slot" for source in stmt.sources)
    lines = [f"struct slot *const bound[{len(stmt.sources)}] = {{{sources}}};"]
    for k, target in enumerate(stmt.targets):
        lines += [f"{names[target].data}_slot = bound[{k}];", *reload(target, context)]
    return braced("", lines)


def slots_name(group: Group, context: Context) -> str:
    """The C array that holds the slots of a group."""
    return f"{context.names.arrays[group.names[0]].data}_slots"


def _fill(stmt: Allocate, context: Context) -> list[str]:
    if stmt.fill is None:
        return []
    array = context.names.arrays[stmt.name]
    count = " * ".join(array.extents) or "1"
    if _is_zero(stmt.fill):
        return [f"memset({array.data}, 0, (size_t)({count}) * sizeof *{array.data});"]
    return [f"for (int64_t k = 0; k < {count}; k++)", f"    {array.data}[k] = {literal(stmt.fill)};"]


def _is_zero(fill: Const) -> bool:
    """All bits are 0: not so in -0.0."""
    number = complex(fill.value)
    return number == 0 and math.copysign(1, number.real) > 0 and math.copysign(1, number.imag) > 0


# ---- declarations and the end -----------------------------------------------------------------------------


def heap_declarations(names: tuple[str, ...], context: Context) -> list[str]:
    """Heap arrays begin without memory."""
    lines = []
    for name in names:
        array = context.names.arrays[name]
        element = c_element(array.type.dtype)
        lines += [f"{element} *{array.data} = NULL;", f"size_t {array.data}_room = 0;"]
        lines += extent_declarations(name, context)
    return lines


def extent_declarations(name: str, context: Context) -> list[str]:
    """The extents of an array without memory are zero."""
    extents = context.names.arrays[name].extents
    return [f"int64_t {', '.join(f'{extent} = 0' for extent in extents)};"] if extents else []


def heap_release(names: tuple[str, ...], context: Context) -> list[str]:
    """The end of heap arrays."""
    return [f"free({context.names.arrays[name].data});" for name in names]


def owned_declarations(context: Context) -> list[str]:
    """Arrays of the runtime begin without an object."""
    lines = []
    for name in context.storage.all_in(Place.OWNED):
        array = context.names.arrays[name]
        lines += [f"{c_element(array.type.dtype)} *{array.data} = NULL;"]
        lines += [f"PyObject *{array.data}_object = NULL;", *extent_declarations(name, context)]
    return lines


def owned_release(context: Context) -> list[str]:
    """Arrays of the runtime that were not returned."""
    names = context.storage.all_in(Place.OWNED)
    return [f"drop_array({context.names.arrays[name].data}_object);" for name in names]


def group_declarations(context: Context) -> list[str]:
    """Slots, and for every name of a group which slot it stands for."""
    lines: list[str] = []
    for group in context.storage.groups:
        lines.append(f"struct slot {slots_name(group, context)}[{group.slots}] = {{{{0}}}};")
        for name in group.names:
            lines += _name_declarations(name, group, context)
    return lines


def _name_declarations(name: str, group: Group, context: Context) -> list[str]:
    array = context.names.arrays[name]
    if name not in group.params:
        declared = [
            f"{c_element(array.type.dtype)} *{array.data} = NULL;",
            *extent_declarations(name, context),
        ]
        return [f"struct slot *{array.data}_slot = NULL;", *declared]
    slot = f"{slots_name(group, context)}[{len(group.names) + group.params.index(name)}]"
    object_ = f"{array.data}_object" if group.owned else "NULL"
    shape = ", ".join(array.extents) or "1"
    return [
        f"{slot} = (struct slot){{.data = {array.data}, .shape = {{{shape}}}, "
        f".object = {object_}, .fixed = true}};",
        f"struct slot *{array.data}_slot = &{slot};",
    ]


def group_release(context: Context) -> list[str]:
    """The arrays of groups that were not returned."""
    return [f"free_slots({slots_name(group, context)}, {group.slots});" for group in context.storage.groups]
