/* atax: y <- A^T (A x). */

void atax(long m, long n, const double A[restrict m][n], const double x[restrict n], double y[restrict n])
{
    for (long j = 0; j < n; j++)
        y[j] = 0.0;
#pragma omp parallel for reduction(+ : y[:n])
    for (long i = 0; i < m; i++) {
        double s = 0.0;
        for (long j = 0; j < n; j++)
            s += A[i][j] * x[j];
        for (long j = 0; j < n; j++)
            y[j] += A[i][j] * s;
    }
}
