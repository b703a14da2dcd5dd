/* doitgen: A[r, q, :] <- A[r, q, :] C for all r and q. */

void doitgen(long nr, long nq, long np, double A[restrict nr][nq][np], const double C[restrict np][np])
{
#pragma omp parallel for
    for (long r = 0; r < nr; r++) {
        double line[np];
        for (long q = 0; q < nq; q++) {
            for (long p = 0; p < np; p++)
                line[p] = 0.0;
            for (long s = 0; s < np; s++)
                for (long p = 0; p < np; p++)
                    line[p] += A[r][q][s] * C[s][p];
            for (long p = 0; p < np; p++)
                A[r][q][p] = line[p];
        }
    }
}
