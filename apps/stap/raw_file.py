"""Raw files of complex64 samples: little-endian, C order, no header, as public STAP benchmark data are."""

import math
import os

import numpy as np

SAMPLE = np.dtype("<c8")


class RawFileError(ValueError):
    """A file that cannot hold the array that was asked for."""


def read_array(path, shape):
    """The complex64 array of that shape in the file at `path`."""
    expected = math.prod(shape) * SAMPLE.itemsize
    found = os.path.getsize(path)
    if found != expected:
        raise RawFileError(f"{path}: {complaint(found, expected, shape)}")
    return np.fromfile(path, dtype=SAMPLE).reshape(shape).astype(np.complex64, copy=False)


def write_array(path, array):
    """Writes what `read_array` reads."""
    np.ascontiguousarray(array, dtype=SAMPLE).tofile(path)


def complaint(found, expected, shape):
    """What is wrong with a file of `found` bytes where `expected` belong."""
    sizes = " x ".join(str(extent) for extent in shape)
    wanted = (
        f"expected {expected} bytes ({sizes} complex64 samples of {SAMPLE.itemsize} bytes), found {found}"
    )
    if found == 0:
        return f"the file is empty: {wanted}"
    if found < expected:
        return f"the file ends too early: {wanted}"
    return f"the file is too long, so the sizes are not those of its array: {wanted}"
