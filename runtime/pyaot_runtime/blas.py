"""BLAS and LAPACK for kernels: NumPy's own, else those of the package scipy_openblas32.

Kernels get pointers to its functions. Two libraries in one process have two pools of threads, which wait for
one another's cores: 200 x 200 x 200 took 4.1 ms beside NumPy's own, 0.1 ms with it.
"""

import ctypes
import os
from functools import cache
from importlib.machinery import PathFinder
from typing import Any, NamedTuple

# The functions that kernels call, by their names in CBLAS and in LAPACK.
NAMES = (
    *(f"cblas_{letter}gemm" for letter in "sdcz"),
    *("cblas_ssyrk", "cblas_dsyrk"),
    *(f"{letter}{name}_" for name in ("gesv", "getrf", "potrf") for letter in "sdcz"),
)


class Blas(NamedTuple):
    """A loaded BLAS: how its symbols are spelled, and whether its ints have 64 bits."""

    library: ctypes.CDLL
    prefix: str
    suffix: str
    wide: bool

    def address(self, name: str) -> int | None:
        """The address of a function, or None where the library lacks it."""
        try:
            function = getattr(self.library, f"{self.prefix}{name}{self.suffix}")
        except AttributeError:
            return None
        return ctypes.cast(function, ctypes.c_void_p).value


@cache
def find_blas() -> Blas | None:
    """The BLAS of this process, loaded when it is first asked for."""
    return _numpys() or _own()


def _own() -> Blas | None:
    folder = _folder_of("scipy_openblas32")
    return None if folder is None else _loaded(f"{folder}/lib", "libscipy_openblas", "scipy_", "", False)


def _numpys() -> Blas | None:
    folder = _folder_of("numpy")
    for place in (f"{folder}.libs", f"{folder}/.dylibs"):
        blas = _loaded(place, "libscipy_openblas64_", "scipy_", "64_", True)
        if blas is not None:
            return blas
    return None


def _folder_of(package: str) -> str | None:
    """The package's folder; the package is not imported."""
    found = PathFinder.find_spec(package)
    return None if found is None or found.origin is None else os.path.dirname(found.origin)


def _loaded(folder: str, start: str, prefix: str, suffix: str, wide: bool) -> Blas | None:
    """The first library in the folder that can be loaded, among those whose names begin so."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        if not name.startswith(start):
            continue
        try:
            blas = Blas(ctypes.CDLL(f"{folder}/{name}"), prefix, suffix, wide)
        except OSError:
            continue
        if blas.address("cblas_dgemm") is not None:
            return blas
    return None


def give_blas(library: Any) -> None:
    """Gives a library of kernels the functions it asks for; it asks by exporting `pyaot_set_blas`."""
    try:
        give = library.pyaot_set_blas
    except AttributeError:
        return
    blas = find_blas()
    if blas is None:
        return
    give.argtypes, give.restype = (ctypes.c_char_p, ctypes.c_void_p), None
    width = b"wide" if blas.wide else b"narrow"
    give(width, None)
    for name in (*NAMES, "openblas_set_num_threads", "openblas_get_num_threads"):
        address = blas.address(name)
        if address is not None:
            give(name.encode(), address)
