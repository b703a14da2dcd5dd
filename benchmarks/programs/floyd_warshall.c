/* floyd-warshall: the lengths of the shortest paths between all pairs of nodes of a graph. */

void floyd_warshall(long n, long path[restrict n][n])
{
    for (long k = 0; k < n; k++) {
#pragma omp parallel for
        for (long i = 0; i < n; i++)
            for (long j = 0; j < n; j++) {
                long through = path[i][k] + path[k][j];
                path[i][j] = through < path[i][j] ? through : path[i][j];
            }
    }
}
