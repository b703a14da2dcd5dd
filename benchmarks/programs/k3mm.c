/* 3mm: G <- (A B) (C D). */
#include <stdlib.h>

static void product(long n, long m, long inner, const double X[restrict n][inner],
                    const double Y[restrict inner][m], double Z[restrict n][m])
{
#pragma omp parallel for
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < m; j++)
            Z[i][j] = 0.0;
        for (long k = 0; k < inner; k++)
            for (long j = 0; j < m; j++)
                Z[i][j] += X[i][k] * Y[k][j];
    }
}

void k3mm(long ni, long nj, long nk, long nl, long nm, const double A[restrict ni][nk],
          const double B[restrict nk][nj], const double C[restrict nj][nm],
          const double D[restrict nm][nl], double G[restrict ni][nl])
{
    double (*E)[nj] = malloc(sizeof(double[ni][nj]));
    double (*F)[nl] = malloc(sizeof(double[nj][nl]));
    product(ni, nj, nk, A, B, E);
    product(nj, nl, nm, C, D, F);
    product(ni, nl, nj, E, F, G);
    free(E);
    free(F);
}
