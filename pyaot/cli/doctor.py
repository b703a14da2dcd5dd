"""`pyaot doctor`: what this machine has, what it lacks, and what that costs."""

import ctypes.util
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import asdict

from pyaot.base.cores import usable_cores
from pyaot.base.options import Options
from pyaot.output.c_compiler import compile_library, find_compiler
from pyaot.output.cache import cache_folder, open_cache

_OPENMP_PROBE = "#include <omp.h>\nint pyaot_probe(void) { return omp_get_max_threads(); }\n"
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


class Finding(Struct, frozen=True):
    """One thing that was looked for."""

    name: str
    found: bool
    what: str
    cost: str = ""  # of its absence


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Show what this machine has, what it lacks, and what that costs."""
    findings = [find() for find in FINDERS]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        mark = click.style("ok ", fg="green") if finding.found else click.style("-- ", fg="yellow")
        click.echo(f"{mark} {finding.name:<{width}}  {finding.what}")
        if not finding.found and finding.cost:
            click.echo(f"    {'':<{width}}  {finding.cost}")


def _python() -> Finding:
    numpy = _version("numpy")
    return Finding("Python", numpy is not None, f"{platform.python_version()}, NumPy {numpy or 'missing'}")


def _compiler() -> Finding:
    compiler = find_compiler()
    if compiler is None:
        cost = "No native versions. Install gcc or clang, or: pip install 'pyaot[cc]'"
        return Finding("C compiler", False, "none (looked for $CC, cc, gcc, clang, ziglang)", cost)
    return Finding("C compiler", True, f"{compiler.version} ({' '.join(compiler.command)})")


def _openmp() -> Finding:
    cost = "Native versions run on one thread."
    compiler = find_compiler()
    if compiler is None:
        return Finding("OpenMP", False, "no C compiler to ask", cost)
    with tempfile.TemporaryDirectory(prefix="pyaot-") as folder:
        text = Path(folder) / "probe.c"
        text.write_text(_OPENMP_PROBE)
        result = compile_library(text, text.with_suffix(".so"), compiler, Options())
    return Finding("OpenMP", result.ok, "the C compiler has it" if result.ok else result.message, cost)


def _blas() -> Finding:
    package = _version("scipy-openblas32")
    if package is not None:
        return Finding("BLAS", True, f"scipy-openblas32 {package}")
    cost = "NumPy's own BLAS serves. For a newer one: pip install scipy-openblas32"
    return Finding("BLAS", False, "scipy-openblas32 is not installed", cost)


def _cores() -> Finding:
    allowed, all_cores = usable_cores(), os.cpu_count() or 1
    chosen = [
        f"{name}={os.environ[name]}"
        for name in ("PYAOT_NUM_THREADS", "OMP_NUM_THREADS")
        if name in os.environ
    ]
    parts = [f"{allowed} of {all_cores} usable", *_quota(), *chosen]
    return Finding("cores", allowed > 1, ", ".join(parts), "Loops that could run in parallel run in order.")


def _quota() -> list[str]:
    """The share of processor time that the container allows."""
    try:
        quota, period = _QUOTA.read_text().split()
    except (OSError, ValueError):
        return []
    return [] if quota == "max" else [f"quota of {int(quota) / int(period):.1f}"]


def _gpu() -> Finding:
    driver = ctypes.util.find_library("cuda") is not None
    names = _gpu_names() if driver else []
    package = find_spec("cupy") is not None
    what = ", ".join(names) if names else "no CUDA device"
    cost = "Nothing: all versions run on the processor."
    return Finding("GPU", bool(names), f"{what}{', cupy' if package else ', no cupy'}", cost)


def _gpu_names() -> list[str]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return []
    return answer.stdout.split("\n")[:-1] if answer.returncode == 0 else []


def _ray() -> Finding:
    package = _version("ray")
    cost = "Programs run on this machine only. For several machines: pip install 'pyaot[ray]'"
    return Finding("Ray", package is not None, package or "not installed", cost)


def _cache() -> Finding:
    folder = cache_folder()
    problem = open_cache(folder)
    if problem is None:
        return Finding("cache", True, str(folder))
    cost = "'pyaot run' compiles at every start. PYAOT_CACHE_DIR names another folder."
    return Finding("cache", False, problem.message, cost)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


FINDERS: tuple[Callable[[], Finding], ...] = (
    _python,
    _compiler,
    _openmp,
    _blas,
    _cores,
    _gpu,
    _ray,
    _cache,
)
