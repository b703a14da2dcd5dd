"""The cache: keys say all that entries depend on, and only whole entries of one's own are loaded."""

import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from pyaot.base.catalogue import CACHE_UNWRITABLE
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.output.bundle import Inserted
from pyaot.output.cache import (
    cache_folder,
    clear,
    entries,
    imported_files,
    is_damaged,
    key_of,
    load_entry,
    open_cache,
    seal,
)
from pyaot.output.write import staging, write_files

FACTS = {"source": "/home/me/prog.py", "module": "prog.py", "inserted": [[1, 2, [0, 7]]], "prefix": "_pyaot"}
KEY = "k" * 40


def _entry(root: Path) -> Path:
    with staging(root) as stage:
        write_files({"prog.py": b"x = 1\n", "prog_kernels.so": b"machine code"}, stage)
        seal(stage, root / KEY, FACTS)
    return root / KEY


def test_entry_is_found_again(tmp_path: Path) -> None:
    assert load_entry(tmp_path, KEY) is None
    folder = _entry(tmp_path)
    found = load_entry(tmp_path, KEY)
    assert found is not None
    assert (found.folder, found.module, found.prefix) == (folder, folder / "prog.py", "_pyaot")
    assert found.inserted == (Inserted(1, 2, (0, 7)),)
    assert not is_damaged(tmp_path, KEY)


@pytest.mark.parametrize("name", ["prog.py", "prog_kernels.so", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"x = 2\n", None])
def test_damaged_entry_is_never_loaded(name: str, content: bytes | None, tmp_path: Path) -> None:
    folder = _entry(tmp_path)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    assert load_entry(tmp_path, KEY) is None
    assert is_damaged(tmp_path, KEY)


def test_entry_that_was_moved_is_not_loaded(tmp_path: Path) -> None:
    """Its module names the folder of its kernels."""
    _entry(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    assert load_entry(tmp_path / "two", KEY) is None


def test_list_and_clear(tmp_path: Path) -> None:
    _entry(tmp_path)
    (entry,) = entries(tmp_path)
    assert (entry.key, entry.source, entry.intact) == (KEY, "/home/me/prog.py", True)
    assert entry.size > len(b"x = 1\nmachine code")
    (tmp_path / "not mine").mkdir()
    assert clear(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["not mine"]
    assert entries(tmp_path / "nowhere") == []


# ---- keys


def test_key_changes_with_all_that_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceFile(tmp_path / "prog.py", "import helper\n")
    (tmp_path / "helper.py").write_text("N = 1\n")
    keys = {key_of(source, Options(), "gcc 12")}
    keys.add(key_of(replace(source, text="import helper\n\n"), Options(), "gcc 12"))
    keys.add(key_of(replace(source, path=tmp_path / "other.py"), Options(), "gcc 12"))
    keys.add(key_of(source, Options(strict=True), "gcc 12"))
    keys.add(key_of(source, Options(), "gcc 13"))
    (tmp_path / "helper.py").write_text("N = 2\n")
    keys.add(key_of(source, Options(), "gcc 12"))
    monkeypatch.setattr("pyaot.output.cache._cpu", lambda: "another processor")
    keys.add(key_of(source, Options(), "gcc 12"))
    monkeypatch.setattr("pyaot.output.cache.VERSION", "99")
    keys.add(key_of(source, Options(), "gcc 12"))
    assert len(keys) == 8


def test_key_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    one, two = (SourceFile(tmp_path / folder / "prog.py", "x = 1\n") for folder in ("a", "b"))
    assert key_of(one, Options(), "gcc") == key_of(two, Options(), "gcc")


def test_imported_files_are_found_through_others(tmp_path: Path) -> None:
    for name, text in {
        "a.py": "from b import (\n    x,\n)\n",
        "b.py": "import prog, missing, numpy as np\n",
        "pack/__init__.py": "from . import inner\n",
        "pack/inner.py": "from ..c import y\n",
        "c.py": "",
        "unused.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    source = SourceFile(tmp_path / "prog.py", "import os, a as aa\nif 1:\n    from pack import inner\n")
    source.path.write_text(source.text)
    found = {path.relative_to(tmp_path).as_posix() for path in imported_files(source)}
    assert found == {"a.py", "b.py", "pack/__init__.py", "pack/inner.py", "c.py"}


# ---- the folder


def test_folder_is_made_for_this_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_CACHE_DIR", str(tmp_path / "deep" / "cache"))
    assert open_cache(cache_folder()) is None
    assert stat.S_IMODE(cache_folder().stat().st_mode) == 0o700


def test_folder_into_which_others_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    problem = open_cache(tmp_path)
    assert problem is not None and problem.code == CACHE_UNWRITABLE
    assert "others may write" in problem.message


def test_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    problem = open_cache(tmp_path)
    assert problem is not None and "another user owns it" in problem.message


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problem = open_cache(tmp_path / "file" / "cache")
    assert problem is not None and "Not a directory" in problem.message
