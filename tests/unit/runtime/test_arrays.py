"""Copies for kernels, overlaps, plain objects, flags: what generated text asks of the runtime."""

from typing import Any, NamedTuple

import numpy as np
import pyaot_runtime as runtime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided
from pyaot_runtime.copies import with_copies
from pyaot_runtime.guards import has_fields, is_def, is_tuple, is_view, named, overlap, takes_fields
from pyaot_runtime.lists import as_list, keep, lists_overlap, rebox, unbox
from pyaot_runtime.results import view

# ---- overlap


@given(
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 3),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 3),
)
def test_overlap_means_a_common_element(a0: int, an: int, a1: int, b0: int, bn: int, b1: int) -> None:
    memory = np.arange(40)
    a, b = memory[a0 : a0 + an * a1 : a1], memory[b0 : b0 + bn * b1 : b1]
    assert overlap(a, b) == bool(set(a.tolist()) & set(b.tolist()))


def test_overlap_that_is_hard_to_decide_counts() -> None:
    memory = np.zeros(10**6, np.uint8)
    a = as_strided(memory, (7, 7, 7, 7), (1201, 1709, 2503, 3301))
    b = as_strided(memory[1:], (7, 7, 7, 7), (1203, 1711, 2507, 3307))
    assert overlap(a, b)


# ---- copies


@given(st.permutations([0, 1, 2]), st.tuples(*[st.sampled_from([1, 2, -1])] * 3), st.booleans())
def test_copies_are_plain_and_come_back(axes: list[int], steps: tuple[int, ...], fortran: bool) -> None:
    base = np.zeros((4, 5, 6), order="F" if fortran else "C")
    array = base.transpose(axes)[tuple(slice(None, None, step) for step in steps)]
    expected = np.arange(array.size, dtype=float).reshape(array.shape)

    def call(passed: Any) -> Any:
        assert passed.flags.c_contiguous and passed.flags.aligned
        passed[...] = expected
        return passed

    assert with_copies(call, (array,), (0,)) is array
    assert np.array_equal(array, expected)


def test_failed_attempt_changes_nothing() -> None:
    array = np.zeros(6)[::2]

    def call(passed: Any) -> Any:
        passed[...] = 1.0
        return runtime.DECLINED

    assert with_copies(call, (array,), (0,)) is runtime.DECLINED
    assert not array.any()


def test_result_is_the_array_that_a_copy_stood_for() -> None:
    array = np.zeros(6)[::2]
    assert with_copies(lambda passed: (passed, [3, np.zeros(2)]), (array,), ())[0] is array


@pytest.mark.parametrize("strides", [(0, 8), (8, 8), (16, 8)])
def test_written_array_that_overlaps_itself_is_declined(strides: tuple[int, int]) -> None:
    array = as_strided(np.zeros(20), (3, 4), strides)
    assert with_copies(lambda passed: None, (array,), (0,)) is runtime.DECLINED
    assert with_copies(lambda passed: None, (array,), ()) is None


# ---- objects


class Plain:
    """Fields only."""

    kind = 3

    def __init__(self) -> None:
        self.gain = 1.0

    @property
    def twice(self) -> float:
        raise AssertionError("a guard must not run the user's code")


class Watching(Plain):
    """Notices reads."""

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


def test_fields() -> None:
    assert has_fields(Plain(), "gain") and has_fields(Plain(), "gain", "kind")
    assert not has_fields(Plain(), "missing")
    assert not has_fields(Plain(), "twice")
    assert not has_fields(Watching(), "gain")


class Guarded(Plain):
    """Notices writes, one of them or all."""

    @property
    def gain(self) -> float:  # type: ignore[override]
        return 1.0

    @gain.setter
    def gain(self, value: float) -> None:
        pass


