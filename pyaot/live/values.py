"""What a value of a running program is called in a text.

numpy, as np              import numpy as np
0.5, as gain              gain = 0.5
np.float32(2), as h       h = numpy_of_values.float32(2.0)
NDArray, as Arr           from numpy.typing import NDArray as Arr
a list                    name = object()            nothing is known of it
"""

import ast
import builtins
import math
import sys
import types
import typing
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

# Names for imports, which no text of a user's has.
NUMPY, JAXTYPING, TYPING = "numpy_of_values", "jaxtyping_of_values", "typing_of_values"
IMPORTS = {NUMPY: "numpy", JAXTYPING: "jaxtyping", TYPING: "typing"}

_NUMBERS = (np.bool_, np.integer, np.float32, np.float64, np.complex64, np.complex128)
# Modules that are asked for a value without a name of its own, under its name first.
_ASKED = (
    *("builtins", "math", "cmath", "numpy", "numpy.typing", "numpy.linalg", "numpy.fft"),
    *("typing", "jaxtyping", "dataclasses"),
)
_SUBSCRIPTED = {list: "list", tuple: "tuple", np.ndarray: f"{NUMPY}.ndarray", np.dtype: f"{NUMPY}.dtype"}


def statement(name: str, value: Any, module: str) -> str:
    """The statement that gives the name this value, or one that tells nothing; `module` is the text's own."""
    if isinstance(value, ModuleType):
        path = value.__name__
        return f"import {path} as {name}" if sys.modules.get(path) is value else unknown(name)
    text = literal(value)
    if text is not None:
        return f"{name} = {text}"
    found = path_of(name, value, module)
    if found is not None:
        owner, _, member = found.rpartition(".")
        return f"from {owner} import {member} as {name}"
    hint = hint_text(value, module)
    return unknown(name) if hint is None else f"{name} = {hint}"


def unknown(name: str) -> str:
    """A statement that binds the name and says nothing of its value."""
    return f"{name} = object()"


def literal(value: Any) -> str | None:
    """Text for a number, a text, None or a tuple of these; None for all others."""
    if type(value) is tuple:
        parts = [literal(item) for item in value]
        return None if None in parts else f"({', '.join(map(str, parts))}{',' * (len(parts) == 1)})"
    if isinstance(value, np.generic):
        inner = literal(value.item()) if isinstance(value, _NUMBERS) else None
        return None if inner is None else f"{NUMPY}.{type(value).__name__}({inner})"
    if type(value) is float and not math.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value) if value is None or _is_literal(value) else None


def _is_literal(value: Any) -> bool:
    if type(value) is complex:
        return repr(_evaluated(repr(value))) == repr(value)
    return type(value) in (bool, int, float, str)


def _evaluated(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def path_of(name: str, value: Any, module: str) -> str | None:
    """The dotted path under which the value can be imported from elsewhere."""
    for path in _paths(name, value):
        owner, _, member = path.rpartition(".")
        if owner != module and getattr(sys.modules.get(owner), member, None) is value:
            return path
    return None


def _paths(name: str, value: Any) -> Iterator[str]:
    yield from (f"{owner}.{name}" for owner in _ASKED)
    own = getattr(value, "__name__", None)
    if isinstance(own, str) and own.isidentifier():
        yield from (f"{owner}.{own}" for owner in _ASKED)
        yield f"{getattr(value, '__module__', None)}.{own}"
    for owner in _ASKED:
        for member, found in list(vars(sys.modules.get(owner, builtins)).items()):
            if found is value and isinstance(found, type | types.GenericAlias):
                yield f"{owner}.{member}"


def hint_text(value: Any, module: str) -> str | None:
    """Text for a hint such as `NDArray[np.float64]`; None where it has none. Guards do not rely on hints."""
    if value is None or value is type(None):
        return "None"
    if value is Ellipsis or isinstance(value, TypeVar):
        return "..." if value is Ellipsis else _type_variable(value, module)
    if hasattr(value, "dim_str") and hasattr(value, "array_type"):
        array = hint_text(value.array_type, module)
        name = value.__name__.partition("[")[0]
        return None if array is None else f"{JAXTYPING}.{name}[{array}, {value.dim_str!r}]"
    origin, arguments = typing.get_origin(value), typing.get_args(value)
    if origin is typing.Literal:
        return f"{TYPING}.Literal[{', '.join(map(repr, arguments))}]"
    if origin is typing.Union or origin is types.UnionType:
        return _joined(arguments, " | ", module)
    if origin in _SUBSCRIPTED:
        inner = _joined(arguments, ", ", module)
        return None if inner is None else f"{_SUBSCRIPTED[origin]}[{inner}]"
    return _plain_hint(value)


def _plain_hint(value: Any) -> str | None:
    if value is typing.Any:
        return f"{TYPING}.Any"
    name = value.__name__ if isinstance(value, type) else ""
    if name and getattr(np, name, None) is value:
        return f"{NUMPY}.{name}"
    return name if name and getattr(builtins, name, None) is value else None


def _type_variable(value: TypeVar, module: str) -> str | None:
    inner = _joined(value.__constraints__, ", ", module)
    return None if inner is None else f"{TYPING}.TypeVar({value.__name__!r}, {inner})"


def _joined(parts: Iterable[Any], between: str, module: str) -> str | None:
    texts = [hint_text(part, module) for part in parts]
    return None if None in texts else between.join(map(str, texts))
