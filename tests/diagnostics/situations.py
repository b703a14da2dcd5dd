"""What the pinned examples are about: a compilation, an option, or a machine on which something is wrong."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.options import Options
from pyaot.base.render import render
from pyaot.base.source import SourceFile
from pyaot.cli import fill
from pyaot.cli.sources import read
from pyaot.driver import compile_source, write_bundle
from pyaot.output.c_compiler import TIMEOUT, Compiler, compile_library
from pyaot.output.cache import open_cache
from tests.diagnostics.pinned import Example
from tests.unit.annotate.seen import annotate

FILE = Path("example.py")
RELAXED = Options()

Said = tuple[Diagnostic, ...]
Situation = Callable[[str, pytest.MonkeyPatch], Said]

FULL_DISK = """#!/bin/sh
echo "example_kernels.c: fatal error: error writing to example_kernels.so: No space left on device" >&2
exit 1
"""
SLEEPY = "#!/bin/sh\nsleep 60\n"
BUG = """def optimise(*_):
    raise AssertionError("loop 'i' is in no band")
"""


def messages(example: Example, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Code and text of all that is said in the example's situation; files are made in the current folder."""
    try:
        said = SITUATIONS[example.situation](example.program, monkeypatch)
    except PyaotError as error:
        said = (error.diagnostic,)
    source = SourceFile(FILE, example.program)
    return [(diagnostic.code.number, render(diagnostic, source)) for diagnostic in said]


def _compiled() -> Said:
    """What is said when the file is compiled and everything is written."""
    return write_bundle(compile_source(read(FILE), RELAXED), Path("build")).diagnostics


def _ordinary(program: str, monkeypatch: pytest.MonkeyPatch, options: Options = RELAXED) -> Said:
    FILE.write_text(program, encoding="utf-8")
    return compile_source(read(FILE), options).diagnostics


def _missing(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    monkeypatch.setattr("pathlib.Path.cwd", lambda: Path("/home/me"))
    return _compiled()


def _latin_1(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    FILE.write_text(program, encoding="latin-1")
    return _compiled()


def _with_compiler(
    program: str, monkeypatch: pytest.MonkeyPatch, script: str | None, timeout: float = TIMEOUT
) -> Said:
    """The C compiler is this shell script; None: there is none."""
    compiler = None
    if script is not None:
        Path("cc").write_text(script)
        Path("cc").chmod(0o755)
        compiler = Compiler(("./cc",), "cc 1.0")
    monkeypatch.setattr("pyaot.output.build.find_compiler", lambda: compiler)
    monkeypatch.setattr("pyaot.output.build.compile_library", partial(compile_library, timeout=timeout))
    FILE.write_text(program)
    return _compiled()


def _file_in_the_way(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    Path("build").touch()
    FILE.write_text(program)
    return _compiled()


def _bad_cache(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    Path("cache").touch()
    problem = open_cache(Path("cache"))
    return () if problem is None else (problem,)


def _damaged_entry(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    said: list[Diagnostic] = []
    monkeypatch.setattr("pyaot.cli.fill.show", lambda diagnostics, *_: said.extend(diagnostics))
    monkeypatch.setenv("PYAOT_CACHE_DIR", "cache")
    FILE.write_text(program)
    Path("cache/4f1d").mkdir(parents=True)
    CliRunner().invoke(fill.command, [str(FILE), "--key", "4f1d", "--target", "numpy"])
    return tuple(said)


def _broken_pass(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """The place that the message names does not move with this file."""
    names: dict[str, Any] = {}
    exec(compile(BUG, "optimise.py", "exec"), names)
    monkeypatch.setattr("pyaot.driver.optimise", names["optimise"])
    return _ordinary(program, monkeypatch)


def _annotated(program: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    return annotate(program, Path.cwd()).remarks


SITUATIONS: dict[str, Situation] = {
    "": _ordinary,
    "--fp strict": partial(_ordinary, options=Options(strict=True)),
    "--target numpy": partial(_ordinary, options=Options(targets=("numpy",))),
    "the file is missing": _missing,
    "the file is written in Latin-1": _latin_1,
    "there is no C compiler": partial(_with_compiler, script=None),
    "the disk is full": partial(_with_compiler, script=FULL_DISK),
    "the C compiler hangs": partial(_with_compiler, script=SLEEPY, timeout=0.2),
    "a file stands where the output folder should be": _file_in_the_way,
    "a file stands where the cache should be": _bad_cache,
    "an entry of the cache is damaged": _damaged_entry,
    "a pass has a bug": _broken_pass,
    "pyaot annotate": _annotated,
}
