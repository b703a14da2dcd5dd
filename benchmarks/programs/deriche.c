/* deriche: a smoothing recursive filter, along the rows and then along the columns of an image. */
#include <math.h>
#include <stdlib.h>

void deriche(long w, long h, double alpha, const double image[restrict w][h], double smooth[restrict w][h])
{
    double (*restrict forward)[h] = malloc(sizeof(double[w][h]));
    double (*restrict backward)[h] = malloc(sizeof(double[w][h]));
    double decay = exp(-alpha);
    double k = (1.0 - decay) * (1.0 - decay) / (1.0 + 2.0 * alpha * decay - decay * decay);
    double a0 = k, a1 = k * decay * (alpha - 1.0), a2 = k * decay * (alpha + 1.0), a3 = -k * decay * decay;
    double b1 = pow(2.0, -alpha), b2 = -(decay * decay);
#pragma omp parallel for
    for (long i = 0; i < w; i++) {
        double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;
        for (long j = 0; j < h; j++) {
            forward[i][j] = a0 * image[i][j] + a1 * x1 + b1 * y1 + b2 * y2;
            x1 = image[i][j];
            y2 = y1;
            y1 = forward[i][j];
        }
        x1 = y1 = y2 = 0.0;
        for (long j = h - 1; j >= 0; j--) {
            backward[i][j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2;
            x2 = x1;
            x1 = image[i][j];
            y2 = y1;
            y1 = backward[i][j];
        }
        for (long j = 0; j < h; j++)
            smooth[i][j] = forward[i][j] + backward[i][j];
    }
#pragma omp parallel for
    for (long j = 0; j < h; j++) {
        double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;
        for (long i = 0; i < w; i++) {
            forward[i][j] = a0 * smooth[i][j] + a1 * x1 + b1 * y1 + b2 * y2;
            x1 = smooth[i][j];
            y2 = y1;
            y1 = forward[i][j];
        }
        x1 = y1 = y2 = 0.0;
        for (long i = w - 1; i >= 0; i--) {
            backward[i][j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2;
            x2 = x1;
            x1 = smooth[i][j];
            y2 = y1;
            y1 = backward[i][j];
        }
    }
#pragma omp parallel for
    for (long i = 0; i < w; i++)
        for (long j = 0; j < h; j++)
            smooth[i][j] = forward[i][j] + backward[i][j];
    free(forward);
    free(backward);
}
