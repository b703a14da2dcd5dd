"""The page is right HTML, loads nothing, and shows the user's text as text."""

import base64
import re
import unicodedata
from collections import Counter
from hashlib import sha256
from html import unescape
from itertools import pairwise

import pytest

from pyaot.page.html import WORDS, html_of
from tests.unit.page.pages import Element, elements, many, many_html, page_for

HOSTILE = '''import numpy as np
from numpy.typing import NDArray

TEXT = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
QUOTES = """ '" &amp; {{ 7 * 7 }} {% raw %} <!-- ]]> """
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}abc\N{POP DIRECTIONAL FORMATTING}"


def naïve(größe: NDArray[np.float64], 变量: float) -> None:  # </style><b>
    for ä in range(1, größe.shape[0]):  # "ä" '&' <i>
        größe[ä] = größe[ä - 1] * 变量  # \x1b[31m
'''


def _by_id(page: list[Element]) -> dict[str, Element]:
    return {one.attributes["id"]: one for one in page if "id" in one.attributes}


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf")


@pytest.fixture(scope="module")
def page() -> list[Element]:
    return elements(many_html())


def test_every_item_is_a_button_of_its_class(page: list[Element]) -> None:
    buttons = {
        int(one.attributes["data-item"]): one for one in page if one.tag == "button" and "item" in one.classes
    }
    assert sorted(buttons) == [one.number for one in many().items]
    for one in many().items:
        assert one.fate.value in buttons[one.number].classes
        assert WORDS[one.fate][0] in buttons[one.number].whole_text()


def test_buttons_name_what_they_open(page: list[Element]) -> None:
    places = _by_id(page)
    controls = [one.attributes["aria-controls"] for one in page if "aria-controls" in one.attributes]
    assert len(controls) == len(many().items)
    assert all(places[name].tag == "article" for name in controls)
    labels = [one.attributes["aria-labelledby"] for one in page if "aria-labelledby" in one.attributes]
    assert all(name in places for name in labels)


def test_ids_are_unique_and_headings_in_order(page: list[Element]) -> None:
    counts = Counter(one.attributes["id"] for one in page if "id" in one.attributes)
    assert [name for name, count in counts.items() if count > 1] == []
    levels = [int(one.tag[1]) for one in page if re.fullmatch("h[1-6]", one.tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_buttons_hold_no_buttons(page: list[Element]) -> None:
    buttons = [one for one in page if one.tag == "button"]
    assert all(inner.tag != "button" for one in buttons for inner in one.all()[1:])


def test_nothing_is_loaded(page: list[Element]) -> None:
    for one in page:
        for name in ("src", "href", "srcset", "data", "action", "xlink:href"):
            assert one.attributes.get(name, "#").startswith(("#", "data:,"))
        assert not any(name.startswith("on") or name == "style" for name in one.attributes)
    assert "@import" not in many_html() and "url(" not in many_html()


def test_the_policy_allows_the_pages_own_script_and_style_only(page: list[Element]) -> None:
    policies = [one.attributes["content"] for one in page if "http-equiv" in one.attributes]
    assert len(policies) == 1 and "default-src 'none'" in policies[0]
    for tag in ("script", "style"):
        (own,) = [one for one in page if one.tag == tag]
        digest = base64.b64encode(sha256(own.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policies[0]


def test_hostile_text_is_text() -> None:
    made = html_of(page_for(HOSTILE, name='</title><b>".py'))
    page = elements(made)
    assert len([one for one in page if one.tag == "script"]) == 1
    assert {one.tag for one in page} & {"img", "i"} == set()
    unsaid = re.sub('<span class="visually-hidden">[^<]*</span>', "", made)
    shown = unescape(re.sub("<[^>]*>", "", unsaid))
    for line in HOSTILE.split("\n"):
        assert any(map(_is_hidden, line)) or line in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in made and "\x1b" not in made


def test_columns_count_characters() -> None:
    page = page_for(HOSTILE)
    heads = {
        segment.item: "".join(piece.text for piece in segment.pieces)
        for line in page.lines
        for segment in line.segments
        if segment.is_first
    }
    assert sorted(heads.values()) == ["def naïve", "for ä in range(1, größe.shape[0])"]


def test_schemes_are_both_there() -> None:
    assert "prefers-color-scheme: dark" in many_html()
    assert '<meta name="color-scheme" content="light dark">' in many_html()


def test_every_fate_has_its_words_and_colours() -> None:
    for fate, (name, sign, meaning) in WORDS.items():
        assert name and sign and meaning
        assert many_html().count(f"--{fate.value}-ground:") == 2
