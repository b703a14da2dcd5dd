"""All examples and the radar have a right page that shows every loop: a long test."""

from pathlib import Path

import pytest

from pyaot.page.html import html_of
from tests.house.sources import ROOT
from tests.unit.page.pages import elements, page_for
from tests.unit.page.test_page import loops_of, shown_loops

PROGRAMS = sorted(
    [*ROOT.glob("examples/*.py"), *ROOT.glob("apps/stap/*.py"), *ROOT.glob("benchmarks/programs/*.py")]
)


@pytest.mark.long
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_page_is_right_and_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    page = page_for(text)
    assert shown_loops(page) == loops_of(text)
    buttons = [one for one in elements(html_of(page)) if one.tag == "button" and "item" in one.classes]
    assert sorted(int(one.attributes["data-item"]) for one in buttons) == [one.number for one in page.items]
