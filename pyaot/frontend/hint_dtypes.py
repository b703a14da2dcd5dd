"""Element types that hints name: NumPy's scalar types and the families of jaxtyping, as dtypes by preference.

numpy.float32         (FLOAT32,)              jaxtyping.Float       (FLOAT64, FLOAT32)
numpy.integer         (INT64, INT32, ...)     jaxtyping.Num         (None,)    left open
"""

from typing import TypeAlias

import numpy as np

from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, PY_INT, DType, Scalar

DTypes: TypeAlias = tuple[DType | None, ...]  # alternatives; None stands for any

PREFERENCE = (
    DType.FLOAT64,
    DType.FLOAT32,
    DType.INT64,
    DType.INT32,
    DType.COMPLEX128,
    DType.COMPLEX64,
    DType.BOOL,
    DType.UINT8,
    DType.INT16,
    DType.INT8,
    DType.UINT16,
    DType.UINT32,
    DType.UINT64,
)

PYTHON_SCALARS: dict[str, Scalar] = {
    "builtins.bool": PY_BOOL,
    "builtins.int": PY_INT,
    "builtins.float": PY_FLOAT,
    "builtins.complex": PY_COMPLEX,
}

_OPEN: DTypes = (None,)
_ABSTRACT = (np.integer, np.signedinteger, np.unsignedinteger, np.inexact, np.floating, np.complexfloating)
_ANY = ("typing.Any", "numpy.generic", "numpy.number", "numpy.dtype")


def _of_kinds(letters: str) -> tuple[DType, ...]:
    return tuple(dtype for dtype in PREFERENCE if dtype.kind in letters)


_FAMILIES: dict[str, DTypes] = {
    "Float": _of_kinds("f"),
    "Complex": _of_kinds("c"),
    "Inexact": _of_kinds("fc"),
    "Int": _of_kinds("i"),
    "UInt": _of_kinds("u"),
    "Integer": _of_kinds("iu"),
    "Real": _OPEN,
    "Num": _OPEN,
    "Shaped": _OPEN,
} | {dtype.value.title().replace("Ui", "UI"): (dtype,) for dtype in DType}


def element_dtypes(path: str) -> DTypes:
    """The dtypes that a scalar type stands for as an array's element; LookupError for other names."""
    if path in _ANY:
        return _OPEN
    if path in PYTHON_SCALARS:
        return (PYTHON_SCALARS[path].dtype,)
    return numpy_scalar_dtypes(path)


def numpy_scalar_dtypes(path: str) -> tuple[DType, ...]:
    """The dtypes of the numbers that `numpy.float32`, `numpy.integer` name; LookupError for other names."""
    module, _, name = path.rpartition(".")
    found = getattr(np, name, None) if module == "numpy" else None
    if not isinstance(found, type) or not issubclass(found, np.generic):
        raise LookupError(path)
    if found in (np.generic, np.number):
        return tuple(d for d in PREFERENCE if np.issubdtype(d.value, found))
    if found in _ABSTRACT:
        return tuple(d for d in PREFERENCE if np.issubdtype(d.value, found))
    exact = np.dtype(found).name
    if exact not in {dtype.value for dtype in DType}:
        raise LookupError(path)
    return (DType(exact),)


def family_dtypes(path: str) -> DTypes:
    """The dtypes of `jaxtyping.Float32`, `jaxtyping.Int` ...; LookupError for other names."""
    module, _, name = path.rpartition(".")
    if module != "jaxtyping":
        raise LookupError(path)
    return _FAMILIES[name]
