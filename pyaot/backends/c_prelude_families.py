"""Snippets that exist for several dtypes: integer and float arithmetic by Python's and NumPy's rules.

$T is the C type, $N the name of the dtype, $U an unsigned type as wide (at least an int), $B the bits,
$R and $M type and name of the real part, $f the suffix of the functions of math.h.
"""

# By name and kind of dtype.
FAMILIES: dict[tuple[str, str], str] = {}


def _family(name: str, kinds: str, template: str) -> None:
    FAMILIES.update({(name, kind): template for kind in kinds})


# ---- integers ---------------------------------------------------------------------------------------------

for _op, _symbol in (("add", "+"), ("sub", "-"), ("mul", "*")):
    _body = f"return ($T)(($U)a {_symbol} ($U)b);"
    _family(f"wrap_{_op}", "iu", f"static inline $T wrap_{_op}_$N($T a, $T b) {{ {_body} }}")

_family(
    "floordiv",
    "i",
    """
/* rounds down; C rounds to zero */
static inline $T floordiv_$N($T a, $T b)
{
    if (b == -1) {
        if (a == ($T)(($U)1 << ($B - 1)))
            raise_overflow();
        return ($T)(0 - ($U)a);
    }
    return ($T)(a / b - (a % b != 0 && (a < 0) != (b < 0)));
}
""",
)
_family(
    "mod",
    "i",
    """
/* has the sign of the divisor */
static inline $T mod_$N($T a, $T b)
{
    if (b == -1)
        return 0;
    const $T rest = ($T)(a % b);
    return ($T)(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
}
""",
)
_family(
    "power",
    "iu",
    """
static inline $T power_$N($T base, $T exponent)
{
    uint64_t product = 1, factor = (uint64_t)base;
    for (; exponent > 0; exponent >>= 1, factor *= factor)
        if (exponent & 1)
            product *= factor;
    return ($T)product;
}
""",
)
_family("POW", "i", "#define POW_$N(a, b) ({ $T e__ = (b); if (e__ < 0) goto fail; power_$N((a), e__); })")
_family("POW", "u", "#define POW_$N(a, b) power_$N((a), (b))")
_family(
    "shl",
    "iu",
    """
static inline $T shl_$N($T a, $T b) { return (uint64_t)b < $B ? ($T)(($U)a << b) : ($T)0; }
""",
)
_family(
    "shr", "i", "static inline $T shr_$N($T a, $T b) { return ($T)(a >> ((uint64_t)b < $B ? b : $B - 1)); }"
)
_family("shr", "u", "static inline $T shr_$N($T a, $T b) { return (uint64_t)b < $B ? ($T)(a >> b) : ($T)0; }")
_family(
    "choose",
    "f",
    """
/* a or b without a branch, which would keep loops from SIMD registers */
static inline $T choose_$N(bool condition, $T a, $T b)
{
    union { $T value; uint$B_t bits; } first = {a}, second = {b};
    const uint$B_t chosen = -(uint$B_t)condition;
    first.bits = (first.bits & chosen) | (second.bits & ~chosen);
    return first.value;
}
""",
)
for _name, _symbol in (("minimum", "<"), ("maximum", ">"), ("fmin", "<"), ("fmax", ">")):
    _body = f"return a {_symbol} b ? a : b;"
    _family(_name, "iu", f"static inline $T {_name}_$N($T a, $T b) {{ {_body} }}")
_family("absolute", "i", "static inline $T absolute_$N($T a) { return ($T)(a < 0 ? 0 - ($U)a : ($U)a); }")
_family("absolute", "u", "#define absolute_$N(a) (a)")
_family("sign", "i", "static inline $T sign_$N($T a) { return ($T)((a > 0) - (a < 0)); }")
_family("sign", "u", "static inline $T sign_$N($T a) { return a > 0; }")
_family("square", "iu", "static inline $T square_$N($T a) { return ($T)(($U)a * ($U)a); }")
_family(
    "gcd",
    "i",
    """
static inline $T gcd_$N($T a, $T b)
{
    uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    while (y != 0) {
        const uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return ($T)x;
}
""",
)
_family(
    "gcd",
    "u",
    """
static inline $T gcd_$N($T a, $T b)
{
    while (b != 0) {
        const $T rest = ($T)(a % b);
        a = b;
        b = rest;
    }
    return a;
}
""",
)
_family(
    "lcm",
    "i",
    """
static inline $T lcm_$N($T a, $T b)
{
    const uint64_t divisor = (uint$B_t)gcd_$N(a, b);
    const uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    return divisor == 0 ? ($T)0 : ($T)(x / divisor * y);
}
""",
)
_family(
    "lcm",
    "u",
    """
static inline $T lcm_$N($T a, $T b)
{
    const $T divisor = gcd_$N(a, b);
    return divisor == 0 ? ($T)0 : ($T)(($U)(a / divisor) * b);
}
""",
)
_family(
    "bitwise_count",
    "i",
    """
static inline uint8_t bitwise_count_$N($T a)
{
    return (uint8_t)__builtin_popcountll(a < 0 ? 0 - (uint64_t)a : (uint64_t)a);
}
""",
)
_family(
    "bitwise_count",
    "u",
    "static inline uint8_t bitwise_count_$N($T a) { return (uint8_t)__builtin_popcountll(a); }",
)

