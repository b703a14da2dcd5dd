"""Files appear whole or not at all; what cannot be written is said clearly."""

import errno
import os
from pathlib import Path

import pytest

from pyaot.base.catalogue import CANNOT_WRITE
from pyaot.base.errors import PyaotError
from pyaot.base.source import SourceFile, read_source
from pyaot.output.write import encoded, publish, publish_folder, staging, write_files


def test_staged_files_are_moved_and_the_stage_vanishes(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out put"
    with staging(folder) as stage:
        write_files({"prog.py": b"x = 1\n", "prog.c": b"int x;\n"}, stage)
        assert [path for path in folder.iterdir() if path != stage] == []
        moved = publish(stage, folder)
    assert [path.name for path in moved] == ["prog.c", "prog.py"]  # the module comes last
    assert sorted(path.name for path in folder.iterdir()) == ["prog.c", "prog.py"]


def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), staging(tmp_path) as stage:
        write_files({"prog.py": b""}, stage)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(PyaotError) as caught, staging(tmp_path / "out"):
        pass
    assert caught.value.diagnostic.code == CANNOT_WRITE
    assert "File exists" in caught.value.diagnostic.message


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PyaotError, match="No space left on device"), staging(tmp_path) as stage:
        write_files({"prog.py": b"x"}, stage)
    assert list(tmp_path.iterdir()) == []


def test_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "entry"
    target.mkdir()
    (target / "old").write_text("")
    with staging(tmp_path) as stage:
        write_files({"new": b""}, stage)
        publish_folder(stage, target)
    assert [path.name for path in target.iterdir()] == ["new"]


@pytest.mark.parametrize("declared", ["", "# -*- coding: latin-1 -*-\n", "#!/bin/python\n# coding=cp1252\n"])
def test_text_is_written_in_the_encoding_it_declares(declared: str, tmp_path: Path) -> None:
    source = SourceFile(tmp_path / "prog.py", f"{declared}größe = 1\n")
    source.path.write_bytes(encoded(source, source.text))
    assert read_source(source.path).text == source.text
    assert (b"gr\xf6\xdfe" in source.path.read_bytes()) == bool(declared)
