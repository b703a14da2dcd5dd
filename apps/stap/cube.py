"""A radar data cube with known targets: receiver noise, a clutter ridge, a jammer, and point targets.

    x[l, p, r] = noise + clutter + jammer + sum over targets of a exp(i pi l u) exp(2 pi i p f)

l: channel of a uniform line array at half a wavelength; p: pulse; r: range cell; u = sin(angle) in [-1, 1];
f: Doppler frequency in cycles per pulse, in [-1/2, 1/2). Receiver noise has power 1 in every sample; every
power below is relative to it, in dB, per channel and pulse.

Source: J. Ward, "Space-time adaptive processing for airborne radar", MIT Lincoln Laboratory TR-1015, 1994,
chapter 2: a side-looking array sees the ground patch at u with the Doppler frequency f = beta u / 2.
"""

from dataclasses import dataclass

import numpy as np
from kernels import DOFS


@dataclass(frozen=True)
class Sizes:
    """What the arrays of the chain measure; n = channels * DOFS."""

    channels: int  # L
    pulses: int  # P
    bins: int  # K, a power of two
    ranges: int  # N, a multiple of training
    training: int  # B, range cells in a training block
    beams: int  # D, steering directions

    def __post_init__(self):
        if min(self.channels, self.pulses, self.ranges, self.training, self.beams) < 1:
            raise ValueError("every size must be at least 1")
        if self.bins < max(self.pulses, 2) or self.bins & (self.bins - 1):
            raise ValueError(
                f"{self.bins} Doppler bins: must be a power of two, at least the {self.pulses} pulses"
            )
        if self.ranges % self.training:
            raise ValueError(f"{self.ranges} range cells are not a whole number of blocks of {self.training}")
        if self.training < self.channels * DOFS:
            raise ValueError(
                f"{self.training} training cells cannot estimate a covariance of order "
                f"{self.channels * DOFS} = {self.channels} channels x {DOFS} bins"
            )

    @property
    def cube_shape(self):
        """The shape of x."""
        return self.channels, self.pulses, self.ranges

    @property
    def beams_shape(self):
        """The shape of y."""
        return self.beams, self.bins, self.ranges


SIZES = {
    "tiny": Sizes(channels=4, pulses=32, bins=64, ranges=64, training=32, beams=8),
    "small": Sizes(channels=4, pulses=128, bins=256, ranges=512, training=32, beams=16),
    "medium": Sizes(channels=6, pulses=128, bins=256, ranges=1024, training=64, beams=16),
    "large": Sizes(channels=8, pulses=128, bins=256, ranges=4096, training=64, beams=16),
}


@dataclass(frozen=True)
class Scene:
    """What is out there besides noise; powers in dB over the noise of one channel and pulse."""

    clutter: float | None = 15.0  # clutter-to-noise ratio; None: no clutter
    ridge: float = 1.0  # beta, the slope of the clutter ridge
    jammer: float | None = 15.0  # jammer-to-noise ratio; None: no jammer
    jammer_direction: float = -0.6  # u of the jammer
    target_snr: float = 30.0  # signal-to-noise ratio of a target, integrated over all channels and pulses
    targets: int | None = None  # None: one in each training block, at most four


@dataclass(frozen=True)
class Target:
    """A point target: u = sin(angle), Doppler in cycles per pulse, range cell, integrated SNR in dB."""

    direction: float
    doppler: float
    range_cell: int
    snr: float


def make_cube(sizes, scene, seed):
    """(x complex64 [L, P, N], the targets in it); the same for the same arguments."""
    generator = np.random.default_rng(seed)
    targets = place_targets(sizes, scene, generator)
    cube = complex_normal(generator, sizes.cube_shape)
    if scene.clutter is not None:
        cube += clutter_ridge(sizes, scene, generator)
    if scene.jammer is not None:
        cube += barrage_jammer(sizes, scene, generator)
    for target in targets:
        cube[:, :, target.range_cell] += echo(sizes, target, generator.uniform(0, 2 * np.pi))
    return cube.astype(np.complex64), targets


def complex_normal(generator, shape):
    """Circular complex Gaussian noise of power 1."""
    return (generator.standard_normal(shape) + 1j * generator.standard_normal(shape)) / np.sqrt(2)


