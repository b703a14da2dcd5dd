/* jacobi-1d: three-point means, from A to B and back. */

void jacobi_1d(long steps, long n, double A[restrict n], double B[restrict n])
{
    for (long t = 0; t < steps; t++) {
#pragma omp parallel for
        for (long i = 1; i < n - 1; i++)
            B[i] = 0.33333 * (A[i - 1] + A[i] + A[i + 1]);
#pragma omp parallel for
        for (long i = 1; i < n - 1; i++)
            A[i] = 0.33333 * (B[i - 1] + B[i] + B[i + 1]);
    }
}
