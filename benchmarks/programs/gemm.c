/* gemm: C <- alpha A B + beta C. */

void gemm(long ni, long nj, long nk, double alpha, double beta, const double A[restrict ni][nk],
          const double B[restrict nk][nj], double C[restrict ni][nj])
{
#pragma omp parallel for
    for (long i = 0; i < ni; i++) {
        for (long j = 0; j < nj; j++)
            C[i][j] *= beta;
        for (long k = 0; k < nk; k++)
            for (long j = 0; j < nj; j++)
                C[i][j] += alpha * A[i][k] * B[k][j];
    }
}
