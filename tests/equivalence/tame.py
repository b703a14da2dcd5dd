"""Arguments without NaN, infinities, huge and tiny numbers: sums of them depend little on their order."""

import math

import numpy as np

from tests.strategies.arguments import Arguments

_LARGE, _SMALL = 1e4, 1e-3


def tame(arguments: Arguments) -> Arguments:
    """A copy in which every number that is not of ordinary size has become one that is."""
    copy = arguments.copy()
    keywords = {name: _tamed(value) for name, value in copy.keywords.items()}
    return Arguments(tuple(map(_tamed, copy.positional)), keywords)


def _tamed(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_tamed, value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc" and value.flags.writeable:
        for place in np.ndindex(value.shape):
            value[place] = _ordinary(
                complex(value[place]) if value.dtype.kind == "c" else float(value[place])
            )
    if isinstance(value, (float, complex)):
        return type(value)(_ordinary(value))
    return value


def _ordinary(number: float | complex) -> float | complex:
    if isinstance(number, complex):
        return complex(_real(number.real), _real(number.imag))
    return _real(number)


def _real(number: float) -> float:
    if math.isnan(number):
        return 1.5
    if abs(number) > _LARGE:
        return math.copysign(2.5, number)
    return 0.25 if 0 < abs(number) < _SMALL else number
