"""Compilers that are missing, fail, hang or fill the disk: a message, never an exception."""

import ctypes
import sys
from pathlib import Path

import pytest

from pyaot.base.options import Options
from pyaot.output import c_compiler
from pyaot.output.c_compiler import Compiler, compile_library, find_compiler, flags

GOOD = "int f(void) { return 1; }\n"


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def _compile(folder: Path, text: str, compiler: Compiler, timeout: float = 30.0) -> c_compiler.CompileResult:
    (folder / "a b.c").write_text(text)
    return compile_library(folder / "a b.c", folder / "a b.so", compiler, Options(), timeout)


def test_good_text_becomes_a_library(tmp_path: Path) -> None:
    compiler = find_compiler()
    assert compiler is not None
    result = _compile(tmp_path, GOOD, compiler)
    assert result.ok and result.message == "" and result.seconds > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a b.c", "a b.so"]


def test_an_error_is_told_and_nothing_left(tmp_path: Path) -> None:
    compiler = find_compiler()
    assert compiler is not None
    result = _compile(tmp_path, "int f(void) { return nothing; }\n", compiler)
    assert not result.ok
    assert "nothing" in result.message and "status 1" in result.message
    assert [path.name for path in tmp_path.iterdir()] == ["a b.c"]


@pytest.mark.parametrize(
    ("script", "message"),
    (
        ("exit 3", "status 3 and said nothing"),
        ("echo 'fatal error: disk full'; exit 1", "disk full"),
        ("sleep 60", "did not finish within 0.3 seconds"),
        ("exit 0", "status 0"),
    ),
)
def test_a_compiler_that_misbehaves(tmp_path: Path, script: str, message: str) -> None:
    compiler = Compiler((str(_script(tmp_path / "my cc", script)),), "my cc 1.0")
    result = _compile(tmp_path, GOOD, compiler, timeout=0.3)
    assert not result.ok and message in result.message
    assert not (tmp_path / "a b.so").exists()


NUMBERED = """
#define EXPORT __attribute__((visibility("default")))
#ifdef PYAOT_FIRST
#define PART(number) (PYAOT_FIRST <= (number) && (number) <= PYAOT_LAST)
#else
#define PART(number) 1
#endif
#if PART(1)
EXPORT int f(void) { return 1; }
#endif
#if PART(2)
#ifdef BAD
int g(void) { return nothing; }
#endif
EXPORT int g(void) { return 2; }
#endif
"""


def test_parts_are_compiled_apart_and_linked(tmp_path: Path) -> None:
    compiler = find_compiler()
    assert compiler is not None
    text, library = tmp_path / "a b.c", tmp_path / "a b.so"
    text.write_text(NUMBERED)
    result = compile_library(text, library, compiler, Options(), parts=(range(2), range(2, 3)))
    assert result.ok, result.message
    loaded = ctypes.CDLL(str(library))
    assert (loaded.f(), loaded.g()) == (1, 2)
    text.write_text(f"#define BAD\n{NUMBERED}")
    result = compile_library(text, tmp_path / "bad.so", compiler, Options(), parts=(range(2), range(2, 3)))
    assert not result.ok and "nothing" in result.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a b.c", "a b.so"]


def test_a_compiler_that_is_gone_and_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = Compiler((str(tmp_path / "gone"),), "gone")
    assert "could not be run" in _compile(tmp_path, GOOD, gone).message
    result = compile_library(tmp_path / "a b.c", tmp_path / "no" / "a.so", gone, Options())
    assert not result.ok and "could not be run" in result.message


def test_cc_of_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = _script(tmp_path / "my cc", "echo my own 1.2")
    monkeypatch.setenv("CC", str(script))
    assert find_compiler() == Compiler((str(script),), "my own 1.2")
    monkeypatch.setenv("CC", f"'{script}' -m64")
    assert find_compiler() == Compiler((str(script), "-m64"), "my own 1.2")


def test_without_any_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/no/such/cc")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(c_compiler.importlib.util, "find_spec", lambda name: None)
    assert find_compiler() is None


def test_nothing_that_breaks_nan_and_infinity() -> None:
    gcc = Compiler(("gcc",), "gcc 12")
    for options in (Options(), Options(strict=True), Options(march="portable")):
        given = flags(gcc, options)
        assert not {"-ffast-math", "-Ofast", "-ffinite-math-only", "-fassociative-math"} & set(given)
    assert "-ffp-contract=off" in flags(gcc, Options(strict=True))
    assert not any(flag.startswith("-march") for flag in flags(gcc, Options(march="portable")))


def test_what_only_gcc_understands() -> None:
    assert "-fno-tree-pre" in flags(Compiler(("gcc",), "gcc 12"), Options())
    assert "-fno-tree-pre" not in flags(Compiler(("cc",), "Debian clang version 14"), Options())


def test_sine_and_cosine_stay_two_calls_where_they_may_be_vectors() -> None:
    gcc, clang = Compiler(("gcc",), "gcc 12"), Compiler(("cc",), "Debian clang version 14")
    assert "-fno-builtin-sin" in flags(gcc, Options())
    assert "-fno-builtin-sin" not in (*flags(gcc, Options(strict=True)), *flags(clang, Options()))


@pytest.mark.long
def test_zig_compiles_too(tmp_path: Path) -> None:
    pytest.importorskip("ziglang")
    zig = Compiler((sys.executable, "-m", "ziglang", "cc"), "zig")
    result = _compile(tmp_path, GOOD, zig, timeout=120)
    assert result.ok, result.message
