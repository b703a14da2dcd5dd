"""The first thing in which two calls differ.

difference(observe(original, arguments), observe(compiled, copies), EXACT)

    '' or 'argument 0 is array([1., 2.]), not array([1., 3.])'
"""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np

from pyaot.verify.observe import Seen, fields_of
from pyaot.verify.rounding import EXACT, Rounding

NONE: frozenset[str] = frozenset()
_MOST_SHOWN = 20  # elements of an array


def difference(want: Seen, got: Seen, rounding: Rounding = EXACT, ignored: frozenset[str] = NONE) -> str:
    """The first thing in which two calls differ; an empty text where there is none.

    `ignored` are the floating-point errors ('overflow', 'invalid value') that are not compared.
    """
    errors = _error_text(want.error), _error_text(got.error)
    if errors[0] != errors[1] and any(_is_ignored(text, rounding, ignored) for text in errors):
        return ""
    if errors[0] != errors[1]:
        return f"raised {errors[1] or 'nothing'}, not {errors[0] or 'nothing'}"
    ours, theirs = ({kind for kind in seen.warned if kind not in ignored} for seen in (got, want))
    if rounding.values and ours != theirs:
        return f"warned {sorted(ours)}, not {sorted(theirs)}"
    if rounding.values and want.printed != got.printed:
        return f"printed {got.printed!r}, not {want.printed!r}"
    return (
        _first(
            _of_values(f"argument {i}", x, y, rounding)
            for i, (x, y) in enumerate(zip(want.arguments, got.arguments))
        )
        or _of_values("the result", want.result, got.result, rounding)
        or _of_identity(want, got)
        or _around(want, got, rounding)
    )


def _is_ignored(text: str, rounding: Rounding, ignored: frozenset[str]) -> bool:
    kind, _, words = text.partition(": ")
    said = words.partition(" encountered in ")[0]
    return kind == "FloatingPointError" and (not rounding.values or said in ignored)


def _error_text(error: Exception | None) -> str:
    """Type and message."""
    return "" if error is None else f"{type(error).__name__}: {error}"


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


# ---- values -------------------------------------------------------------------------------------------


def _of_values(place: str, want: object, got: object, rounding: Rounding) -> str:
    if not _is_one_type(type(want), type(got)):
        return f"{place} is {got!r} of {type(got).__name__}, not {want!r} of {type(want).__name__}"
    if isinstance(want, (tuple, list)) and isinstance(got, (tuple, list)):
        return _of_items(place, want, got, rounding)
    if isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        return _of_arrays(place, want, got, rounding)
    if isinstance(want, (float, complex, np.inexact)):
        same = _are_close(np.asarray(want), np.asarray(got), rounding)
    elif isinstance(want, (str, bytes, int, np.generic)) or want is None:
        same = want == got
    else:
        return _of_fields(place, want, got, rounding)  # `_of_identity` compares the objects
    return "" if same or not rounding.values else f"{place} is {got!r}, not {want!r}"


def _is_one_type(want: type, got: type) -> bool:
    """The same, or the same class of the user's in two copies of one module."""
    names = [(kind.__module__, kind.__qualname__) for kind in (want, got)]
    return want is got or (names[0] == names[1] and want.__module__ != "builtins")


def _of_fields(place: str, want: object, got: object, rounding: Rounding) -> str:
    """Objects of classes of the user's, field by field."""
    ours, theirs = fields_of(got), fields_of(want)
    if list(ours) != list(theirs):
        return f"{place} has the fields {list(ours)}, not {list(theirs)}"
    return _first(_of_values(f"{place}.{name}", x, ours[name], rounding) for name, x in theirs.items())


def _of_items(place: str, want: Any, got: Any, rounding: Rounding) -> str:
    if len(want) != len(got):
        return f"{place} has {len(got)} items, not {len(want)}"
    pairs = enumerate(zip(want, got))
    return _first(_of_values(f"{place}[{i}]", x, y, rounding) for i, (x, y) in pairs)


def _of_arrays(place: str, want: Any, got: Any, rounding: Rounding) -> str:
    for what in ("dtype", "shape"):
        if getattr(want, what) != getattr(got, what):
            return f"{place} has the {what} {getattr(got, what)}, not {getattr(want, what)}"
    if want.flags.writeable != got.flags.writeable:
        return f"{place} is {'' if got.flags.writeable else 'not '}writeable"
    if not rounding.values or _are_close(want, got, rounding):
        return ""
    return (
        _element(place, want, got, rounding)
        if want.size > _MOST_SHOWN
        else f"{place} is {got!r}, not {want!r}"
    )


