"""A code has a catalogue entry, a page, a line in the index, a pinned example, and a place that gives it."""

import re
from pathlib import Path

import pytest

from pyaot.base import catalogue
from pyaot.base.catalogue import CATALOGUE, explanation, find_code
from pyaot.base.diagnostics import Code
from tests.house.sources import ROOT, python_files

PAGES = ROOT / "pyaot/base/pages"
PINNED = ROOT / "tests/diagnostics"
INDEX = ROOT / "docs/diagnostics/README.md"
CONSTANTS = {code.number: name for name, code in vars(catalogue).items() if isinstance(code, Code)}

every_code = pytest.mark.parametrize("code", CATALOGUE.values(), ids=CATALOGUE.keys())


def test_numbers_and_slugs_are_unique() -> None:
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert len({code.slug for code in CATALOGUE.values()}) == len(CATALOGUE) == len(CONSTANTS)


@every_code
def test_code_is_well_formed(code: Code) -> None:
    assert re.fullmatch(r"PA[1-9]\d\d", code.number)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.slug)
    assert CONSTANTS[code.number] == code.slug.upper().replace("-", "_")
    assert code.title[0].isupper() or code.title.startswith("--")
    assert not code.title.endswith(".")


@every_code
def test_code_is_found_by_number_and_slug(code: Code) -> None:
    assert find_code(code.number.lower()) == find_code(code.slug) == code


@every_code
def test_code_has_a_page(code: Code) -> None:
    page = explanation(code)
    assert page.startswith(f"# {code.number} {code.slug}\n\n{code.title} ({code.severity.value}).\n")
    assert "\n## The way out\n" in page


@every_code
def test_code_is_in_the_index(code: Code) -> None:
    line = f"| [{code.number}](../../pyaot/base/pages/{code.number}.md) | {code.slug} | {code.title} |"
    assert line in INDEX.read_text(encoding="utf-8").splitlines()


@every_code
def test_code_has_a_pinned_example(code: Code) -> None:
    assert (PINNED / f"{code.number}.md").is_file()


@every_code
def test_code_is_given_somewhere(code: Code) -> None:
    """By its name in the compiler, by its number in the runtime, which does not know the catalogue."""
    name = re.compile(rf"\b{CONSTANTS[code.number]}\b")
    compiler = (path for path in python_files(("pyaot",)) if path.name != "catalogue.py")
    runtime = python_files(("runtime/pyaot_runtime",))
    assert any(name.search(path.read_text(encoding="utf-8")) for path in compiler) or any(
        code.number in path.read_text(encoding="utf-8") for path in runtime
    )


@pytest.mark.parametrize("folder", [PAGES, PINNED], ids=["pages", "pinned"])
def test_nothing_is_left_of_codes_that_are_gone(folder: Path) -> None:
    assert {path.stem for path in folder.glob("PA*.md")} <= set(CATALOGUE)


def test_runtime_names_only_codes_that_exist() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in python_files(("runtime/pyaot_runtime",)))
    assert set(re.findall(r"\bPA\d{3}\b", text)) <= set(CATALOGUE)
