"""BLAS for kernels: the library of the package scipy_openblas32, else the one that NumPy brings along.

Kernels get pointers to its functions. Its own threads are kept at one: kernels have theirs.
"""

import ctypes
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# The functions that kernels call, by their names in CBLAS.
NAMES = (*(f"cblas_{letter}gemm" for letter in "sdcz"), "cblas_ssyrk", "cblas_dsyrk")


@dataclass(frozen=True)
class Blas:
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
    return _own() or _numpys()


def _own() -> Blas | None:
    found = importlib.util.find_spec("scipy_openblas32")
    if found is None or found.origin is None:
        return None
    return _loaded(Path(found.origin).parent / "lib", "libscipy_openblas*", "scipy_", "", False)


def _numpys() -> Blas | None:
    found = importlib.util.find_spec("numpy")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    for place in (folder.parent / "numpy.libs", folder / ".dylibs"):
        blas = _loaded(place, "libscipy_openblas64_*", "scipy_", "64_", True)
        if blas is not None:
            return blas
    return None


def _loaded(folder: Path, pattern: str, prefix: str, suffix: str, wide: bool) -> Blas | None:
    for path in sorted(folder.glob(pattern)) if folder.is_dir() else ():
        try:
            blas = Blas(ctypes.CDLL(str(path)), prefix, suffix, wide)
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
