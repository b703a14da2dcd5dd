"""The snippets of `c_prelude.py`: what Python and NumPy define and C does not."""

from pyaot.backends.c_text import words

_C_COMPLEX = "creal crealf cimag cimagf conj conjf csqrt cexp clog csin ccos ctan cabs cpow complex"

# A header and the words for which it is included; none: always.
HEADERS: dict[str, frozenset[str]] = {
    "stdint.h": frozenset(),
    "stddef.h": frozenset({"NULL", "size_t"}),
    "stdbool.h": frozenset({"bool", "true", "false"}),
    "math.h": words(
        """
        sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh
        acosh atanh erf erfc tgamma lgamma floor ceil trunc rint fabs atan2 hypot copysign fmod nextafter
        fmin fmax pow sqrtf cbrtf expf exp2f expm1f logf log2f log10f log1pf sinf cosf tanf asinf acosf
        atanf sinhf coshf tanhf asinhf acoshf atanhf erff erfcf tgammaf lgammaf floorf ceilf truncf rintf
        fabsf atan2f hypotf copysignf fmodf nextafterf fminf fmaxf powf isnan isinf isfinite signbit
        """
    ),
    "complex.h": frozenset(_C_COMPLEX.split()),
    "stdlib.h": frozenset({"malloc", "calloc", "free", "aligned_alloc"}),
    "string.h": frozenset({"memcpy", "memset", "strcmp"}),
    "time.h": frozenset({"clock_gettime"}),
}

_AT = """
/* a subscript by Python's rules: a negative one counts from the end */
#define AT(i, n) ({ int64_t i__ = (i); if (i__ < 0) i__ += (n); if (i__ < 0 || i__ >= (n)) goto fail; i__; })
"""
_OVERFLOWING = """
#define {name}(a, b) \\
    ({{ int64_t r__; if (__builtin_{builtin}_overflow((int64_t)(a), (int64_t)(b), &r__)) goto fail; r__; }})
"""
_NEG = """
#define NEG(x) ({ int64_t r__; if (__builtin_sub_overflow((int64_t)0, (int64_t)(x), &r__)) goto fail; r__; })
"""
_FINITE_COMPLEX = """
#define FINITE_COMPLEX(x) \\
    ({ __auto_type z__ = (x); if (!isfinite(creal(z__)) || !isfinite(cimag(z__))) goto fail; z__; })
"""
_FLOORDIV = """
#define FLOORDIV(a, b) \\
    ({ int64_t a__ = (a), b__ = (b); if (b__ == -1 && a__ == INT64_MIN) goto fail; \\
       floordiv_int64(a__, b__); })
"""
_INT_OF = """
#define INT_OF(x) ({ double x__ = (x); if (!(x__ >= -0x1p63 && x__ < 0x1p63)) goto fail; (int64_t)x__; })
"""
_INT_OF_UNSIGNED = """
#define INT_OF_UNSIGNED(x) ({ uint64_t u__ = (x); if (u__ > INT64_MAX) goto fail; (int64_t)u__; })
"""
_POW_FITS = """
static inline bool pow_fits(int64_t base, int64_t exponent, int64_t *result)
{
    int64_t product = 1;
    if (exponent < 0)
        return false;
    for (;;) {
        if (exponent & 1 && __builtin_mul_overflow(product, base, &product))
            return false;
        exponent >>= 1;
        if (exponent == 0)
            break;
        if (__builtin_mul_overflow(base, base, &base))
            return false;
    }
    *result = product;
    return true;
}
"""
_POW_INT = """
#define POW_INT(a, b) ({ int64_t r__; if (!pow_fits((a), (b), &r__)) goto fail; r__; })
"""
_SHL_FITS = """
static inline bool shl_fits(int64_t value, int64_t count, int64_t *result)
{
    if (count < 0)
        return false;
    if (count > 63)
        return (*result = value) == 0;
    const int half = (int)count / 2;
    return !__builtin_mul_overflow(value, (int64_t)1 << half, &value)
        && !__builtin_mul_overflow(value, (int64_t)1 << (count - half), result);
}
"""
_SHL = """
#define SHL(a, b) ({ int64_t r__; if (!shl_fits((a), (b), &r__)) goto fail; r__; })
"""
_SHR = """
#define SHR(a, b) ({ int64_t a__ = (a), b__ = (b); if (b__ < 0) goto fail; a__ >> (b__ > 63 ? 63 : b__); })
"""
_RAISE_OVERFLOW = """
/* NumPy warns where the quotient of the least integer and -1 wraps */
static __attribute__((noinline, cold)) void raise_overflow(void)
{
    volatile double huge = 0x1p1023;
    huge = huge * huge;
}
"""
_FLAGS = """
/* The IEEE flags of this thread: 1 divide, 2 overflow, 4 invalid, 8 underflow. */
#if defined(__x86_64__)
static inline unsigned flags_save(void)
{
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before & ~0x3fu);
    return before;
}
static inline int flags_now(void)
{
    const unsigned now = __builtin_ia32_stmxcsr();
    return (int)((now >> 2 & 3) | (now & 1) << 2 | (now & 16) >> 1);
}
static inline void flags_restore(unsigned before) { __builtin_ia32_ldmxcsr(before); }
#else
#include <fenv.h>
static inline unsigned flags_save(void)
{
    const unsigned before = (unsigned)fetestexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
    return before;
}
static inline int flags_now(void)
{
    const int now = fetestexcept(FE_DIVBYZERO | FE_OVERFLOW | FE_INVALID | FE_UNDERFLOW);
    return (now & FE_DIVBYZERO ? 1 : 0) | (now & FE_OVERFLOW ? 2 : 0) | (now & FE_INVALID ? 4 : 0)
        | (now & FE_UNDERFLOW ? 8 : 0);
}
static inline void flags_restore(unsigned before)
{
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept((int)before);
}
#endif
"""

