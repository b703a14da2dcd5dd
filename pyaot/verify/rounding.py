"""How far the numbers of a version may lie from the original's, and which warnings it may tell otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct

from pyaot.verify.call import Arguments
from pyaot.verify.observe import fields_of


class Rounding(Struct, frozen=True):
    """How far numbers may lie apart; `values` is False where only their types are compared."""

    single: float = 0.0
    double: float = 0.0
    values: bool = True


EXACT = Rounding()
_LARGE, _SMALL = 1e6, 1e-6  # beyond these numbers are wild
RELAXED = Rounding(single=1e-3, double=1e-9)
MIXED = Rounding(single=1e-3, double=1e-5)  # doubles that may be made of single numbers
ONLY_TYPES = Rounding(values=False)


def rounding_for(values: object, strict: bool) -> Rounding:
    """How exactly a version does what the original does, whose arguments and results these are.

    Huge and tiny numbers make sums depend on their order: there, relaxed versions have the types only.
    """
    if strict:
        return EXACT
    if is_wild(values):
        return ONLY_TYPES
    return MIXED if _holds(values, _is_single) else RELAXED


def is_wild(value: object) -> bool:
    """Numbers whose sum depends on its order by more than the last bits: huge and tiny ones.

    Infinities and NaN are the same in every order.
    """
    if isinstance(value, (tuple, list)):
        return any(is_wild(item) for item in value)
    if isinstance(value, dict):
        return any(is_wild(item) for item in value.values())
    if isinstance(value, (float, complex, np.inexact, np.ndarray)):
        return _is_wild_array(np.asarray(value))
    return any(is_wild(item) for item in fields_of(value).values())


def _is_wild_array(array: Any) -> bool:
    if array.dtype.kind == "c":  # the parts of infinities and NaN depend on how products are computed
        finite = bool(np.isfinite(array).all())
        return not finite or _is_wild_array(array.real) or _is_wild_array(array.imag)
    if array.dtype.kind != "f":
        return False
    sizes = np.abs(array)
    return bool((((sizes > _LARGE) & (sizes < np.inf)) | ((sizes > 0) & (sizes < _SMALL))).any())


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
    if isinstance(value, (float, complex, np.generic, np.ndarray)):
        return found(np.asarray(value))
    return any(_holds(item, found) for item in fields_of(value).values())


def _is_single(array: Any) -> bool:
    return array.dtype.char in "fF"


def _has_nan(array: Any) -> bool:
    return array.dtype.kind in "fc" and bool(np.isnan(array).any())


def _is_narrow(array: Any) -> bool:
    return array.dtype.kind in "iu" and array.itemsize < 8


def _is_huge_complex(array: Any) -> bool:
    return array.dtype.kind == "c" and not bool(np.all(np.abs(array) < 1e15))
