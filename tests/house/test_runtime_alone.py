"""Compiled programs need NumPy and pyaot_runtime: no compiler, no libcst, no islpy, nothing slow to load."""

import json
import subprocess
import sys

PROBE = """
import json, sys
import numpy
before = set(sys.modules)
import pyaot_runtime
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_runtime_loads_nothing_of_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    modules = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert modules - set(sys.stdlib_module_names) - {"numpy", "pyaot_runtime"} == set()


def test_runtime_loads_nothing_that_takes_long() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    slow = {
        "hashlib",
        "tempfile",
        "shutil",
        "pathlib",
        "dataclasses",
        "inspect",
        "subprocess",
        "importlib.util",
    }
    assert slow & set(json.loads(done.stdout)) == set()
