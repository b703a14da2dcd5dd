/* trmm: B <- alpha A^T B, A lower triangular with a unit diagonal, which is not read. */

enum { STRIP = 64 };

void trmm(long m, long n, double alpha, const double A[restrict m][m], double B[restrict m][n])
{
#pragma omp parallel for
    for (long first = 0; first < n; first += STRIP) {
        long last = first + STRIP < n ? first + STRIP : n;
        for (long i = 0; i < m; i++) {
            for (long k = i + 1; k < m; k++)
                for (long j = first; j < last; j++)
                    B[i][j] += A[k][i] * B[k][j];
            for (long j = first; j < last; j++)
                B[i][j] *= alpha;
        }
    }
}
