"""Pinned examples: a program in, what pyaot says about it out.

# PA401
Situation: --fp strict            (only where it matters)
a fence of Python                 (the file example.py)
a fence of text                   (every message with the code, rendered)
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

_FENCE = r"^```{}\n(.*?)^```$"
_PYTHON = re.compile(_FENCE.format("python"), re.MULTILINE | re.DOTALL)
_TEXT = re.compile(_FENCE.format("text"), re.MULTILINE | re.DOTALL)
_SITUATION = re.compile(r"^Situation: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One file of this folder."""

    code: str
    situation: str
    program: str
    expected: str


def read_example(path: Path) -> Example:
    """The example of that file, or of a page of the same form."""
    content = path.read_text(encoding="utf-8")
    situation = _SITUATION.search(content)
    return Example(
        path.stem, situation[1] if situation else "", _fenced(_PYTHON, content), _fenced(_TEXT, content)
    )


def write_example(path: Path, example: Example) -> None:
    """Puts the expected text into the file."""
    content = path.read_text(encoding="utf-8")
    fence = f"```text\n{example.expected}```"
    path.write_text(_TEXT.sub(lambda _: fence, content, count=1), encoding="utf-8")


def _fenced(pattern: re.Pattern[str], content: str) -> str:
    found = pattern.search(content)
    return found[1] if found else ""
