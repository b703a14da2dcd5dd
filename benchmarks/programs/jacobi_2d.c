/* jacobi-2d: five-point means, from A to B and back. */

static void step(long n, const double A[restrict n][n], double B[restrict n][n])
{
#pragma omp parallel for
    for (long i = 1; i < n - 1; i++)
        for (long j = 1; j < n - 1; j++)
            B[i][j] = 0.2 * (A[i][j] + A[i][j - 1] + A[i][j + 1] + A[i + 1][j] + A[i - 1][j]);
}

void jacobi_2d(long steps, long n, double A[restrict n][n], double B[restrict n][n])
{
    for (long t = 0; t < steps; t++) {
        step(n, A, B);
        step(n, B, A);
    }
}
