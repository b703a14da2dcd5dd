"""Annotations become hints; nothing of the user's is imported or evaluated.

x: float | None                 UnionHint((ScalarHint(PY_FLOAT), NoneHint()))
a: "NDArray[np.float32]"        ArrayHint(FLOAT32)
"""

from collections.abc import Callable, Sequence

import libcst as cst
from msgspec import Struct
from msgspec.structs import replace

from pyaot.frontend.hint_arrays import narrowed
from pyaot.frontend.hint_dims import read_dims
from pyaot.frontend.hint_dtypes import (
    PYTHON_SCALARS,
    element_dtypes,
    family_dtypes,
    numpy_scalar_dtypes,
)
from pyaot.frontend.hint_types import (
    AnyDim,
    ArrayHint,
    ClassHint,
    DimHint,
    FixedDim,
    Hint,
    ListHint,
    LiteralHint,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
    each,
    join,
)
from pyaot.frontend.scope_constants import constant_value
from pyaot.frontend.scopes import FunctionInfo, ModuleScope, dotted_name, resolve
from pyaot.frontend.syntax import walk
from pyaot.ir.types import Scalar


class _Where(Struct, frozen=True):
    """Where a hint stands, and which aliases led here."""

    scope: ModuleScope
    inside: FunctionInfo | None = None  # the function whose names the hint sees
    owner: str = ""  # the class whose method that is
    type_parameters: tuple[cst.TypeVar, ...] = ()  # of `def f[T](...)`
    following: frozenset[str] = frozenset()
    bound: tuple[tuple[str, cst.BaseExpression], ...] = ()  # `Grid[np.float32]` where Grid = NDArray[T]


def read_hint(
    node: cst.Annotation | cst.BaseExpression, scope: ModuleScope, function: FunctionInfo | None = None
) -> Hint:
    """What a parameter's annotation says; `function` is the one whose parameter it is."""
    outer = None if function is None else scope.functions.get(function.outer or "")
    owner = "" if function is None else function.class_name or ""
    where = _Where(scope.for_hints(), outer, owner, _type_parameters(function, scope))
    return _read(node.annotation if isinstance(node, cst.Annotation) else node, where)


def local_hint(node: cst.AnnAssign, scope: ModuleScope, function: FunctionInfo) -> Hint | None:
    """What the annotation of a local variable says; None for a bare `Final`."""
    owner = function.class_name or ""
    where = _Where(scope.for_hints(), function, owner, _type_parameters(function, scope))
    if _path(node.annotation.annotation, where) in (*_WRAPPERS, "typing.TypeAlias"):
        return None
    return _read(node.annotation.annotation, where)


def _type_parameters(function: FunctionInfo | None, scope: ModuleScope) -> tuple[cst.TypeVar, ...]:
    found: list[cst.TypeVar] = []
    while function is not None:
        parameters = function.node.type_parameters
        found += (
            [p.param for p in parameters.params if isinstance(p.param, cst.TypeVar)] if parameters else []
        )
        function = scope.functions.get(function.outer or "")
    return tuple(found)


# ---- any hint -------------------------------------------------------------------------------------------


def _read(node: cst.BaseExpression, where: _Where) -> Hint:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            return _quoted(node, where, _read)
        case cst.Name(value="None"):
            return NoneHint()
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return join((_read(left, where), _read(right, where)))
        case cst.Name() | cst.Attribute():
            return _named(node, where)
        case cst.Subscript():
            return _subscripted(node, where)
        case _:
            return _unknown(node, where, "is not a type")


_Reader = Callable[[cst.BaseExpression, _Where], Hint]


def _quoted(node: cst.SimpleString | cst.ConcatenatedString, where: _Where, read: _Reader) -> Hint:
    text = node.evaluated_value
    try:
        return read(cst.parse_expression(str(text).strip()), where)
    except cst.ParserSyntaxError:
        return _unknown(node, where, "is not an expression")


def _named(node: cst.BaseExpression, where: _Where) -> Hint:
    name = dotted_name(node) or ""
    followed = _followed(name, node, where, _read, _type_variable)
    if followed is not None:
        return followed
    for candidate in (name, f"{where.owner}.{name}"):
        if candidate in where.scope.classes:
            return ClassHint(candidate)
    path = _path(node, where)
    if path == "typing.Self" and where.owner:
        return ClassHint(where.owner)
    return _library_type(path, node, where)


