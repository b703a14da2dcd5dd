/* fdtd-2d: Maxwell's equations in two dimensions: the fields ex, ey and hz on staggered grids, step by step. */

void fdtd_2d(long steps, long nx, long ny, const double pulse[restrict steps], double ex[restrict nx][ny],
             double ey[restrict nx][ny], double hz[restrict nx][ny])
{
    for (long t = 0; t < steps; t++) {
        for (long j = 0; j < ny; j++)
            ey[0][j] = pulse[t];
#pragma omp parallel for
        for (long i = 1; i < nx; i++)
            for (long j = 0; j < ny; j++)
                ey[i][j] -= 0.5 * (hz[i][j] - hz[i - 1][j]);
#pragma omp parallel for
        for (long i = 0; i < nx; i++)
            for (long j = 1; j < ny; j++)
                ex[i][j] -= 0.5 * (hz[i][j] - hz[i][j - 1]);
#pragma omp parallel for
        for (long i = 0; i < nx - 1; i++)
            for (long j = 0; j < ny - 1; j++)
                hz[i][j] -= 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
    }
}
