"""What the uses of an array in a function show of its number of dimensions.

n, m = a.shape      2        a[i, j]      2        a.shape[2]      at least 3     a.sum(axis=1)     at least 2
d = a[i] - a[j]; np.dot(d, d)           parts of it are arrays: more than 1

An array is named by the Python text that gives it: `a`, `self.taps`, `pair[0]`.
"""

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from pyaot.frontend.scope_imports import dotted_name
from pyaot.frontend.syntax import walk


class Uses(Struct, frozen=True):
    """`exact`: the rank that the uses show, 0 if they show none; `least`: what they ask for at least.

    `likely`: what they would ask for at least if nothing else gave the result its dimensions.
    `has_parts`: what its fullest subscript gives is used as only arrays are, so there are more dimensions.
    """

    exact: int = 0
    least: int = 1
    likely: int = 1
    has_parts: bool = False


def uses_of(node: cst.FunctionDef, text: str) -> Uses:
    """The uses of the array, and of its copies and those made like it."""
    found = [_seen(node, own) for own in (text, *_copies(node, text))]
    return Uses(
        max(u.exact for u in found),
        max(u.least for u in found),
        max(u.likely for u in found),
        any(u.has_parts for u in found if u.exact),
    )


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
            return is_text(source, text) or _is_function_like(value, text)
        case cst.Call():
            return _is_function_like(value, text)
    return is_text(value, text)


def _is_function_like(call: cst.Call, text: str) -> bool:
    likes = ("copy", "array", "asarray", "zeros_like", "empty_like", "ones_like", "full_like")
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=function)), args=(cst.Arg(value=first), *_)):
            return function in likes and is_text(first, text)
    return False


def _seen(node: cst.FunctionDef, text: str) -> Uses:
    exact, least, likely = 0, 1, 1
    for part in walk(node.body):
        match part:
            case cst.Subscript(value=value) if _is_shape(value, text):
                least = max(least, _axis_asked(part) + 1)
            case cst.Subscript():
                exact = max(exact, _axes_taken(part, text))
            case cst.Assign(value=value, targets=targets) if _is_shape(value, text):
                tuples = (t.target for t in targets if isinstance(t.target, cst.Tuple))
                exact = max((len(target.elements) for target in tuples), default=exact)
            case cst.Call():
                axis, is_alone = _axis_reduced(part, text)
                least, likely = max(least, axis + 1 if is_alone else 1), max(likely, axis + 1)
                exact, least = max(exact, _axes_named(part, text)), max(least, _least_taken(part, text))
            case cst.Attribute(value=value, attr=cst.Name(value="T")) if is_text(value, text):
                likely = max(likely, 2)
    return Uses(exact, least, max(least, likely), exact > 0 and _has_array_parts(node, text, exact))


def is_text(node: cst.CSTNode, text: str) -> bool:
    """Whether the node is the array that goes by that text."""
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
    return isinstance(node, cst.Attribute) and node.attr.value == "shape" and is_text(node.value, text)


def _axes_taken(node: cst.Subscript, text: str) -> int:
    """How many dimensions the array must have for this subscript."""
    if is_text(node.value, text):
        return sum(_takes_axis(e) for e in node.slice)
    if isinstance(node.value, cst.Subscript) and is_text(node.value.value, text):
        kept = sum(isinstance(e.slice, cst.Slice) for e in node.value.slice)
        return _axes_taken(node.value, text) + max(sum(_takes_axis(e) for e in node.slice) - kept, 0)
    return 0


def _axis_asked(node: cst.Subscript) -> int:
    """k of `a.shape[k]`."""
    match node.slice[0].slice:
        case cst.Index(value=cst.Integer() as axis):
            return int(axis.evaluated_value)
    return 0


def _axis_reduced(call: cst.Call, text: str) -> tuple[int, bool]:
    """k of `a.sum(axis=k)` or `np.sum(a, axis=k)`, of arithmetic with the array too; and whether it is alone.

    In arithmetic another operand may have that axis.
    """
    of_array = [arg.value for arg in call.args[:1]]
    if isinstance(call.func, cst.Attribute):
        of_array.append(call.func.value)
    if not any(is_text(operand, text) for value in of_array for operand in _operands(value)):
        return 0, False
    axes = [a.value for a in call.args if a.keyword is not None and a.keyword.value == "axis"]
    axis = max((int(axis.evaluated_value) for axis in axes if isinstance(axis, cst.Integer)), default=0)
    return axis, any(is_text(value, text) for value in of_array)


