"""Loading libraries of kernels, threads, and what kernels ask of Python."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from pyaot_runtime import kernels as loading
from pyaot_runtime.blas import find_blas
from pyaot_runtime.kernels import SUFFIX, cpu_features, load_kernels
from pyaot_runtime.library import FUNCTIONS, library_call, write
from pyaot_runtime.threads import available_cores, cgroup_quota, set_threads, threads

from pyaot.base.options import Options
from pyaot.ir.build import add, dim, function, give, load, loop, store, var
from pyaot.ir.functions import LIBRARY
from pyaot.ir.nodes import Marks
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.output import c_compiler
from tests.unit.backends.native import build_kernels

F64 = Scalar(DType.FLOAT64)
TURN = store("a", var("i"), value=load("a", var("i"), type=F64), checked=False)
F = function(
    "f",
    {"a": Array(DType.FLOAT64, 1), "n": PY_INT},
    loop("i", 0, dim("a", 0), TURN, marks=Marks(parallel=True)),
    give(add(var("n"), 1)),
)


@pytest.mark.parametrize("name", ("plain", "with space", "größe", "quote'\"", "new\nline", "-dash"))
def test_folders_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    kernels = build_kernels(folder, F)
    assert kernels.entry("f")((np.zeros(3), 41)) == (0, 0, 42)
    assert kernels.get("pyaot_entry_f") is not None
    assert kernels.get("g") is None
    with pytest.raises(KeyError):
        kernels.entry("g")


def test_libraries_are_found_beside_a_file(tmp_path: Path) -> None:
    build_kernels(tmp_path, F)
    kernels = load_kernels(str(tmp_path / "prog.py"), "prog_kernels")
    assert kernels.entry("f")((np.zeros(3), 1)) == (0, 0, 2)


def test_a_missing_library_costs_one_warning(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="slower versions") as caught:
        kernels = load_kernels(tmp_path, "prog_kernels")
    assert len(caught) == 1 and caught[0].filename == __file__
    assert not kernels and kernels.get("f") is None


def test_a_damaged_library_is_not_loaded(tmp_path: Path) -> None:
    build_kernels(tmp_path, F)
    library = tmp_path / f"prog_kernels{SUFFIX}"
    digest = hashlib.sha256(library.read_bytes()).hexdigest()
    assert load_kernels(tmp_path, "prog_kernels", digest=digest)
    damaged = bytearray(library.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    library.unlink()
    library.write_bytes(damaged)
    with pytest.warns(RuntimeWarning, match="damaged"):
        assert not load_kernels(tmp_path, "prog_kernels", digest=digest)
    library.unlink()
    library.write_bytes(b"no library")
    with pytest.warns(RuntimeWarning, match="not used"):
        assert not load_kernels(tmp_path, "prog_kernels")


def test_a_library_that_was_compiled_anew_is_loaded_anew(tmp_path: Path) -> None:
    old = build_kernels(tmp_path, F).entry("f")
    new = build_kernels(tmp_path, function("f", {"n": PY_INT}, give(add(var("n"), 2)))).entry("f")
    assert old((np.zeros(1), 1)) == (0, 0, 2)
    assert new((1,)) == (0, 0, 3)


def test_a_library_for_another_cpu_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_kernels(tmp_path, F)
    assert cpu_features(), "this test needs a system that names the features of its CPU"
    monkeypatch.setattr(loading, "cpu_features", lambda: frozenset({"fpu"}))
    with pytest.warns(RuntimeWarning, match="which this one lacks"):
        assert not load_kernels(tmp_path, "prog_kernels")


def test_portable_libraries_need_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "cpu_features", frozenset)
    kernels = build_kernels(tmp_path, F, options=Options(march="portable"))
    assert kernels.entry("f")((np.zeros(3), 1)) == (0, 0, 2)


def test_compiler_and_runtime_agree() -> None:
    assert c_compiler.library_suffix() == SUFFIX
    assert c_compiler.cpu_features() <= cpu_features()
    assert {name: f"numpy.{path}" for name, path in FUNCTIONS.items()} == {
        function.name: function.numpy for function in LIBRARY.values()
    }


def test_library_calls_say_what_to_write_into_sections() -> None:
    data = np.arange(6.0)
    section = (memoryview(data), "float64", (2,), (16,))
    options = {"accumulate": True, "alpha": 2}
    (place,) = library_call("matmul", [section], [np.eye(2), np.array([5.0, 6.0])], options)
    assert data.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    write(*place)
    assert data.tolist() == [10.0, 1.0, 14.0, 3.0, 4.0, 5.0]
    with pytest.raises(ValueError, match="matmul gives"):
        library_call("matmul", [section], [np.eye(3), np.ones(3)], {})


# ---- threads ----------------------------------------------------------------------------------------------


def _python(text: str, **environment: str) -> str:
    """What the text prints, in a process of its own."""
    return _ran(text, **environment).stdout.strip()


def _ran(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("PYAOT_NUM_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, "-c", textwrap.dedent(text)]
    done = subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_threads_by_environment() -> None:
    ask = "from pyaot_runtime.threads import threads; print(threads())"
    assert _python(ask, PYAOT_NUM_THREADS="3", OMP_NUM_THREADS="5") == "3"
    assert _python(ask, OMP_NUM_THREADS="5,2") == "5"
    assert _python(ask, PYAOT_NUM_THREADS="many") == str(available_cores())
    assert _python(ask, PYAOT_NUM_THREADS="100000") == "256"
    told = "pyaot: PYAOT_NUM_THREADS='many' is no number of threads; not used\n"
    assert _ran(ask, PYAOT_NUM_THREADS="many").stderr == told
    assert _ran(ask, OMP_NUM_THREADS="many").stderr == _ran(ask).stderr == ""


def test_cores_of_a_control_group(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/outer/inner\n")
    root = tmp_path / "fs"
    (root / "outer" / "inner").mkdir(parents=True)
    (root / "outer" / "inner" / "cpu.max").write_text("max 100000\n")
    assert cgroup_quota(str(root), str(own)) is None
    (root / "outer" / "cpu.max").write_text("150000 100000\n")
    assert cgroup_quota(str(root), str(own)) == 1.5
    (root / "cpu").mkdir()
    (root / "cpu" / "cpu.cfs_quota_us").write_text("50000\n")
    (root / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert cgroup_quota(str(root), str(own)) == 0.5
    assert cgroup_quota(str(tmp_path / "none"), str(tmp_path / "none")) is None


def test_a_forked_child_uses_one_thread(tmp_path: Path) -> None:
    kernels = build_kernels(tmp_path, F)
    before = threads()
    set_threads(2)
    big = np.zeros(1000)
    assert kernels.entry("f")((big, 1))[0] == 0
    child = os.fork()
    if child == 0:
        done = threads() == 1 and kernels.entry("f")((big, 1))[0] == 0
        os._exit(0 if done else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert threads() == 2
    set_threads(before)


def test_a_blas_is_found() -> None:
    blas = find_blas()
    assert blas is not None
    assert blas.address("cblas_zgemm") is not None
    assert blas.address("cblas_nonsense") is None
