"""What compiled modules import: the choice among versions of a function, and the loading of kernels.

`docs/architecture.md` shows the text that uses these names.
"""

import builtins
import cmath
import math

import numpy
from numpy import ndarray

from pyaot_runtime.attempts import attempt
from pyaot_runtime.copies import PLAIN, with_copies
from pyaot_runtime.dispatch import DECLINED, Binder, versions
from pyaot_runtime.errors import on_copies, only_warns, report
from pyaot_runtime.guards import (
    calls,
    dtype_of,
    has_fields,
    is_def,
    is_tuple,
    is_view,
    named,
    overlap,
    takes_fields,
)
from pyaot_runtime.kernels import Kernels, load_kernels
from pyaot_runtime.library import allocate, library_call
from pyaot_runtime.lists import as_list, as_list_of_numpy, keep, lists_overlap, rebox, unbox, zipped
from pyaot_runtime.results import apart, named_result, read_only_view, view
from pyaot_runtime.threads import set_team, set_threads, threads

# The dtypes that guards compare with, in the machine's byte order.
bool_ = dtype_of("bool")
int8, int16, int32, int64 = map(dtype_of, ("int8", "int16", "int32", "int64"))
uint8, uint16, uint32, uint64 = map(dtype_of, ("uint8", "uint16", "uint32", "uint64"))
float32, float64 = map(dtype_of, ("float32", "float64"))
complex64, complex128 = map(dtype_of, ("complex64", "complex128"))

__all__ = [
    "DECLINED",
    "PLAIN",
    "Binder",
    "Kernels",
    "allocate",
    "apart",
    "as_list",
    "as_list_of_numpy",
    "attempt",
    "bool_",
    "builtins",
    "calls",
    "cmath",
    "complex64",
    "complex128",
    "float32",
    "float64",
    "has_fields",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_def",
    "is_tuple",
    "is_view",
    "keep",
    "library_call",
    "lists_overlap",
    "load_kernels",
    "math",
    "named",
    "named_result",
    "ndarray",
    "numpy",
    "on_copies",
    "only_warns",
    "overlap",
    "read_only_view",
    "rebox",
    "report",
    "set_team",
    "set_threads",
    "takes_fields",
    "threads",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "unbox",
    "versions",
    "view",
    "with_copies",
    "zipped",
]
