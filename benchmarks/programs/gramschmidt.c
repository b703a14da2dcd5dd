/* gramschmidt: A = Q R by the modified Gram-Schmidt process, which leaves A spoilt. */
#include <math.h>

void gramschmidt(long m, long n, double A[restrict m][n], double R[restrict n][n], double Q[restrict m][n])
{
    for (long k = 0; k < n; k++) {
        double norm = 0.0;
        for (long i = 0; i < m; i++)
            norm += A[i][k] * A[i][k];
        R[k][k] = sqrt(norm);
        for (long i = 0; i < m; i++)
            Q[i][k] = A[i][k] / R[k][k];
#pragma omp parallel for
        for (long j = k + 1; j < n; j++) {
            R[k][j] = 0.0;
            for (long i = 0; i < m; i++)
                R[k][j] += Q[i][k] * A[i][j];
            for (long i = 0; i < m; i++)
                A[i][j] -= Q[i][k] * R[k][j];
        }
    }
}
