"""What a function's own text says of the extents of its parameters.

n, m = a.shape; k = len(b)          named_extents: ('a', 0) is n, ('a', 1) is m, ('b', 0) is k
p[i, 0] * p[i, 1]                   literal_subscripts: ('p', 1) is {0, 1}
x, y, z = v                         literal_subscripts: ('v', 0) is {0, 1, 2}
"""

import ast
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pyaot.annotate.instrument import FunctionNode, own_nodes

Axis: TypeAlias = tuple[str, int]  # of a parameter


def named_extents(function: FunctionNode) -> Mapping[Axis, str]:
    """The variables that are set to extents of parameters."""
    found: dict[Axis, str] = {}
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[target], value=value):
                for axis, name in _named(target, value):
                    found.setdefault(axis, name)
            case _:
                pass
    return found


def _named(target: ast.expr, value: ast.expr) -> Iterator[tuple[Axis, str]]:
    match target, value:
        case ast.Tuple(elts=names), ast.Attribute(value=ast.Name(id=array), attr="shape"):
            yield from (((array, n), e.id) for n, e in enumerate(names) if isinstance(e, ast.Name))
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            for one, other in zip(targets, values):
                yield from _named(one, other)
        case ast.Name(id=name), ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=array), attr="shape"), slice=ast.Constant(value=int(axis))
        ):
            yield (array, axis), name
        case ast.Name(id=name), ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=array)]):
            yield (array, 0), name
        case _:
            pass


def literal_subscripts(function: FunctionNode) -> Mapping[Axis, frozenset[int]]:
    """The positions at which the text reads or writes, of axes where it never computes a position.

    Parameters that the function binds anew are left out.
    """
    found: dict[Axis, set[int]] = {}
    computed: set[Axis] = set()
    bound: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound.add(name)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id=array)):
                if not any(isinstance(name, ast.Starred) for name in names):
                    found.setdefault((array, 0), set()).update(range(len(names)))
            case ast.Subscript(value=ast.Name(id=array), slice=positions):
                for axis, position in enumerate(_positions(positions)):
                    if isinstance(position, int):
                        found.setdefault((array, axis), set()).add(position)
                    elif not isinstance(position, ast.Slice):
                        computed.add((array, axis))
            case _:
                pass
    return {a: frozenset(at) for a, at in found.items() if a not in computed and a[0] not in bound}


def _positions(subscript: ast.expr) -> list[int | ast.expr]:
    parts = subscript.elts if isinstance(subscript, ast.Tuple) else [subscript]
    return [
        part.value if isinstance(part, ast.Constant) and type(part.value) is int else part for part in parts
    ]
