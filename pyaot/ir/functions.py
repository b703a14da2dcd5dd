"""What is known of functions: the pure scalar ones (Call), and those of libraries (LibraryCall).

A pure function takes arguments of one dtype, of a kind in `kinds`; the front end has cast them (`exp` of an
int64 is exp(Cast(x, float64))). Its names are those of NumPy's ufuncs. Of Python origin it is the function
`python` of `math`, or of `cmath` for complex numbers, and fails where that raises.

A library function is the NumPy callable `numpy` applied to the inputs, with the options as keywords:
`outputs[0][...], outputs[1][...] = numpy(*inputs, **options)`. It works on the last axes, as NumPy does by
default; other axes are put last by `Section.axes`. An output is the same section as an input, or
overlaps none.
"""

from enum import Enum

from msgspec import Struct

from pyaot.ir.types import DType, Origin, Scalar


class Gives(Enum):
    """The dtype of a pure function's result, from that of its arguments."""

    SAME = "the dtype of the arguments"
    REAL = "float32 for complex64, float64 for complex128, else the same"
    COMPLEX = "complex64 for float32, complex128 for float64"
    BOOL = "bool"
    COUNT = "uint8; Python's int where the origin is Python"


class PureFunction(Struct, frozen=True):
    """A scalar function without effects.

    `exact`: the kinds for which every right implementation gives the same bits (floor, or the correctly
    rounded sqrt); for the others C and NumPy differ in the last place.
    """

    name: str
    arity: int
    kinds: str  # of the arguments, letters of DType.kind
    exact: str = ""
    gives: Gives = Gives.SAME
    python: str = ""  # the name in math and cmath; "" where Python has none


# A row: NumPy's name, kinds, exact kinds, Python's name.
_UNARY = (
    ("sqrt", "fc", "f", "sqrt"),
    ("cbrt", "f", "", "cbrt"),
    ("exp", "fc", "", "exp"),
    ("exp2", "fc", "", "exp2"),
    ("expm1", "fc", "", "expm1"),
    ("log", "fc", "", "log"),
    ("log2", "fc", "", "log2"),
    ("log10", "fc", "", "log10"),
    ("log1p", "fc", "", "log1p"),
    ("sin", "fc", "", "sin"),
    ("cos", "fc", "", "cos"),
    ("tan", "fc", "", "tan"),
    ("arcsin", "fc", "", "asin"),
    ("arccos", "fc", "", "acos"),
    ("arctan", "fc", "", "atan"),
    ("sinh", "fc", "", "sinh"),
    ("cosh", "fc", "", "cosh"),
    ("tanh", "fc", "", "tanh"),
    ("arcsinh", "fc", "", "asinh"),
    ("arccosh", "fc", "", "acosh"),
    ("arctanh", "fc", "", "atanh"),
    ("erf", "f", "", "erf"),
    ("erfc", "f", "", "erfc"),
    ("gamma", "f", "", "gamma"),
    ("lgamma", "f", "", "lgamma"),
    ("deg2rad", "f", "f", "radians"),
    ("rad2deg", "f", "f", "degrees"),
    ("floor", "f", "f", "floor"),  # Python's gives an int: here the float, and a Cast after it
    ("ceil", "f", "f", "ceil"),
    ("trunc", "f", "f", "trunc"),
    ("rint", "f", "f", "round"),  # halves to even
    ("fabs", "f", "f", "fabs"),
    ("sign", "iuf", "iuf", ""),
    ("reciprocal", "fc", "f", ""),
    ("square", "iufc", "iuf", ""),
    ("conjugate", "c", "c", "conjugate"),
)

_BINARY = (
    ("arctan2", "f", "", "atan2"),
    ("hypot", "f", "", "hypot"),
    ("copysign", "f", "f", "copysign"),
    ("fmod", "f", "f", "fmod"),
    ("nextafter", "f", "f", "nextafter"),
    ("heaviside", "f", "f", ""),
    ("logaddexp", "f", "", ""),
    ("logaddexp2", "f", "", ""),
    ("fmin", "iuf", "iu", ""),  # a NaN gives way to the other argument; which of two zeros wins, varies
    ("fmax", "iuf", "iu", ""),
    ("gcd", "iu", "iu", "gcd"),
    ("lcm", "iu", "iu", "lcm"),
)

