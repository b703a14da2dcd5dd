"""The page says of each loop, array expression and function what became of it, and why."""

import ast

import pytest

from pyaot.page.fates import Fate
from pyaot.page.model import Page
from tests.house.sources import ROOT
from tests.unit.page.pages import HEAD, MANY, item, many, page_for

# the text of an item, its line in MANY, and what becomes of it
FATES = [
    ("for i in range(1, a.shape[0] - 1)", 8, Fate.PARALLEL),
    ("for j in range(1, a.shape[1] - 1)", 9, Fate.SIMD),
    ("for i in range(1, x.shape[0])", 15, Fate.ORDER),
    ("for k in range(x.shape[0])", 17, Fate.BOTH),
    ("a * 2.0", 23, Fate.ABSORBED),
    ("t + b", 24, Fate.BOTH),
    ("a @ b", 28, Fate.LIBRARY),
    ("while s < n", 33, Fate.ORDER),
    ("for v in x", 35, Fate.BOTH),
    ("for item in x", 39, Fate.PYTHON),
    ("for item in x", 41, Fate.PYTHON),
    ("def smooth", 7, Fate.COMPILED),
    ("def plain", 38, Fate.PYTHON),
]


@pytest.mark.parametrize(
    ("title", "line", "fate"), FATES, ids=[f"{line}: {title}" for title, line, _ in FATES]
)
def test_fates(title: str, line: int, fate: Fate) -> None:
    assert item(many(), title, line).fate is fate


def loops_of(text: str) -> list[int]:
    """The lines of all loops of a program."""
    nodes = (ast.For, ast.While, ast.comprehension)
    return sorted(
        node.target.lineno if isinstance(node, ast.comprehension) else node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, nodes)
    )


def shown_loops(page: Page) -> list[int]:
    """The lines of all loops that a page shows."""
    kinds = ("for", "while", "comprehension")
    heads = {s.item: line.number for line in page.lines for s in line.segments if s.is_first}
    return sorted(heads[one.number] for one in page.items if one.kind in kinds)