def spatial_response(channels, direction):
    """exp(i pi l u), [L] or [L, directions]."""
    return np.exp(1j * np.pi * np.multiply.outer(np.arange(channels), direction))


def temporal_response(pulses, doppler):
    """exp(2 pi i p f), [P] or [P, frequencies]."""
    return np.exp(2j * np.pi * np.multiply.outer(np.arange(pulses), doppler))


def clutter_ridge(sizes, scene, generator):
    """Independent ground patches from all directions in front, with the Doppler that their direction gives.

    A patch at u has the power of the element pattern, 1 - u^2, and f = ridge u / 2.
    """
    patches = max(64, 4 * sizes.pulses)
    directions = (np.arange(patches) + 0.5) / patches * 2 - 1
    pattern = 1 - directions**2
    amplitudes = np.sqrt(10 ** (scene.clutter / 10) * pattern / pattern.sum())
    reflections = amplitudes[:, None] * complex_normal(generator, (patches, sizes.ranges))
    tones = temporal_response(sizes.pulses, scene.ridge * directions / 2)
    waves = spatial_response(sizes.channels, directions)
    return np.stack([tones @ (wave[:, None] * reflections) for wave in waves])


def barrage_jammer(sizes, scene, generator):
    """White noise from one direction, new in every pulse and range cell."""
    signal = 10 ** (scene.jammer / 20) * complex_normal(generator, (sizes.pulses, sizes.ranges))
    return spatial_response(sizes.channels, scene.jammer_direction)[:, None, None] * signal


def echo(sizes, target, phase):
    """What a target adds to its range cell, [L, P]."""
    amplitude = np.sqrt(10 ** (target.snr / 10) / (sizes.channels * sizes.pulses))
    wave = spatial_response(sizes.channels, target.direction)
    return amplitude * np.exp(1j * phase) * np.outer(wave, temporal_response(sizes.pulses, target.doppler))


def place_targets(sizes, scene, generator):
    """Targets where such a radar can see them.

    Off the clutter ridge and off the jammer by the array's half beam width 1 / L (in u), one training block
    apart in range from each other where there are blocks enough, and within 45 degrees of broadside.
    """
    blocks = generator.permutation(sizes.ranges // sizes.training)
    targets = []
    count = min(4, len(blocks)) if scene.targets is None else scene.targets
    for number in range(count):
        direction, doppler = visible_place(sizes, scene, generator)
        cell = int(blocks[number % len(blocks)]) * sizes.training + int(generator.integers(sizes.training))
        targets.append(Target(direction, doppler, cell, scene.target_snr))
    return tuple(targets)


def visible_place(sizes, scene, generator):
    """(u, f) drawn until clutter and jammer leave it free."""
    reach = 1.0 / sizes.channels
    for _ in range(10_000):
        direction, doppler = generator.uniform(-0.7, 0.7), generator.uniform(-0.5, 0.5)
        ridge_distance = abs(circular(doppler - scene.ridge * direction / 2))
        if scene.clutter is not None and ridge_distance < reach / 2:
            continue
        if scene.jammer is not None and abs(direction - scene.jammer_direction) < reach:
            continue
        return float(direction), float(doppler)
    raise ValueError("clutter and jammer leave no place for a target: more channels, or no jammer")


def circular(doppler):
    """A Doppler frequency or a difference of two, brought to [-1/2, 1/2)."""
    return (doppler + 0.5) % 1.0 - 0.5


def steering_directions(beams):
    """u of the D beams, evenly over [-1, 1]."""
    return (np.arange(beams) + 0.5) / beams * 2 - 1


def steering_vectors(sizes):
    """v[D, n]: what a target in direction u_d with the middle bin's Doppler leaves in the three bins.

    v[d, channel * DOFS + dof] = exp(i pi channel u_d) g(dof - 1), g(j) = (1/P) sum of exp(-2 pi i p j / K)
    """
    spatial = spatial_response(sizes.channels, steering_directions(sizes.beams))
    offsets = np.arange(DOFS) - DOFS // 2
    temporal = temporal_response(sizes.pulses, -offsets / sizes.bins).mean(axis=0)
    vectors = spatial.T[:, :, None] * temporal[None, None, :]
    return vectors.reshape(sizes.beams, sizes.channels * DOFS).astype(np.complex64)