def _library_type(path: str, node: cst.BaseExpression, where: _Where) -> Hint:
    if path in PYTHON_SCALARS:
        return ScalarHint(PYTHON_SCALARS[path])
    if path in _PLAIN:
        return _PLAIN[path]
    try:
        return join(tuple(ScalarHint(Scalar(dtype)) for dtype in numpy_scalar_dtypes(path)))
    except LookupError:
        says_nothing = path in ("typing.Any", "builtins.object")
        return _unknown(node, where, "says nothing about the type" if says_nothing else _NOT_OURS)


_NOT_OURS = "is not a number, an array of numbers, or made of them"
_LISTS = ("builtins.list", "typing.List", "typing.Sequence", "typing.MutableSequence")
_TUPLES = ("builtins.tuple", "typing.Tuple")
_ARRAYS = ("numpy.ndarray", "numpy.typing.NDArray")
_PLAIN: dict[str, Hint] = {
    **dict.fromkeys(_LISTS, ListHint()),
    **dict.fromkeys(_ARRAYS, ArrayHint()),
    "builtins.str": TextHint(),
    "types.NoneType": NoneHint(),
}
_WRAPPERS = ("typing.Final", "typing.ClassVar", "typing.Annotated", "typing.ReadOnly", "dataclasses.InitVar")


def _subscripted(node: cst.Subscript, where: _Where) -> Hint:
    path = _path(node.value, where)
    parts = _arguments(node)
    name = dotted_name(node.value) or ""
    if not path and name in where.scope.aliases and parts:
        return _generic_alias(name, node, parts, where)
    if path in ("numpy.ndarray", "numpy.typing.NDArray") and parts:
        return _array(path, node, parts, where)
    if path.startswith("jaxtyping.") and len(parts) == 2:
        return _jaxtyping(path, node, parts, where)
    if path in _LISTS and len(parts) == 1:
        return _list_of(parts[0], where)
    if path in _TUPLES:
        return _tuple_of(parts, where)
    if path == "typing.Literal":
        return _literal(node, parts, where)
    if path in ("typing.Optional", "typing.Union"):
        none = (NoneHint(),) if path == "typing.Optional" else ()
        return join((*(_read(part, where) for part in parts), *none))
    if path in _WRAPPERS and parts:
        return _read(parts[0], where)
    if path.startswith("numpy."):
        return _named(node.value, where)  # np.floating[Any]
    return _unknown(node, where, _NOT_OURS)


def _list_of(item: cst.BaseExpression, where: _Where) -> Hint:
    if _path(item, where) in ("typing.Any", "builtins.object"):
        return ListHint()
    return each(_read(item, where), lambda hint: hint if isinstance(hint, UnknownHint) else ListHint(hint))


def _tuple_of(parts: Sequence[cst.BaseExpression], where: _Where) -> Hint:
    if len(parts) == 1 and isinstance(parts[0], cst.Tuple) and not parts[0].elements:
        return TupleHint(())  # tuple[()]
    is_homogeneous = len(parts) == 2 and isinstance(parts[1], cst.Ellipsis)
    items = tuple(_read(part, where) for part in (parts[:1] if is_homogeneous else parts))
    unknown = next((item for item in items if isinstance(item, UnknownHint)), None)
    return unknown or TupleHint(items, is_homogeneous)


def _literal(node: cst.BaseExpression, parts: Sequence[cst.BaseExpression], where: _Where) -> Hint:
    found: list[Hint] = []
    for part in parts:
        try:
            value = constant_value(part, {}, {})
        except LookupError:
            inner = _read(part, where)  # a Literal inside a Literal
            found += inner.alternatives if isinstance(inner, UnionHint) else (inner,)
            continue
        found.append(LiteralHint((value,)) if isinstance(value, (str, int)) else NoneHint())
    values = tuple(value for hint in found if isinstance(hint, LiteralHint) for value in hint.values)
    others = [hint for hint in found if not isinstance(hint, LiteralHint)]
    if any(not isinstance(hint, NoneHint) for hint in others):
        return _unknown(node, where, "has a value that is not a text, an int or a bool")
    return join((*((LiteralHint(values),) if values else ()), *others))


# ---- aliases and type variables -------------------------------------------------------------------------


