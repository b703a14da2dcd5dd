"""What the front end makes of a function does what the function does, or lets the original run."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.equivalence.agreement import Verdict, agree, lowered
from tests.equivalence.lowering_array_lists import ARRAY_LISTS
from tests.equivalence.lowering_arrays import ARRAYS
from tests.equivalence.lowering_calls import CALLS
from tests.equivalence.lowering_cases import HEAD, Small
from tests.equivalence.lowering_control import CONTROL
from tests.equivalence.lowering_growing import GROWING
from tests.equivalence.lowering_lists import LISTS
from tests.equivalence.lowering_masks import MASKS
from tests.equivalence.lowering_matching import MATCHING
from tests.equivalence.lowering_mixed_lists import MIXED_LISTS
from tests.equivalence.lowering_numbers import NUMBERS
from tests.equivalence.lowering_shapes import SHAPES
from tests.equivalence.lowering_sorted import SORTED
from tests.equivalence.lowering_tuple_lists import TUPLE_LISTS
from tests.equivalence.lowering_tuples import TUPLES
from tests.equivalence.lowering_types import TYPES
from tests.equivalence.lowering_walked import WALKED
from tests.strategies.arguments import Arguments
from tests.strategies.programs import Case, programs

CASES = (
    *CONTROL,
    *TYPES,
    *NUMBERS,
    *ARRAYS,
    *LISTS,
    *GROWING,
    *TUPLE_LISTS,
    *ARRAY_LISTS,
    *MIXED_LISTS,
    *WALKED,
    *CALLS,
    *SHAPES,
    *MASKS,
    *TUPLES,
    *SORTED,
    *MATCHING,
)

# What part of the generated calls that do not raise may be left to the original: programs with several
# open ranks, types that depend on the path, sizes that a guard does not expect.
MOST_LEFT = 0.3
_NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # a failing program is short as it is


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_small_function(case: Small) -> None:
    found = lowered(HEAD + case.text)
    for call in case.calls:
        verdict = found.agree(Arguments(call, {}))
        assert _named(verdict) == case.verdict, f"{call}: {verdict.reason}"


def _named(verdict: Verdict) -> str:
    if verdict.kind == "failed" and verdict.raised:
        return "raises"
    return "python" if verdict.kind == "refused" else verdict.kind


def _check(examples: int) -> Counter[str]:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=_NO_SHRINKING
    )
    @given(programs(most=3))
    def run(case: Case) -> None:
        verdict = agree(case.source, case.arguments)
        if not verdict.raised:
            counts[verdict.kind] += 1

    run()
    return counts


def test_generated_programs() -> None:
    counts = _check(60)
    assert counts["agreed"] >= counts.total() / 2, counts  # sixty programs may be odd ones


@pytest.mark.long
def test_many_generated_programs() -> None:
    counts = _check(3000)
    assert counts["agreed"] >= (1 - MOST_LEFT) * counts.total(), counts
