"""What a LibraryCall means: the NumPy callable of `ir/functions.py`, on views of the arrays."""

import functools
import operator
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from pyaot.ir.functions import LIBRARY, LibraryFunction
from pyaot.ir.interpret_ops import Failure, InternalError
from pyaot.ir.nodes import LibraryCall, Section


def section_view(data: Any, section: Section, starts: Sequence[int], extents: Sequence[int]) -> Any:
    """The view of a section; one that is not inside the array fails."""
    lengths = dict(zip(section.axes, extents, strict=True))
    for axis, start in enumerate(starts):
        if not (start >= 0 and start + lengths.get(axis, 1) <= data.shape[axis]):
            raise Failure("a section of an array is out of range")
    index = tuple(
        slice(start, start + lengths[axis]) if axis in lengths else start for axis, start in enumerate(starts)
    )
    kept = sorted(section.axes)
    view = data[(*index, ...)]  # the ellipsis keeps a view where no axis is left
    return view.transpose([kept.index(axis) for axis in section.axes])


def run_library(stmt: LibraryCall, outputs: Sequence[Any], inputs: Sequence[Any]) -> None:
    """Computes from the inputs and writes the outputs, once all inputs are read."""
    known = LIBRARY[stmt.function]
    _refuse_overlap(known.name, outputs, inputs)
    try:
        result = _compute(known, inputs, dict(stmt.options))
    except (np.linalg.LinAlgError, ValueError) as error:
        raise Failure(f"{known.numpy}: {error}") from error
    results = result if isinstance(result, tuple) else (result,)
    options = dict(stmt.options)
    for output, value in zip(outputs, results, strict=False):
        if output.shape != np.shape(value):
            raise InternalError(f"{known.name} gives {np.shape(value)}, the output is {output.shape}")
        output[...] = output + value if options.get("accumulate") else value


def _refuse_overlap(name: str, outputs: Sequence[Any], inputs: Sequence[Any]) -> None:
    for output, given in product(outputs, inputs):
        if isinstance(given, np.ndarray) and np.shares_memory(output, given) and not _same(output, given):
            raise InternalError(f"an output of {name} overlaps an input")


def _same(a: Any, b: Any) -> bool:
    keys = ("data", "shape", "strides")
    return all(a.__array_interface__[key] == b.__array_interface__[key] for key in keys)


def _compute(known: LibraryFunction, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    if known.name == "matmul":
        return _matmul(inputs, options)
    function = functools.reduce(getattr, known.numpy.split(".")[1:], np)
    if known.name == "einsum":
        return function(options["subscripts"], *inputs)  # type: ignore[operator]
    if known.name == "lexsort":
        return function(inputs)  # type: ignore[operator]
    return function(*inputs, **options)  # type: ignore[operator]


def _matmul(inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    left = np.conjugate(inputs[0]) if options.get("conjugate_left") else inputs[0]
    right = np.conjugate(inputs[1]) if options.get("conjugate_right") else inputs[1]
    product = operator.matmul(left, right)
    for scale in (options.get("alpha", 1), *inputs[2:]):
        if scale != 1:
            product = product * product.dtype.type(scale)
    return product