def _followed(
    name: str, node: cst.BaseExpression, where: _Where, read: _Reader, variable: _Reader
) -> Hint | None:
    """What an alias or a type variable of that name says; None where the name is neither."""
    for parameter in where.type_parameters:
        if parameter.name.value == name:
            return variable(parameter.name, where)
    for variable_name, choice in where.bound:
        if variable_name == name:
            return read(choice, replace(where, bound=()))
    value = where.scope.aliases.get(name)
    if value is None:
        return None
    if name in where.following:
        return _unknown(node, where, "is an alias that is defined by itself")
    deeper = replace(where, following=where.following | {name})
    return variable(node, deeper) if _is_type_variable(value, where) else read(value, deeper)


def _is_type_variable(value: cst.BaseExpression, where: _Where) -> bool:
    return isinstance(value, cst.Call) and _path(value.func, where) == "typing.TypeVar"


def _type_variable(node: cst.BaseExpression, where: _Where) -> Hint:
    """A type variable where a type is expected."""
    return _choice(node, where, _read, lambda: _unknown(node, where, "is a type variable without bounds"))


def _element_variable(node: cst.BaseExpression, where: _Where) -> Hint:
    """A type variable where an element type is expected."""
    return _choice(node, where, _read_element, ArrayHint)


def _choice(node: cst.BaseExpression, where: _Where, read: _Reader, unbound: Callable[[], Hint]) -> Hint:
    name = dotted_name(node) or ""
    hints = [read(part, where) for part in _constraints(name, where)]
    if not hints:
        return unbound()
    union = join(tuple(hints))
    alternatives = union.alternatives if isinstance(union, UnionHint) else (union,)
    unknown = next((hint for hint in alternatives if isinstance(hint, UnknownHint)), None)
    return unknown or TypeVarHint(name, alternatives)


def _constraints(name: str, where: _Where) -> list[cst.BaseExpression]:
    """The types that a variable may be: its constraints, else its bound."""
    for parameter in where.type_parameters:
        if parameter.name.value == name:
            bound = parameter.bound
            if isinstance(bound, cst.Tuple):
                return [element.value for element in bound.elements]
            return [] if bound is None else [bound]
    call = where.scope.aliases[name]
    assert isinstance(call, cst.Call)
    constraints = [arg.value for arg in call.args[1:] if arg.keyword is None]
    bounds = [arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == "bound"]
    return constraints or bounds


def _generic_alias(
    name: str, node: cst.BaseExpression, parts: Sequence[cst.BaseExpression], where: _Where
) -> Hint:
    """`Grid[np.float32]` where `Grid = NDArray[T]`: the type variables in their order of appearance."""
    value = where.scope.aliases[name]
    if name in where.following:
        return _unknown(node, where, "is an alias that is defined by itself")
    names = (n.value for n in walk(value) if isinstance(n, cst.Name))
    aliases = where.scope.aliases
    variables = [n for n in dict.fromkeys(names) if n in aliases and _is_type_variable(aliases[n], where)]
    if len(variables) != len(parts):
        return _unknown(node, where, f"is an alias with {len(variables)} type variables")
    bound = tuple(zip(variables, parts))
    return _read(value, replace(where, following=where.following | {name}, bound=bound))


# ---- arrays ---------------------------------------------------------------------------------------------


def _read_element(node: cst.BaseExpression, where: _Where) -> Hint:
    """What an element type (`np.float32`, `np.dtype[T]`, `np.floating[Any]`) says about an array."""
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            return _quoted(node, where, _read_element)
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return join((_read_element(left, where), _read_element(right, where)))
        case cst.Subscript() if _path(node.value, where) in ("typing.Union", "numpy.dtype"):
            return join(tuple(_read_element(part, where) for part in _arguments(node)))
        case cst.Subscript():
            return _read_element(node.value, where)
        case cst.Name() | cst.Attribute():
            name = dotted_name(node) or ""
            followed = _followed(name, node, where, _read_element, _element_variable)
            return _elements_of(_path(node, where), node, where) if followed is None else followed
        case _:
            return _unknown(node, where, "is not an element type")


def _elements_of(path: str, node: cst.BaseExpression, where: _Where) -> Hint:
    try:
        return join(tuple(ArrayHint(dtype) for dtype in element_dtypes(path)))
    except LookupError:
        reason = "is not an element type that kernels have"
        return _unknown(node, where, reason, is_contradiction=path == "builtins.str")


