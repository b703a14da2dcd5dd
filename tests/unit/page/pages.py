"""What the tests of this room share: a program of many sorts of loops, its page, and the page's elements."""

from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from msgspec import Struct, field

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source
from pyaot.page.html import html_of
from pyaot.page.measured import Timed
from pyaot.page.model import Item, Page
from pyaot.page.page import page_of
from pyaot.poly.study import study

HEAD = '''"""Loops of many sorts."""
from typing import TypeAlias
import numpy as np
Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float64]]
'''

MANY = (
    HEAD
    + """
def smooth(a: Matrix, b: Matrix) -> None:
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            b[i, j] = a[i - 1, j] + a[i + 1, j]


def scan(x: Vector) -> float:
    total = 0.0
    for i in range(1, x.shape[0]):
        x[i] = x[i - 1] + x[i]
    for k in range(x.shape[0]):
        total += x[k]
    return total


def arrays(a: Matrix, b: Matrix) -> Matrix:
    t = a * 2.0
    return t + b


def product(a: Matrix, b: Matrix) -> Matrix:
    return (a @ b) + 1.0


def turns(x: Vector, n: int) -> float:
    s = 0.0
    while s < n:
        s += 1.0
    return s + sum(v * v for v in x)


def plain(x):
    for item in x:
        print(item)
    return [item for item in x]
"""
)


def page_for(
    text: str, trace: Sequence[Timed] | None = None, name: str = "prog.py", strict: bool = False
) -> Page:
    """The page of a program; its functions run in no order, in this process."""
    options = Options(strict=strict, jobs=1)
    return page_of(compile_source(SourceFile(Path(name), text), options, study), trace)


@cache
def many() -> Page:
    """The page of `MANY`."""
    return page_for(MANY)


@cache
def many_html() -> str:
    """The same as text."""
    return html_of(many())


def item(page: Page, title: str, line: int = 0) -> Item:
    """The item whose text this is."""
    return next(one for one in page.items if one.title == title and line in (0, one.line))


class Element(Struct):
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()

    def all(self) -> list["Element"]:
        """It and all in it."""
        return [self, *(inner for child in self.children for inner in child.all())]

    def whole_text(self) -> str:
        """All text in it; the order of text and elements is lost."""
        return self.text + "".join(child.whole_text() for child in self.children)


_VOID = ("meta", "link")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {}, None)
        self.at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute of <{tag}> stands twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        self.at = self.at if tag in _VOID else element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.at = self.at.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.text += data


def elements(html: str) -> list[Element]:
    """All elements of a page, in order; AssertionError where tags do not match."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root
    return reader.root.all()[1:]