class Refusing(Plain):
    """Notices all writes."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AssertionError("a guard must not run the user's code")


class Slotted:
    """It has no room for more."""

    __slots__ = ("gain",)
    kind = 3


def test_fields_that_are_set() -> None:
    assert takes_fields(Plain(), "gain", "kind", "other")
    assert not takes_fields(Guarded(), "gain") and takes_fields(Guarded(), "kind")
    assert not takes_fields(Refusing.__new__(Refusing), "gain")
    assert takes_fields(Slotted(), "gain") and not takes_fields(Slotted(), "kind")
    assert (
        not takes_fields(None, "gain")
        and not takes_fields(Plain, "kind")
        and not takes_fields(Pair(1, 2), "first")
    )


class Pair(NamedTuple):
    """Its items are read by name."""

    first: int
    second: int


class Odd(Pair):
    """One of them is computed."""

    @property
    def first(self) -> int:  # type: ignore[override]
        raise AssertionError("a guard must not run the user's code")


def test_fields_of_named_tuples() -> None:
    assert has_fields(Pair(1, 2), "first", "second")
    assert not has_fields(Pair(1, 2), "third")
    assert has_fields(Odd(1, 2), "second") and not has_fields(Odd(1, 2), "first")


def test_views_of_other_arrays() -> None:
    a = np.arange(12.0).reshape(3, 4)
    read_only = a[1:].view()
    read_only.flags.writeable = False
    assert is_view(a[1:], lambda: a[1:]) and is_view(a.T, lambda: a.T)
    for other in (a[1:].copy(), a[:2], a[1:, :2], a[1:].view(np.int64), read_only, 1.0, None):
        assert not is_view(other, lambda: a[1:])
    assert not is_view(a, lambda: a.reshape(5, -1)) and not is_view(a, lambda: a[3])


def test_tuples() -> None:
    assert is_tuple((1, 2), 2)
    assert not is_tuple((1, 2), 3)
    assert not is_tuple([1, 2], 2)


def test_defs_and_names() -> None:
    assert is_def(test_tuples, "test_tuples", __name__)
    assert not is_def(test_tuples, "test_tuples", "elsewhere")
    assert not is_def(print, "print", "builtins")
    assert named("math.pi") == np.pi and named("numpy") is np
    assert named("numpy.nothing_of_that_name") is None


# ---- lists

F8 = np.dtype(np.float64)


@given(st.lists(st.lists(st.floats(), min_size=2, max_size=2), min_size=1), st.data())
def test_changed_elements_come_back_and_no_others(rows: list[list[float]], data: st.DataObject) -> None:
    rows = [list(row) for row in rows]
    kept = [[*row] for row in rows]
    array = unbox(rows, F8, 2)
    assert array is not None
    keep(array)
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 1))
    array[row, column] = 12345.5
    rebox(array)
    assert rows[row][column] == 12345.5
    kept[row][column] = rows[row][column]
    assert all(a is b for old, new in zip(kept, rows) for a, b in zip(old, new))


def test_complex_elements_come_back() -> None:
    numbers = [1j, 2 + 0j, complex(0.0, -0.0)]
    array = unbox(numbers, np.dtype(complex), 1)
    assert array is not None
    keep(array)
    array[1:] = [3, 0j]
    rebox(array)
    assert repr(numbers) == "[1j, (3+0j), 0j]"


def test_lists_overlap_in_rows() -> None:
    shared = [1.0]
    a, b = unbox([shared, [2.0]], F8, 2), unbox([[3.0], shared], F8, 2)
    c = unbox(shared, F8, 1)
    assert a is not None and b is not None and c is not None
    assert lists_overlap(a, b) and lists_overlap(c, a)
    other = unbox([[1.0]], F8, 2)
    assert other is not None and not lists_overlap(a, other)


def test_lists_as_results() -> None:
    numbers = [1.0]
    array = unbox(numbers, F8, 1)
    assert as_list(array) is numbers
    assert as_list(np.arange(2)) == [0, 1]


def test_lists_of_three_levels() -> None:
    row = [1.0]
    assert unbox([[[1.0], [2.0]], [[3.0], [4.0]]], F8, 3) is not None
    assert unbox([[row], [row]], F8, 3) is None
    assert unbox([[[1.0]], [[1.0], [2.0]]], F8, 3) is None


# ---- results


@given(st.integers(0, 3), st.integers(1, 2), st.integers(-2, 2))
def test_views(offset: int, extent: int, stride: int) -> None:
    array = np.arange(10.0)
    start = offset + 2
    expected = as_strided(array[start:], (extent,), (stride * 8,))
    found = view((array, start, (extent,), (stride,)))
    assert found.tolist() == expected.tolist() and found.base is array
