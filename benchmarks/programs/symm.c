/* symm: C <- alpha A B + beta C, A symmetric, of which the lower triangle is read. */

void symm(long m, long n, double alpha, double beta, const double A[restrict m][m],
          const double B[restrict m][n], double C[restrict m][n])
{
#pragma omp parallel for
    for (long i = 0; i < m; i++) {
        for (long j = 0; j < n; j++)
            C[i][j] *= beta;
        for (long k = 0; k < m; k++) {
            double a = alpha * (k <= i ? A[i][k] : A[k][i]);
            for (long j = 0; j < n; j++)
                C[i][j] += a * B[k][j];
        }
    }
}
