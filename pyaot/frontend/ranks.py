"""How many dimensions an array has whose hint does not say: found from its uses.

n, m = a.shape      2        a[i, j]      2        a.shape[2]      3        a + 1      one version for each
"""

from collections.abc import Iterator, Sequence
from itertools import product

import libcst as cst

from pyaot.frontend.hint_types import ArrayHint
from pyaot.frontend.hints import Signature
from pyaot.frontend.syntax import walk

MOST_DIMENSIONS = 4
_MOST_CHOICES = 16


def rank_choices(node: cst.FunctionDef, signature: Signature) -> Iterator[dict[str, int]]:
    """Choices of ranks for the parameters that leave them open, likely ones first."""
    open_ = [p.name for p in signature.parameters if isinstance(p.type, ArrayHint) and p.type.rank is None]
    options = [_options(node, name) for name in open_]
    known = max((p.type.rank or 0 for p in signature.parameters if isinstance(p.type, ArrayHint)), default=0)
    known = max([known, *(o[0] for o in options if len(o) == 1)])

    def unlikely(ranks: tuple[int, ...]) -> tuple[bool, int, int]:
        return (max(ranks) > max(2, known), len({*ranks, known or ranks[0]}), sum(ranks))

    found = sorted(product(*options), key=unlikely) if open_ else [()]
    for ranks in found[:_MOST_CHOICES]:
        yield dict(zip(open_, ranks))


def _options(node: cst.FunctionDef, name: str) -> Sequence[int]:
    names = {name, *_copies(node, name)}
    found = [_seen(node, own) for own in names]
    exact, least = max(e for e, _ in found), max(least for _, least in found)
    known = max(exact, least)
    return (known,) if exact or known > 1 else range(1, MOST_DIMENSIONS + 1)


def _copies(node: cst.FunctionDef, name: str) -> set[str]:
    """Names that are set to the array, to a copy of it, or to an array like it: `v = a.copy()`, `b = np.zeros_like(a)`."""
    found: set[str] = set()
    for part in walk(node.body):
        if isinstance(part, cst.Assign) and _is_like(part.value, name):
            found |= {t.target.value for t in part.targets if isinstance(t.target, cst.Name)}
    return found


def _is_like(value: cst.BaseExpression, name: str) -> bool:
    match value:
        case cst.Name(value=found):
            return found == name
        case cst.Call(
            func=cst.Attribute(value=cst.Name(value=found), attr=cst.Name(value="copy" | "astype"))
        ):
            return found == name
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=function)), args=(cst.Arg(value=first), *_)):
            likes = ("copy", "array", "asarray", "zeros_like", "empty_like", "ones_like", "full_like")
            return function in likes and _is_name(first, name)
    return False


def _seen(node: cst.FunctionDef, name: str) -> tuple[int, int]:
    """The rank that subscripts of the name show (0: none), and the least rank that `shape[k]` asks for."""
    exact, least = 0, 1
    for part in walk(node.body):
        if isinstance(part, cst.Subscript) and _is_shape(part.value, name):
            least = max(least, _axis_asked(part) + 1)
        elif isinstance(part, cst.Subscript):
            exact = max(exact, _axes_taken(part, name))
        elif isinstance(part, cst.Assign) and _is_shape(part.value, name):
            exact = max(
                (len(t.target.elements) for t in part.targets if isinstance(t.target, cst.Tuple)),
                default=exact,
            )
    return exact, least


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _is_shape(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Attribute) and _is_name(node.value, name) and node.attr.value == "shape"


def _axes_taken(node: cst.Subscript, name: str) -> int:
    """How many dimensions the array must have for this subscript."""
    if _is_name(node.value, name):
        return sum(_takes_axis(e) for e in node.slice)
    if isinstance(node.value, cst.Subscript) and _is_name(node.value.value, name):
        kept = sum(isinstance(e.slice, cst.Slice) for e in node.value.slice)
        return _axes_taken(node.value, name) + max(sum(_takes_axis(e) for e in node.slice) - kept, 0)
    return 0


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
