"""Snippets of C that call LAPACK as NumPy does, through pointers that the runtime sets.

Matrices are copied column by column, as Fortran has them; where there is no LAPACK, no memory or no result
the functions give false, and the runtime has NumPy do it, which raises what is to be raised.
"""

from pyaot.backends.c_blas_parts import LAPACK_ROUTINES

_WORKSPACE = """
/* an int of LAPACK's, which has 64 bits in some libraries */
union lapack_int { int64_t wide; int32_t narrow; };

static inline union lapack_int lapack_int(int64_t value)
{
    union lapack_int result = {0};
    if (blas_is_wide)
        result.wide = value;
    else
        result.narrow = (int32_t)value;
    return result;
}

static inline int64_t lapack_value(const union lapack_int *value)
{
    return blas_is_wide ? value->wide : value->narrow;
}

/* whether LAPACK can take so many rows */
static inline bool lapack_takes(int64_t n) { return n > 0 && (blas_is_wide || n <= INT32_MAX); }
"""
_COPY = """
/* by columns */
static inline void by_columns_$N($T *to, int64_t n, int64_t m, const $T *from, int64_t row, int64_t column)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++)
            to[j * n + i] = from[i * row + j * column];
}
"""
_FACTORED = """
/* solves a x = b; both become by columns what gesv makes of them */
NOINLINE bool gesv_$N(int team, int64_t n, int64_t m, $T *a, $T *b, void *pivots)
{
    union lapack_int rows = lapack_int(n), columns = lapack_int(m), info = lapack_int(0);
    const unsigned flags = flags_save();
    const int team_before = team > 0 ? blas_with_threads(blas_team(team, n, n, n + m)) : 0;
    ((void (*)(void *, void *, $T *, void *, void *, $T *, void *, void *))GESV)(
        &rows, &columns, a, &rows, pivots, b, &rows, &info);
    if (team > 0)
        blas_with_threads(team_before);
    flags_restore(flags);
    return lapack_value(&info) == 0;
}
"""
_SOLVE = """
/* x = solve(a, b) for a of n rows and b of m columns */
NOINLINE bool solve_$N(int team, int64_t n, int64_t m, const $T *a, int64_t a_row, int64_t a_column,
                       const $T *b, int64_t b_row, int64_t b_column, $T *x, int64_t x_row, int64_t x_column)
{
    if (GESV == NULL || !lapack_takes(n) || !lapack_takes(m))
        return false;
    $T *const left = malloc((size_t)n * (size_t)(n + m) * sizeof *left + (size_t)n * sizeof(int64_t));
    if (left == NULL)
        return false;
    $T *const right = left + n * n;
    by_columns_$N(left, n, n, a, a_row, a_column);
    by_columns_$N(right, n, m, b, b_row, b_column);
    const bool is_done = gesv_$N(team, n, m, left, right, right + n * m);
    if (is_done)
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < m; j++)
                x[i * x_row + j * x_column] = right[j * n + i];
    free(left);
    return is_done;
}
"""
_INVERSE = """
/* x = inv(a): the solution for the unit matrix */
NOINLINE bool inv_$N(int team, int64_t n, const $T *a, int64_t a_row, int64_t a_column,
                     $T *x, int64_t x_row, int64_t x_column)
{
    if (GESV == NULL || !lapack_takes(n))
        return false;
    $T *const left = malloc((size_t)n * (size_t)(2 * n) * sizeof *left + (size_t)n * sizeof(int64_t));
    if (left == NULL)
        return false;
    $T *const right = left + n * n;
    by_columns_$N(left, n, n, a, a_row, a_column);
    for (int64_t i = 0; i < n * n; i++)
        right[i] = i % (n + 1) == 0;
    const bool is_done = gesv_$N(team, n, n, left, right, right + n * n);
    if (is_done)
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++)
                x[i * x_row + j * x_column] = right[j * n + i];
    free(left);
    return is_done;
}
"""
_DETERMINANT = """
/* det(a) from the factors of a, by logarithms, as NumPy does */
NOINLINE bool det_$N(int team, int64_t n, const $T *a, int64_t a_row, int64_t a_column,
                     $T *x, int64_t x_row, int64_t x_column)
{
    if (GETRF == NULL || !lapack_takes(n))
        return false;
    $T *const factors = malloc((size_t)n * (size_t)n * sizeof *factors + (size_t)n * sizeof(int64_t));
    if (factors == NULL)
        return false;
    void *const pivots = factors + n * n;
    by_columns_$N(factors, n, n, a, a_row, a_column);
    union lapack_int rows = lapack_int(n), info = lapack_int(0);
    const unsigned flags = flags_save();
    const int team_before = team > 0 ? blas_with_threads(blas_team(team, n, n, n)) : 0;
    ((void (*)(void *, void *, $T *, void *, void *, void *))GETRF)(
        &rows, &rows, factors, &rows, pivots, &info);
    if (team > 0)
        blas_with_threads(team_before);
    const bool is_done = lapack_value(&info) == 0;
    $T sign = 1;
    $R logarithm = 0;
    for (int64_t i = 0; is_done && i < n; i++) {
        const $T factor = factors[i * (n + 1)];
        const $R size = MAGNITUDE(factor);
        const int64_t pivot = blas_is_wide ? ((int64_t *)pivots)[i] : ((int32_t *)pivots)[i];
        sign *= (pivot == i + 1 ? factor : -factor) / size;
        logarithm += log$f(size);
    }
    if (is_done)
        *x = sign * exp$f(logarithm);
    flags_restore(flags);
    free(factors);
    return is_done;
}
"""
_CHOLESKY = """
/* x = cholesky(a): the lower triangle by rows is the upper one by columns, of the conjugated matrix */
NOINLINE bool cholesky_$N(int team, int64_t n, const $T *a, int64_t a_row, int64_t a_column,
                          $T *x, int64_t x_row, int64_t x_column)
{
    if (POTRF == NULL || !lapack_takes(n) || x_column != 1 || x_row < n || !lapack_takes(x_row))
        return false;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            x[i * x_row + j] = j <= i ? a[i * a_row + j * a_column] : 0;
    union lapack_int rows = lapack_int(n), step = lapack_int(x_row), info = lapack_int(0);
    const unsigned flags = flags_save();
    const int team_before = team > 0 ? blas_with_threads(blas_team(team, n, n, n)) : 0;
    ((void (*)(const char *, void *, $T *, void *, void *, size_t))POTRF)("U", &rows, x, &step, &info, 1);
    if (team > 0)
        blas_with_threads(team_before);
    flags_restore(flags);
    return lapack_value(&info) == 0;
}
"""
_LETTERS = {"float32": "s", "float64": "d", "complex64": "c", "complex128": "z"}
_MAGNITUDES = {"float32": "fabsf", "float64": "fabs", "complex64": "cabsf", "complex128": "cabs"}
_TEMPLATES = {
    "by_columns": _COPY,
    "gesv": _FACTORED,
    "solve": _SOLVE,
    "inv": _INVERSE,
    "det": _DETERMINANT,
    "cholesky": _CHOLESKY,
}


def _filled(template: str, dtype: str) -> str:
    for routine in LAPACK_ROUTINES:
        pointer = f"lapack_{_LETTERS[dtype]}{routine}"
        template = template.replace(f"{routine.upper()} ==", f"{pointer} ==")
        template = template.replace(f"){routine.upper()})(", f"){pointer})(")
    return template.replace("MAGNITUDE", _MAGNITUDES[dtype])


LAPACK_SINGLE: dict[str, str] = dict.fromkeys(("lapack_int", "lapack_value", "lapack_takes"), _WORKSPACE)

LAPACK_FAMILIES: dict[tuple[str, str], str] = {
    (name, dtype): _filled(template, dtype) for name, template in _TEMPLATES.items() for dtype in _LETTERS
}
