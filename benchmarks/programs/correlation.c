/* correlation: the coefficients of correlation of the columns of `data`, which is normalised in place. */
#include <math.h>
#include <stdlib.h>

void correlation(long n, long m, double data[restrict n][m], double corr[restrict m][m])
{
    double *mean = calloc(m, sizeof(double)), *deviation = calloc(m, sizeof(double));
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j++)
            mean[j] += data[i][j];
    for (long j = 0; j < m; j++)
        mean[j] /= n;
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j++)
            deviation[j] += (data[i][j] - mean[j]) * (data[i][j] - mean[j]);
    for (long j = 0; j < m; j++) {
        deviation[j] = sqrt(deviation[j] / n);
        if (deviation[j] <= 0.1)
            deviation[j] = 1.0;
    }
#pragma omp parallel for
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j++)
            data[i][j] = (data[i][j] - mean[j]) / (sqrt(n) * deviation[j]);
#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < m; i++) {
        corr[i][i] = 1.0;
        for (long j = i + 1; j < m; j++)
            corr[i][j] = 0.0;
        for (long k = 0; k < n; k++)
            for (long j = i + 1; j < m; j++)
                corr[i][j] += data[k][i] * data[k][j];
        for (long j = i + 1; j < m; j++)
            corr[j][i] = corr[i][j];
    }
    free(mean);
    free(deviation);
}
