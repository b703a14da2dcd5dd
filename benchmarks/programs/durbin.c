/* durbin: y with T y = -r by Levinson's recursion, T symmetric and Toeplitz, of (1, r[0], ..., r[n - 2]). */

void durbin(long n, const double r[restrict n], double y[restrict n])
{
    double z[n];
    y[0] = -r[0];
    double alpha = -r[0], beta = 1.0;
    for (long k = 1; k < n; k++) {
        beta *= 1.0 - alpha * alpha;
        double s = r[k];
        for (long i = 0; i < k; i++)
            s += r[k - 1 - i] * y[i];
        alpha = -s / beta;
        for (long i = 0; i < k; i++)
            z[i] = y[i] + alpha * y[k - 1 - i];
        for (long i = 0; i < k; i++)
            y[i] = z[i];
        y[k] = alpha;
    }
}
