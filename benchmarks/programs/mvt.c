/* mvt: x1 <- x1 + A y1 and x2 <- x2 + A^T y2. */

void mvt(long n, const double A[restrict n][n], double x1[restrict n], double x2[restrict n],
         const double y1[restrict n], const double y2[restrict n])
{
#pragma omp parallel for
    for (long i = 0; i < n; i++)
        for (long j = 0; j < n; j++)
            x1[i] += A[i][j] * y1[j];
#pragma omp parallel for reduction(+ : x2[:n])
    for (long j = 0; j < n; j++)
        for (long i = 0; i < n; i++)
            x2[i] += A[j][i] * y2[j];
}
