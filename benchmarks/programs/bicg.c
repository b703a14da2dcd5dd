/* bicg: s <- A^T r and q <- A p, the two products of a step of biconjugate gradients. */

void bicg(long n, long m, const double A[restrict n][m], const double p[restrict m],
          const double r[restrict n], double s[restrict m], double q[restrict n])
{
    for (long j = 0; j < m; j++)
        s[j] = 0.0;
#pragma omp parallel for reduction(+ : s[:m])
    for (long i = 0; i < n; i++) {
        q[i] = 0.0;
        for (long j = 0; j < m; j++) {
            s[j] += r[i] * A[i][j];
            q[i] += A[i][j] * p[j];
        }
    }
}
