"""Snippets of C that call a BLAS through pointers that the runtime sets when it loads the library."""

_POINTERS = """
/* what pyaot_set_blas was given: the functions of a BLAS, and whether its ints have 64 bits */
SHARED void DECLARED;
SHARED void (*blas_set_threads)(int);
SHARED int (*blas_get_threads)(void);
SHARED bool blas_is_wide;

#if PART(0)
__attribute__((visibility("default"))) void pyaot_set_blas(const char *name, void *function)
{
    if (strcmp(name, "wide") == 0) blas_is_wide = true;
    ACCEPTED
    if (strcmp(name, "openblas_set_num_threads") == 0) blas_set_threads = function;
    if (strcmp(name, "openblas_get_num_threads") == 0) blas_get_threads = function;
}
#endif
"""
_WITH_THREADS = """
/* BLAS is to use so many threads; gives how many it used before */
NOINLINE int blas_with_threads(int count)
{
    if (blas_set_threads == NULL || blas_get_threads == NULL)
        return count;
    const int before = blas_get_threads();
    if (before != count)
        blas_set_threads(count);
    return before;
}
"""
_LAYOUT = """
/* How BLAS sees a matrix: along its rows, or (true) transposed; false if neither axis is contiguous. */
NOINLINE bool blas_layout(int64_t rows, int64_t columns, int64_t *step, int64_t column_step, bool *transposed)
{
    if (column_step == 1 || columns <= 1) {
        *transposed = false;
        *step = rows <= 1 || *step < columns ? (columns < 1 ? 1 : columns) : *step;
        return true;
    }
    *transposed = true;
    const bool contiguous = *step == 1 || rows <= 1;
    *step = column_step < rows ? rows : column_step;
    return contiguous;
}
"""
_GRAM = """
/* c = alpha * a @ a.T: BLAS computes one half, the other is copied; false as `gemm` */
NOINLINE bool gram_$N(int team, $T alpha, int64_t n, int64_t k, const $T *a, int64_t row, int64_t column,
                    $T *c, int64_t c_row)
{
    bool across;
    if (BLAS == NULL || n < 2 || k < 1 || n > INT32_MAX || k > INT32_MAX
        || !blas_layout(n, k, &row, column, &across)
        || row > INT32_MAX || c_row < n || c_row > INT32_MAX)
        return false;
    const unsigned flags = flags_save();
    const int team_before = team > 0 ? blas_with_threads(blas_team(team, n, n, k)) : 0;
#define CALL(I) \\
    ((void (*)(int, int, int, I, I, $T, const $T *, I, $T, $T *, I))BLAS)( \\
        101, 121, across ? 112 : 111, (I)n, (I)k, alpha, a, (I)row, 0, c, (I)c_row)
    if (blas_is_wide)
        CALL(int64_t);
    else
        CALL(int32_t);
#undef CALL
    for (int64_t i = 1; i < n; i++)
        for (int64_t j = 0; j < i; j++)
            c[i * c_row + j] = c[j * c_row + i];
    if (team > 0)
        blas_with_threads(team_before);
    flags_restore(flags);
    return true;
}
"""
_TEAM = """
/* small products are done before a second thread has begun */
static inline int blas_team(int team, int64_t m, int64_t n, int64_t k)
{
    return (double)m * (double)n * (double)k < 4e6 ? 1 : team;
}
"""
_IS_GRAM = """
    if (!accumulate && a == b && m == n && a_row == b_column && a_column == b_row
        && gram_$N(team, alpha, m, k, a, a_row, a_column, c, c_row))
        return true;
"""
_SKINNY = """
#define SKINNY_ROWS 16
#define SKINNY_BYTES 4096  /* of a row that is worked on at a time: a part of the first cache */
#define SKINNY_DEPTH 256   /* products are summed by so many first, which keeps more of their digits */
"""
_SKINNY_OF_TYPE = """
/* sums += alpha * a @ b for a strip of b's columns and few of its rows */
static inline void skinny_part_$N(int64_t m, int64_t n, int64_t k, $T alpha, const $T *a, int64_t a_row,
                                  int64_t a_column, const $T *restrict b, int64_t b_row, $T *restrict sums)
{
    for (int64_t p = 0; p < k / 4 * 4; p += 4)
        for (int64_t i = 0; i < m; i++) {
            const $T *const x = a + i * a_row + p * a_column, *const y = b + p * b_row;
            const $T x0 = alpha * x[0], x1 = alpha * x[a_column];
            const $T x2 = alpha * x[2 * a_column], x3 = alpha * x[3 * a_column];
            #pragma omp simd
            for (int64_t j = 0; j < n; j++)
                sums[i * n + j] += x0 * y[j] + x1 * y[b_row + j]
                    + (x2 * y[2 * b_row + j] + x3 * y[3 * b_row + j]);
        }
    for (int64_t p = k / 4 * 4; p < k; p++)
        for (int64_t i = 0; i < m; i++) {
            const $T x = alpha * a[i * a_row + p * a_column];
            #pragma omp simd
            for (int64_t j = 0; j < n; j++)
                sums[i * n + j] += x * b[p * b_row + j];
        }
}

/* c = alpha * a @ b, or added to c, for a of few rows and b by rows: b is read once, strip by strip, where a
   BLAS would copy it into blocks first */
NOINLINE void skinny_$N(int team, bool accumulate, $T alpha, int64_t m, int64_t n, int64_t k,
                      const $T *a, int64_t a_row, int64_t a_column, const $T *b, int64_t b_row,
                      $T *c, int64_t c_row)
{
    const int64_t strip = SKINNY_BYTES / sizeof($T);
    #pragma omp parallel for num_threads(team) if (team > 1) schedule(static)
    for (int64_t first = 0; first < n; first += strip) {
        $T sums[SKINNY_ROWS * (SKINNY_BYTES / sizeof($T))];
        const int64_t width = first + strip < n ? strip : n - first;
        for (int64_t p = 0; p < k; p += SKINNY_DEPTH) {
            const int64_t depth = p + SKINNY_DEPTH < k ? SKINNY_DEPTH : k - p;
            memset(sums, 0, (size_t)(m * width) * sizeof *sums);
            skinny_part_$N(m, width, depth, alpha, a + p * a_column, a_row, a_column,
                           b + p * b_row + first, b_row, sums);
            for (int64_t i = 0; i < m; i++)
                for (int64_t j = 0; j < width; j++)
                    c[i * c_row + first + j]
                        = (p > 0 || accumulate ? c[i * c_row + first + j] : 0) + sums[i * width + j];
        }
    }
}
"""
_IS_SKINNY = """
    if (m > 1 && m <= SKINNY_ROWS && b_column == 1 && (double)n * (double)k >= 1e6) {
        const unsigned flags_before = flags_save();
        skinny_$N(team > 0 ? team : 1, accumulate, alpha, m, n, k, a, a_row, a_column, b, b_row, c, c_row);
        flags_restore(flags_before);
        return true;
    }
"""
_GEMM = """
/* c = alpha * a @ b, or added to c, by a team of threads (0: as many as there are already); false if there
   is no such BLAS or the strides do not suit it */
NOINLINE bool gemm_$N(int team, bool accumulate, $T alpha, int64_t m, int64_t n, int64_t k,
                    const $T *a, int64_t a_row, int64_t a_column, bool conjugate_a,
                    const $T *b, int64_t b_row, int64_t b_column, bool conjugate_b,
                    $T *c, int64_t c_row, int64_t c_column)
{
    bool a_across, b_across, c_across;
    if (c_column != 1 && n > 1)
        return (c_row == 1 || m <= 1)
            && gemm_$N(team, accumulate, alpha, n, m, k, b, b_column, b_row, conjugate_b,
                       a, a_column, a_row, conjugate_a, c, c_column, 1);
    GRAM
    if (BLAS == NULL || m > INT32_MAX || n > INT32_MAX || k > INT32_MAX
        || !blas_layout(m, k, &a_row, a_column, &a_across) || !blas_layout(k, n, &b_row, b_column, &b_across)
        || !blas_layout(m, n, &c_row, 1, &c_across) || a_row > INT32_MAX || b_row > INT32_MAX
        || c_row > INT32_MAX)
        return false;
    if (m == 0 || n == 0)
        return true;
    const int how_a = (a_across ? 112 : 111) + CONJUGATED(conjugate_a, a_across);
    const int how_b = (b_across ? 112 : 111) + CONJUGATED(conjugate_b, b_across);
    const $T beta = accumulate;
    const unsigned flags = flags_save();
    const int team_before = team > 0 ? blas_with_threads(blas_team(team, m, n, k)) : 0;
#define CALL(I) \\\\
    ((void (*)(int, int, int, I, I, I, SCALAR, const $T *, I, const $T *, I, SCALAR, $T *, I))BLAS)( \\\\
        101, how_a, how_b, (I)m, (I)n, (I)k, PASS alpha, a, (I)a_row, b, (I)b_row, PASS beta, c, (I)c_row)
    if (blas_is_wide)
        CALL(int64_t);
    else
        CALL(int32_t);
#undef CALL
    if (team > 0)
        blas_with_threads(team_before);
    flags_restore(flags);
    return true;
}
"""


