"""What kernels ask of Python: new arrays, and NumPy's functions on views of their buffers."""

import functools
from collections.abc import Mapping, Sequence
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


def allocate(dtype: str, shape: tuple[int, ...]) -> Any:
    """A new array for a result; its elements are undefined."""
    return numpy.empty(shape, dtype)


def library_call(
    name: str, outputs: Sequence[Section], inputs: Sequence[Any], options: Mapping[str, Any]
) -> None:
    """`outputs[...] = name(*inputs, **options)`; exceptions of the library make the attempt fail."""
    values = [_as_array(item) if isinstance(item, tuple) else item for item in inputs]
    if name == "sort":
        sorted_in_place = _as_array(outputs[0])
        sorted_in_place[...] = values[0]
        sorted_in_place.sort(**options)
        return
    result = _compute(name, values, dict(options))
    results = result if isinstance(result, tuple) else (result,)
    for section, value in zip(outputs, results, strict=False):
        output = _as_array(section)
        if output.shape != numpy.shape(value):
            raise ValueError(f"{name} gives {numpy.shape(value)}, not {output.shape}")
        output[...] = output + value if options.get("accumulate") else value


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
