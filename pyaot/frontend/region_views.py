"""Views of arrays that a region reads as what they are: subscripts of the array, not another array.

    B = A[1:, 1:]                       region_2(A, B): B is lowered as A[1:, 1:]
    print(len(B))
    for i in range(len(B)): B[i, 0] = A[i, 0]

As an argument of its own B would overlap A, and the guard would refuse. The call checks that it is this view.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import libcst as cst

from pyaot.frontend.instance import Body
from pyaot.frontend.names_used import targets_of
from pyaot.frontend.syntax import children, walk, walk_body

Views = Mapping[str, cst.BaseExpression]

_METHODS = frozenset({"reshape", "transpose", "swapaxes", "ravel"})
_OPERATIONS = (cst.UnaryOperation, cst.BinaryOperation, cst.BaseUnaryOp, cst.BaseBinaryOp)
_TELLS_NOTHING = frozenset({"shape", "size", "ndim", "dtype", "sum", "mean", "min", "max"})


def views_of(body: Body) -> Views:
    """Variables that one statement sets, to what NumPy would give as a view of another variable."""
    bound = Counter(name for part in walk_body(body.info.node.body) for name in targets_of(part))
    return {
        name: value
        for part in walk_body(body.info.node.body)
        for name, value in _assigned(part)
        if bound[name] == 1 and _is_view(value)
    }


def _assigned(node: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            yield name, value


def _is_view(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Subscript(value=base, slice=elements):
            return _is_base(base) and all(map(_is_index, elements))
        case cst.Attribute(value=base, attr=cst.Name(value="T")):
            return _is_base(base)
        case cst.Call(func=cst.Attribute(value=base, attr=cst.Name(value=method)), args=args):
            return method in _METHODS and _is_base(base) and all(_is_number(arg.value) for arg in args)
    return False


def _is_base(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) or _is_view(node)


def _is_index(element: cst.SubscriptElement) -> bool:
    match element.slice:
        case cst.Index(value=value):
            return _is_number(value)
        case cst.Slice(lower, upper, step):
            return all(part is None or _is_number(part) for part in (lower, upper, step))
    return False


def _is_number(node: cst.BaseExpression) -> bool:
    """Names and whole numbers; where a name stands for something else the lowering, or the guard, refuses."""
    return all(isinstance(part, (cst.Integer, cst.Name, *_OPERATIONS)) for part in walk(node))


def stays_inside(name: str, *nodes: cst.CSTNode) -> bool:
    """Whether only elements of the variable are used, so that nobody can tell it from an equal view."""
    return all(_stays_inside(name, node) for node in nodes)


def _stays_inside(name: str, node: cst.CSTNode) -> bool:
    match node:
        case cst.Name(value=value):
            return value != name
        case cst.Subscript(value=cst.Name(), slice=elements):
            return stays_inside(name, *elements)
        case cst.Attribute(value=cst.Name(value=value), attr=cst.Name(value=read)):
            return value != name or read in _TELLS_NOTHING
        case cst.Call(func=cst.Name(value="len"), args=[cst.Arg(value=cst.Name())]):
            return True
        case cst.BinaryOperation(left=left, right=right):
            return all(isinstance(side, cst.Name) or stays_inside(name, side) for side in (left, right))
    return stays_inside(name, *children(node))