def _element(place: str, want: Any, got: Any, rounding: Rounding) -> str:
    """The first element that differs, and how many do."""
    apart = [at for at in np.ndindex(want.shape) if not _are_close(want[at], got[at], rounding)]
    at = apart[0] if apart else (0,) * want.ndim
    where = ", ".join(map(str, at))
    return f"{place}[{where}] is {got[at]!r}, not {want[at]!r}; {len(apart)} of {want.size} elements differ"


def _are_close(want: Any, got: Any, rounding: Rounding) -> bool:
    if want.dtype.hasobject:
        return all(type(x) is type(y) and x == y for x, y in zip(want.flat, got.flat))
    single = want.dtype.char in "fF"
    tolerance = rounding.single if single else rounding.double
    if want.dtype.kind not in "fc" or not tolerance:
        return _bits(want) == _bits(got)
    want, got = np.asarray(want), np.asarray(got)
    scale = max(float(np.max(np.abs(want[np.isfinite(want)]), initial=0.0)), 1.0)
    return bool(np.allclose(want, got, rtol=tolerance, atol=tolerance * scale, equal_nan=True))


def _bits(array: Any) -> bytes:
    """Equal where the elements are, signs of zero included; one NaN is like another."""
    if array.dtype.kind == "c":
        return _bits(array.real.copy()) + _bits(array.imag.copy())
    plain = np.array(array)
    if plain.dtype.kind == "f":
        plain = np.where(np.isnan(plain), np.array(np.nan, plain.dtype), plain).astype(plain.dtype)
    return bytes(plain.tobytes())


# ---- identity -----------------------------------------------------------------------------------------


def _of_identity(want: Seen, got: Seen) -> str:
    """Which objects of the result are the caller's or one another, and which arrays share memory."""
    ours, theirs = _sharing(got), _sharing(want)
    different = [key for key in theirs if theirs[key] != ours.get(key)]
    return f"{different[0]}: {ours.get(different[0])}, not {theirs[different[0]]}" if different else ""


def _around(want: Seen, got: Seen, rounding: Rounding) -> str:
    """The memory that arguments are views of, where it is not theirs."""
    pairs = zip(_leaves("", want.arguments), _leaves("", got.arguments))
    bases = ((name, _base(x), _base(y)) for (name, x), (_, y) in pairs)
    return _first(
        _of_values(f"what argument {name} is a view of", x, y, rounding)
        for name, x, y in bases
        if x is not None and y is not None
    )


def _base(leaf: object) -> Any:
    root = leaf
    while isinstance(root, np.ndarray) and isinstance(root.base, np.ndarray):
        root = root.base
    is_of_one_type = (
        isinstance(leaf, np.ndarray) and isinstance(root, np.ndarray) and root.dtype == leaf.dtype
    )
    return root if is_of_one_type and root is not leaf else None


def _sharing(seen: Seen) -> dict[str, bool]:
    leaves = dict(_leaves("the result", seen.result))
    given = {name: leaf for i, a in enumerate(seen.arguments) for name, leaf in _leaves(f"argument {i}", a)}
    pairs = [*combinations(leaves.items(), 2), *((x, y) for x in leaves.items() for y in given.items())]
    found = {f"{name} is {other}": x is y for (name, x), (other, y) in pairs}
    for (name, x), (other, y) in pairs:
        if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
            found[f"{name} shares memory with {other}"] = np.may_share_memory(x, y) and np.shares_memory(x, y)
    return found


def _leaves(name: str, value: object) -> list[tuple[str, object]]:
    """Arrays, lists and other objects that have an identity; numbers and tuples have none that matters."""
    if isinstance(value, (tuple, list)):
        inner = [leaf for i, item in enumerate(value) for leaf in _leaves(f"{name}[{i}]", item)]
        return [(name, value), *inner] if isinstance(value, list) else inner
    if fields_of(value):
        parts = [leaf for key, item in fields_of(value).items() for leaf in _leaves(f"{name}.{key}", item)]
        return [(name, value), *parts]
    has_identity = not isinstance(value, (int, float, complex, str, bytes, np.generic, type(None)))
    return [(name, value)] if has_identity else []
