/* heat-3d: the heat equation in three dimensions by explicit steps, from A to B and back. */

static void step(long n, const double A[restrict n][n][n], double B[restrict n][n][n])
{
#pragma omp parallel for
    for (long i = 1; i < n - 1; i++)
        for (long j = 1; j < n - 1; j++)
            for (long k = 1; k < n - 1; k++)
                B[i][j][k] = 0.125 * (A[i + 1][j][k] - 2.0 * A[i][j][k] + A[i - 1][j][k])
                           + 0.125 * (A[i][j + 1][k] - 2.0 * A[i][j][k] + A[i][j - 1][k])
                           + 0.125 * (A[i][j][k + 1] - 2.0 * A[i][j][k] + A[i][j][k - 1]) + A[i][j][k];
}

void heat_3d(long steps, long n, double A[restrict n][n][n], double B[restrict n][n][n])
{
    for (long t = 0; t < steps; t++) {
        step(n, A, B);
        step(n, B, A);
    }
}
