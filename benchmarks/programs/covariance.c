/* covariance: the covariances of the columns of `data`, which is centred in place. */
#include <stdlib.h>

void covariance(long n, long m, double data[restrict n][m], double cov[restrict m][m])
{
    double *mean = calloc(m, sizeof(double));
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j++)
            mean[j] += data[i][j];
    for (long j = 0; j < m; j++)
        mean[j] /= n;
#pragma omp parallel for
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j++)
            data[i][j] -= mean[j];
#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < m; i++) {
        for (long j = i; j < m; j++)
            cov[i][j] = 0.0;
        for (long k = 0; k < n; k++)
            for (long j = i; j < m; j++)
                cov[i][j] += data[k][i] * data[k][j];
        for (long j = i; j < m; j++) {
            cov[i][j] /= n - 1;
            cov[j][i] = cov[i][j];
        }
    }
    free(mean);
}
