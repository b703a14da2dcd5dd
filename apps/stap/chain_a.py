"""Chain A: one beam, pulse compression and Doppler processing of a linear frequency modulated pulse train.

    chirp_echoes    R_p, t                  ->  s[P, N]      echo of a point target, pulse by pulse
    element_phases  x, y, u, w              ->  a[m]         phases of a plane wave over a planar array
    receive         a, s[p], z[m, N]        ->  X_p[m, N]    what the elements receive, with noise z
    beamform        X_p, a                  ->  b_p[N]       b_p[n] = sum over m of conj(a_m) X_p[m, n]
    matched_filter  t                       ->  h[K]         conj(FFT_K(exp(i pi (B/T) t^2)))
    compress        b[P, N], h              ->  Y[P, K]      fftshift(IFFT(FFT_K(b) h)) / N
    doppler         Y                       ->  Z[4P, K]     fftshift(FFT_4P(Y)) along the pulses

Lengths in metres, times in seconds, frequencies in hertz. Source: M. A. Richards, "Fundamentals of Radar
Signal Processing", 2nd edition, McGraw-Hill 2014, chapters 4, 5 and 9.
"""

import math
import time
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Complex1: TypeAlias = np.ndarray[tuple[int], np.dtype[np.complex128]]
Complex2: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.complex128]]
Float1: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]

LIGHT = 0.299792458e9


@dataclass(frozen=True)
class Radar:
    """Waveform, array and target of chain A."""

    pulses: int = 32  # P
    columns: int = 21  # elements along x, over [-1.5, 1.5] m
    rows: int = 15  # elements along y, over [-1.05, 1.05] m
    sample_rate: float = 1e9  # fs
    carrier: float = 9e9  # fc
    duration: float = 10e-6  # T
    bandwidth: float = 100e6  # B
    velocity: float = 30.0  # of the target, away
    first_range: float = -250.0  # R0, of the target at the first pulse, from the middle of the range window
    direction: tuple[float, float] = (0.2, -0.3)  # (u, w) of the target

    @property
    def interval(self):
        """Time from pulse to pulse, PRI."""
        return self.duration / 0.1

    @property
    def samples(self):
        """N, samples of a pulse."""
        return round(self.duration * self.sample_rate)

    @property
    def transform(self):
        """K = 2 * 2^ceil(log2 N), the length of the transforms along range."""
        return 2 * 2 ** math.ceil(math.log2(self.samples))


RADARS = {
    "tiny": Radar(pulses=4, columns=5, rows=3, sample_rate=1.25e8),
    "small": Radar(pulses=32),
    "medium": Radar(pulses=64),
    "large": Radar(pulses=64, rows=30),
}


def chirp_echoes(times: Float1, ranges: Float1, rate: float) -> Complex2:
    """s[p, n] = exp(i pi rate (t_n - tau_p)^2) with tau_p = 2 R_p / c; `rate` is B / T in Hz / s."""
    result = np.zeros((ranges.shape[0], times.shape[0]), dtype=np.complex128)
    for p in range(ranges.shape[0]):
        delay = 2.0 * ranges[p] / LIGHT
        for n in range(times.shape[0]):
            phase = math.pi * rate * (times[n] - delay) ** 2
            result[p, n] = np.cos(phase) + 1j * np.sin(phase)
    return result


def element_phases(x: Float1, y: Float1, u: float, w: float, wavelength: float) -> Complex1:
    """a[m] = exp(2 pi i (x_m u + y_m w) / wavelength), the elements in rows of x."""
    result = np.zeros(x.shape[0] * y.shape[0], dtype=np.complex128)
    for j in range(y.shape[0]):
        for i in range(x.shape[0]):
            phase = 2.0 * math.pi / wavelength * (x[i] * u + y[j] * w)
            result[j * x.shape[0] + i] = np.cos(phase) + 1j * np.sin(phase)
    return result


def receive(phases: Complex1, echo: Complex1, noise: Complex2) -> Complex2:
    """X[m, n] = a_m s[n] + z[m, n]."""
    received = np.zeros_like(noise)
    for m in range(phases.shape[0]):
        for n in range(echo.shape[0]):
            received[m, n] = phases[m] * echo[n] + noise[m, n]
    return received


def beamform(received: Complex2, phases: Complex1) -> Complex1:
    """b[n] = sum over m of conj(a_m) X[m, n]."""
    beam = np.zeros(received.shape[1], dtype=np.complex128)
    for m in range(received.shape[0]):
        weight = phases[m].conjugate()
        for n in range(received.shape[1]):
            beam[n] += weight * received[m, n]
    return beam


def matched_filter(replica: Complex1, transform: int) -> Complex1:
    """h = conj(FFT_K(replica)) of the transmitted pulse."""
    return np.conj(np.fft.fft(replica, transform))


def compress(beams: Complex2, response: Complex1) -> Complex2:
    """Y = fftshift(IFFT(FFT_K(b) h)) / N along range; [P, K]."""
    spectrum = np.fft.fft(beams, response.shape[0], axis=1) * response
    return np.fft.fftshift(np.fft.ifft(spectrum, axis=1), axes=1) / beams.shape[1]


def doppler(compressed: Complex2) -> Complex2:
    """Z = fftshift(FFT_4P(Y)) along the pulses; [4P, K]."""
    return np.fft.fftshift(np.fft.fft(compressed, 4 * compressed.shape[0], axis=0), axes=0)


def sample_times(radar):
    """t_n = -T/2 + n / fs."""
    return -radar.duration / 2 + np.arange(radar.samples) / radar.sample_rate


def target_ranges(radar):
    """R_p = R0 + p PRI v."""
    return radar.first_range + np.arange(radar.pulses) * radar.interval * radar.velocity


def target_phases(radar):
    """a for the direction of the target."""
    x, y = np.linspace(-1.5, 1.5, radar.columns), np.linspace(-1.05, 1.05, radar.rows)
    return element_phases(x, y, *radar.direction, LIGHT / radar.carrier)


class ElementNoise:
    """z[m, N] = (randn + i randn) / sqrt(2), drawn pulse by pulse: all pulses at once would fill the memory.

    Every iteration draws the same noise. `seconds` adds up what the drawing took.
    """

    def __init__(self, radar, seed):
        self.shape = radar.columns * radar.rows, radar.samples
        self.pulses = radar.pulses
        self.seed = seed
        self.seconds = 0.0

    def __iter__(self):
        generator = np.random.default_rng(self.seed)
        for _ in range(self.pulses):
            start = time.perf_counter()
            noise = generator.standard_normal((*self.shape, 2)).view(np.complex128)[..., 0]
            noise *= math.sqrt(0.5)
            self.seconds += time.perf_counter() - start
            yield noise


def process(radar, noises):
    """Z[4P, K] of one cube; `noises` gives z[m, N] pulse by pulse: one is in memory at a time."""
    times, phases = sample_times(radar), target_phases(radar)
    rate = radar.bandwidth / radar.duration
    echoes = chirp_echoes(times, target_ranges(radar), rate)
    beams = np.stack([beamform(receive(phases, echo, noise), phases) for echo, noise in zip(echoes, noises)])
    replica = chirp_echoes(times, np.zeros(1), rate)[0]
    return doppler(compress(beams, matched_filter(replica, radar.transform)))


def peak_range(radar, image):
    """The range of the strongest cell of Z, in metres from the middle of the window."""
    column = int(np.argmax(np.abs(image).max(axis=0)))
    return (column - radar.transform // 2) * LIGHT / (2 * radar.sample_rate)
