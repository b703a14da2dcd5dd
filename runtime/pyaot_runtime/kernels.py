"""Loading a library of kernels. What cannot be loaded costs one warning, and the other versions run.

kernels = load_kernels(__file__, "prog_kernels", digest="...")
kernels.get("smooth")       a function of one tuple, or None
"""

import ctypes
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeAlias

from pyaot_runtime.blas import give_blas
from pyaot_runtime.library import allocate, library_call, write
from pyaot_runtime.memory import keep_freed_memory
from pyaot_runtime.threads import available_cores, follow_threads, threads

Kernel: TypeAlias = Callable[[tuple[Any, ...]], tuple[Any, ...]]

# The end of a library's name; the compiler writes the same.
SUFFIX = f".{platform.machine().lower() or 'any'}-{sys.platform}.so"

_PREFIX = "pyaot_entry_"

# What kernels call; the libraries hold a reference to it.
_services = SimpleNamespace(allocate=allocate, library_call=library_call, write=write)


class Kernels:
    """The kernels of a module; none of them where the library could not be loaded."""

    def __init__(self, library: ctypes.PyDLL | None = None) -> None:
        self._library = library

    def __bool__(self) -> bool:
        return self._library is not None

    def get(self, name: str) -> Kernel | None:
        """The kernel of an IR function, or of its symbol `pyaot_entry_...`; None where there is none."""
        if self._library is None:
            return None
        find = self._library.pyaot_function
        find.restype, find.argtypes = ctypes.py_object, (ctypes.c_char_p,)
        symbol = name if name.startswith(_PREFIX) else _PREFIX + name
        kernel: Kernel | None = find(symbol.encode())
        return kernel

    def entry(self, symbol: str) -> Kernel:
        """The kernel of that symbol; KeyError where there is none."""
        kernel = self.get(symbol)
        if kernel is None:
            raise KeyError(symbol)
        return kernel


def load_kernels(beside: str | os.PathLike[str], name: str, digest: str = "") -> Kernels:
    """The library `name` beside the file `beside` or in that folder; an empty one, with a warning, if not."""
    place = os.fspath(beside)
    folder = place if os.path.isdir(place) else os.path.dirname(place)
    path = os.path.join(folder, f"{name}{SUFFIX}")
    try:
        return Kernels(_load(path, digest))
    except (OSError, AttributeError, _UnusableError) as error:
        message = f"pyaot: '{path}' is not used, slower versions run instead: {error}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return Kernels()


class _UnusableError(Exception):
    """The library is not for this machine, or not the one that was compiled."""


def _load(path: str, digest: str) -> ctypes.PyDLL:
    if digest:
        _check_digest(path, digest)
    library = _open(os.path.abspath(path))
    needed = ctypes.c_char.in_dll(library, "pyaot_needs")
    _check_cpu(ctypes.string_at(ctypes.addressof(needed)).decode())
    library.pyaot_attach.argtypes = (ctypes.py_object,)
    library.pyaot_attach.restype = None
    library.pyaot_attach(_services)
    give_blas(library)
    library.pyaot_set_threads.argtypes = (ctypes.c_int,)
    library.pyaot_set_threads.restype = None
    follow_threads(library.pyaot_set_threads)
    keep_freed_memory()
    return library


# The files that were loaded, by path: the system gives the old library again for a path that it knows.
_opened: dict[str, tuple[int, int, int]] = {}


def _open(path: str) -> ctypes.PyDLL:
    status = os.stat(path)
    version = (status.st_ino, status.st_size, status.st_mtime_ns)
    if _opened.setdefault(path, version) == version:
        with _polite_spinning():
            return ctypes.PyDLL(path)
    import tempfile  # seldom needed, and with what it imports itself half of the time to load this package

    with tempfile.NamedTemporaryFile(suffix=SUFFIX) as copy:
        copy.write(_content(path))
        copy.flush()
        return ctypes.PyDLL(copy.name)


@contextmanager
def _polite_spinning() -> Iterator[None]:
    """Idle threads of GNU's OpenMP spin a little where cores are free, not at all where others want them.

    Left to itself it spins for milliseconds: on a busy machine a team then waits for whole time slices.
    It reads its settings when it is loaded, so they need not stay.
    """
    if "OMP_WAIT_POLICY" in os.environ or "GOMP_SPINCOUNT" in os.environ:
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = "10000" if _cores_are_free() else "0"
    try:
        yield
    finally:
        os.environ.pop("GOMP_SPINCOUNT", None)


def _cores_are_free() -> bool:
    try:
        return os.getloadavg()[0] + threads() <= available_cores() + 0.5
    except OSError:
        return True


def _content(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _check_digest(path: str, digest: str) -> None:
    import hashlib  # loads OpenSSL, which programs without kernels have no use for

    if not hashlib.sha256(_content(path)).hexdigest().startswith(digest):
        raise _UnusableError("it is damaged, or of another compilation")


def _check_cpu(needed: str) -> None:
    missing = set(needed.split()) - cpu_features() if needed else set()
    if missing:
        raise _UnusableError(
            f"it was compiled for a CPU with {', '.join(sorted(missing))}, which this one lacks"
        )


@cache
def cpu_features(cpuinfo: str = "/proc/cpuinfo") -> frozenset[str]:
    """The features of this CPU, as the system names them; read once."""
    try:
        with open(cpuinfo, encoding="ascii", errors="replace") as stream:
            for line in stream:
                if line.lower().startswith(("flags", "features")):
                    return frozenset(line.partition(":")[2].split())
    except OSError:
        pass
    return frozenset()
