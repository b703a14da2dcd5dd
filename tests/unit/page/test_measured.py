"""Traces of times: read, joined, refused; and the page that shows them."""

from pathlib import Path

import pytest

from pyaot.base.errors import PyaotError
from pyaot.page.html import html_of
from pyaot.page.instances import duration
from pyaot.page.measured import Timed, read_trace
from tests.unit.page.pages import MANY, page_for

LINE = (
    '{{"file": "/x/{file}", "function": "scan", "version": "native", "sizes": [[1000]], "calls": {calls},'
    ' "failed": 1, "seconds": {seconds}, "least": {least}}}\n'
)


def _write(folder: Path, *lines: str) -> Path:
    path = folder / "trace.jsonl"
    path.write_text("".join(lines))
    return path


def test_lines_of_several_processes_are_joined(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        LINE.format(file="prog.py", calls=2, seconds=0.5, least=0.2),
        LINE.format(file="other.py", calls=9, seconds=9.0, least=0.1),
        LINE.format(file="prog.py", calls=1, seconds=0.1, least=0.1),
        LINE.format(file="prog.py", calls=0, seconds=0.0, least=0.0),
    )
    (timed,) = read_trace(path, Path("prog.py"))
    assert (timed.calls, timed.failed, timed.least, timed.sizes) == (3, 3, 0.1, ((1000,),))
    assert timed.mean == pytest.approx(0.2)


@pytest.mark.parametrize("line", ["pyaot: f: native ran\n", "{}\n", "[1]\n", '{"file": 1}\n', "\n", "\xff\n"])
def test_what_is_no_trace_is_refused(line: str, tmp_path: Path) -> None:
    good = LINE.format(file="prog.py", calls=1, seconds=1.0, least=1.0)
    with pytest.raises(PyaotError) as caught:
        read_trace(_write(tmp_path, good, line), Path("prog.py"))
    assert "Line 2 of" in caught.value.diagnostic.message
    assert "PYAOT_TRACE=times:" in caught.value.diagnostic.hints[0]


def test_missing_traces_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PyaotError, match="cannot be read"):
        read_trace(tmp_path / "none.jsonl", Path("prog.py"))


def test_measured_times_stand_beside_predicted_ones() -> None:
    calls = Timed("prog.py", "scan", "native", 4, 1, 0.008, 0.001, ((1000,),))
    original = Timed("prog.py", "scan", "original", 1, 0, 0.5, 0.5, ((1000,),))
    various = Timed("prog.py", "scan", "native", 1, 0, 0.5, 0.5, None)
    other = Timed("prog.py", "scan", "native", 1, 0, 0.5, 0.5, ((3, 3),))
    page = page_for(MANY, [calls, original, various, other])
    view = next(view for view in page.instances if view.title == "scan")
    assert [(m.version, m.sizes, m.mean, m.least) for m in view.measured] == [
        ("native", "1000", "2 ms", "1 ms"),
        ("original", "1000", "500 ms", "500 ms"),
        ("native", "various", "500 ms", "500 ms"),
    ]
    assert view.measured[0].predicted == view.costs[0].times[2]
    assert view.measured[2].predicted == ""
    assert "Measured time" in html_of(page)


def test_a_trace_of_other_functions_is_said() -> None:
    assert "The trace has no calls of this file's functions." in html_of(page_for(MANY, []))
    assert "Measured time" not in html_of(page_for(MANY))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0"),
        (4e-10, "0.4 ns"),
        (3.14e-6, "3.1 µs"),
        (0.25, "250 ms"),
        (90.0, "1.5 min"),
        (1e7, "2,778 h"),
    ],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text
