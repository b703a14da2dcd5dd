"""What kernels ask of Python: new arrays, and NumPy's functions on views of their buffers.

A handler of a signal may run in a library call and raise. So calls change nothing themselves (a sort may
begin anew): they say what is to be written, and `write`, in which no handler can run, is called for it.
"""

import functools
import operator
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any, TypeAlias

import numpy

# Memory, dtype, shape, strides in bytes.
Section: TypeAlias = tuple[memoryview, str, tuple[int, ...], tuple[int, ...]]

# The functions that kernels call, by the name that the compiler gives them.
FUNCTIONS = {
    "matmul": "matmul",
    "einsum": "einsum",
    "solve": "linalg.solve",
    "inv": "linalg.inv",
    "pinv": "linalg.pinv",
    "det": "linalg.det",
    "slogdet": "linalg.slogdet",
    "cholesky": "linalg.cholesky",
    "eigh": "linalg.eigh",
    "eigvalsh": "linalg.eigvalsh",
    "eig": "linalg.eig",
    "eigvals": "linalg.eigvals",
    "matrix_rank": "linalg.matrix_rank",
    "svd": "linalg.svd",
    "svdvals": "linalg.svdvals",
    "qr": "linalg.qr",
    "lstsq": "linalg.lstsq",
    "fft": "fft.fft",
    "ifft": "fft.ifft",
    "rfft": "fft.rfft",
    "irfft": "fft.irfft",
    "hfft": "fft.hfft",
    "fft2": "fft.fft2",
    "ifft2": "fft.ifft2",
    "fftn": "fft.fftn",
    "ifftn": "fft.ifftn",
    "sort": "sort",
    "argsort": "argsort",
    "lexsort": "lexsort",
    "partition": "partition",
    "argpartition": "argpartition",
    "searchsorted": "searchsorted",
    "digitize": "digitize",
    "median": "median",
    "percentile": "percentile",
    "quantile": "quantile",
    "interp": "interp",
    "convolve": "convolve",
    "correlate": "correlate",
}


# A new array for a result: `allocate(shape, dtype)`; its elements are undefined. It runs no code of Python.
allocate = numpy.empty

# `write(array, ..., value)`
write = operator.setitem
Write: TypeAlias = tuple[Any, EllipsisType, Any]


def library_call(
    name: str, outputs: Sequence[Section], inputs: Sequence[Any], options: Mapping[str, Any]
) -> tuple[Write, ...]:
    """What `outputs[...] = name(*inputs, **options)` is to write; an exception makes the attempt fail."""
    values = [_as_array(item) if isinstance(item, tuple) else item for item in inputs]
    if name == "sort":
        sorted_in_place = _as_array(outputs[0])
        sorted_in_place[...] = values[0]
        sorted_in_place.sort(**options)
        return ()
    result = _compute(name, values, dict(options))
    results = result if isinstance(result, tuple) else (result,)
    writes: list[Write] = []
    for section, value in zip(outputs, results, strict=False):
        output = _as_array(section)
        if output.shape != numpy.shape(value):
            raise ValueError(f"{name} gives {numpy.shape(value)}, not {output.shape}")
        writes.append((output, ..., output + value if options.get("accumulate") else value))
    return tuple(writes)


def _as_array(section: Section) -> Any:
    memory, dtype, shape, strides = section
    return numpy.ndarray(shape, dtype, memory, 0, strides)


def _compute(name: str, inputs: list[Any], options: dict[str, Any]) -> Any:
    if name == "matmul":
        return _matmul(inputs, options)
    function = functools.reduce(getattr, FUNCTIONS[name].split("."), numpy)
    if name == "einsum":
        return function(options["subscripts"], *inputs)  # type: ignore[operator]
    if name == "lexsort":
        return function(inputs)  # type: ignore[operator]
    return function(*inputs, **options)  # type: ignore[operator]


def _matmul(inputs: list[Any], options: dict[str, Any]) -> Any:
    left = numpy.conjugate(inputs[0]) if options.get("conjugate_left") else inputs[0]
    right = numpy.conjugate(inputs[1]) if options.get("conjugate_right") else inputs[1]
    product = numpy.matmul(left, right)
    for scale in (options.get("alpha", 1), *inputs[2:]):
        if scale != 1:
            product = product * product.dtype.type(scale)
    return product
