"""The pictures of a run: angle against Doppler before and after adaptation, and detections in range.

Every picture is a PNG file made by `png.py`. Rings mark the truth, crosses the detections.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import png

LEFT, RIGHT, TOP, BOTTOM = 92, 96, 40, 62  # margins of a panel
RING_OUTER, RING_INNER, CROSS_OUTER, CROSS_INNER = 9, 7, 13, 5  # sizes of the marks, in pixels


@dataclass(frozen=True)
class Axis:
    """What an edge of a panel means: its label, its ends, and the ticks to draw."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """An image in dB whose first row is the lowest, with its axes, colour limits and marks (x, y)."""

    title: str
    image: np.ndarray
    x: Axis
    y: Axis
    low: float
    high: float
    truth: tuple = ()
    detections: tuple = ()


DIRECTION = Axis("direction sin(angle)", -1.0, 1.0, (-1.0, -0.5, 0.0, 0.5, 1.0))
DOPPLER = Axis("Doppler (cycles / pulse)", -0.5, 0.5, (-0.4, -0.2, 0.0, 0.2, 0.4))


def angle_doppler(path, before, ratio, targets, detections, threshold):
    """Left: power of the beams without adaptation [D, K]; right: the largest CFAR statistic over range."""
    quiet, after = decibels(before), decibels(ratio.max(axis=2))
    marks = {
        "truth": tuple((t.direction, t.doppler) for t in targets),
        "detections": tuple((d.direction, d.doppler) for d in detections),
    }
    panels = (
        Panel("without adaptation: power (dB)", rows_of(quiet), DIRECTION, DOPPLER, quiet.min(), quiet.max()),
        Panel(
            "adapted: over local noise (dB)", rows_of(after), DIRECTION, DOPPLER, 5.0, threshold + 8, **marks
        ),
    )
    save(path, np.concatenate([draw(panel, 480, 420) for panel in panels], axis=1))


def detection_map(path, ratio, targets, detections, threshold):
    """The CFAR statistic [D, K, N], largest over the beams, over range and Doppler."""
    image = np.fft.fftshift(decibels(ratio.max(axis=0)), axes=0)
    ranges = ratio.shape[2]
    panel = Panel(
        "detections: over local noise (dB), rings: truth, crosses: found",
        image,
        Axis("range cell", 0, ranges, tuple(np.arange(0, ranges + 1, ranges // 8))),
        DOPPLER,
        5.0,
        threshold + 8,
        tuple((t.range_cell + 0.5, t.doppler) for t in targets),
        tuple((d.range_cell + 0.5, d.doppler) for d in detections),
    )
    save(path, draw(panel, 480, 1000))


def range_doppler(path, image, ranges):
    """Chain A: |Z| in dB below its peak; `ranges` in metres are the ends of its horizontal axis."""
    levels = decibels(np.abs(image) ** 2)
    levels -= levels.max()
    ticks = tuple(tick for tick in range(-400, 401, 100) if ranges[0] <= tick <= ranges[1])
    panel = Panel(
        "pulse compression and Doppler (dB)",
        levels,
        Axis("range (m)", *ranges, ticks),
        DOPPLER,
        -60.0,
        0.0,
    )
    save(path, draw(panel, 480, 1000))


def conventional_power(doppler, steering, dofs):
    """Mean over range of |v^H s|^2 for X[L, K, N] and v[D, n], by the middle bin alone: [D, K]."""
    middle = steering.reshape(steering.shape[0], -1, dofs)[:, :, dofs // 2]
    beams = np.einsum("dl,lkr->dkr", middle.conj(), doppler)
    return (np.abs(beams) ** 2).mean(axis=2)


def rows_of(beams):
    """[D, K] as an image: Doppler upwards from -1/2, direction to the right."""
    return np.fft.fftshift(beams.T, axes=0)


def decibels(power):
    """10 log10, with the zeros at the smallest value that is not zero."""
    floor = power[power > 0].min() if (power > 0).any() else 1.0
    return 10 * np.log10(np.maximum(power, floor))


def save(path, raster):
    """Writes a raster as a PNG file."""
    Path(path).write_bytes(png.encode(raster))


def draw(panel, height, width):
    """A panel with axes, ticks, colour bar and marks, around an image of that size."""
    raster = png.blank(height + TOP + BOTTOM, width + LEFT + RIGHT)
    pixels = png.colours_of(peaks_kept(panel.image, height, width), panel.low, panel.high)
    raster[TOP : TOP + height, LEFT : LEFT + width] = png.stretch(pixels[::-1], height, width)
    png.frame(raster, TOP, LEFT, height, width)
    png.write(raster, 12, LEFT, panel.title)
    draw_x_axis(raster, panel.x, height, width)
    draw_y_axis(raster, panel.y, height)
    draw_colour_bar(raster, panel, height, width)
    for mark, points in ((ring(), panel.truth), (cross(), panel.detections)):
        for x, y in points:
            row = TOP + height - 1 - round(part(panel.y, y) * (height - 1))
            column = LEFT + round(part(panel.x, x) * (width - 1))
            png.place(raster, mark, row - mark.shape[0] // 2, column - mark.shape[1] // 2, png.WHITE)
    return raster


def peaks_kept(image, height, width):
    """The image, made no larger than a raster of that size by taking the largest of neighbouring cells."""
    rows = np.arange(min(height, image.shape[0])) * image.shape[0] // min(height, image.shape[0])
    columns = np.arange(min(width, image.shape[1])) * image.shape[1] // min(width, image.shape[1])
    return np.maximum.reduceat(np.maximum.reduceat(image, rows, axis=0), columns, axis=1)


def part(axis, value):
    """Where a value lies on an axis, 0 at its low end and 1 at its high one."""
    return (value - axis.low) / (axis.high - axis.low)


def draw_x_axis(raster, axis, height, width):
    """Ticks, numbers and label below the image."""
    for tick in axis.ticks:
        column = LEFT + round(part(axis, tick) * (width - 1))
        raster[TOP + height : TOP + height + 6, column] = png.GREY
        png.write(raster, TOP + height + 10, column - png.text_width(f"{tick:g}", 2) // 2, f"{tick:g}")
    png.write(raster, TOP + height + 36, LEFT + (width - png.text_width(axis.label, 2)) // 2, axis.label)


def draw_y_axis(raster, axis, height):
    """Ticks, numbers and label to the left of the image."""
    for tick in axis.ticks:
        row = TOP + height - 1 - round(part(axis, tick) * (height - 1))
        raster[row, LEFT - 6 : LEFT] = png.GREY
        png.write(raster, row - 7, LEFT - 10 - png.text_width(f"{tick:g}", 2), f"{tick:g}")
    png.write_upwards(raster, TOP + (height + png.text_width(axis.label, 2)) // 2, 8, axis.label)


def draw_colour_bar(raster, panel, height, width):
    """The colours and what they mean, to the right of the image."""
    left = LEFT + width + 16
    scale = np.linspace(panel.high, panel.low, height)[:, None]
    raster[TOP : TOP + height, left : left + 16] = png.colours_of(scale, panel.low, panel.high)
    png.frame(raster, TOP, left, height, 16)
    for step in range(5):
        value = panel.low + (panel.high - panel.low) * step / 4
        row = TOP + height - 1 - round(step / 4 * (height - 1))
        png.write(raster, row - 7, left + 22, f"{value:.0f}")


def ring():
    """A circle's dots."""
    offsets = np.arange(-RING_OUTER, RING_OUTER + 1)
    distance = np.hypot(offsets[:, None], offsets[None, :])
    return (distance <= RING_OUTER) & (distance > RING_INNER)


def cross():
    """The dots of a diagonal cross with an open middle."""
    offsets = np.abs(np.arange(-CROSS_OUTER, CROSS_OUTER + 1))
    return (np.abs(offsets[:, None] - offsets[None, :]) <= 1) & (offsets[:, None] >= CROSS_INNER)