@pytest.mark.parametrize("path", ["apps/stap/kernels.py", "examples/heat_equation.py", "examples/kmeans.py"])
def test_no_loop_is_missing(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert shown_loops(page_for(text)) == loops_of(text)


def test_lines_are_the_users() -> None:
    lines = ["".join(p.text for s in line.segments for p in s.pieces) for line in many().lines]
    assert lines == MANY.split("\n")


def test_counts_leave_functions_out() -> None:
    counts = {row.fate: row.count for row in many().counts}
    assert Fate.COMPILED not in counts
    assert sum(counts.values()) == sum(one.kind != "function" for one in many().items)
    assert counts[Fate.PYTHON] == 2


def test_dependences_say_how_far_apart() -> None:
    (occurrence,) = item(many(), "for i in range(1, x.shape[0])").occurrences
    (row,) = occurrence.dependences
    assert (row.kinds, row.what, row.distances, row.verdict) == (
        ("flow",),
        "x",
        "i: 1",
        "must stay in order",
    )
    assert row.source == row.sink == "line 16: x[i]"
    (relation,) = row.relations
    assert "S" in relation and "->" in relation


def test_dependences_of_sums_are_harmless() -> None:
    (occurrence,) = item(many(), "for k in range(x.shape[0])").occurrences
    (row,) = occurrence.dependences
    assert (row.kinds, row.verdict) == (("flow", "anti", "output"), "combined by add")
    assert occurrence.known == "Iterations depend on one another only in what they combine."


def test_pictures_have_points_and_arrows() -> None:
    (nest,) = item(many(), "for i in range(1, a.shape[0] - 1)").occurrences
    (scan,) = item(many(), "for i in range(1, x.shape[0])").occurrences
    assert nest.figure is not None and scan.figure is not None
    assert len(nest.figure.drawing.points) == 36 and nest.figure.drawing.strokes == ()
    assert len(scan.figure.drawing.points) == 9 and len(scan.figure.drawing.strokes) == 8
    assert scan.figure.title == "9 iterations of 'i', 8 dependences between them"
    assert "x.shape[0] = 10" in scan.figure.caption


def test_schedules_stand_before_and_after() -> None:
    (occurrence,) = item(many(), "for i in range(1, a.shape[0] - 1)").occurrences
    before, after = occurrence.before, occurrence.after
    assert [row.text for row in before[:2]] == [
        "for i in range(1, a.shape[0] - 1)",
        "for j in range(1, a.shape[1] - 1)",
    ]
    assert before[2].text == "b[i, j] = a[i - 1, j] + a[i + 1, j]" and before[2].depth == 2
    assert not any(row.marks for row in before)
    assert [row.marks for row in after if row.is_loop] == [("parallel",), ("SIMD",)]


def test_what_was_fused_says_where_its_work_is() -> None:
    fused = item(many(), "a * 2.0")
    (occurrence,) = fused.occurrences
    assert "Has no loop of its own any more" in fused.said
    assert [row.text for row in occurrence.before if row.is_loop] != []


def test_remarks_stand_at_their_loop() -> None:
    carried = item(many(), "for i in range(1, x.shape[0])")
    assert [remark.code for remark in carried.remarks] == ["PA401"]
    assert carried.remarks[0].notes == ("'i' carries a flow dependence on 'x'.",)
    assert [remark.code for remark in item(many(), "def plain").remarks] == ["PA203"]
    assert item(many(), "def plain").remarks[0].hints != ()
    assert many().remarks == ()


def test_every_remark_is_somewhere() -> None:
    shown = [remark for one in many().items for remark in one.remarks]
    assert {"PA203", "PA401", "PA404", "PA405", "PA407"} <= {remark.code for remark in shown}


def test_versions_have_guards_texts_and_times() -> None:
    smooth = item(many(), "def smooth")
    (number,) = smooth.instances
    view = many().instances[number]
    assert view.versions == ("native", "numpy", "original")
    assert [pane.version for pane in view.panes] == ["native", "numpy"]
    assert any("kernel_smooth" in p.text for line in view.panes[0].lines for p in line.pieces)
    assert any(guard.because == "'a' is not a plain float64 array of 2 dimensions" for guard in view.guard)
    assert [cost.version for cost in view.costs] == ["native", "numpy", "original"]
    assert all(len(cost.times) == len(view.sizes) for cost in view.costs)
    assert "a.shape[0]" in view.costs[0].formula and "float64(" not in view.costs[0].formula


def test_a_function_in_regions_stays_python_around_them() -> None:
    page = page_for(
        f"{HEAD}"
        "def f(a: Vector) -> float:\n"
        "    for name in open('x'):\n"
        "        print(name)\n"
        "    t = 0.0\n"
        "    for i in range(a.shape[0]):\n"
        "        t += a[i]\n"
        "    print(t)\n"
        "    return t\n"
    )
    assert item(page, "def f").said.startswith("Stays Python around compiled regions: lines ")
    assert item(page, "for name in open('x')").fate is Fate.PYTHON
    assert item(page, "for i in range(a.shape[0])").fate is Fate.BOTH


def test_a_helper_is_part_of_its_callers() -> None:
    page = page_for(
        f"{HEAD}"
        "def fill(x, c):\n"
        "    for i in range(x.shape[0]):\n"
        "        x[i] = c\n\n"
        "def f(a: Vector) -> None:\n"
        "    fill(a, 1.0)\n\n"
        "def g(a: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:\n"
        "    fill(a, np.float32(2.0))\n"
    )
    loop = item(page, "for i in range(x.shape[0])")
    assert loop.fate is Fate.BOTH
    assert [page.instances[one.instance].title for one in loop.occurrences] == ["f", "g"]
    assert item(page, "def fill").said == "Is compiled as a part of the functions that call it."


def test_strict_keeps_sums_in_order() -> None:
    page = page_for(MANY, strict=True)
    assert item(page, "for k in range(x.shape[0])").fate is Fate.ORDER


@pytest.mark.parametrize("text", ["", "x = 1\n", "def f(x):\n    return x\n", "# é\n"])
def test_programs_that_stay_python_have_a_page(text: str) -> None:
    page = page_for(text)
    assert page.instances == ()
    assert all(one.fate is Fate.PYTHON for one in page.items)
    assert [remark.code for remark in page.remarks] == ["PA707"]


def test_distances_begin_at_the_loop_that_carries_them() -> None:
    page = page_for(
        f"{HEAD}\n"
        "def f(a: Matrix) -> None:\n"
        "    for t in range(5):\n"
        "        for i in range(1, a.shape[0]):\n"
        "            for j in range(2, a.shape[1]):\n"
        "                a[i, j] = a[i - 1, j - 2] + 1.0\n"
    )
    (occurrence,) = item(page, "for i in range(1, a.shape[0])").occurrences
    assert [(row.kinds, row.distances) for row in occurrence.dependences] == [(("flow",), "i: 1, j: 2")]


def test_a_loop_that_is_settled_when_compiling_has_no_loop() -> None:
    page = page_for(
        f"{HEAD}\n"
        "def f(a: Vector) -> None:\n"
        "    for k in range(0):\n"
        "        a[k] = 1.0\n"
        "    for i in range(a.shape[0]):\n"
        "        a[i] = 2.0\n"
    )
    settled = item(page, "for k in range(0)")
    assert settled.fate is Fate.ABSORBED and "settled when compiling" in settled.said
    assert item(page, "for i in range(a.shape[0])").fate is Fate.BOTH


def test_generators_of_one_comprehension_are_told_apart() -> None:
    page = page_for(
        f"{HEAD}\ndef f(a: Vector, b: Vector) -> float:\n    return sum(x * y for x in a for y in b)\n"
    )
    for name, others in (("x", "a"), ("y", "b")):
        loop = item(page, f"for {name} in {others}")
        (occurrence,) = loop.occurrences
        assert occurrence.figure is not None
        first = next(row.text for row in occurrence.before if row.is_loop and row.is_own)
        assert first.startswith(f"for {name} ")
