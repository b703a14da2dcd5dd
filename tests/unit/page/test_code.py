"""Lines of generated text know the user's line, and schedules are drawn where they belong."""

from pyaot.page.code import origins
from pyaot.page.drawings import drawing
from pyaot.page.places import places_in
from pyaot.page.tokens import Piece, cut, python_lines, shown
from pyaot.poly.pictures import Arrow, Picture

C = """\
/* ---- f (line 3) ---- */
static int kernel_f(void)
{
    int n = 0;
    for (i = 0; i < n; i++) {  /* line 4 */
        a[i] = 1;
        b[i] = 2;  /* line 5 */
        c[i] = 3;
    }
    {
        d = 4;  /* line 7 */
    }
    e = 5;
}"""

NUMPY = """\
def f(a):
    b = np.empty(3)  # line 2
    b[:] = a
    for i in range(3):
        c = 1  # line 9
        d = 2
    return b  # line 10"""


def test_lines_of_c_know_where_they_come_from() -> None:
    assert list(origins(C)) == [0, 0, 0, 0, 4, 4, 5, 5, 4, 4, 7, 4, 4, 0]


def test_lines_of_numpy_know_where_they_come_from() -> None:
    assert list(origins(NUMPY)) == [0, 2, 2, 2, 9, 9, 10]


def test_file_names_may_stand_before_lines() -> None:
    assert list(origins("x;  /* my prog.py:12 */\ny = '# line 7'")) == [12, 12]


def test_pieces_are_cut_at_columns() -> None:
    (line, *_) = python_lines("for i in x:")
    pieces = list(cut(line, [4, 5]))
    assert "".join(piece.text for _, piece in pieces) == "for i in x:"
    assert (4, Piece("", "i")) in pieces


def test_invisible_characters_are_shown() -> None:
    assert shown("a\tb\x00\N{RIGHT-TO-LEFT OVERRIDE}") == "a\tb\N{SYMBOL FOR NULL}\N{REPLACEMENT CHARACTER}"


def test_drawings_put_the_outer_loop_down() -> None:
    points = tuple((i, j) for i in (1, 2) for j in (5, 6, 7))
    arrows = (Arrow("flow", "a", (1, 7), (2, 5)), Arrow("anti", "a", (1, 5), (1, 6)))
    made = drawing(Picture((), (), (), points, arrows, False), ["i", "j"])
    place = dict(zip(points, made.points, strict=True))
    assert place[2, 5][1] > place[1, 5][1] and place[2, 5][0] == place[1, 5][0]
    assert place[1, 6][0] > place[1, 5][0] and place[1, 6][1] == place[1, 5][1]
    assert [(stroke.kind, stroke.is_inner) for stroke in made.strokes] == [("flow", False), ("anti", True)]
    assert {tick.text for tick in made.ticks} == {"1", "2", "5", "6", "7"}
    assert all(0 < x < made.width and 0 < y < made.height for x, y in made.points)


def test_of_too_many_arrows_those_of_the_outer_loop_stay() -> None:
    points = tuple((i, j) for i in range(8) for j in range(8))
    inner = [Arrow("flow", "a", (i, j), (i, k)) for i in range(8) for j in range(8) for k in range(j + 1, 8)]
    outer = Arrow("flow", "a", (0, 0), (7, 7))
    made = drawing(Picture((), (), (), points, (*inner, outer), False), ["i", "j"])
    assert made.more == len(inner) + 1 - len(made.strokes) > 0
    assert [stroke.is_inner for stroke in made.strokes].count(False) == 1


def test_places_of_the_text() -> None:
    found = places_in(
        "class C:\n"
        "    @staticmethod\n"
        "    async def f(x):\n"
        "        async for i in x: pass\n"
        "        return {k: v for k in x if k for v in k}\n"
        "é = [\n    a\n    for a in b\n]\n"
    )
    assert [(p.kind, p.head.line, p.head.column, p.name) for p in found] == [
        ("function", 3, 4, "C.f"),
        ("for", 4, 8, ""),
        ("comprehension", 5, 21, ""),
        ("comprehension", 5, 37, ""),
        ("comprehension", 8, 4, ""),
    ]
    assert [p.function for p in found] == ["C.f"] * 4 + [""]


def test_deep_expressions_are_walked() -> None:
    deep = " + ".join(["x"] * 900)
    (place,) = places_in(f"{deep}\nwhile x: pass\n")
    assert place.kind == "while" and place.head.line == 2
