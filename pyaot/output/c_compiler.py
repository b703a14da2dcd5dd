"""Finding a C compiler and calling it. Whatever goes wrong is said in the result, never raised.

find_compiler()                                   $CC, cc, gcc, clang, else the ziglang package, else None
compile_library(text, library, compiler, options)  CompileResult(ok, seconds, message)

A text of several parts is compiled by several compilers side by side. The library is written beside its
place and moved there when it is complete, so two builds at once, a killed one or a full disk leave no
half-written file.
"""

import contextlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

TIMEOUT = 120.0  # seconds

# The features of x86 and ARM that compilers use by themselves; names of /proc/cpuinfo.
_PLAIN = "pni ssse3 sse4_1 sse4_2 popcnt avx f16c fma bmi1 bmi2 abm movbe avx2 fma4 xop"
_WIDE = (
    "avx512f avx512dq avx512cd avx512bw avx512vl avx512ifma avx512vbmi avx512_vbmi2 avx512_vnni "
    "avx512_bitalg avx512_vpopcntdq avx512_bf16 avx512_fp16 avx_vnni gfni vaes vpclmulqdq"
)
_ARM = "asimd asimddp asimdhp sve sve2 atomics"
_FEATURES = frozenset(f"{_PLAIN} {_WIDE} {_ARM}".split())


class CompileOptions(Protocol):
    """What is needed of `pyaot.base.options.Options`."""

    @property
    def strict(self) -> bool: ...
    @property
    def march(self) -> str: ...


class Compiler(Struct, frozen=True):
    """A C compiler: the command it is called by, and its name and version for messages and for the cache."""

    command: tuple[str, ...]
    version: str

    @property
    def is_clang(self) -> bool:
        """Clang, or zig, which is clang."""
        return "clang" in self.version.lower() or self.is_zig

    @property
    def is_zig(self) -> bool:
        """The compiler of the ziglang package."""
        return "ziglang" in self.command


class CompileResult(Struct, frozen=True):
    """Whether the library was written; `message` says what the compiler complained of."""

    ok: bool
    seconds: float
    message: str = ""


def find_compiler() -> Compiler | None:
    """The first compiler that answers."""
    for command in _candidates():
        version = _version(command)
        if version is not None:
            return Compiler(command, version)
    return None


def _candidates() -> list[tuple[str, ...]]:
    chosen = os.environ.get("CC", "")
    found = [_command(chosen)] if chosen.strip() else []
    found += [(path,) for path in map(shutil.which, ("cc", "gcc", "clang")) if path]
    if importlib.util.find_spec("ziglang") is not None:
        found.append((sys.executable, "-m", "ziglang", "cc"))
    return [command for command in found if command]


def _command(text: str) -> tuple[str, ...]:
    """`gcc -m64` is a command with an option, `/my tools/gcc` a path."""
    if shutil.which(text):
        return (text,)
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return ()


