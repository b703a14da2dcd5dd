"""Small functions whose lowering must do what Python and NumPy do, or leave the call to the original.

A case: a name, the text of a function `f`, calls of it. `agreed` (the default): every call is computed;
`raises`: the original raises, so the attempt fails; `python`: the function stays Python.
"""

from dataclasses import dataclass

import numpy as np

HEAD = """\
import math
from dataclasses import dataclass
from typing import Literal, Optional

import numpy as np
from numpy.typing import NDArray

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]
F = np.ndarray[tuple[int], np.dtype[np.float32]]
I = np.ndarray[tuple[int], np.dtype[np.int64]]
I8 = np.ndarray[tuple[int], np.dtype[np.int8]]
U8 = np.ndarray[tuple[int], np.dtype[np.uint8]]
B = np.ndarray[tuple[int], np.dtype[np.bool_]]
C = np.ndarray[tuple[int], np.dtype[np.complex128]]


"""


@dataclass(frozen=True)
class Small:
    """A function and calls of it; `verdict` is what each call must give."""

    name: str
    text: str
    calls: tuple[tuple[object, ...], ...]
    verdict: str = "agreed"


def floats(*values: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A vector of float64."""
    return np.array(values, dtype=np.float64)


def of(dtype: str, *values: complex) -> "np.ndarray[tuple[int], np.dtype[np.generic]]":
    """A vector of that dtype."""
    return np.array(values).astype(dtype)


NONE, ONE, THREE = floats(), floats(1.5), floats(3.0, -1.0, 2.5)
ODD = floats(np.nan, np.inf, -0.0, 1.0)
SQUARE = np.arange(9.0).reshape(3, 3)
WIDE = np.arange(6.0).reshape(2, 3)


def case(name: str, text: str, *calls: tuple[object, ...], verdict: str = "agreed") -> Small:
    """A case; the text's common indentation is dropped."""
    lines = text.strip("\n").split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    return Small(name, "\n".join(line[margin:] for line in lines) + "\n", calls, verdict)
