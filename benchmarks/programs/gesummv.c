/* gesummv: y <- alpha A x + beta B x. */

void gesummv(long n, double alpha, double beta, const double A[restrict n][n], const double B[restrict n][n],
             const double x[restrict n], double y[restrict n])
{
#pragma omp parallel for
    for (long i = 0; i < n; i++) {
        double a = 0.0, b = 0.0;
        for (long j = 0; j < n; j++) {
            a += A[i][j] * x[j];
            b += B[i][j] * x[j];
        }
        y[i] = alpha * a + beta * b;
    }
}
