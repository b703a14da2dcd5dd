"""Targets in the beams: threshold, clusters, and the comparison with the truth.

The statistic is `kernels.cell_averaging`: power over the mean power of the reference cells. A cell above the
threshold is an exceedance; the exceedances that one target causes in its range cell (main lobe
and side lobes in angle and Doppler) make one detection, at the strongest of them.
"""

from dataclasses import dataclass

import numpy as np
from cube import steering_directions
from kernels import cell_averaging

GUARD = 2  # range cells beside the tested one that do not count as noise
REFERENCE = 16  # range cells on either side that do
THRESHOLD = 15.5  # dB; chosen between the strongest false and the weakest true statistic of many seeds
SIDE_LOBES = 0.1  # side lobes lie below this part of the main lobe's statistic (-10 dB)


@dataclass(frozen=True)
class Detection:
    """A cluster of exceedances at its peak; `statistic` is power over local noise, in dB."""

    direction: float  # u = sin(angle) of the beam
    doppler: float  # cycles per pulse
    range_cell: int
    statistic: float
    cells: int


def statistic(beams):
    """The CFAR statistic of y[D, K, N]: power over local noise, [D, K, N]."""
    return cell_averaging(beams, GUARD, REFERENCE)


def detect(ratio, sizes, threshold):
    """Detections in the CFAR statistic [D, K, N], strongest first; `threshold` in dB."""
    cells = np.argwhere(ratio > 10 ** (threshold / 10))
    levels = ratio[tuple(cells.T)]
    order = np.argsort(levels, kind="stable")[::-1]
    clusters = []
    for cell, level in zip(cells[order], levels[order]):
        owner = next((c for c in clusters if belongs(cell, level, c[0], c[1], sizes)), None)
        if owner is None:
            clusters.append([cell, level, 1])
        else:
            owner[2] += 1
    return tuple(describe(*cluster, sizes) for cluster in clusters)


def belongs(cell, level, peak, peak_level, sizes):
    """Whether the target with that peak explains an exceedance.

    In its own range cell its main lobe in Doppler does, in every beam (the side lobes of few adaptive
    channels are high), and its side lobes in Doppler do.
    """
    _, doppler, distance = np.abs(cell - peak)
    doppler = min(doppler, sizes.bins - doppler)
    main_lobe = 2 * sizes.bins // sizes.pulses  # twice its K / P bins from peak to null: snapshots overlap
    return distance == 0 and (doppler <= main_lobe or level < SIDE_LOBES * peak_level)


def describe(peak, level, cells, sizes):
    """The peak's indices as physical quantities."""
    beam, k, r = (int(i) for i in peak)
    doppler = (k / sizes.bins + 0.5) % 1.0 - 0.5
    return Detection(
        float(steering_directions(sizes.beams)[beam]), doppler, r, float(10 * np.log10(level)), cells
    )


@dataclass(frozen=True)
class Comparison:
    """(target, its detection or None) for each target, and the detections that found nothing."""

    found: tuple
    false: tuple

    @property
    def missed(self):
        """How many targets no detection stands for."""
        return sum(detection is None for _, detection in self.found)


def compare(detections, targets, sizes):
    """Every target takes the strongest detection within 1 / L in u, 1 / P in Doppler and one range cell."""
    left = list(detections)
    found = []
    for target in targets:
        match = next((d for d in left if is_at(d, target, sizes)), None)
        if match is not None:
            left.remove(match)
        found.append((target, match))
    return Comparison(tuple(found), tuple(left))


def is_at(detection, target, sizes):
    """Whether a detection lies where a target is, within the resolution of array and pulses."""
    doppler = (detection.doppler - target.doppler + 0.5) % 1.0 - 0.5
    return (
        abs(detection.range_cell - target.range_cell) <= 1
        and abs(doppler) <= 1.0 / sizes.pulses
        and abs(detection.direction - target.direction) <= 1.0 / sizes.channels
    )


def table(comparison):
    """The detections against the truth, as text."""
    lines = [
        "            truth                          detected",
        "      u     Doppler  range   SNR       u     Doppler  range  over noise  cells",
    ]
    for target, detection in comparison.found:
        truth = f"{target.direction:+8.3f} {target.doppler:+9.4f} {target.range_cell:6d} {target.snr:5.1f}"
        lines.append(f"{truth}  {columns(detection)}")
    lines.extend(f"{'nothing there':>31}  {columns(detection)}" for detection in comparison.false)
    hits = len(comparison.found) - comparison.missed
    lines.append(f"{hits} of {len(comparison.found)} targets found, {len(comparison.false)} false")
    return "\n".join(lines)


def columns(detection):
    """One detection as a table's columns."""
    if detection is None:
        return "  missed"
    return (
        f"{detection.direction:+8.3f} {detection.doppler:+9.4f} {detection.range_cell:6d} "
        f"{detection.statistic:8.1f} dB {detection.cells:5d}"
    )
