"""How many dimensions an array has whose hint does not say: found from its uses.

n, m = a.shape      2        a[i, j]      2        a.shape[2]      3        a + 1      one version for each

An array is named by the Python text that gives it: `a`, `self.taps`, `pair[0]`.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import libcst as cst

from pyaot.frontend.hint_read import read_hint
from pyaot.frontend.hint_types import ArrayHint, ClassHint, Hint, TupleHint, TypeVarHint, UnionHint
from pyaot.frontend.hints import Signature
from pyaot.frontend.scope_functions import FunctionInfo
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.syntax import walk

MOST_DIMENSIONS = 4
_MOST_CHOICES = 16


def rank_choices(info: FunctionInfo, module: ModuleScope, signature: Signature) -> Iterator[dict[str, int]]:
    """Choices of ranks for the arrays that leave them open, likely ones first; not for those never read."""
    found = [leaf for p in signature.parameters for leaf in array_hints(info, module, p.name, p.type)]
    read = {part.value for part in walk(info.node.body) if isinstance(part, cst.Name)}
    open_ = [text for text, hint in found if hint.rank is None and _root(text) in read]
    options = [_options(info.node, text) for text in open_]
    known = max((hint.rank or 0 for _, hint in found), default=0)
    known = max([known, *(o[0] for o in options if len(o) == 1)])

    def unlikely(ranks: tuple[int, ...]) -> tuple[bool, int, int]:
        return (max(ranks) > max(2, known), len({*ranks, known or ranks[0]}), sum(ranks))

    choices = sorted(product(*options), key=unlikely) if open_ else [()]
    for ranks in choices[:_MOST_CHOICES]:
        yield dict(zip(open_, ranks))


def array_hints(
    info: FunctionInfo, module: ModuleScope, text: str, hint: Hint | None
) -> Iterator[tuple[str, ArrayHint]]:
    """The arrays in a parameter: itself, items of a tuple, fields of an object that the body reads."""
    match hint:
        case ArrayHint():
            yield text, hint
        case TupleHint(items, is_homogeneous=False):
            for n, item in enumerate(items):
                yield from array_hints(info, module, f"{text}[{n}]", item)
        case ClassHint(class_name):
            for name, field in fields_read(info, module, text, class_name).items():
                yield from array_hints(info, module, f"{text}.{name}", field)


def fields_read(info: FunctionInfo, module: ModuleScope, text: str, class_name: str) -> dict[str, Hint]:
    """The fields of an object that the body reads and whose hints are known."""
    read = {
        part.attr.value
        for part in walk(info.node)
        if isinstance(part, cst.Attribute) and _is_text(part.value, text)
    }
    return {
        field.name: _first_choice(read_hint(field.hint, module, info))
        for field in module.classes[class_name].fields.values()
        if field.name in read and field.hint is not None
    }


def _first_choice(hint: Hint) -> Hint:
    return hint.alternatives[0] if isinstance(hint, (UnionHint, TypeVarHint)) else hint


def _root(text: str) -> str:
    return text.partition(".")[0].partition("[")[0]


# ---- what the uses show ---------------------------------------------------------------------------------


def _options(node: cst.FunctionDef, text: str) -> Sequence[int]:
    found = [_seen(node, own) for own in (text, *_copies(node, text))]
    exact, least = max(e for e, _ in found), max(least for _, least in found)
    known = max(exact, least)
    return (known,) if exact or known > 1 else range(1, MOST_DIMENSIONS + 1)


def _copies(node: cst.FunctionDef, text: str) -> set[str]:
    """Names set to the array, a copy of it or an array like it: `v = a.copy()`, `b = np.zeros_like(a)`."""
    found: set[str] = set()
    for part in walk(node.body):
        if isinstance(part, cst.Assign) and _is_like(part.value, text):
            found |= {t.target.value for t in part.targets if isinstance(t.target, cst.Name)}
    return found


def _is_like(value: cst.BaseExpression, text: str) -> bool:
    match value:
        case cst.Call(func=cst.Attribute(value=source, attr=cst.Name(value="copy" | "astype"))):
            return _is_text(source, text) or _is_function_like(value, text)
        case cst.Call():
            return _is_function_like(value, text)
    return _is_text(value, text)


def _is_function_like(call: cst.Call, text: str) -> bool:
    likes = ("copy", "array", "asarray", "zeros_like", "empty_like", "ones_like", "full_like")
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=function)), args=(cst.Arg(value=first), *_)):
            return function in likes and _is_text(first, text)
    return False


def _seen(node: cst.FunctionDef, text: str) -> tuple[int, int]:
    """The rank that subscripts of the array show (0: none), and the least rank that `shape[k]` asks for."""
    exact, least = 0, 1
    for part in walk(node.body):
        if isinstance(part, cst.Subscript) and _is_shape(part.value, text):
            least = max(least, _axis_asked(part) + 1)
        elif isinstance(part, cst.Subscript):
            exact = max(exact, _axes_taken(part, text))
        elif isinstance(part, cst.BinaryOperation) and isinstance(part.operator, cst.MatrixMultiply):
            exact = max(exact, *(_axes_of_factor(side, text) for side in (part.left, part.right)))
        elif isinstance(part, cst.Assign) and _is_shape(part.value, text):
            exact = max(
                (len(t.target.elements) for t in part.targets if isinstance(t.target, cst.Tuple)),
                default=exact,
            )
    return exact, least


def _is_text(node: cst.CSTNode, text: str) -> bool:
    return _text_of(node) == text


def _text_of(node: cst.CSTNode) -> str | None:
    """`a`, `self.taps`, `pair[0]`; None for other expressions."""
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            inner = _text_of(value)
            return inner and f"{inner}.{name}"
        case cst.Subscript(
            value=value, slice=(cst.SubscriptElement(slice=cst.Index(value=cst.Integer(value=n))),)
        ):
            inner = _text_of(value)
            return inner and f"{inner}[{n}]"
    return None


def _is_shape(node: cst.CSTNode, text: str) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == "shape" and _is_text(node.value, text)


def _axes_taken(node: cst.Subscript, text: str) -> int:
    """How many dimensions the array must have for this subscript."""
    if _is_text(node.value, text):
        return sum(_takes_axis(e) for e in node.slice)
    if isinstance(node.value, cst.Subscript) and _is_text(node.value.value, text):
        kept = sum(isinstance(e.slice, cst.Slice) for e in node.value.slice)
        return _axes_taken(node.value, text) + max(sum(_takes_axis(e) for e in node.slice) - kept, 0)
    return 0


def _axes_of_factor(node: cst.CSTNode, text: str) -> int:
    """How many dimensions the array must have where the node is an operand of '@', which takes no numbers."""
    if not (isinstance(node, cst.Subscript) and _is_text(node.value, text)):
        return 0
    has_axis = any(isinstance(element.slice, cst.Slice) for element in node.slice)
    return _axes_taken(node, text) + (not has_axis)


def _axis_asked(node: cst.Subscript) -> int:
    """k of `a.shape[k]`."""
    match node.slice[0].slice:
        case cst.Index(value=cst.Integer() as axis):
            return int(axis.evaluated_value)
    return 0


def _takes_axis(element: cst.SubscriptElement) -> bool:
    match element.slice:
        case cst.Index(value=cst.Name(value="None") | cst.Ellipsis()):
            return False
        case cst.Index(value=cst.Attribute(attr=cst.Name(value="newaxis"))):
            return False
    return True
