"""Compiled text runs with the lines of the user's file."""

import json
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.execute import code_of, compiled_code, original_line
from pyaot.driver import compile_source, write_bundle
from pyaot.output.bundle import Inserted
from pyaot.output.cache import Cached

TEXT = '''"""Doc."""
def first(n: int) -> int:
    return n + 1


class C:
    def last(self, n: int) -> int:
        if n > 5:
            raise ValueError(
                n)
        return n

LINE = 1 // 1
def end():
    return [x // 0 for x in (1,)]
'''


@pytest.fixture(scope="module")
def namespace(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("entry")
    bundle = write_bundle(compile_source(SourceFile(Path("prog.py"), TEXT), Options()), folder)
    cached = Cached(folder, bundle.path, bundle.module.inserted, bundle.module.prefix)
    assert sum(block.count for block in bundle.module.inserted) > 20
    assert json.loads((folder / "prog.report.json").read_text())["functions"]
    scope: dict[str, Any] = {"__name__": "prog", "__file__": str(bundle.path)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYAOT_VERSION", "native")
        exec(compiled_code(cached, "/home/me/prog.py"), scope)
    return scope


def _places(error: BaseException) -> list[tuple[str, int | None]]:
    return [(Path(f.filename).as_posix(), f.lineno) for f in traceback.extract_tb(error.__traceback__)][1:]


def test_originals_have_the_users_lines(namespace: dict[str, Any]) -> None:
    first = namespace["first"]
    assert first(1) == 2
    assert first.__wrapped__.__code__.co_filename == "/home/me/prog.py"
    assert first.__wrapped__.__code__.co_firstlineno == 2
    assert first.__code__.co_filename.endswith("entry0/prog.py")  # the generated text


def test_tracebacks_name_the_users_lines(namespace: dict[str, Any]) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        namespace["end"]()
    assert _places(caught.value) == [("/home/me/prog.py", 15), ("/home/me/prog.py", 15)]
    with pytest.raises(ValueError, match="6") as raised:
        namespace["C"]().last(6)
    assert _places(raised.value)[-1] == ("/home/me/prog.py", 9)


def test_code_is_kept_and_damaged_code_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text("x = 1\n")
    cached = Cached(tmp_path, tmp_path / "prog.py", (), "_pyaot")
    assert "x" in code_of(cached, "/a.py").co_names
    (kept,) = tmp_path.glob("code-*")
    (tmp_path / "prog.py").write_text("y = 1\n")  # only to see that the kept code is taken
    assert "x" in code_of(cached, "/a.py").co_names
    assert "y" in code_of(cached, "/b.py").co_names  # another file has its own
    kept.write_bytes(kept.read_bytes()[:-1])
    assert "y" in code_of(cached, "/a.py").co_names


def test_lines_of_the_module_and_of_the_user() -> None:
    inserted = (Inserted(1, 1), Inserted(4, 3))
    assert [original_line(line, inserted) for line in range(1, 9)] == [None, 1, 2, None, None, None, 3, 4]


REGIONS = """\
import numpy as np
from numpy.typing import NDArray

def f(a: NDArray[np.float64], n: int) -> float:
    s = 0.0
    # a comment
    for i in range(n):
        s += a[i]
    print(s)
    if s < 0:
        raise ValueError(
            s)

    for i in range(n):
        a[i] = a[i + 1]
    return s
"""


def _lines(error: BaseException) -> list[int | None]:
    """Of the user's file."""
    return [line for file, line in _places(error) if file == "/home/me/prog.py"]


def test_tracebacks_of_regions_name_the_users_lines(tmp_path: Path) -> None:
    bundle = write_bundle(compile_source(SourceFile(Path("prog.py"), REGIONS), Options()), tmp_path)
    cached = Cached(tmp_path, bundle.path, bundle.module.inserted, bundle.module.prefix)
    scope: dict[str, Any] = {"__name__": "prog", "__file__": str(bundle.path)}
    exec(compiled_code(cached, "/home/me/prog.py"), scope)
    assert scope["f"].__wrapped__ is not scope["f"]
    with pytest.raises(ValueError, match="-2") as raised:
        scope["f"](np.array([-1.0, -1.0]), 2)
    assert _lines(raised.value) == [10, 11]
    with pytest.raises(IndexError) as caught:
        scope["f"](np.array([1.0, 1.0]), 2)
    assert _lines(caught.value) == [10, 15]
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert "f" in [frame.name for frame in frames]
