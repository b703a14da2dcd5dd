"""Parts of a C file: every number in one of them, and none much heavier than it must be."""

from hypothesis import given
from hypothesis import strategies as st

from pyaot.output.c_parts import side_by_side


def test_a_short_text_is_compiled_at_once() -> None:
    assert side_by_side((), 2) == ()
    assert side_by_side((100, 100), 2) == ()


def test_one_function_is_compiled_at_once() -> None:
    assert side_by_side((100_000,), 8) == ()


def test_one_compiler_takes_all() -> None:
    assert side_by_side((50_000, 50_000), 1) == ()


def test_two_compilers_share_evenly() -> None:
    assert side_by_side((90_000, 40_000, 30_000, 20_000), 2) == (range(2), range(2, 5))


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=20), st.integers(2, 8))
def test_parts_are_all_numbers_in_order(weights: list[int], workers: int) -> None:
    parts = side_by_side(tuple(weights), workers)
    assert len(parts) <= workers
    if parts:
        assert [number for part in parts for number in part] == list(range(len(weights) + 1))
        heaviest = max(sum(([0, *weights])[number] for number in part) for part in parts)
        assert heaviest <= sum(weights) // len(parts) + max(weights)