_OTHERS = (
    PureFunction("absolute", 1, "iufc", "iuf", Gives.REAL, "abs"),
    PureFunction("real", 1, "c", "c", Gives.REAL, "real"),
    PureFunction("imag", 1, "c", "c", Gives.REAL, "imag"),
    PureFunction("complex", 2, "f", "f", Gives.COMPLEX, "complex"),  # from real and imaginary part
    PureFunction("isnan", 1, "fc", "fc", Gives.BOOL, "isnan"),
    PureFunction("isinf", 1, "fc", "fc", Gives.BOOL, "isinf"),
    PureFunction("isfinite", 1, "fc", "fc", Gives.BOOL, "isfinite"),
    PureFunction("signbit", 1, "f", "f", Gives.BOOL),
    PureFunction("bitwise_count", 1, "iu", "iu", Gives.COUNT, "bit_count"),  # of the absolute value
)

_ROWS = (*((1, *row) for row in _UNARY), *((2, *row) for row in _BINARY))

PURE: dict[str, PureFunction] = {
    function.name: function
    for function in (
        *(
            PureFunction(name, arity, kinds, exact, Gives.SAME, python)
            for arity, name, kinds, exact, python in _ROWS
        ),
        *_OTHERS,
    )
}

# What Python's math has and NumPy lacks: only of Python origin.
ONLY_PYTHON = frozenset({"erf", "erfc", "gamma", "lgamma"})

# What `math` has and `cmath` lacks: not of Python origin with complex arguments.
ONLY_REAL_IN_PYTHON = frozenset({"exp2", "expm1", "log2", "log1p"})

_COMPLEX = {DType.FLOAT32: DType.COMPLEX64, DType.FLOAT64: DType.COMPLEX128}


def result_type(function: str, argument: DType, origin: Origin) -> Scalar:
    """The type of a Call: `absolute` of complex64 gives float32."""
    match PURE[function].gives:
        case Gives.SAME:
            return Scalar(argument, origin)
        case Gives.REAL:
            return Scalar(argument.real, origin)
        case Gives.COMPLEX:
            return Scalar(_COMPLEX[argument], origin)
        case Gives.BOOL:
            return Scalar(DType.BOOL, origin)
        case Gives.COUNT:
            return Scalar(DType.UINT8 if origin is Origin.NUMPY else DType.INT64, origin)


def accepts(function: str, argument: DType, origin: Origin) -> bool:
    """Whether a Call of that function with arguments of that dtype has a meaning."""
    known = PURE.get(function)
    if known is None or argument.kind not in known.kinds:
        return False
    if origin is Origin.NUMPY:
        return function not in ONLY_PYTHON
    return known.python != "" and not (argument.is_complex and function in ONLY_REAL_IN_PYTHON)


def is_exact(function: str, argument: DType) -> bool:
    """Whether C and NumPy agree to the last bit."""
    return argument.kind in PURE[function].exact


class LibraryFunction(Struct, frozen=True):
    """A function of a library on whole arrays.

    `options` are keywords of the NumPy callable; one that is left out has NumPy's default.
    Of a longer result the first `outputs` items are taken (the solution that `lstsq` gives, say).
    """

    name: str
    numpy: str
    inputs: int  # -1: any number
    outputs: int = 1
    options: tuple[str, ...] = ()
    may_fail: bool = False  # raises LinAlgError or ValueError by the values of the inputs
    is_native: bool = False  # BLAS or LAPACK do it for floats, without Python
    extra: int = 0  # inputs that may follow


