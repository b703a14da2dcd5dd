"""The hint that fits an argument, as text; it is found in NumPy's process, which holds the arguments."""

import numpy as np


def hint_of(value: object) -> str:
    """The hint for one argument: dtype, rank, and extents of one, which decide what is broadcast."""
    match value:
        case np.ndarray():
            one = "typing.Literal[1]"
            extents = ", ".join(one if extent == 1 else "int" for extent in value.shape) or "()"
            return f"numpy.ndarray[tuple[{extents}], numpy.dtype[numpy.{value.dtype.name}]]"
        case np.generic():
            return f"numpy.{value.dtype.name}"
        case bool() | int() | float() | complex():
            return type(value).__name__
    raise TypeError(f"no hint for a {type(value).__name__}")
