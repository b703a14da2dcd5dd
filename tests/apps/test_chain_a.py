"""Chain A: the loops against array expressions, and the range of the target."""

import chain_a
import numpy as np
import pytest

RADAR = chain_a.RADARS["tiny"]


def test_loops_are_the_formulas() -> None:
    times, ranges = chain_a.sample_times(RADAR), chain_a.target_ranges(RADAR)
    rate = RADAR.bandwidth / RADAR.duration
    echoes = chain_a.chirp_echoes(times, ranges, rate)
    assert np.allclose(echoes, np.exp(1j * np.pi * rate * (times - 2 * ranges[:, None] / chain_a.LIGHT) ** 2))
    phases = chain_a.target_phases(RADAR)
    noise = next(iter(chain_a.ElementNoise(RADAR, 1)))
    received = chain_a.receive(phases, echoes[0], noise)
    assert np.allclose(received, phases[:, None] * echoes[0] + noise)
    assert np.allclose(chain_a.beamform(received, phases), phases.conj() @ received)


@pytest.mark.parametrize(("first_range", "seed"), [(-250.0, 0), (-250.0, 1), (0.0, 2), (137.0, 3)])
def test_peak_lies_at_the_target(first_range: float, seed: int) -> None:
    radar = chain_a.Radar(pulses=2, columns=5, rows=3, sample_rate=1.25e8, first_range=first_range)
    image = chain_a.process(radar, chain_a.ElementNoise(radar, seed))
    assert image.shape == (8, radar.transform)
    assert abs(chain_a.peak_range(radar, image) - first_range) <= 1.2


def test_full_sampling_gives_the_known_peak() -> None:
    """-250.03 m for the target at -250 m; the beam is formed by a product, the loops would take minutes."""
    radar = chain_a.RADARS["small"]
    times, rate = chain_a.sample_times(radar), radar.bandwidth / radar.duration
    replica = np.exp(1j * np.pi * rate * times**2)
    echo = np.exp(1j * np.pi * rate * (times - 2 * radar.first_range / chain_a.LIGHT) ** 2)
    compressed = chain_a.compress(echo[None], chain_a.matched_filter(replica, radar.transform))
    assert radar.transform == 32768
    assert chain_a.peak_range(radar, chain_a.doppler(compressed)) == pytest.approx(-250.03, abs=0.005)
