"""Functions and files stay small."""

from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, functions, python_files, shown

LONGEST_FILE = 450
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 25  # nine of ten functions are no longer


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_file_is_not_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_functions_are_short(folder: str) -> None:
    lengths = {
        f"{shown(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files((folder,))
        for node in functions(path)
    }
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}
    assert too_long == {}
    in_order = sorted(lengths.values()) or [0]
    assert in_order[len(in_order) * 9 // 10] <= USUAL_FUNCTION
