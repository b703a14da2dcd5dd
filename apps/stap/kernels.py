"""Chain B, the adaptive weights of third-order post-Doppler STAP, as plain sequential loops.

    doppler_filter  x[L, P, N]           ->  X[L, K, N]          pulses become Doppler bins
    wrap_bins       X[L, K, M, B]        ->  W[L, K + 2, M, B]   every bin gets both neighbours
    covariance      W, loading           ->  R[K, M, n, n]       of the snapshots in each training block
    weights         R, v[D, n]           ->  w[K, M, D, n]       R w = v by Cholesky
    beamform        W, w, v              ->  y[D, K, M, B]       gamma w^H s
    cell_averaging  y[D, K, N]           ->  c[D, K, N]          power over the local noise estimate

L channels, P pulses, K Doppler bins (a power of two, K >= P), N = M * B range cells in M training blocks
of B cells, D steering vectors, n = L * DOFS space-time degrees of freedom. The snapshot of bin k is

    s(k, r)[channel * DOFS + dof] = X[channel, (k - 1 + dof) mod K, r]

Source: the extended factored algorithm, R. C. DiPietro, "Extended factored space-time processing for
airborne radar systems", Asilomar 1992; J. Ward, "Space-time adaptive processing for airborne radar",
MIT Lincoln Laboratory TR-1015, 1994, section 5.3.
"""

import math
from typing import TypeAlias

import numpy as np

DOFS = 3  # adjacent Doppler bins in a snapshot

Complex2: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.complex64]]
Complex3: TypeAlias = np.ndarray[tuple[int, int, int], np.dtype[np.complex64]]
Complex4: TypeAlias = np.ndarray[tuple[int, int, int, int], np.dtype[np.complex64]]
Float3: TypeAlias = np.ndarray[tuple[int, int, int], np.dtype[np.float32]]


def process(cube, steering, bins, training, loading=0.0):
    """x[L, P, N], v[D, n] -> y[D, K, N]: the whole chain, with K `bins` and blocks of `training` cells."""
    channels, _, ranges = cube.shape
    blocks = ranges // training
    doppler = doppler_filter(cube, bins)
    wrapped = wrap_bins(doppler.reshape(channels, bins, blocks, training))
    adapted = weights(covariance(wrapped, loading), steering)
    return beamform(wrapped, adapted, steering).reshape(steering.shape[0], bins, ranges)


def doppler_filter(cube: Complex3, bins: int) -> Complex3:
    """X[l, k, r] = sum over p of x[l, p, r] exp(-2 pi i p k / K): radix 2, in place, along the pulses.

    x: [L, P, N]; `bins` K: a power of two, at least P. Pulses P..K-1 count as zero.
    """
    channels, pulses, ranges = cube.shape
    order = bit_reversed(bins)
    roots = roots_of_unity(bins)
    stages = bins.bit_length() - 1
    doppler = np.zeros((channels, bins, ranges), dtype=np.complex64)
    for channel in range(channels):
        for k in range(bins):
            pulse = order[k]
            if pulse < pulses:
                for r in range(ranges):
                    doppler[channel, k, r] = cube[channel, pulse, r]
        for stage in range(stages):
            half = 1 << stage
            groups = bins // (2 * half)
            for group in range(groups):
                for j in range(half):
                    root = roots[j * groups]
                    upper = group * 2 * half + j
                    lower = upper + half
                    for r in range(ranges):
                        rotated = root * doppler[channel, lower, r]
                        doppler[channel, lower, r] = doppler[channel, upper, r] - rotated
                        doppler[channel, upper, r] = doppler[channel, upper, r] + rotated
    return doppler


