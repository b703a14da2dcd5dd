/* adi: the heat equation u' = u_xx + u_yy by alternating directions. */
#include <stdlib.h>

void adi(long steps, long n, double u[restrict n][n])
{
    double (*restrict v)[n] = calloc(n, sizeof *v);
    double (*restrict p)[n] = calloc(n, sizeof *p);
    double (*restrict q)[n] = calloc(n, sizeof *q);
    double rx = 2.0 * n * n / steps, ry = 1.0 * n * n / steps;
    double a = -rx / 2.0, b = 1.0 + rx, d = -ry / 2.0, e = 1.0 + ry;
    for (long t = 0; t < steps; t++) {
#pragma omp parallel for
        for (long i = 1; i < n - 1; i++) {
            v[0][i] = 1.0;
            p[i][0] = 0.0;
            q[i][0] = v[0][i];
            for (long j = 1; j < n - 1; j++) {
                double pivot = a * p[i][j - 1] + b;
                double right = -d * u[j][i - 1] + (1.0 + 2.0 * d) * u[j][i] - d * u[j][i + 1];
                p[i][j] = -a / pivot;
                q[i][j] = (right - a * q[i][j - 1]) / pivot;
            }
            v[n - 1][i] = 1.0;
            for (long j = n - 2; j > 0; j--)
                v[j][i] = p[i][j] * v[j + 1][i] + q[i][j];
        }
#pragma omp parallel for
        for (long i = 1; i < n - 1; i++) {
            u[i][0] = 1.0;
            p[i][0] = 0.0;
            q[i][0] = u[i][0];
            for (long j = 1; j < n - 1; j++) {
                double pivot = d * p[i][j - 1] + e;
                double right = -a * v[i - 1][j] + (1.0 + 2.0 * a) * v[i][j] - a * v[i + 1][j];
                p[i][j] = -d / pivot;
                q[i][j] = (right - d * q[i][j - 1]) / pivot;
            }
            u[i][n - 1] = 1.0;
            for (long j = n - 2; j > 0; j--)
                u[i][j] = p[i][j] * u[i][j + 1] + q[i][j];
        }
    }
    free(v);
    free(p);
    free(q);
}
