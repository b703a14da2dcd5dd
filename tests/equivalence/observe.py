"""What can be seen of a call: its result, its exception, its warnings, and what became of the arguments.

want = observe(original, arguments.copy())
got = observe(compiled, arguments.copy())
difference(want, got, EXACT)      ->      "" or a line that says where they differ
"""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from tests.strategies.arguments import Arguments

ErrorState = dict[str, str]  # of np.errstate
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rounding:
    """How far numbers may lie apart; `values` is False where only their types are compared."""

    single: float = 0.0
    double: float = 0.0
    values: bool = True


EXACT = Rounding()
RELAXED = Rounding(single=1e-3, double=1e-9)
ONLY_TYPES = Rounding(values=False)


@dataclass(frozen=True)
class Seen:
    """A call and what came of it; `arguments` are as the call left them."""

    result: object
    error: Exception | None
    warned: frozenset[str]
    arguments: tuple[object, ...]


def observe(function: Callable[..., object], arguments: Arguments, state: ErrorState | None = None) -> Seen:
    """Calls the function, under an error state of NumPy's if one is given."""
    result, error = None, None
    with warnings.catch_warnings(record=True) as caught, np.errstate(**(state or {})):  # type: ignore[arg-type]
        warnings.simplefilter("always")
        try:
            result = arguments.call(function)
        except Exception as raised:
            error = raised
    given = (*arguments.positional, *arguments.keywords.values())
    return Seen(result, error, frozenset(map(_kind_of, caught)), given)


def _kind_of(warning: warnings.WarningMessage) -> str:
    """The words before the name of the operation: 'overflow'; other warnings with their type."""
    words, found, _ = str(warning.message).partition(" encountered in ")
    return words if found else f"{warning.category.__name__}: {warning.message}"


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
    return (
        _first(
            _of_values(f"argument {i}", x, y, rounding)
            for i, (x, y) in enumerate(zip(want.arguments, got.arguments))
        )
        or _of_values("the result", want.result, got.result, rounding)
        or _of_identity(want, got)
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
    if type(want) is not type(got):
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
        same = True  # an object of the caller's: `_of_identity` compares it
    return "" if same or not rounding.values else f"{place} is {got!r}, not {want!r}"


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
    return f"{place} is {got!r}, not {want!r}"


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
    has_identity = not isinstance(value, (int, float, complex, str, bytes, np.generic, type(None)))
    return [(name, value)] if has_identity else []


# ---- what is known to differ ----------------------------------------------------------------------------


def unreliable(arguments: Arguments) -> frozenset[str]:
    """The floating-point errors that kernels report for such arguments in another way than NumPy.

    'invalid value' where a NaN comes in: processors set that flag when they compare it, and NumPy hides it;
    'overflow' where narrow integers come in: NumPy warns when its integer scalars wrap, kernels do not look;
    both where complex numbers are huge: vector code adds and subtracts each part and keeps one of the two.
    """
    values = (arguments.positional, arguments.keywords)
    is_huge = _holds(values, _is_huge_complex)
    found = {
        "invalid value": is_huge or _holds(values, _has_nan),
        "overflow": is_huge or _holds(values, _is_narrow),
    }
    return frozenset(kind for kind, is_unreliable in found.items() if is_unreliable)


def _holds(value: object, found: Callable[[Any], bool]) -> bool:
    if isinstance(value, (tuple, list)):
        return any(_holds(item, found) for item in value)
    if isinstance(value, dict):
        return any(_holds(item, found) for item in value.values())
    return isinstance(value, (float, complex, np.generic, np.ndarray)) and found(np.asarray(value))


def _has_nan(array: Any) -> bool:
    return array.dtype.kind in "fc" and bool(np.isnan(array).any())


def _is_narrow(array: Any) -> bool:
    return array.dtype.kind in "iu" and array.itemsize < 8


def _is_huge_complex(array: Any) -> bool:
    return array.dtype.kind == "c" and not bool(np.all(np.abs(array) < 1e15))