def _version(command: tuple[str, ...]) -> str | None:
    try:
        result = subprocess.run([*command, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    lines = result.stdout.decode(errors="replace").splitlines()
    return lines[0] if result.returncode == 0 and lines else None


def compile_library(
    text_path: Path,
    library_path: Path,
    compiler: Compiler,
    options: CompileOptions,
    timeout: float = TIMEOUT,
    parts: Sequence[range] = (),
) -> CompileResult:
    """Compiles one C file into a shared library; its numbered functions by those parts, all at once."""
    start = time.perf_counter()
    try:
        message = _compile(text_path, library_path, compiler, options, timeout, parts)
    except subprocess.TimeoutExpired:
        message = f"the C compiler did not finish within {timeout:g} seconds and was stopped"
    except OSError as error:
        message = f"the C compiler could not be run or its output not be written: {error}"
    return CompileResult(not message, time.perf_counter() - start, message)


def _compile(
    text_path: Path,
    library_path: Path,
    compiler: Compiler,
    options: CompileOptions,
    timeout: float,
    parts: Sequence[range],
) -> str:
    """An empty text, or what went wrong."""
    call = [*compiler.command, *flags(compiler, options)]
    deadline = time.monotonic() + timeout
    with tempfile.TemporaryDirectory(prefix=".pyaot-", dir=library_path.parent) as folder:
        unfinished = Path(folder, "unfinished.so")
        sources = [_as_argument(text_path)]
        if len(parts) > 1:
            sources = [str(Path(folder, f"{part.start}.o")) for part in parts]
            status, complaints = _run(
                [
                    [*call, "-c", *_only(part), _as_argument(text_path), "-o", to]
                    for part, to in zip(parts, sources, strict=True)
                ],
                deadline,
            )
            if status != 0:
                return _complaint(status, complaints)
        status, complaints = _run([[*call, *sources, "-o", str(unfinished), "-lm"]], deadline)
        if status != 0 or not unfinished.exists():
            return _complaint(status, complaints)
        unfinished.chmod(0o755)
        unfinished.replace(library_path)
        return ""


def _only(part: range) -> tuple[str, str]:
    """The options that compile these of the functions that the text numbers."""
    return f"-DPYAOT_FIRST={part.start}", f"-DPYAOT_LAST={part.stop - 1}"


def _as_argument(path: Path) -> str:
    """A path that no compiler takes for an option."""
    return str(path.absolute())


def _run(commands: Sequence[Sequence[str]], deadline: float) -> tuple[int, str]:
    """All at once: status and output of the first that failed, else of the last."""
    with contextlib.ExitStack() as running:
        processes = [running.enter_context(_started(command)) for command in commands]
        for process in processes:
            output, _ = process.communicate(timeout=max(0.0, deadline - time.monotonic()))
            if process.returncode != 0:
                break
        return process.returncode, output.decode(errors="replace")


@contextlib.contextmanager
def _started(command: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A compiler in a session of its own, so that it can be stopped with its children; it ends at the end."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C"},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, 9)


def _complaint(status: int, complaints: str) -> str:
    lines = [line for line in complaints.splitlines() if line.strip()]
    chosen = next((line for line in lines if "error:" in line), lines[-1] if lines else "")
    said = f": {chosen.strip()}" if chosen else " and said nothing"
    return f"the C compiler ended with status {status}{said}"


def flags(compiler: Compiler, options: CompileOptions) -> tuple[str, ...]:
    """The options of a compilation. Never -ffast-math: NaN and infinity keep their meaning."""
    contract = "off" if options.strict else "fast"
    common = ("-O3", "-std=gnu11", "-fPIC", "-shared", "-fvisibility=hidden", "-w")
    floats = ("-fno-math-errno", f"-ffp-contract={contract}", "-fcx-fortran-rules")
    openmp = ("-fopenmp-simd",) if compiler.is_zig else ("-fopenmp",)
    # gcc's elimination of partial redundancies carries values from turn to turn: then there are no vectors.
    order = () if compiler.is_clang else ("-fno-tree-pre",)
    # It makes one call of sine and cosine of a number, of which there is no form for vectors.
    apart = () if options.strict or compiler.is_clang else ("-fno-builtin-sin", "-fno-builtin-sinf")
    unfused = _without_fusing(options.march) if options.strict and not compiler.is_clang else ()
    return (*common, *floats, *order, *apart, *openmp, *_architecture(options.march), *unfused)


def _without_fusing(march: str) -> tuple[str, ...]:
    """No fused instructions for gcc: its vectoriser makes vfmaddsub in spite of -ffp-contract=off."""
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    native = ("-mno-fma", "-mno-fma4", "-mno-avx512f") if is_x86 and march == "native" else ()
    return ("-DPYAOT_STRICT", *native)


def _architecture(march: str) -> tuple[str, ...]:
    if march != "native":
        return ("-DPYAOT_PORTABLE",)
    needs = " ".join(sorted(cpu_features()))
    return ("-march=native", f'-DPYAOT_NEEDS="{needs}"')


def cpu_features(cpuinfo: str = "/proc/cpuinfo") -> frozenset[str]:
    """The features of this CPU that a library built for it may use; none where the system does not tell."""
    try:
        with open(cpuinfo, encoding="ascii", errors="replace") as stream:
            for line in stream:
                if line.lower().startswith(("flags", "features")):
                    return frozenset(line.partition(":")[2].split()) & _FEATURES
    except OSError:
        pass
    return frozenset()


def library_suffix() -> str:
    """The end of a library's file name: it holds no code of CPython's, only of the machine."""
    return f".{platform.machine().lower() or 'any'}-{sys.platform}.so"
