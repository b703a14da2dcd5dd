"""The names that an expression reads and that a statement binds; comprehensions and lambdas have their own.

out[i] = [g(k) for k in rows] + x.T         reads out, i, g, rows, x; binds nothing
n, m = a.shape                              reads a; binds n, m
"""

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from pyaot.frontend.facts import target_names
from pyaot.frontend.scope_imports import imports_of
from pyaot.frontend.syntax import children, walk

Names = frozenset[str]
NONE: Names = frozenset()


def names_read(*nodes: cst.CSTNode | None) -> Names:
    """The names that must have a value when these expressions are evaluated."""
    found: set[str] = set()
    waiting = [node for node in nodes if node is not None]
    while waiting:
        node = waiting.pop()
        match node:
            case cst.Name(value=name):
                found.add(name)
            case cst.Attribute(value=inner) | cst.Arg(value=inner) | cst.Annotation(annotation=inner):
                waiting.append(inner)
            case cst.NamedExpr(value=inner):
                waiting.append(inner)
            case cst.Lambda() | cst.FunctionDef():
                found |= _read_by_function(node)
            case cst.BaseComp():
                found |= _read_by_comprehension(node)
            case _:
                waiting.extend(children(node))
    return frozenset(found)


def _read_by_function(node: cst.Lambda | cst.FunctionDef) -> Names:
    """What a nested function may read of the names around it, when it is made or when it is called."""
    params = [part for part in walk(node.params) if isinstance(part, cst.Param)]
    own = {param.name.value for param in params}
    outside = node.decorators if isinstance(node, cst.FunctionDef) else ()
    return names_read(*outside, *(param.default for param in params)) | (_all_names(node.body) - own)


def _read_by_comprehension(node: cst.BaseComp) -> Names:
    loops = [part for part in walk(node) if isinstance(part, cst.CompFor)]
    own = frozenset(name for loop in loops for name in target_names(loop.target))
    inside = names_read(*children(node), *(part for loop in loops for part in (loop.iter, *loop.ifs)))
    return (inside - own) | (names_read(loops[0].iter) if loops else NONE)


def _all_names(node: cst.CSTNode) -> Names:
    return frozenset(part.value for part in walk(node) if isinstance(part, cst.Name))


def captured_names(body: cst.BaseSuite) -> Names:
    """The names that functions, lambdas and classes inside the body mention: they may be read at any time."""
    makers = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.GeneratorExp)
    return union(names_read(part) for part in walk(body) if isinstance(part, makers))


def names_bound(*nodes: cst.CSTNode) -> Sequence[str]:
    """The names that statements, and those inside them, may bind or unbind: each once, in their order."""
    found: dict[str, None] = {}
    for node in nodes:
        found |= dict.fromkeys(_bound_in(node))
    return tuple(found)


def _bound_in(node: cst.CSTNode) -> Iterator[str]:
    yield from targets_of(node)
    match node:
        case cst.FunctionDef() | cst.ClassDef() | cst.Lambda():
            return
        case _:
            for child in children(node):
                yield from _bound_in(child)


def targets_of(node: cst.CSTNode) -> Iterator[str]:
    """What a node itself binds, without the nodes inside it."""
    match node:
        case cst.Assign(targets=targets):
            for target in targets:
                yield from target_names(target.target)
        case cst.AugAssign(target=target) | cst.For(target=target) | cst.NamedExpr(target=target):
            yield from target_names(target)
        case cst.AnnAssign(target=target) | cst.Del(target=target):
            yield from target_names(target)
        case cst.WithItem(asname=cst.AsName(name=name)) | cst.ExceptHandler(name=cst.AsName(name=name)):
            yield from target_names(name)
        case cst.Import() | cst.ImportFrom():
            yield from imports_of((node,))
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            yield name.value
        case cst.MatchAs(name=cst.Name(value=name)) | cst.MatchStar(name=cst.Name(value=name)):
            yield name
        case cst.MatchMapping(rest=cst.Name(value=name)):
            yield name
        case _:
            pass


def read_by_target(target: cst.BaseExpression) -> Names:
    """What an assignment to the target reads: `a[i] = x` reads a and i, `n = x` nothing."""
    match target:
        case cst.Name():
            return NONE
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return union(read_by_target(element.value) for element in elements)
        case cst.StarredElement(value=value):
            return read_by_target(value)
    return names_read(target)


def union(sets: Iterable[Names]) -> Names:
    """All names of all sets."""
    return NONE.union(*sets)
