/* nussinov: the greatest number of pairs in a folded RNA sequence. */

static inline long greater(long a, long b)
{
    return a > b ? a : b;
}

void nussinov(long n, const long bases[restrict n], long table[restrict n][n])
{
    for (long length = 1; length < n; length++)
#pragma omp parallel for
        for (long i = 0; i < n - length; i++) {
            long j = i + length;
            long best = greater(table[i][j - 1], table[i + 1][j]);
            long pairs = i < j - 1 && bases[i] + bases[j] == 3;
            best = greater(best, table[i + 1][j - 1] + pairs);
            for (long k = i + 1; k < j; k++)
                best = greater(best, table[i][k] + table[k + 1][j]);
            table[i][j] = best;
        }
}
