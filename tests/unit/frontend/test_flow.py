"""flow_of: what surely has a value before a statement, what may be read after it, and after its exception."""

import libcst as cst
import pytest

from pyaot.frontend.flow import flow_of
from pyaot.frontend.names_used import names_bound, names_read


def marked(text: str) -> tuple[set[str], set[str], set[str]]:
    """What is bound before, live after, and live at an error of the statement `HERE`."""
    node = cst.parse_statement("def f(a, n):\n" + "".join(f"    {line}\n" for line in text.split("\n")))
    assert isinstance(node, cst.FunctionDef)
    flow = flow_of(node)
    (here,) = [s for s in flow.live if isinstance(s, cst.SimpleStatementLine) and "HERE" in names_in(s)]
    odd = {"HERE", "E", "True", "print"}
    return set(flow.bound[here]), set(flow.live[here]) - odd, set(flow.at_error[here]) - odd


def names_in(node: cst.CSTNode) -> set[str]:
    return set(names_read(*getattr(node, "body", ())))


@pytest.mark.parametrize(
    ("text", "bound", "live"),
    [
        ("x = 1\nHERE\nreturn x", "a n x", "x"),
        ("HERE\nx = 1\nreturn x", "a n", ""),
        ("HERE\nx += 1\nreturn x", "a n", "x"),
        ("HERE\na[n] = x\n", "a n", "a n x"),
        ("if n:\n    x = 1\nHERE\nreturn x", "a n", "x"),
        ("if n:\n    x = 1\nelse:\n    x = 2\nHERE\nreturn x", "a n x", "x"),
        ("if n:\n    return a\nelse:\n    x = 2\nHERE\nreturn x", "a n x", "x"),
        ("for i in a:\n    HERE\n    x = i\nreturn n", "a n i", "i n"),
        ("for i in a:\n    x = n\n    HERE\n    i = x\nreturn i", "a n i x", "x n"),
        ("s = 0\nfor i in a:\n    HERE\n    s = s + i\nreturn n", "a n s i", "s i n"),
        ("while n:\n    HERE\n    n = n - x\nreturn a", "a n", "n x a"),
        ("while True:\n    HERE\n    if x:\n        break\n    y = 1\nreturn y", "a n", "x y"),
        (
            "for i in a:\n    HERE\n    if n:\n        continue\n    y = i\nelse:\n    z = y\nreturn n",
            "a n i",
            "n i y",
        ),
        ("x = 1\ndel x\nHERE\nreturn n", "a n", "n"),
        ("x: int\nHERE\nreturn n", "a n", "n"),
        ("x: int = 1\nHERE\nreturn n", "a n x", "n"),
        ("HERE\nx = [i for i in a if y]\nreturn x", "a n", "a y"),
        ("HERE\ny = (lambda k: k + x)(n)\nreturn y", "a n", "n x"),
        ("import math\nHERE\nreturn math", "a n math", "math"),
        ("with n as x:\n    y = 1\nHERE\nreturn x, y", "a n", "x y"),
        ("with errstate(n) as x:\n    y = 1\nHERE\nreturn x, y", "a n x y", "x y"),
        ("try:\n    x = 1\nexcept E:\n    x = 2\nHERE\nreturn x", "a n x", "x"),
        ("try:\n    x = 1\nexcept E as e:\n    y = 2\nHERE\nreturn x", "a n", "x"),
        ("def g():\n    return x\nHERE\nreturn n", "a n g", "n x"),
        ("HERE\nmatch n:\n    case 1:\n        return x\n    case _:\n        return y", "a n", "n x y"),
    ],
)
def test_bound_and_live(text: str, bound: str, live: str) -> None:
    found = marked(text)
    assert found[:2] == (set(bound.split()), set(live.split()))


@pytest.mark.parametrize(
    ("text", "at_error"),
    [
        ("x = 1\nHERE\nreturn x", ""),
        ("try:\n    HERE\nexcept E:\n    return x\nreturn y", "x"),
        ("try:\n    HERE\nexcept E:\n    x = 1\nreturn y", "y"),
        ("try:\n    HERE\nfinally:\n    print(x)\nreturn y", "x y"),
        ("for i in a:\n    try:\n        HERE\n    except E:\n        continue\n    y = 1\nreturn z", "z"),
        ("with suppress(E):\n    HERE\nreturn y", "y"),
        ("with np.errstate(all='ignore'):\n    HERE\nreturn y", ""),
        ("g = lambda: x\nHERE\nreturn y", "x"),
    ],
)
def test_at_error(text: str, at_error: str) -> None:
    assert marked(text)[2] == set(at_error.split())


def test_names() -> None:
    statement = cst.parse_statement("for i, (j, *k) in a: b[i] = [x for x in c if (y := x)] + d.e(f=g)\n")
    assert names_bound(statement) == ("i", "j", "k", "y")
    assert names_read(statement) >= {"a", "b", "i", "c", "d", "g"}
    assert not names_read(statement) & {"x", "e", "f"}
