"""Pure functions of the IR (`ir/functions.py`) as C calls.

sqrt of float32            sqrtf(x)
absolute of complex128     cabs(z)
sign of int16              sign_int16(n)         (of the prelude)
log of Python's float      FINITE(log(x))        (math.log raises where the result is not finite)
"""

from pyaot.ir.failing import fails_itself
from pyaot.ir.nodes import Call
from pyaot.ir.types import DType

# NumPy's name and the name in math.h, without the f of float.
_REAL = {
    "sqrt": "sqrt",
    "cbrt": "cbrt",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "log1p": "log1p",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "erf": "erf",
    "erfc": "erfc",
    "gamma": "tgamma",
    "lgamma": "lgamma",
    "floor": "floor",
    "ceil": "ceil",
    "trunc": "trunc",
    "rint": "rint",
    "fabs": "fabs",
    "absolute": "fabs",
    "arctan2": "atan2",
    "hypot": "hypot",
    "copysign": "copysign",
    "fmod": "fmod",
    "nextafter": "nextafter",
    "fmin": "fmin",
    "fmax": "fmax",
}

_COMPLEX = {
    "sqrt": "csqrt",
    "exp": "cexp",
    "log": "clog",
    "sin": "csin",
    "cos": "ccos",
    "tan": "ctan",
    "arcsin": "casin",
    "arccos": "cacos",
    "arctan": "catan",
    "sinh": "csinh",
    "cosh": "ccosh",
    "tanh": "ctanh",
    "arcsinh": "casinh",
    "arccosh": "cacosh",
    "arctanh": "catanh",
    "absolute": "cabs",
    "real": "creal",
    "imag": "cimag",
    "conjugate": "conj",
}

_MACROS = frozenset({"isnan", "isinf", "isfinite", "signbit"})


def call_text(expr: Call, args: tuple[str, ...]) -> str:
    """The call as C text; its operands are texts already."""
    text = _plain(expr, args)
    if not fails_itself(expr):
        return text
    if expr.type.dtype is DType.INT64:
        return f"NATURAL({text})" if expr.function in ("absolute", "gcd", "lcm") else text
    return f"FINITE_COMPLEX({text})" if expr.type.dtype.is_complex else f"FINITE({text})"


def _plain(expr: Call, args: tuple[str, ...]) -> str:
    dtype = expr.args[0].type.dtype
    listed = ", ".join(args)
    if expr.function == "complex":
        return f"__builtin_complex({listed})"
    if dtype is DType.COMPLEX64 and expr.function == "absolute":
        return f"absolute_complex64({listed})"
    if dtype.is_complex:
        name = _COMPLEX.get(expr.function)
        suffix = "f" if dtype is DType.COMPLEX64 else ""
        return f"{name}{suffix}({listed})" if name else f"{expr.function}_{dtype.value}({listed})"
    if dtype.is_float and expr.function in _MACROS:
        return f"({expr.function}({listed}) != 0)"
    if dtype.is_float and expr.function in _REAL:
        return f"{_REAL[expr.function]}{'f' if dtype is DType.FLOAT32 else ''}({listed})"
    return f"{expr.function}_{dtype.value}({listed})"
