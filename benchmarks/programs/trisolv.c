/* trisolv: x with L x = b, L lower triangular. */

void trisolv(long n, const double L[restrict n][n], const double b[restrict n], double x[restrict n])
{
    for (long i = 0; i < n; i++) {
        x[i] = b[i];
        for (long j = 0; j < i; j++)
            x[i] -= L[i][j] * x[j];
        x[i] /= L[i][i];
    }
}