def _gemm(letter: str, scalar: str, by_address: str, conjugated: str) -> str:
    """The template for one type. A complex operand may be conjugated, transposed (113) or not (114)."""
    text = _GEMM.replace(
        "    GRAM\n", "" if by_address else (_IS_GRAM + _IS_SKINNY.lstrip("\n")).lstrip("\n")
    )
    text = _with_function(text, f"blas_{letter}gemm")
    text = text.replace("CONJUGATED(conjugate_a, a_across)", conjugated.format(x="a"))
    text = text.replace("CONJUGATED(conjugate_b, b_across)", conjugated.format(x="b"))
    return text.replace("SCALAR", scalar).replace("PASS ", by_address)


def _with_function(text: str, name: str) -> str:
    text = text.replace("BLAS ==", f"{name} ==").replace("))BLAS)(", f")){name})(")
    return text.replace("\\\\\n", "\\\n")


LAPACK_ROUTINES = ("gesv", "getrf", "potrf")

# The variables that hold the functions, by the names by which the runtime gives them.
_FUNCTIONS = {
    **{f"cblas_{letter}gemm": f"blas_{letter}gemm" for letter in "sdcz"},
    **{f"cblas_{letter}syrk": f"blas_{letter}syrk" for letter in "sd"},
    **{f"{letter}{name}_": f"lapack_{letter}{name}" for name in LAPACK_ROUTINES for letter in "sdcz"},
}


