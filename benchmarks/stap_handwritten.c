/* Chain B written by hand in C with OpenMP, loop by loop as apps/stap/kernels.py has it. No tricks: what a
   C programmer would write first and leave to the compiler's vectoriser. */

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DOFS 3
typedef float complex c64;

/* x[L, P, N] -> X[L, K, N] */
void doppler_filter(const c64 *restrict x, long L, long P, long N, long K, c64 *restrict X) {
  long bits = 0;
  while ((1L << bits) < K) bits++;
  c64 *roots = malloc((size_t)(K / 2) * sizeof *roots);
  for (long j = 0; j < K / 2; j++) roots[j] = (c64)cexp(-2.0 * M_PI * I * (double)j / (double)K);
#pragma omp parallel for collapse(2) schedule(static)
  for (long l = 0; l < L; l++)
    for (long first = 0; first < N; first += 128) {
      long last = first + 128 < N ? first + 128 : N;
      c64 *plane = X + l * K * N;
      for (long k = 0; k < K; k++) {
        long p = 0;
        for (long b = 0; b < bits; b++) p |= ((k >> b) & 1) << (bits - 1 - b);
        for (long r = first; r < last; r++) plane[k * N + r] = p < P ? x[(l * P + p) * N + r] : 0;
      }
      for (long half = 1; half < K; half *= 2)
        for (long group = 0; group < K; group += 2 * half)
          for (long j = 0; j < half; j++) {
            c64 root = roots[j * (K / (2 * half))];
            c64 *restrict upper = plane + (group + j) * N, *restrict lower = upper + half * N;
            for (long r = first; r < last; r++) {
              c64 rotated = root * lower[r];
              lower[r] = upper[r] - rotated;
              upper[r] += rotated;
            }
          }
    }
  free(roots);
}

/* W[L, K + 2, M, B] -> R[K, M, n, n] */
void covariance(const c64 *restrict W, long L, long K, long M, long B, const float *loading,
                c64 *restrict R) {
  long n = L * DOFS;
#pragma omp parallel for schedule(static)
  for (long k = 0; k < K; k++) {
    c64 s[n * B];
    for (long b = 0; b < M; b++) {
      for (long i = 0; i < n; i++)
        memcpy(s + i * B, W + (((i / DOFS) * (K + 2) + k + i % DOFS) * M + b) * B, (size_t)B * sizeof *s);
      c64 *out = R + (k * M + b) * n * n;
      for (long i = 0; i < n; i++) {
        for (long j = 0; j <= i; j++) {
          float re = 0, im = 0;
          const float *restrict u = (const float *)(s + i * B), *restrict v = (const float *)(s + j * B);
          for (long r = 0; r < B; r++) {
            re += u[2 * r] * v[2 * r] + u[2 * r + 1] * v[2 * r + 1];
            im += u[2 * r + 1] * v[2 * r] - u[2 * r] * v[2 * r + 1];
          }
          c64 total = (re + I * im) / (float)B;
          out[j * n + i] = conjf(total);
          out[i * n + j] = total;
        }
        out[i * n + i] += *loading;
      }
    }
  }
}

/* R[K, M, n, n], v[D, n] -> w[K, M, D, n] */
void weights(const c64 *restrict R, const c64 *restrict v, long matrices, long n, long D, c64 *restrict w) {
#pragma omp parallel for schedule(static)
  for (long m = 0; m < matrices; m++) {
    c64 U[n * n], z[n * D];
    float scale[n];
    memcpy(U, R + m * n * n, sizeof U);
    for (long i = 0; i < n; i++) {
      for (long p = 0; p < i; p++) {
        c64 factor = conjf(U[p * n + i]);
        for (long j = i; j < n; j++) U[i * n + j] -= factor * U[p * n + j];
      }
      scale[i] = 1 / sqrtf(crealf(U[i * n + i]));
      for (long j = i; j < n; j++) U[i * n + j] *= scale[i];
    }
    for (long i = 0; i < n; i++) {
      for (long d = 0; d < D; d++) z[i * D + d] = v[d * n + i];
      for (long p = 0; p < i; p++) {
        c64 factor = conjf(U[p * n + i]);
        for (long d = 0; d < D; d++) z[i * D + d] -= factor * z[p * D + d];
      }
      for (long d = 0; d < D; d++) z[i * D + d] *= scale[i];
    }
    for (long i = n - 1; i >= 0; i--) {
      for (long p = i + 1; p < n; p++) {
        c64 factor = U[i * n + p];
        for (long d = 0; d < D; d++) z[i * D + d] -= factor * z[p * D + d];
      }
      for (long d = 0; d < D; d++) z[i * D + d] *= scale[i];
    }
    for (long d = 0; d < D; d++)
      for (long i = 0; i < n; i++) w[(m * D + d) * n + i] = z[i * D + d];
  }
}

/* W[L, K + 2, M, B], w[K, M, D, n], v[D, n] -> y[D, K, M, B] */
void beamform(const c64 *restrict W, const c64 *restrict w, const c64 *restrict v, long L, long K, long M, long B,
              long D, c64 *restrict y) {
  long n = L * DOFS;
#pragma omp parallel for schedule(static)
  for (long k = 0; k < K; k++)
    for (long b = 0; b < M; b++)
      for (long d = 0; d < D; d++) {
        const c64 *a = w + ((k * M + b) * D + d) * n;
        c64 response = 0;
        for (long i = 0; i < n; i++) response += conjf(a[i]) * v[d * n + i];
        float gamma = cabsf(response) > 0 ? 1 / cabsf(response) : 1;
        c64 *restrict out = y + ((d * K + k) * M + b) * B;
        memset(out, 0, (size_t)B * sizeof *out);
        for (long i = 0; i < n; i++) {
          c64 weight = gamma * conjf(a[i]);
          const c64 *restrict row = W + (((i / DOFS) * (K + 2) + k + i % DOFS) * M + b) * B;
          for (long r = 0; r < B; r++) out[r] += weight * row[r];
        }
      }
}
