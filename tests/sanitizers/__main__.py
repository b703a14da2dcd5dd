"""The native test programs under AddressSanitizer and UndefinedBehaviorSanitizer.

    python -m tests.sanitizers                         all of PROGRAMS below
    python -m tests.sanitizers tests/unit/backends     these tests

Every kernel that the tests compile is compiled with the sanitizers; Python itself is not, so its leaks are
not looked for. What a sanitizer reports is printed, and the status is 1, even where the tests pass. Before
that a faulty kernel shows that faults are reported at all.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (
    "tests/unit/backends",
    "tests/equivalence/test_lowering.py",
    "tests/equivalence/test_lowering_numpy.py",
    "tests/equivalence/test_linear_algebra.py",
    "tests/equivalence/test_growing.py",
    "tests/equivalence/test_found.py",
    "tests/equivalence/test_fields.py",
    "tests/equivalence/test_objects.py",
    "tests/equivalence/test_regions.py",
    "tests/equivalence/test_versions.py",
    "tests/equivalence/test_signals.py",
)
# The library of each sanitizer, its options for the compiler, and what it must find in the faulty kernel.
# Each has a run of its own: together in one process, reports of the second do not reach the files.
SANITIZERS = {
    "libubsan.so": ("undefined,float-cast-overflow", ("shift exponent", "outside the range")),
    "libasan.so": ("address", ("heap-buffer-overflow",)),
}
# A shift that C does not define, an element that is not there, a float that is no int.
FAULTY = """
#include <stdlib.h>
int faulty(int n)
{
    char *const a = malloc(2);
    a[0] = a[1] = 0;
    const int number = a[n] + (1 << (n + 31)) + (int)(n * 1e10);
    free(a);
    return number;
}
"""
LONGEST = 500  # of the lines that are shown


def main(tests: list[str]) -> int:
    """Runs the tests; the status is theirs, or 1 where something was reported."""
    compiler = shutil.which("gcc")
    if compiler is None:
        print("gcc is needed")
        return 2
    return max([_run(compiler, library, tests or list(PROGRAMS)) for library in SANITIZERS])


def _run(compiler: str, library: str, tests: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = _environment(compiler, library, folder)
        missed = _missed(library, environment, folder)
        if missed:
            print(f"not reported, though it is there: {', '.join(missed)}")
            return 2
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        found = _reports(folder)
    print("\n".join([f"{library}: {len(found)} lines of reports", *found[:LONGEST]]), flush=True)
    return 1 if found else status


def _environment(compiler: str, library: str, folder: Path) -> dict[str, str]:
    """The compilers run without the sanitizer's library, everything else with it."""
    checks = f"-fsanitize={SANITIZERS[library][0]} -fsanitize-recover=all -g1"
    log = f"log_path={folder}/report"
    return {
        **os.environ,
        "CC": f"env -u LD_PRELOAD {compiler} {checks}",
        "LD_PRELOAD": _library(compiler, library),
        "ASAN_OPTIONS": f"detect_leaks=0:halt_on_error=0:allocator_may_return_null=1:{log}",
        "UBSAN_OPTIONS": f"print_stacktrace=0:{log}",
        "PYAOT_CACHE_DIR": f"{folder}/cache",
    }


def _missed(library: str, environment: dict[str, str], folder: Path) -> list[str]:
    """What is not reported of the faulty kernel."""
    built, text = folder / "faulty.so", folder / "faulty.c"
    text.write_text(FAULTY)
    compiler = [*environment["CC"].split(), "-O1", "-fPIC", "-shared", str(text), "-o", str(built)]
    subprocess.run(compiler, check=True)
    call = f"import ctypes; ctypes.CDLL({str(built)!r}).faulty(2)"
    subprocess.run([sys.executable, "-c", call], env=environment, check=True)
    found = "\n".join(_reports(folder))
    for path in folder.glob("report*"):
        path.unlink()
    return [fault for fault in SANITIZERS[library][1] if fault not in found]


def _library(compiler: str, name: str) -> str:
    command = [compiler, f"-print-file-name={name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _reports(folder: Path) -> list[str]:
    """The lines of all reports, each once."""
    lines = [
        line
        for path in sorted(folder.glob("report*"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    return list(dict.fromkeys(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