# ---- floats -----------------------------------------------------------------------------------------------

_family(
    "floordiv",
    "f",
    """
/* rounds down; the quotient of the exact difference, as Python and NumPy compute it */
static inline $T floordiv_$N($T a, $T b)
{
    if (b == 0)
        return a / b;
    $T rest = fmod$f(a, b), quotient = (a - rest) / b;
    if (rest != 0 && (b < 0) != (rest < 0))
        quotient -= 1;
    if (quotient == 0)
        return copysign$f(0, a / b);
    const $T lower = floor$f(quotient);
    return quotient - lower > ($T)0.5 ? lower + 1 : lower;
}
""",
)
_family(
    "mod",
    "f",
    """
/* has the sign of the divisor */
static inline $T mod_$N($T a, $T b)
{
    const $T rest = fmod$f(a, b);
    if (rest == 0)
        return copysign$f(0, b);
    return (b < 0) != (rest < 0) && b != 0 ? rest + b : rest;
}
""",
)
for _name, _symbol in (("minimum", "<"), ("maximum", ">")):
    _first = f"a {_symbol} b"
    _body = f"const $T chosen = {_first} ? a : b; return a != a ? a : chosen;"
    _family(_name, "f", f"/* NaN wins */\nstatic inline $T {_name}_$N($T a, $T b) {{ {_body} }}")
    _body = f"return b {_symbol} a ? b : a;"
    _comment = f"/* b is not NaN, a may be */\nstatic inline $T {_name}_number_$N($T a, $T b)"
    _family(f"{_name}_number", "f", f"{_comment} {{ {_body} }}")
    _body = f"return b {_symbol}= a ? b : a;"
    _comment = f"/* b is a zero, a may be the other */\nstatic inline $T {_name}_zero_$N($T a, $T b)"
    _family(f"{_name}_zero", "f", f"{_comment} {{ {_body} }}")
for _name, _sign in (("minimum", ""), ("maximum", "-")):
    _family(
        f"simd_{_name}",
        "f",
        f"#pragma omp declare reduction(simd_{_name}_$N : $T : omp_out = {_name}_$N(omp_out, omp_in)) "
        f"initializer(omp_priv = {_sign}__builtin_inf$f())",
    )
_family("square", "f", "static inline $T square_$N($T a) { return a * a; }")
_family("reciprocal", "f", "#define reciprocal_$N(a) (1 / ($T)(a))")
_family("reciprocal", "c", "#define reciprocal_$N(a) divide_$N(1, (a))")
_family(
    "sign",
    "f",
    "static inline $T sign_$N($T a) { return a > 0 ? ($T)1 : a < 0 ? ($T)-1 : a == 0 ? ($T)0 : a; }",
)
_family(
    "heaviside",
    "f",
    "static inline $T heaviside_$N($T a, $T b) { return a != a ? a : a == 0 ? b : a < 0 ? ($T)0 : ($T)1; }",
)
_family("deg2rad", "f", "#define deg2rad_$N(a) (($T)(a) * (($T)3.14159265358979323846 / 180))")
_family("rad2deg", "f", "#define rad2deg_$N(a) (($T)(a) * (180 / ($T)3.14159265358979323846))")
_family(
    "logaddexp",
    "f",
    """
static inline $T logaddexp_$N($T a, $T b)
{
    if (a == b)
        return a + ($T)0.693147180559945309417;
    const $T d = a - b;
    return d > 0 ? a + log1p$f(exp$f(-d)) : d <= 0 ? b + log1p$f(exp$f(d)) : d;
}
""",
)
_family(
    "logaddexp2",
    "f",
    """
static inline $T logaddexp2_$N($T a, $T b)
{
    const $T log2e = ($T)1.442695040888963407360;
    if (a == b)
        return a + 1;
    const $T d = a - b;
    return d > 0 ? a + log2e * log1p$f(exp2$f(-d)) : d <= 0 ? b + log2e * log1p$f(exp2$f(d)) : d;
}
""",
)

# ---- complex numbers --------------------------------------------------------------------------------------

_family("square", "c", "static inline $T square_$N($T a) { return a * a; }")
_family("exp2", "c", "#define exp2_$N(z) cexp$f((z) * ($R)0.693147180559945309417)")
_family("log2", "c", "#define log2_$N(z) (clog$f(z) * ($R)1.442695040888963407360)")
_family("log10", "c", "#define log10_$N(z) (clog$f(z) * ($R)0.434294481903251827651)")
_family(
    "expm1",
    "c",
    """
static inline $T expm1_$N($T z)
{
    const $R half = sin$f(cimag$f(z) / 2);
    const $R real = expm1$f(creal$f(z)) * cos$f(cimag$f(z)) - 2 * half * half;
    return __builtin_complex(real, exp$f(creal$f(z)) * sin$f(cimag$f(z)));
}
""",
)
_family(
    "log1p",
    "c",
    """
static inline $T log1p_$N($T z)
{
    const $R real = creal$f(z) + 1;
    return __builtin_complex(log$f(hypot$f(real, cimag$f(z))), atan2$f(cimag$f(z), real));
}
""",
)
for _name, _joined in (("isnan", "||"), ("isinf", "||"), ("isfinite", "&&")):
    _body = f"return {_name}(creal$f(z)) {_joined} {_name}(cimag$f(z));"
    _family(_name, "c", f"static inline bool {_name}_$N($T z) {{ {_body} }}")
