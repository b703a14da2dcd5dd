"""Results of the same size need no new pages, once there have been some."""

import os
import platform
import subprocess
import sys

import pytest

ROUNDS = """
import resource
import numpy as np
from pyaot_runtime.memory import keep_freed_memory
if {keeps}:
    keep_freed_memory()
for _ in range(4):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.full(3 << 20, 1, np.int8) for _ in range(8)]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    del arrays
print(after - before)
"""

IS_GLIBC = platform.libc_ver()[0] == "glibc"


def faults(keeps: bool, **environment: str) -> int:
    """Page faults of a round in which eight arrays are made, the fourth round of its kind."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(
        [sys.executable, "-c", ROUNDS.format(keeps=keeps)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(not IS_GLIBC, reason="another malloc")
def test_freed_memory_is_used_again() -> None:
    assert faults(keeps=True) < 100


@pytest.mark.skipif(not IS_GLIBC, reason="another malloc")
def test_the_user_s_settings_stay() -> None:
    returned = faults(keeps=False, MALLOC_TRIM_THRESHOLD_="1000000")
    kept = faults(keeps=True, MALLOC_TRIM_THRESHOLD_="1000000")
    assert returned > 1000 and kept > 1000
