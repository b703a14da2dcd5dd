/* lu: A <- L and U of A = L U, without pivots; L has a unit diagonal, which is not stored. */

void lu(long n, double A[restrict n][n])
{
    for (long k = 0; k < n; k++) {
#pragma omp parallel for
        for (long i = k + 1; i < n; i++) {
            A[i][k] /= A[k][k];
            for (long j = k + 1; j < n; j++)
                A[i][j] -= A[i][k] * A[k][j];
        }
    }
}
