"""The types of IR values: scalars that know where they come from, and arrays of them."""

from enum import Enum

from msgspec import Struct


class DType(Enum):
    """An element type, named as NumPy names it."""

    BOOL = "bool"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    COMPLEX64 = "complex64"
    COMPLEX128 = "complex128"

    def __init__(self, numpy_name: str) -> None:
        self.kind = "b" if numpy_name == "bool" else numpy_name[0]  # NumPy's letter: b, i, u, f or c
        self.bits = 8 if numpy_name == "bool" else int(numpy_name.lstrip("abcdefghijklmnopqrstuvwxyz"))
        self.is_integer = self.kind in "iu"  # signed or unsigned; not bool
        self.is_float = self.kind == "f"
        self.is_complex = self.kind == "c"

    __hash__ = object.__hash__  # Enum's own is written in Python, and types are keys of many tables

    @property
    def real(self) -> "DType":
        """The type of the real part; a type that is not complex is its own."""
        return {DType.COMPLEX64: DType.FLOAT32, DType.COMPLEX128: DType.FLOAT64}.get(self, self)


class Origin(Enum):
    """Whose rules a scalar follows (SEMANTICS: Python and NumPy arithmetic, told apart)."""

    PYTHON = "python"  # int is unbounded, float division by zero raises
    NUMPY = "numpy"  # fixed width, wraps, warns
    EITHER = "either"  # depends on the path taken; where the rules differ, the attempt fails
    ALIKE = "alike"  # as EITHER, and Python's number is of the same kind: a float where NumPy's is a float64

    __hash__ = object.__hash__


def joined_origin(*origins: Origin) -> Origin:
    """Whose rules a result follows: NumPy's as soon as one operand is NumPy's."""
    for origin in (Origin.NUMPY, Origin.EITHER, Origin.ALIKE):
        if origin in origins:
            return origin
    return Origin.PYTHON


class Scalar(Struct, frozen=True):
    """One number. Python's int is INT64 of Python origin, its float FLOAT64, its complex COMPLEX128."""

    dtype: DType
    origin: Origin = Origin.NUMPY

    @property
    def is_python(self) -> bool:
        """May be a Python number, so Python's failures must be found."""
        return self.origin is not Origin.NUMPY

    @property
    def is_undecided(self) -> bool:
        """Whether it is Python's number or NumPy's depends on the path."""
        return self.origin in (Origin.EITHER, Origin.ALIKE)


class Array(Struct, frozen=True):
    """A C-contiguous array; `boxed`: a list (of lists) of numbers, Python's or others as `items` says."""

    dtype: DType
    rank: int
    boxed: bool = False
    items: Origin = Origin.PYTHON  # of a list: NUMPY where its elements are np.float64 and the like

    @property
    def element(self) -> Scalar:
        """The type of what a full subscript gives."""
        return Scalar(self.dtype, self.items if self.boxed else Origin.NUMPY)


PY_BOOL = Scalar(DType.BOOL, Origin.PYTHON)
PY_INT = Scalar(DType.INT64, Origin.PYTHON)
PY_FLOAT = Scalar(DType.FLOAT64, Origin.PYTHON)
PY_COMPLEX = Scalar(DType.COMPLEX128, Origin.PYTHON)
