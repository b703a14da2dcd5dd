"""What pyaot says about the program of each pinned example is what the example and the code's page show."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.diagnostics.pinned import FOLDER, Example, read_example, write_example
from tests.diagnostics.situations import messages
from tests.house.sources import ROOT

PAGES = ROOT / "pyaot/base/pages"

every_example = pytest.mark.parametrize("path", sorted(FOLDER.glob("PA*.md")), ids=lambda path: path.stem)


@every_example
def test_message_is_the_pinned_one(
    path: Path, update_golden: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = read_example(path)
    said = _said(example, tmp_path, monkeypatch)
    if update_golden and said:
        write_example(path, replace(example, expected=said))
        write_example(PAGES / path.name, replace(example, expected=said))
        return
    assert said == example.expected != ""


def _said(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    rendered = messages(example, monkeypatch)
    return "\n".join(f"{text}\n" for code, text in rendered if code == example.code)


@every_example
def test_page_shows_the_example(path: Path) -> None:
    example, page = read_example(path), read_example(PAGES / path.name)
    assert page.expected == example.expected
    assert page.program in ("", example.program)
