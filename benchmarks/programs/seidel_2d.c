/* seidel-2d: nine-point means in place, row by row (Gauss-Seidel). */

void seidel_2d(long steps, long n, double A[restrict n][n])
{
    for (long t = 0; t < steps; t++)
        for (long i = 1; i < n - 1; i++)
            for (long j = 1; j < n - 1; j++) {
                double above = A[i - 1][j - 1] + A[i - 1][j] + A[i - 1][j + 1];
                double below = A[i + 1][j - 1] + A[i + 1][j] + A[i + 1][j + 1];
                A[i][j] = (above + A[i][j - 1] + A[i][j] + A[i][j + 1] + below) / 9.0;
            }
}