def _array(path: str, node: cst.BaseExpression, parts: Sequence[cst.BaseExpression], where: _Where) -> Hint:
    """`NDArray[element]`, `np.ndarray[shape, np.dtype[element]]`, `np.ndarray[shape]`."""
    most = 1 if path == "numpy.typing.NDArray" else 2
    if len(parts) > most:
        return _unknown(node, where, f"has {len(parts)} types between its brackets, not {most}", True)
    if most == 1:
        return _read_element(parts[0], where)
    dims = _shape(parts[0], where)
    if dims is None and len(parts) == 1 and _path(parts[0], where) != "typing.Any":
        return _read_element(parts[0], where)  # the element type in the place of the shape
    element = _read_element(parts[1], where) if len(parts) > 1 else ArrayHint()
    if dims is None:
        return element
    shape = dims if any(isinstance(dim, FixedDim) for dim in dims) else None
    return each(element, lambda h: ArrayHint(h.dtype, len(dims), shape) if isinstance(h, ArrayHint) else h)


def _shape(node: cst.BaseExpression, where: _Where) -> tuple[DimHint, ...] | None:
    """The dimensions of `tuple[int, Literal[3]]`; None where their number is open."""
    name = dotted_name(node) or ""
    if name in where.scope.aliases and name not in where.following:
        return _shape(where.scope.aliases[name], replace(where, following=where.following | {name}))
    if not isinstance(node, cst.Subscript) or _path(node.value, where) not in _TUPLES:
        return None
    parts = _arguments(node)
    if any(isinstance(part, cst.Ellipsis) for part in parts):
        return None
    if len(parts) == 1 and isinstance(parts[0], cst.Tuple):
        return ()
    return tuple(_extent(part, where) for part in parts)


def _extent(node: cst.BaseExpression, where: _Where) -> DimHint:
    match _read(node, where):
        case LiteralHint(values=(int(size),)):
            return FixedDim(size)
        case _:
            return AnyDim()


def _jaxtyping(
    path: str, node: cst.BaseExpression, parts: Sequence[cst.BaseExpression], where: _Where
) -> Hint:
    """`Float32[np.ndarray, "m n"]`; the array type may itself say an element type, a rank or dimensions."""
    text = where.scope.constants.get(dotted_name(parts[1]) or "")
    if isinstance(parts[1], (cst.SimpleString, cst.ConcatenatedString)):
        text = str(parts[1].evaluated_value)
    if not isinstance(text, str):
        return _unknown(node, where, "has a shape that is not a text")
    try:
        dtypes, dims = family_dtypes(path), read_dims(text)
    except LookupError:
        return _unknown(node, where, "has an element type that kernels do not have")
    except ValueError as error:
        return UnknownHint(_text(node, where), f"has a shape that cannot be read: {error}", True)
    found = each(_read(parts[0], where), lambda hint: narrowed(hint, dtypes, dims, _text(node, where)))
    if not isinstance(found, UnionHint):
        return found
    possible = tuple(a for a in found.alternatives if not isinstance(a, UnknownHint))
    return join(possible or found.alternatives)


# ---- leaves ---------------------------------------------------------------------------------------------


def _arguments(node: cst.Subscript) -> list[cst.BaseExpression]:
    """What stands between the brackets; nothing where a slice does."""
    slices = [element.slice for element in node.slice]
    values = [part.value for part in slices if isinstance(part, cst.Index)]
    return values if len(values) == len(slices) else []


def _path(node: cst.BaseExpression, where: _Where) -> str:
    """The dotted path of a name, as `typing` and `numpy.typing` call it; empty where it has none."""
    path = resolve(node, where.scope, where.inside) or ""
    for other, usual in _SAME.items():
        if path.startswith(other):
            return usual + path.removeprefix(other)
    return path


_SAME = {"typing_extensions.": "typing.", "collections.abc.": "typing.", "numpy._typing.": "numpy.typing."}


def _text(node: cst.BaseExpression, where: _Where) -> str:
    return where.scope.tree.text_of(node)


def _unknown(
    node: cst.BaseExpression, where: _Where, reason: str, is_contradiction: bool = False
) -> UnknownHint:
    return UnknownHint(_text(node, where), reason, is_contradiction)
