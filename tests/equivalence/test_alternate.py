"""Time loops that begin with copies: drawn ones do with buffers what they do without, whatever the sizes.

The interpreter fills new arrays with numbers that nobody expects, so cells that are read too early show.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.check import check
from pyaot.ir.interpret import Failed, interpret
from pyaot.ir.nodes import Function
from pyaot.ir.types import Array
from pyaot.normalise.pipeline import normalise
from pyaot.poly.alternate import alternate
from pyaot.poly.bounds import prove_bounds
from pyaot.poly.optimise import optimise

HEAD = "import numpy as np\nfrom numpy.typing import NDArray\n\n\n"
PARAMS = "u: NDArray[np.float64], v: NDArray[np.float64], n: int"
LINES = [  # of a turn, over vectors
    "u[1:-1] = c[1:-1] + 0.5 * (c[2:] - c[:-2])",
    "u[1:] = c[:-1] * 0.5",
    "u[:-1] = u[1:] + c[:-1]",
    "u[1:-1] = u[1:-1] - v[1:-1] * c[2:]",
    "u[0] = u[1]",
    "u[-1] = u[-2]",
    "u[0] = 1.0",
    "u[-1] = c[0]",
    "u[:] = c * 0.25 + v",
    "v[:] = u * 2.0",
    "v[:] = v + c",
    "v[1:] = u[1:] - u[:-1]",
    "c[0] = v[0]",
    "for i in range(1, u.shape[0]):\n            u[i] = 0.5 * u[i - 1] + c[i]",
    "for i in range(u.shape[0]):\n            if v[i] > 0.0:\n                u[i] = c[i] + 1.0",
    "u[::2] = c[::2] + 3.0",
    "d = v.copy()",
]
COPIES = ["c = u.copy()", "c = np.copy(u)", "c = u * 1.0", "c = np.empty_like(u)\n        c[:] = u"]
TURNS = ["for t in range(n):", "t = 0\n    while t < n:\n        t += 1"]
ENDS = ["", "    return u", "    return u[0] + v[-1]", "    v[:] = v - u\n    return v", "    u[0] = 5.0"]


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A function whose turns copy `u` and change it."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=4))
    before = draw(st.lists(st.sampled_from([line for line in LINES if "c" not in line]), max_size=1))
    body = [draw(st.sampled_from(TURNS)), *before, draw(st.sampled_from(COPIES)), *lines]
    return "\n        ".join(body).join(
        (f"{HEAD}def f({PARAMS}):\n    ", f"\n{draw(st.sampled_from(ENDS))}\n")
    )


def functions_of(source: str) -> list[Function]:
    program = lower(parse(SourceFile(Path("prog.py"), source)))
    return [prove_bounds(normalise(function)) for function in program.functions]


def outcome(made: Function, size: int, turns: int) -> tuple[str, list[float], list[float]]:
    random = np.random.default_rng(size)
    arguments = {"u": random.random(size), "v": random.random(size) - 0.5, "n": turns}
    kept = dict(arguments)
    result = interpret(made, arguments)
    values = [np.asarray(kept[name]).tolist() for name in ("u", "v")]
    return ("failed" if isinstance(result, Failed) else str(result)), values[0], values[1]


@given(sources(), st.integers(0, 6), st.integers(0, 4))
def test_drawn_time_loops(source: str, size: int, turns: int) -> None:
    for made in functions_of(source):
        if any(isinstance(param.type, Array) and param.type.rank != 1 for param in made.params):
            continue  # a hint leaves the rank open
        changed = alternate(made)
        check(changed)
        assert outcome(changed, size, turns) == outcome(made, size, turns)
        whole = optimise(made, Options(strict=True)).function
        check(whole)
        assert outcome(whole, size, turns) == outcome(made, size, turns)


STENCIL = "u[1:-1] = c[1:-1] + 0.5 * (c[2:] - c[:-2])"
ARE_BUFFERS = {
    "a stencil": ([STENCIL], True),
    "its borders, too": ([STENCIL, "u[0] = u[1]", "u[-1] = 0.0"], True),
    "old values of the array itself": (["u[1:-1] = u[1:-1] - 0.5 * (c[2:] - c[:-2])"], True),
    "everywhere": (["u[:] = c * 0.25"], True),
    "the copy is changed after it": (["u[:] = c * 0.25", "c[0] = 1.0", "v[:] = v + c"], True),
    "a half of it": (["u[::2] = c[::2] + 3.0"], False),
    "where a condition holds": ([LINES[14]], False),
    "it is read later": ([STENCIL], False),
    "it is read behind its change": (["u[1:] = u[1:] + u[:-1] * 0.5", "u[:] = u + c"], True),
    "a part that nobody knows": (["u[n:] = c[n:] * 0.5"], False),
}


@pytest.mark.parametrize("name", ARE_BUFFERS)
@pytest.mark.parametrize("turn", TURNS)
def test_which_are_buffers(name: str, turn: str) -> None:
    lines, are = ARE_BUFFERS[name]
    end = "return c" if name == "it is read later" else ""
    body = "\n        ".join([turn, "c = u.copy()", *lines])
    made = functions_of(f"{HEAD}def f({PARAMS}):\n    c = u.copy()\n    {body}\n    {end}\n")[0]
    assert (alternate(made) != made) is are