_COMPLEX_LT = """
/* complex numbers in NumPy's order */
static inline bool complex_lt(double complex a, double complex b)
{
    return (creal(a) < creal(b) && !isnan(cimag(a)) && !isnan(cimag(b)))
        || (creal(a) == creal(b) && cimag(a) < cimag(b));
}
"""
_COMPLEX_LE = """
static inline bool complex_le(double complex a, double complex b)
{
    return (creal(a) < creal(b) && !isnan(cimag(a)) && !isnan(cimag(b)))
        || (creal(a) == creal(b) && cimag(a) <= cimag(b));
}
"""

_KEEP = """
/* the value is computed for the flags that it sets, although nobody reads it */
#define KEEP(x) __asm__ volatile("" : : "m"(x))
"""

SINGLE: dict[str, str] = {
    "KEEP": _KEEP,
    "AT": _AT,
    "NONZERO": "#define NONZERO(x) ({ __auto_type d__ = (x); if (d__ == 0) goto fail; d__; })",
    "FINITE": "#define FINITE(x) ({ double f__ = (x); if (!isfinite(f__)) goto fail; f__; })",
    "FINITE_COMPLEX": _FINITE_COMPLEX,
    "NATURAL": "#define NATURAL(x) ({ int64_t m__ = (x); if (m__ < 0) goto fail; m__; })",
    "ADD": _OVERFLOWING.format(name="ADD", builtin="add"),
    "SUB": _OVERFLOWING.format(name="SUB", builtin="sub"),
    "MUL": _OVERFLOWING.format(name="MUL", builtin="mul"),
    "NEG": _NEG,
    "FLOORDIV": _FLOORDIV,
    "INT_OF": _INT_OF,
    "INT_OF_UNSIGNED": _INT_OF_UNSIGNED,
    "pow_fits": _POW_FITS,
    "POW_INT": _POW_INT,
    "shl_fits": _SHL_FITS,
    "SHL": _SHL,
    "SHR": _SHR,
    "complex_lt": _COMPLEX_LT,
    "complex_le": _COMPLEX_LE,
    "flags_save": _FLAGS,
    "raise_overflow": _RAISE_OVERFLOW,
}

# Of functions of math.h, where the last bit may differ.
SIMD_FORMS = {
    "hypot": """
/* hypot to one unit in the last place: what cannot be squared is scaled, and infinity goes before NaN */
static inline double one_of(bool condition, double a, double b)  /* without a branch */
{
    union { double value; uint64_t bits; } first = {a}, second = {b};
    const uint64_t chosen = -(uint64_t)condition;
    first.bits = (first.bits & chosen) | (second.bits & ~chosen);
    return first.value;
}
static inline double simd_hypot(double x, double y)
{
    const double a = fabs(x), b = fabs(y), size = 0.5 * a + 0.5 * b;
    const bool great = __builtin_isgreater(size, 0x1p500), small = __builtin_isless(size, 0x1p-500);
    const double scale = one_of(great, 0x1p-600, one_of(small, 0x1p600, 1));
    const double back = one_of(great, 0x1p600, one_of(small, 0x1p-600, 1));
    const double p = a * scale, q = b * scale, length = sqrt(p * p + q * q) * back;
    return one_of((a == __builtin_inf()) | (b == __builtin_inf()), __builtin_inf(), length);
}
#define hypot(x, y) simd_hypot(x, y)
""",
}