LIBRARY: dict[str, LibraryFunction] = {
    function.name: function
    for function in (
        # One or two axes per operand and leading axes in common, as `@`. accumulate: added to the output;
        # alpha: the product's sign; conjugate_left, conjugate_right: of the operand. None is NumPy's.
        LibraryFunction(
            "matmul",
            "numpy.matmul",
            2,
            options=("accumulate", "alpha", "conjugate_left", "conjugate_right"),
            is_native=True,
            extra=1,  # a number that the product is multiplied by
        ),
        LibraryFunction("einsum", "numpy.einsum", -1, options=("subscripts",)),  # the first argument
        LibraryFunction("solve", "numpy.linalg.solve", 2, may_fail=True, is_native=True),
        LibraryFunction("inv", "numpy.linalg.inv", 1, may_fail=True, is_native=True),
        LibraryFunction("pinv", "numpy.linalg.pinv", 1, options=("rcond", "hermitian"), may_fail=True),
        LibraryFunction("det", "numpy.linalg.det", 1, is_native=True),
        LibraryFunction("slogdet", "numpy.linalg.slogdet", 1, outputs=2),
        LibraryFunction("cholesky", "numpy.linalg.cholesky", 1, may_fail=True, is_native=True),
        LibraryFunction("eigh", "numpy.linalg.eigh", 1, outputs=2, options=("UPLO",), may_fail=True),
        LibraryFunction("eigvalsh", "numpy.linalg.eigvalsh", 1, options=("UPLO",), may_fail=True),
        LibraryFunction("eig", "numpy.linalg.eig", 1, outputs=2, may_fail=True),
        LibraryFunction("eigvals", "numpy.linalg.eigvals", 1, may_fail=True),
        LibraryFunction("matrix_rank", "numpy.linalg.matrix_rank", 1, may_fail=True),
        LibraryFunction("svd", "numpy.linalg.svd", 1, outputs=3, options=("full_matrices",), may_fail=True),
        LibraryFunction("svdvals", "numpy.linalg.svdvals", 1, may_fail=True),
        LibraryFunction("qr", "numpy.linalg.qr", 1, outputs=2, options=("mode",)),
        LibraryFunction("lstsq", "numpy.linalg.lstsq", 2, options=("rcond",), may_fail=True),
        LibraryFunction("fft", "numpy.fft.fft", 1, options=("n", "norm")),
        LibraryFunction("ifft", "numpy.fft.ifft", 1, options=("n", "norm")),
        LibraryFunction("rfft", "numpy.fft.rfft", 1, options=("n", "norm")),
        LibraryFunction("irfft", "numpy.fft.irfft", 1, options=("n", "norm")),
        LibraryFunction("hfft", "numpy.fft.hfft", 1, options=("n", "norm")),
        LibraryFunction("fft2", "numpy.fft.fft2", 1, options=("norm",)),
        LibraryFunction("ifft2", "numpy.fft.ifft2", 1, options=("norm",)),
        LibraryFunction("fftn", "numpy.fft.fftn", 1, options=("norm",)),
        LibraryFunction("ifftn", "numpy.fft.ifftn", 1, options=("norm",)),
        LibraryFunction("sort", "numpy.sort", 1, options=("kind", "stable")),
        LibraryFunction("argsort", "numpy.argsort", 1, options=("kind", "stable")),
        LibraryFunction("lexsort", "numpy.lexsort", -1, may_fail=True),  # of all inputs as one tuple
        LibraryFunction("partition", "numpy.partition", 1, options=("kth",), may_fail=True),
        LibraryFunction("argpartition", "numpy.argpartition", 1, options=("kth",), may_fail=True),
        LibraryFunction("searchsorted", "numpy.searchsorted", 2, options=("side",)),
        LibraryFunction("digitize", "numpy.digitize", 2, options=("right",), may_fail=True),
        LibraryFunction("median", "numpy.median", 1, options=("axis",)),
        LibraryFunction("percentile", "numpy.percentile", 2, options=("axis", "method"), may_fail=True),
        LibraryFunction("quantile", "numpy.quantile", 2, options=("axis", "method"), may_fail=True),
        LibraryFunction("interp", "numpy.interp", 3, may_fail=True),
        LibraryFunction("convolve", "numpy.convolve", 2, options=("mode",)),
        LibraryFunction("correlate", "numpy.correlate", 2, options=("mode",)),
    )
}
