"""Compiled programs need NumPy and pyaot_runtime: no compiler, no libcst, no islpy, no time to load."""

import json
import subprocess
import sys

# The runtime's own share, NumPy not counted; the best of three, since machines are shared.
LONGEST_IMPORT_S = 0.1

PROBE = """
import json, sys, time
import numpy
before = set(sys.modules)
start = time.perf_counter()
import pyaot_runtime
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""


def _probe() -> tuple[float, set[str]]:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    return answer["seconds"], {name.partition(".")[0] for name in answer["modules"]}


def test_runtime_loads_nothing_of_the_compiler() -> None:
    _, modules = _probe()
    foreign = modules - set(sys.stdlib_module_names) - {"numpy", "pyaot_runtime"}
    assert foreign == set()


def test_runtime_loads_quickly() -> None:
    assert min(_probe()[0] for _ in range(3)) < LONGEST_IMPORT_S
