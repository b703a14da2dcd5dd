"""A copy of the project in which one text is changed for a while."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.table import Fault


def copy_tree(root: Path, tree: Path) -> None:
    """All files that git knows or would add."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, tree / name)


@contextmanager
def planted(fault: Fault, tree: Path) -> Iterator[None]:
    """The tree with the fault; without it again at the end.

    Raises:
        ValueError: the text does not stand in the file exactly once.
    """
    path = tree / fault.path
    before = path.read_text(encoding="utf-8")
    try:
        _write(path, faulty(fault, before))
        yield
    finally:
        _write(path, before)


def faulty(fault: Fault, text: str) -> str:
    """The text of the file with the fault.

    Raises:
        ValueError: the old text does not stand in it exactly once.
    """
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.name}: {fault.path} has {text.count(fault.old)} times {fault.old!r}")
    return text.replace(fault.old, fault.new)


def _write(path: Path, text: str) -> None:
    """Byte code goes too: it is told from the source by size and time, and both may be the same."""
    path.write_text(text, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink()
