"""Chain B written by hand with NumPy, as an expert would: library transforms, batched products and solves.

Every function takes any complex type and computes in it (complex64 for the benchmark, complex128 for the
reference of the accuracy), and gives what the function of the same name in `apps/stap/kernels.py` gives.
"""

import numpy as np

DOFS = 3


def doppler_filter(cube, bins):
    """x[L, P, N] -> X[L, K, N]. NumPy transforms complex64 in single precision."""
    return np.fft.fft(cube, bins, axis=1)


def snapshots(doppler, training):
    """X[L, K, N] -> s[K, M, n, B]: the three adjacent bins of all channels, block by block."""
    channels, bins, ranges = doppler.shape
    near = np.stack([np.roll(doppler, shift, axis=1) for shift in (1, 0, -1)], axis=1)
    near = near.reshape(channels * DOFS, bins, ranges // training, training)
    return np.ascontiguousarray(near.transpose(1, 2, 0, 3))


def covariance(cells, loading=0.0):
    """s[K, M, n, B] -> R[K, M, n, n] with `loading` on the diagonal."""
    matrices = cells @ cells.conj().swapaxes(-1, -2)
    matrices /= cells.shape[-1]
    np.einsum("kbii->kbi", matrices)[...] += loading
    return matrices


def weights(matrices, steering):
    """R[K, M, n, n], v[D, n] -> w[K, M, D, n]: one batched LAPACK solve with D right-hand sides."""
    right = np.broadcast_to(steering.T, (*matrices.shape[:2], *steering.T.shape))
    return np.linalg.solve(matrices, right).swapaxes(-1, -2)


def beamform(cells, adapted, steering):
    """s[K, M, n, B], w[K, M, D, n], v[D, n] -> y[D, K, N]."""
    bins, blocks, _, training = cells.shape
    response = np.abs(np.einsum("kbdi,di->kbd", adapted.conj(), steering))
    gamma = np.divide(1, response, out=np.ones_like(response), where=response > 0)
    beams = (gamma[..., None] * adapted.conj()) @ cells
    return np.ascontiguousarray(beams.transpose(2, 0, 1, 3)).reshape(-1, bins, blocks * training)


def process(cube, steering, bins, training, loading=0.0):
    """x[L, P, N] -> y[D, K, N]: the whole chain."""
    cells = snapshots(doppler_filter(cube, bins), training)
    return beamform(cells, weights(covariance(cells, loading), steering), steering)


def cell_averaging(beams, guard, reference):
    """y[D, K, N] -> |y|^2 over the mean of its reference cells in range."""
    power = beams.real.astype(np.float64) ** 2 + beams.imag.astype(np.float64) ** 2
    ranges = power.shape[-1]
    total = np.zeros((*power.shape[:-1], ranges + 1))
    np.cumsum(power, axis=-1, out=total[..., 1:])
    r = np.arange(ranges)
    left, left_end = np.maximum(r - guard - reference, 0), np.maximum(r - guard, 0)
    right, right_end = np.minimum(r + guard + 1, ranges), np.minimum(r + guard + 1 + reference, ranges)
    noise = total[..., left_end] - total[..., left] + total[..., right_end] - total[..., right]
    cells = left_end - left + right_end - right
    return np.divide(power * cells, noise, out=np.zeros_like(power), where=noise > 0).astype(np.float32)
