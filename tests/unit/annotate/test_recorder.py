"""What is recorded of calls, and how little of it."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from pyaot.annotate.look import Looker
from pyaot.annotate.recorder import Recorder
from pyaot.annotate.samples import Call, read_samples
from pyaot.annotate.terms import (
    ArrayTerm,
    ListTerm,
    ObjectTerm,
    PlainTerm,
    StrangeTerm,
    Term,
    TupleTerm,
    as_data,
    from_data,
)
from pyaot.annotate.writing import Style
from tests.unit.annotate.seen import annotate, record

INT, FLOAT = PlainTerm("int"), PlainTerm("float")
HERE = Path(__file__).resolve().parent


class Own:
    """A class of the program's own."""


TERMS: list[tuple[object, Term]] = [
    (1, INT),
    (True, PlainTerm("bool")),
    (None, PlainTerm("None")),
    (np.float32(1), PlainTerm("numpy.float32")),
    (np.bool_(1), PlainTerm("numpy.bool")),
    (np.zeros((2, 3), "i4"), ArrayTerm("int32", (2, 3))),
    (np.zeros(2, "q"), ArrayTerm("int64", (2,))),
    (np.zeros(2, "O"), StrangeTerm("an array of 'object'")),
    ([1, 2.0, 3], ListTerm(frozenset({INT, FLOAT}))),
    ([np.zeros(2), np.zeros(3)], ListTerm(frozenset({ArrayTerm("float64", (0,))}))),
    ((1, [2.0]), TupleTerm((INT, ListTerm(frozenset({FLOAT}))))),
    (Own(), ObjectTerm(__name__, "Own", str(Path(__file__).resolve()))),
    (Own, StrangeTerm("an object of class 'type'")),
    (sys.flags, StrangeTerm("an object of class 'sys.flags'")),
]


@pytest.mark.parametrize(("value", "term"), TERMS, ids=[type(value).__name__ for value, _ in TERMS])
def test_term_of_a_value(value: object, term: Term) -> None:
    looker = Looker(HERE)
    assert looker.term(value) == term == from_data(as_data(term))
    keys = [looker.key(other) for other, _ in TERMS]
    assert keys.count(looker.key(value)) == 1


def test_lists_that_hold_themselves_are_looked_into_so_deep() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert "nested" in repr(Looker(HERE).term(endless))
    assert Looker(HERE).key(endless) is not None


def test_long_lists_are_sampled_once_enough_was_looked_at() -> None:
    looker = Looker(HERE, budget=1000)
    mixed = [1.0] * 600
    mixed[1] = 2  # type: ignore[call-overload]
    first, second = looker.key(mixed), looker.key(mixed)
    assert first != second == looker.key([1.0] * 600)
    assert looker.key([1, 2.0]) == looker.key([2.0, 1, 1])


def test_calls_are_written_once(tmp_path: Path) -> None:
    text = "def f(a, b): return a\nfor n in range(1000): f(n, [n])\nf(1.0, [])\n"
    (calls,) = record(text, tmp_path).calls[str(tmp_path / "prog.py")].values()
    numbers = ListTerm(frozenset({INT}))
    assert calls == (
        Call((INT, numbers)),
        Call((INT, numbers), INT),
        Call((FLOAT, ListTerm(frozenset()))),
        Call((FLOAT, ListTerm(frozenset())), FLOAT),
    )


def test_only_what_refutes_is_kept_of_very_many_calls(tmp_path: Path) -> None:
    text = (
        "import numpy as np\ndef f(a, b): return a\n"
        "for n in range(500): f(np.zeros(n), np.zeros(n))\n"
        "for n in range(500): f(np.zeros(n), np.zeros(n + 1))\n"
        "for n in range(500): f(n, np.zeros(n))\n"
    )
    (calls,) = record(text, tmp_path, most_kept=20).calls[str(tmp_path / "prog.py")].values()
    assert len(calls) < 50
    given = [call.given for call in calls if call.given is not None]
    assert (ArrayTerm("float64", (0,)), ArrayTerm("float64", (1,))) in given
    assert any(terms[0] == INT for terms in given)
    assert {call.returned for call in calls if call.given is None} == {ArrayTerm("float64", (0,)), INT}


def test_results_of_very_many_shapes_are_kept_by_rank(tmp_path: Path) -> None:
    text = "import numpy as np\ndef f(n): return np.zeros(n)\nfor n in range(500): f(n)\nf((2, 3))\n"
    (calls,) = record(text, tmp_path, most_kept=20).calls[str(tmp_path / "prog.py")].values()
    assert len(calls) < 30
    assert {len(call.returned.shape) for call in calls if isinstance(call.returned, ArrayTerm)} == {1, 2}
    assert annotate(text, tmp_path, Style.JAXTYPING).count == 2


def test_what_was_written_before_the_end_is_read(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "calls", tmp_path)
    number = recorder.register(tmp_path / "prog.py", 3)
    recorder.opened(tmp_path / "prog.py", b"")
    recorder.entered(number, 1)
    with (tmp_path / "calls").open("ab") as file:
        file.write(b'{"file": "x')
    samples = read_samples(tmp_path / "calls")
    assert samples.calls == {str(tmp_path / "prog.py"): {3: (Call((INT,)),)}}
    assert list(samples.digests) == [str(tmp_path / "prog.py")]


def test_forked_workers_write_too(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "calls", tmp_path)
    number = recorder.register(tmp_path / "prog.py", 3)
    child = os.fork()
    if not child:
        recorder.entered(number, 1.0)
        os._exit(0)
    os.waitpid(child, 0)
    recorder.entered(number, 1)
    assert len(read_samples(tmp_path / "calls").calls[str(tmp_path / "prog.py")][3]) == 2
