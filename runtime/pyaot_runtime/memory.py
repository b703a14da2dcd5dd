"""Memory that was freed stays with the process for a while, so that the next results need no new pages.

The system gives a large array its memory page by page where it is first touched, and that takes as long as
many a kernel. GNU's malloc returns the free end of its heap to the system from some megabytes on: a program
that calls kernels in a loop then pays for all its results again in every turn.
"""

import ctypes
import os
from functools import cache

# Parameters of GNU's mallopt.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3

_LARGEST_IN_HEAP = 32 << 20  # malloc allows no more; by itself it comes to this number step by step
_KEPT = 256 << 20
_SHARE_KEPT = 32  # at most this part of the machine's memory


@cache
def keep_freed_memory() -> None:
    """Sets up malloc, once, where it is GNU's and the user has not done so."""
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    if "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", ""):
        return
    try:
        process = ctypes.CDLL(None)
        set_up = process.mallopt
        _ = process.gnu_get_libc_version  # another C library has other parameters
    except (AttributeError, OSError, TypeError):
        return
    set_up(_MMAP_THRESHOLD, _LARGEST_IN_HEAP)
    set_up(_TRIM_THRESHOLD, min(_KEPT, _memory() // _SHARE_KEPT))


def _memory() -> int:
    """The bytes of memory that the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
