"""What the documents say is so: their links lead somewhere, their commands are the real ones."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_decisions_are_numbered_and_listed() -> None:
    records = sorted((ROOT / "docs/decisions").glob("0*.md"))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    assert all(f"({path.name})" in index for path in records)


def test_ci_runs_the_readme_test_command() -> None:
    """The README's line that runs pytest is the last line of `.ci/run`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = next(line.strip() for line in readme.splitlines() if line.strip().endswith("-m pytest"))
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == command


@pytest.mark.parametrize("document", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_files_that_are_named_exist(document: Path) -> None:
    named = re.findall(r"`([a-z_/.]+/[A-Za-z_/.]*)`", document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