def _pointers() -> str:
    declared = ", ".join(f"*{variable}" for variable in _FUNCTIONS.values())
    takes = 'if (strcmp(name, "{}") == 0) {} = function;'
    accepted = "\n    ".join(takes.format(*pair) for pair in _FUNCTIONS.items())
    return _POINTERS.replace("DECLARED", declared).replace("ACCEPTED", accepted)


_COMPLEX = "(conjugate_{x} ? ({x}_across ? 1 : 3) : 0)"

BLAS_SINGLE: dict[str, str] = {
    **dict.fromkeys((*_FUNCTIONS.values(), "blas_is_wide", "blas_set_threads"), _pointers()),
    "blas_team": _TEAM,
    "SKINNY_ROWS": _SKINNY,
    "blas_with_threads": _WITH_THREADS,
    "blas_layout": _LAYOUT,
}

BLAS_FAMILIES: dict[tuple[str, str], str] = {
    ("gemm", "float32"): _gemm("s", "float", "", "0"),
    ("gemm", "float64"): _gemm("d", "double", "", "0"),
    ("skinny", "float32"): _SKINNY_OF_TYPE,
    ("skinny", "float64"): _SKINNY_OF_TYPE,
    ("gram", "float32"): _with_function(_GRAM, "blas_ssyrk"),
    ("gram", "float64"): _with_function(_GRAM, "blas_dsyrk"),
    ("gemm", "complex64"): _gemm("c", "const void *", "&", _COMPLEX),
    ("gemm", "complex128"): _gemm("z", "const void *", "&", _COMPLEX),
}
