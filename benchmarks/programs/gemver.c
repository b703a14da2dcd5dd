/* gemver: A <- A + u1 v1^T + u2 v2^T, x <- x + beta A^T y + z, w <- w + alpha A x. */

void gemver(long n, double alpha, double beta, double A[restrict n][n], const double u1[restrict n],
            const double v1[restrict n], const double u2[restrict n], const double v2[restrict n],
            double x[restrict n], const double y[restrict n], const double z[restrict n],
            double w[restrict n])
{
#pragma omp parallel for
    for (long i = 0; i < n; i++)
        for (long j = 0; j < n; j++)
            A[i][j] += u1[i] * v1[j] + u2[i] * v2[j];
#pragma omp parallel for reduction(+ : x[:n])
    for (long j = 0; j < n; j++)
        for (long i = 0; i < n; i++)
            x[i] += beta * A[j][i] * y[j];
    for (long i = 0; i < n; i++)
        x[i] += z[i];
#pragma omp parallel for
    for (long i = 0; i < n; i++)
        for (long j = 0; j < n; j++)
            w[i] += alpha * A[i][j] * x[j];
}