def bit_reversed(count):
    """The numbers 0..count-1 (a power of two of them) with their bits in reverse order."""
    order = np.zeros(count, dtype=np.int64)
    for k in range(1, count):
        order[k] = order[k // 2] // 2 + (k % 2) * (count // 2)
    return order


def roots_of_unity(count):
    """exp(-2 pi i j / count) for j in the first half circle."""
    roots = np.zeros(count // 2, dtype=np.complex64)
    for j in range(count // 2):
        angle = 2.0 * math.pi * j / count
        roots[j] = math.cos(angle) - 1j * math.sin(angle)
    return roots


def wrap_bins(doppler: Complex4) -> Complex4:
    """W[l, k + 1] = X[l, k mod K] for k in -1..K: bins k-1, k, k+1 stand at k, k+1, k+2 also at both ends."""
    channels, bins, blocks, training = doppler.shape
    wrapped = np.zeros((channels, bins + 2, blocks, training), dtype=np.complex64)
    for channel in range(channels):
        for block in range(blocks):
            for r in range(training):
                wrapped[channel, 0, block, r] = doppler[channel, bins - 1, block, r]
                wrapped[channel, bins + 1, block, r] = doppler[channel, 0, block, r]
        for k in range(bins):
            for block in range(blocks):
                for r in range(training):
                    wrapped[channel, k + 1, block, r] = doppler[channel, k, block, r]
    return wrapped


def covariance(wrapped: Complex4, loading: float) -> Complex4:
    """R(k, b) = (1/B) sum of s(k, r) s(k, r)^H over the cells r of block b, + loading I; [K, M, n, n].

    wrapped: [L, K + 2, M, B] of `wrap_bins`. `loading`, a power, keeps a target in the training cells that
    lies between two bins or beams from being cancelled; 0 is the bare algorithm. Source: B. D. Carlson,
    "Covariance matrix estimation errors and diagonal loading in adaptive arrays", IEEE Trans. AES 24(4),
    1988.
    """
    channels, padded, blocks, training = wrapped.shape
    bins = padded - 2
    size = channels * DOFS
    share = np.float32(1.0 / training)
    result = np.zeros((bins, blocks, size, size), dtype=np.complex64)
    for k in range(bins):
        for block in range(blocks):
            snapshots = np.zeros((size, training), dtype=np.complex64)
            for channel in range(channels):
                for dof in range(DOFS):
                    for r in range(training):
                        snapshots[channel * DOFS + dof, r] = wrapped[channel, k + dof, block, r]
            for i in range(size):
                for j in range(i + 1):
                    total = np.complex64(0)
                    for r in range(training):
                        total += snapshots[i, r] * snapshots[j, r].conjugate()
                    result[k, block, j, i] = total.conjugate() * share
                    result[k, block, i, j] = total * share
                result[k, block, i, i] += loading
    return result


def weights(matrices: Complex4, steering: Complex2) -> Complex4:
    """w(k, b, d) with R(k, b) w(k, b, d) = v(d): Cholesky R = U^H U, then U^H z = v and U w = z.

    matrices R: [K, M, n, n]; steering v: [D, n]; result: [K, M, D, n].
    """
    bins, blocks, size, _ = matrices.shape
    beams = steering.shape[0]
    result = np.zeros((bins, blocks, beams, size), dtype=np.complex64)
    for k in range(bins):
        for block in range(blocks):
            upper = np.zeros((size, size), dtype=np.complex64)
            for i in range(size):
                for j in range(i, size):
                    upper[i, j] = matrices[k, block, i, j]
            scale = np.zeros(size, dtype=np.float32)
            factorise(upper, scale)
            solution = np.zeros((size, beams), dtype=np.complex64)
            for i in range(size):
                for d in range(beams):
                    solution[i, d] = steering[d, i]
            substitute_forward(upper, scale, solution)
            substitute_back(upper, scale, solution)
            for d in range(beams):
                for i in range(size):
                    result[k, block, d, i] = solution[i, d]
    return result


def factorise(upper, scale):
    """The upper triangle of R[n, n] becomes U with R = U^H U; scale[n] becomes 1 / the diagonal of U."""
    size = upper.shape[0]
    for i in range(size):
        for p in range(i):
            factor = upper[p, i].conjugate()
            for j in range(i, size):
                upper[i, j] -= factor * upper[p, j]
        scale[i] = np.float32(1) / np.sqrt(upper[i, i].real)
        for j in range(i, size):
            upper[i, j] *= scale[i]


def substitute_forward(upper, scale, solution):
    """The columns v of solution[n, D] become z with U^H z = v."""
    size, beams = solution.shape
    for i in range(size):
        for p in range(i):
            factor = upper[p, i].conjugate()
            for d in range(beams):
                solution[i, d] -= factor * solution[p, d]
        for d in range(beams):
            solution[i, d] *= scale[i]


def substitute_back(upper, scale, solution):
    """The columns z of solution[n, D] become w with U w = z."""
    size, beams = solution.shape
    for i in range(size - 1, -1, -1):
        for p in range(i + 1, size):
            factor = upper[i, p]
            for d in range(beams):
                solution[i, d] -= factor * solution[p, d]
        for d in range(beams):
            solution[i, d] *= scale[i]


def beamform(wrapped: Complex4, adapted: Complex4, steering: Complex2) -> Complex4:
    """y(d, k, r) = gamma w^H s(k, r) with gamma = 1 / |w^H v(d)|, or 1 where that is zero; [D, K, M, B].

    wrapped: [L, K + 2, M, B]; adapted w: [K, M, D, n]; steering v: [D, n].
    """
    channels, padded, blocks, training = wrapped.shape
    bins = padded - 2
    beams, size = steering.shape
    result = np.zeros((beams, bins, blocks, training), dtype=np.complex64)
    for k in range(bins):
        for block in range(blocks):
            for d in range(beams):
                response = np.complex64(0)
                for i in range(size):
                    response += adapted[k, block, d, i].conjugate() * steering[d, i]
                gamma = np.float32(1)
                if abs(response) > 0:
                    gamma = np.float32(1) / abs(response)
                for channel in range(channels):
                    for dof in range(DOFS):
                        weight = gamma * adapted[k, block, d, channel * DOFS + dof].conjugate()
                        for r in range(training):
                            result[d, k, block, r] += weight * wrapped[channel, k + dof, block, r]
    return result


def cell_averaging(beams: Complex3, guard: int, reference: int) -> Float3:
    """|y|^2 over the mean of |y|^2 in up to 2 `reference` cells of the same beam and bin: the CFAR statistic.

    The reference cells lie on both sides in range, past `guard` cells, and end at the ends of the swath.
    beams y: [D, K, N]; result: [D, K, N].
    """
    directions, bins, ranges = beams.shape
    result = np.zeros((directions, bins, ranges), dtype=np.float32)
    for d in range(directions):
        for k in range(bins):
            power = np.zeros(ranges, dtype=np.float64)
            total = np.zeros(ranges + 1, dtype=np.float64)  # of the cells before
            for r in range(ranges):
                value = beams[d, k, r]
                power[r] = value.real * value.real + value.imag * value.imag
                total[r + 1] = total[r] + power[r]
            for r in range(ranges):
                left_end = max(r - guard, 0)
                left = max(r - guard - reference, 0)
                right = min(r + guard + 1, ranges)
                right_end = min(r + guard + 1 + reference, ranges)
                noise = total[left_end] - total[left] + total[right_end] - total[right]
                cells = left_end - left + right_end - right
                if noise > 0.0:
                    result[d, k, r] = power[r] * cells / noise
    return result
