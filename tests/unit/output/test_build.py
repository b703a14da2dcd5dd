"""Without a C compiler, or with one that fails, everything else is still written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_native import emit_native
from pyaot.base.catalogue import COMPILER_FAILED, COMPILER_HUNG, NO_COMPILER, NO_VERSION, NOTHING_TO_COMPILE
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.ir.build import add, function, give, i64, var
from pyaot.ir.program import Program
from pyaot.ir.types import PY_INT
from pyaot.output import build as module
from pyaot.output.build import build
from pyaot.output.bundle import Bundle
from pyaot.output.c_compiler import CompileResult
from pyaot.output.runtime_names import wording_for
from pyaot.plan.plan import plan
from tests.unit.output.compiled import entry

TEXT = "def increment(n: int) -> int:\n    return n + 1\n"
INCREMENT = function("increment", {"n": PY_INT}, give(add(var("n"), i64(1))))


def _build(folder: Path, text: str | None = None) -> Bundle:
    source = SourceFile(Path("some where/prog.py"), TEXT)
    options = Options(targets=("native",))
    planned = plan(Program((INCREMENT,), (entry(TEXT, "increment", INCREMENT),), ()), options)
    native = emit_native((INCREMENT,), options) if text is None else Emitted("native", text, ())
    return build(source, options, planned, native, {}, wording_for(source), (), folder, "__file__")


def _call(folder: Path) -> str:
    code = "import prog; print(prog.increment(41))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYAOT_TRACE": "1", "PYAOT_VERSION": "native", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr


def test_files_and_what_they_do(tmp_path: Path) -> None:
    folder = tmp_path / "out 'put'\nof mine"
    bundle = _build(folder)
    names = {path.name for path in folder.iterdir()}
    assert {"prog.py", "prog_kernels.c", "prog.report.json"} < names
    assert len(names) == 4 and any(
        name.startswith("prog_kernels.") and name.endswith(".so") for name in names
    )
    assert {path.name for path in bundle.paths} == names
    assert json.loads((folder / "prog.report.json").read_text()) == json.loads(json.dumps(bundle.report))
    assert _call(folder) == "42\npyaot: increment: native ran\n"


def test_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_compiler", lambda: None)
    bundle = _build(tmp_path)
    assert [d.code for d in bundle.diagnostics] == [NO_COMPILER, NO_VERSION, NOTHING_TO_COMPILE]
    assert "_pyaot.versions" not in bundle.module.text
    assert _call(tmp_path) == "42\n"


def test_compiler_fails(tmp_path: Path) -> None:
    bundle = _build(tmp_path, "this is no C\n")
    assert bundle.diagnostics[0].code == COMPILER_FAILED
    assert "error" in bundle.diagnostics[0].notes[0]
    assert (tmp_path / "prog_kernels.c").read_text() == "this is no C\n"  # kept, for the report of the bug
    assert _call(tmp_path) == "42\n"


def test_compiler_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = CompileResult(False, 1.0, "the C compiler did not finish within 1 seconds and was stopped")
    monkeypatch.setattr(module, "compile_library", lambda *args, **more: answer)
    assert _build(tmp_path).diagnostics[0].code == COMPILER_HUNG


def test_damaged_library_costs_a_warning_and_the_original_runs(tmp_path: Path) -> None:
    _build(tmp_path)
    (library,) = tmp_path.glob("*.so")
    library.write_bytes(library.read_bytes()[:-100])
    said = _call(tmp_path)
    assert said.startswith("42\n") and "damaged" in said
    assert "the original ran" in said
