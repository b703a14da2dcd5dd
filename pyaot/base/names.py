"""Names that the compiler makes up: they are readable and meet no name of the user's, of Python's or of C's.

fresh("acc", {"acc", "acc_2"})      'acc_3'
c_identifier("Radar.process")       'Radar_process'
c_identifier("größe")               'gru00f6u00dfe'
"""

import builtins
import keyword
import re
from collections.abc import Container
from itertools import chain, count

# Everything that generated Python text binds at module level starts with this.
PREFIX = "_pyaot"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_C_KEYWORDS = _words(
    """auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while alignas alignof asm bool complex constexpr false imaginary noreturn
    nullptr static_assert thread_local true typeof"""
)

# Names that the headers and libraries of generated C bring along, and that users of NumPy like as well.
_C_LIBRARY_NAMES = _words(
    """I abs acos acosh asin asinh atan atan2 atanh cabs carg cbrt ceil cexp cimag clog conj copysign
    cos cosh cpow cproj creal csin csqrt ctan div double_t erf erfc errno exit exp exp2 expm1 fabs
    float_t floor fma fmax fmin fmod free frexp gamma hypot index isfinite isinf isnan j0 j1 jn
    ldexp lgamma log log10 log1p log2 main malloc memcpy memmove memset modf nan NULL pow printf
    qsort remainder rint round signbit sin sinh sqrt stdin stdout stderr tan tanh tgamma time trunc
    y0 y1 yn"""
)

# Those of C's implementation, of CPython, and of our own C text.
_CLAIMED_PREFIXES = ("_", "Py", "pyaot_")

_PYTHON_NAMES = frozenset(keyword.kwlist) | frozenset(dir(builtins))


def free_prefix(text: str) -> str:
    """`_pyaot`, or `_pyaot2`, ... where the text says that already."""
    numbers = chain([""], map(str, count(2)))
    return next(f"{PREFIX}{number}" for number in numbers if f"{PREFIX}{number}" not in text)


def fresh(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with the first number behind it that makes it differ from all that is `taken`."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def c_identifier(text: str) -> str:
    """`text` as an identifier that C compilers take; different texts may give the same one (see `fresh`)."""
    plain = re.sub(r"[^A-Za-z0-9_]", _spelled, text.replace(".", "_"))
    if not plain or plain[0].isdigit() or plain.startswith(_CLAIMED_PREFIXES):
        plain = f"v{plain}"
    return f"{plain}_" if is_c_reserved(plain) else plain


def is_c_reserved(name: str) -> bool:
    """Whether C, its headers or CPython's own names claim `name`."""
    return name in _C_KEYWORDS or name in _C_LIBRARY_NAMES or name.startswith(_CLAIMED_PREFIXES)


def is_python_reserved(name: str) -> bool:
    """Whether `name` is a keyword or a builtin of Python, which generated text does not bind."""
    return name in _PYTHON_NAMES


def _spelled(match: re.Match[str]) -> str:
    return f"u{ord(match.group()):04x}"