for _name, _order in (("minimum", "a, b"), ("maximum", "b, a")):
    _body = f"return isnan_$N(a) || complex_le({_order}) ? a : b;"
    _family(_name, "c", f"static inline $T {_name}_$N($T a, $T b) {{ {_body} }}")
_family(
    "divide",
    "c",
    """
/* Smith's division, with NumPy's roundings and zero divisors */
static inline $T divide_$N($T a, $T b)
{
    const $R ar = creal$f(a), ai = cimag$f(a), br = creal$f(b), bi = cimag$f(b);
    if (fabs$f(br) >= fabs$f(bi)) {
        if (br == 0 && bi == 0)
            return __builtin_complex(ar / fabs$f(br), ai / fabs$f(br));
        const $R ratio = bi / br, scale = 1 / (br + bi * ratio);
        return __builtin_complex((ar + ai * ratio) * scale, (ai - ar * ratio) * scale);
    }
    const $R ratio = br / bi, scale = 1 / (bi + br * ratio);
    return __builtin_complex((ar * ratio + ai) * scale, (ai * ratio - ar) * scale);
}
""",
)
_family(
    "python_divide",
    "c",
    """
/* Smith's division, with Python's roundings */
static inline $T python_divide_$N($T a, $T b)
{
    const $R ar = creal$f(a), ai = cimag$f(a), br = creal$f(b), bi = cimag$f(b);
    if (fabs$f(br) >= fabs$f(bi)) {
        const $R ratio = bi / br, divisor = br + bi * ratio;
        return __builtin_complex((ar + ai * ratio) / divisor, (ai - ar * ratio) / divisor);
    }
    const $R ratio = br / bi, divisor = br * ratio + bi;
    return __builtin_complex((ar * ratio + ai) / divisor, (ai * ratio - ar) / divisor);
}
""",
)
_family(
    "python_power",
    "c",
    """
/* NaN where Python raises ZeroDivisionError */
static inline $T python_power_$N($T a, $T b)
{
    const bool raises = a == 0 && (creal$f(b) < 0 || cimag$f(b) != 0);
    return raises ? __builtin_nan("") : power_$N(a, b);
}
""",
)
_family(
    "power",
    "c",
    """
/* small whole exponents by multiplication, as NumPy does it */
static inline $T power_$N($T a, $T b)
{
    if (b == 0)
        return 1;
    if (a == 0 && creal$f(b) > 0)
        return 0;
    if (cimag$f(b) != 0 || !(creal$f(b) > -100 && creal$f(b) < 100) || trunc$f(creal$f(b)) != creal$f(b))
        return cpow$f(a, b);
    $T product = 1;
    for (int n = (int)fabs$f(creal$f(b)); n > 0; n >>= 1, a = n > 0 ? a * a : a)
        if (n & 1)
            product = product * a;
    return creal$f(b) < 0 ? divide_$N(1, product) : product;
}
""",
)
FAMILIES["absolute", "complex64"] = """
/* what hypotf gives, bit by bit: squares of floats are exact as doubles; other than a call it can be SIMD */
static inline float absolute_complex64(float complex z)
{
    const double re = crealf(z), im = cimagf(z);
    return isinf(re) || isinf(im) ? __builtin_inff() : (float)sqrt(re * re + im * im);
}
"""


# ---- sums in the lanes of registers ------------------------------------------------------------------------

_family(
    "lanes",
    "f",
    """
typedef $T lanes_$N __attribute__((vector_size(16)));

/* 64 bytes of numbers added up to 16 */
static inline lanes_$N fold_lanes_$N(const $T *numbers)
{
    lanes_$N a, b, c, d;
    memcpy(&a, numbers, 16);
    memcpy(&b, numbers + 16 / sizeof *numbers, 16);
    memcpy(&c, numbers + 32 / sizeof *numbers, 16);
    memcpy(&d, numbers + 48 / sizeof *numbers, 16);
    return (a + b) + (c + d);
}
""",
)
for _which, _float32, _float64 in (
    ("even", "sum[0] + sum[2]", "sum[0]"),
    ("odd", "sum[1] + sum[3]", "sum[1]"),
):
    for _dtype, _sum in (("float32", _float32), ("float64", _float64)):
        FAMILIES[f"{_which}_lanes", _dtype] = f"""
static inline $T {_which}_lanes_$N(const $T *numbers)
{{
    const lanes_$N sum = fold_lanes_$N(numbers);
    return {_sum};
}}
"""
