/* 2mm: D <- alpha A B C + beta D. */
#include <stdlib.h>

void k2mm(long ni, long nj, long nk, long nl, double alpha, double beta, const double A[restrict ni][nk],
          const double B[restrict nk][nj], const double C[restrict nj][nl], double D[restrict ni][nl])
{
    double (*product)[nj] = malloc(sizeof(double[ni][nj]));
#pragma omp parallel for
    for (long i = 0; i < ni; i++) {
        for (long j = 0; j < nj; j++)
            product[i][j] = 0.0;
        for (long k = 0; k < nk; k++)
            for (long j = 0; j < nj; j++)
                product[i][j] += alpha * A[i][k] * B[k][j];
    }
#pragma omp parallel for
    for (long i = 0; i < ni; i++) {
        for (long j = 0; j < nl; j++)
            D[i][j] *= beta;
        for (long k = 0; k < nj; k++)
            for (long j = 0; j < nl; j++)
                D[i][j] += product[i][k] * C[k][j];
    }
    free(product);
}