def _axes_named(call: cst.Call, text: str) -> int:
    """How many axes the subscripts of `np.einsum("ij,j", a, b)` give the array; 0 where they do not say."""
    match call:
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="einsum")),
            args=(cst.Arg(value=cst.SimpleString() as subscripts), *operands),
        ):
            terms = str(subscripts.evaluated_value).replace(" ", "").partition("->")[0].split(",")
            named = [t for t, arg in zip(terms, operands) if is_text(arg.value, text) and "." not in t]
            return max(map(len, named), default=0)
    return 0


# Functions whose first argument is a matrix, or several.
_OF_MATRICES = frozenset(
    (
        *("linalg.inv", "linalg.pinv", "linalg.solve", "linalg.det", "linalg.slogdet", "linalg.cholesky"),
        *("linalg.eig", "linalg.eigh", "linalg.eigvals", "linalg.eigvalsh", "linalg.svd", "linalg.qr"),
        *("linalg.matrix_rank", "linalg.matrix_power", "linalg.lstsq", "trace", "diagonal", "fill_diagonal"),
    )
)


def _least_taken(call: cst.Call, text: str) -> int:
    """How many axes the function asks of the array at least: `np.linalg.inv(a)`."""
    name = (dotted_name(call.func) or "").partition(".")[2]
    if name in _OF_MATRICES and call.args and is_text(call.args[0].value, text):
        return 2
    return 1


def _takes_axis(element: cst.SubscriptElement) -> bool:
    match element.slice:
        case cst.Index(value=cst.Name(value="None") | cst.Ellipsis()):
            return False
        case cst.Index(value=cst.Attribute(attr=cst.Name(value="newaxis"))):
            return False
    return True


# ---- parts that are arrays themselves -------------------------------------------------------------------

# Functions and methods of NumPy that are of no use for a single number, and Python's that refuse one.
_OF_ARRAYS = frozenset(
    (
        *("dot", "norm", "sum", "mean", "max", "min", "prod", "cross", "outer", "inner", "vdot", "matmul"),
        *("argmax", "argmin", "sort", "argsort", "cumsum", "any", "all", "std", "var", "copy"),
    )
)
_OF_ITERABLES = frozenset({"len", "zip", "enumerate", "list", "tuple", "sorted"})


def _has_array_parts(node: cst.FunctionDef, text: str, taken: int) -> bool:
    """Whether what its fullest subscript gives is used as only arrays are."""
    names = set(_names_of_parts(node, text, taken))
    return any(_is_array_use(part, text, taken, names) for part in walk(node.body))


def _names_of_parts(node: cst.FunctionDef, text: str, taken: int) -> Iterator[str]:
    """`d` of `d = a[i] - a[j]`."""
    for part in walk(node.body):
        match part:
            case cst.Assign(targets=(cst.AssignTarget(target=cst.Name(value=name)),), value=value):
                if any(_is_part(operand, text, taken) for operand in _operands(value)):
                    yield name


def _is_array_use(node: cst.CSTNode, text: str, taken: int, names: set[str]) -> bool:
    def is_part(value: cst.BaseExpression) -> bool:
        return any(
            _is_part(operand, text, taken) or (isinstance(operand, cst.Name) and operand.value in names)
            for operand in _operands(value)
        )

    match node:
        case cst.BinaryOperation(left=left, operator=cst.MatrixMultiply(), right=right):
            return is_part(left) or is_part(right)
        case cst.Call(func=function, args=args):
            module, _, name = (dotted_name(function) or "").rpartition(".")
            return name in (_OF_ARRAYS if module else _OF_ITERABLES) and any(
                is_part(arg.value) for arg in args
            )
        case cst.Attribute(value=value, attr=cst.Name(value=attribute)):
            return attribute in _OF_ARRAYS | {"shape", "T"} and is_part(value)
        case cst.Subscript(value=cst.Name(value=name)):
            return name in names
        case cst.For(iter=iterable):
            return is_part(iterable)
        case cst.Assign(targets=(cst.AssignTarget(target=cst.Tuple()),), value=value):
            return is_part(value)
    return False


def _is_part(node: cst.BaseExpression, text: str, taken: int) -> bool:
    """A subscript of single positions for as many axes as are ever taken."""
    return (
        isinstance(node, cst.Subscript)
        and is_text(node.value, text)
        and len(node.slice) == taken
        and all(isinstance(element.slice, cst.Index) for element in node.slice)
    )


def _operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The operands of arithmetic, or the expression itself."""
    match node:
        case cst.BinaryOperation(left=left, right=right):
            yield from _operands(left)
            yield from _operands(right)
        case cst.UnaryOperation(expression=inner):
            yield from _operands(inner)
        case _:
            yield node
