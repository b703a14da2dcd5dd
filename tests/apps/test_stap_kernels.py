"""The sequential kernels of chain B against NumPy in double precision, at the tiny size."""

from pathlib import Path

import kernels
import numpy as np
import pytest
from cube import SIZES, Scene, make_cube, steering_vectors

from benchmarks import stap_handwritten as handwritten
from benchmarks.measure import accuracy
from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

TINY = SIZES["tiny"]
LOADING = 10.0 * TINY.pulses


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    return make_cube(TINY, Scene(), 1)[0]


@pytest.fixture(scope="module")
def wrapped(cube: np.ndarray) -> np.ndarray:
    doppler = kernels.doppler_filter(cube, TINY.bins)
    return kernels.wrap_bins(doppler.reshape(TINY.channels, TINY.bins, -1, TINY.training))


@pytest.fixture(scope="module")
def reference(cube: np.ndarray) -> dict[str, np.ndarray]:
    """Every stage in complex128."""
    doppler = handwritten.doppler_filter(cube.astype(np.complex128), TINY.bins)
    cells = handwritten.snapshots(doppler, TINY.training)
    return {"doppler": doppler, "cells": cells, "covariance": handwritten.covariance(cells, LOADING)}


def test_doppler_filter(cube: np.ndarray, reference: dict[str, np.ndarray]) -> None:
    doppler = kernels.doppler_filter(cube, TINY.bins)
    assert doppler.dtype == np.complex64
    assert accuracy(reference["doppler"], doppler) > 120


def test_wrapped_bins_are_the_snapshots(wrapped: np.ndarray, reference: dict[str, np.ndarray]) -> None:
    for k in (0, 1, TINY.bins - 1):
        snapshot = np.concatenate([wrapped[channel, k : k + 3, 1] for channel in range(TINY.channels)])
        assert accuracy(reference["cells"][k, 1], snapshot) > 100


def test_covariance(wrapped: np.ndarray, reference: dict[str, np.ndarray]) -> None:
    matrices = kernels.covariance(wrapped, LOADING)
    assert matrices.dtype == np.complex64
    assert accuracy(reference["covariance"], matrices) > 110
    assert np.array_equal(matrices, matrices.conj().swapaxes(-1, -2))


def test_weights(wrapped: np.ndarray) -> None:
    matrices, steering = kernels.covariance(wrapped, LOADING), steering_vectors(TINY)
    adapted = kernels.weights(matrices, steering)
    exact = handwritten.weights(matrices.astype(np.complex128), steering.astype(np.complex128))
    assert adapted.dtype == np.complex64
    assert accuracy(exact, adapted) > 100


def test_beamform(wrapped: np.ndarray, reference: dict[str, np.ndarray]) -> None:
    steering = steering_vectors(TINY)
    adapted = kernels.weights(kernels.covariance(wrapped, LOADING), steering)
    beams = kernels.beamform(wrapped, adapted, steering)
    exact = handwritten.beamform(reference["cells"], adapted.astype(np.complex128), steering)
    assert beams.dtype == np.complex64
    assert accuracy(exact, beams.reshape(exact.shape)) > 100


def test_beamform_where_the_response_vanishes(wrapped: np.ndarray) -> None:
    shape = TINY.bins, wrapped.shape[2], TINY.beams, TINY.channels * kernels.DOFS
    beams = kernels.beamform(wrapped, np.zeros(shape, np.complex64), steering_vectors(TINY))
    assert not beams.any()


@pytest.mark.parametrize("loading", [0.0, LOADING])
def test_chain(cube: np.ndarray, loading: float) -> None:
    steering = steering_vectors(TINY)
    beams = kernels.process(cube, steering, TINY.bins, TINY.training, loading)
    exact = handwritten.process(
        cube.astype(np.complex128), steering.astype(np.complex128), TINY.bins, TINY.training, loading
    )
    assert beams.shape == TINY.beams_shape
    assert accuracy(exact, beams) > (100 if loading else 80)


def test_cell_averaging(cube: np.ndarray) -> None:
    beams = cube[:2, :5]
    ratio = kernels.cell_averaging(beams, 2, 16)
    assert np.allclose(ratio, handwritten.cell_averaging(beams, 2, 16), rtol=1e-6)
    noise = np.abs(np.concatenate([beams[1, 3, :8], beams[1, 3, 13:29]]).astype(np.complex128)) ** 2
    assert ratio[1, 3, 10] == pytest.approx(abs(beams[1, 3, 10]) ** 2 / noise.mean(), rel=1e-5)


def test_cell_averaging_of_silence() -> None:
    assert not kernels.cell_averaging(np.zeros((1, 2, 40), np.complex64), 2, 16).any()


@pytest.mark.parametrize("march", ["portable", "native"])
def test_strict_versions_have_the_original_s_bits(
    march: str, cube: np.ndarray, wrapped: np.ndarray, tmp_path: Path
) -> None:
    text = Path(kernels.__file__).read_text(encoding="utf-8")
    compiled = load(compile_text(text, tmp_path, Options(strict=True, march=march)), "native")
    matrices, steering = kernels.covariance(wrapped, LOADING), steering_vectors(TINY)
    pairs = (
        (kernels.doppler_filter(cube, TINY.bins), compiled.doppler_filter(cube, TINY.bins)),
        (matrices, compiled.covariance(wrapped, LOADING)),
        (kernels.weights(matrices, steering), compiled.weights(matrices, steering)),
    )
    assert [a.tobytes() == b.tobytes() for a, b in pairs] == [True, True, True]
