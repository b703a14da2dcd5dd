/* syrk: C <- alpha A A^T + beta C, in the lower triangle of C. */

void syrk(long n, long m, double alpha, double beta, const double A[restrict n][m], double C[restrict n][n])
{
#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < n; i++) {
        for (long j = 0; j <= i; j++)
            C[i][j] *= beta;
        for (long k = 0; k < m; k++)
            for (long j = 0; j <= i; j++)
                C[i][j] += alpha * A[i][k] * A[j][k];
    }
}
