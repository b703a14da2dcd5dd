"""Many calls of one function; of those in which a version differs the smallest found.

Hypothesis draws and shrinks. What it ends with is not asked: the last call that differed is the smallest so
far, also where time is over, or where a version differs only sometimes.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from msgspec import Struct, field

from pyaot.frontend.subjects import Subject
from pyaot.verify.call import Call
from pyaot.verify.calls import calls_for
from pyaot.verify.trial import LeftOutError, Outcome

# How long a call that differs may be made smaller.
_LONGEST_SHRINKING_S = 10.0

# What hypothesis draws in one run is of one kind: arguments that overlap, say, come often or never.
_ROUND = 20
_MOST_ROUNDS = 1_000_000

Try = Callable[[Call], Outcome]
Clock = Callable[[], float]


class Limits(Struct, frozen=True):
    """How much is tried."""

    examples: int
    seconds: float
    seed: int


class Tally(Struct):
    """What was tried, and what came of it."""

    examples: int = 0
    raised: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    ran: dict[str, int] = field(default_factory=dict)  # by version
    declined: dict[str, Counter[str]] = field(default_factory=dict)  # the reasons, by version

    @property
    def tried(self) -> int:
        """Calls of the original."""
        return self.examples + sum(self.left_out.values())

    def add(self, outcome: Outcome) -> None:
        """Counts a call that was compared."""
        self.examples += 1
        self.raised += outcome.raised
        for version, reason in outcome.declined:
            self.ran.setdefault(version, 0)
            if reason:
                self.declined.setdefault(version, Counter())[reason] += 1
            else:
                self.ran[version] += 1


class Difference(Struct, frozen=True):
    """A call in which a version did something else."""

    call: Call
    version: str
    told: str


class _Search(Struct):
    """One search while it goes on."""

    tally: Tally
    end: float
    difference: Difference | None = None
    passed: set[Call] = field(default_factory=set)

    def is_over(self, now: float) -> bool:
        """Time is over."""
        return now > self.end

    def note(self, call: Call, outcome: Outcome, now: float) -> None:
        """Keeps what came of a call."""
        if outcome.told:
            if self.difference is None:
                self.end = now + _LONGEST_SHRINKING_S
            self.difference = Difference(call, outcome.version, outcome.told)
            return
        self.passed.add(call)
        if self.difference is None:
            self.tally.add(outcome)


def search(
    subject: Subject,
    attempt: Try,
    limits: Limits,
    progress: Callable[[int], None],
    clock: Clock = time.monotonic,
) -> tuple[Tally, Difference | None]:
    """Tries calls until one differs, or so many were tried, or time is over."""
    state = _Search(Tally(), clock() + limits.seconds)

    def explore(data: st.DataObject) -> None:
        is_enough = state.difference is None and state.tally.examples >= limits.examples
        if is_enough or state.is_over(clock()):
            return  # nothing is drawn, so nothing is left to explore
        fits = data.draw(st.sampled_from((True,) * 7 + (False,)))
        call = data.draw(calls_for(subject, is_fitting=fits))
        if call in state.passed:
            return
        try:
            outcome = attempt(call)
        except LeftOutError as error:
            state.tally.left_out[str(error)] += 1
            reject()
        state.note(call, outcome, clock())
        progress(state.tally.examples)
        assert not outcome.told

    for number in range(limits.seed * _MOST_ROUNDS, (limits.seed + 1) * _MOST_ROUNDS):
        before = state.tally.tried
        with suppress(AssertionError, HypothesisException):
            _round(explore, number)()
        if state.difference or state.tally.tried == before or state.is_over(clock()):
            break
    return state.tally, state.difference


def _round(explore: Callable[[st.DataObject], None], number: int) -> Callable[[], None]:
    """Some calls."""
    return seed(number)(
        settings(
            max_examples=_ROUND,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )(given(st.data())(explore))
    )
