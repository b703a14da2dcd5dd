/* ludcmp: x with A x = b, by A <- L U, L y = b and U x = y. */

void ludcmp(long n, double A[restrict n][n], const double b[restrict n], double x[restrict n],
            double y[restrict n])
{
    for (long k = 0; k < n; k++) {
#pragma omp parallel for
        for (long i = k + 1; i < n; i++) {
            A[i][k] /= A[k][k];
            for (long j = k + 1; j < n; j++)
                A[i][j] -= A[i][k] * A[k][j];
        }
    }
    for (long i = 0; i < n; i++) {
        double w = b[i];
        for (long j = 0; j < i; j++)
            w -= A[i][j] * y[j];
        y[i] = w;
    }
    for (long i = n - 1; i >= 0; i--) {
        double w = y[i];
        for (long j = i + 1; j < n; j++)
            w -= A[i][j] * x[j];
        x[i] = w / A[i][i];
    }
}
