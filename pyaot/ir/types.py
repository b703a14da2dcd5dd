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

    @property
    def kind(self) -> str:
        """NumPy's kind letter: b, i, u, f or c."""
        return "b" if self is DType.BOOL else self.value[0]

    @property
    def bits(self) -> int:
        """The size of an element in bits (a bool takes 8)."""
        return 8 if self is DType.BOOL else int(self.value.lstrip("abcdefghijklmnopqrstuvwxyz"))

    @property
    def is_integer(self) -> bool:
        """A signed or unsigned integer; not bool."""
        return self.kind in "iu"

    @property
    def is_float(self) -> bool:
        """A real floating-point type."""
        return self.kind == "f"

    @property
    def is_complex(self) -> bool:
        """A complex floating-point type."""
        return self.kind == "c"

    @property
    def real(self) -> "DType":
        """The type of the real part; a type that is not complex is its own."""
        return {DType.COMPLEX64: DType.FLOAT32, DType.COMPLEX128: DType.FLOAT64}.get(self, self)


class Origin(Enum):
    """Whose rules a scalar follows (SEMANTICS: Python and NumPy arithmetic, told apart)."""

    PYTHON = "python"  # int is unbounded, float division by zero raises
    NUMPY = "numpy"  # fixed width, wraps, warns
    EITHER = "either"  # depends on the path taken; where the rules differ, the attempt fails


class Scalar(Struct, frozen=True):
    """One number. Python's int is INT64 of Python origin, its float FLOAT64, its complex COMPLEX128."""

    dtype: DType
    origin: Origin = Origin.NUMPY

    @property
    def is_python(self) -> bool:
        """May be a Python number, so Python's failures must be found."""
        return self.origin is not Origin.NUMPY


class Array(Struct, frozen=True):
    """A C-contiguous array; `boxed`: a list (of lists) of numbers, Python's unless they are `numpy_items`."""

    dtype: DType
    rank: int
    boxed: bool = False
    numpy_items: bool = False  # of a list: its elements are np.float64 and the like

    @property
    def element(self) -> Scalar:
        """The type of what a full subscript gives."""
        is_python = self.boxed and not self.numpy_items
        return Scalar(self.dtype, Origin.PYTHON if is_python else Origin.NUMPY)


PY_BOOL = Scalar(DType.BOOL, Origin.PYTHON)
PY_INT = Scalar(DType.INT64, Origin.PYTHON)
PY_FLOAT = Scalar(DType.FLOAT64, Origin.PYTHON)
PY_COMPLEX = Scalar(DType.COMPLEX128, Origin.PYTHON)
