"""Floating-point errors of kernels: a warning, or the original where more than a warning is wanted."""

import warnings
from typing import Any

import numpy as np
import pytest
from pyaot_runtime.errors import on_copies, only_warns, report

DIVIDE, OVERFLOW, INVALID, UNDERFLOW, DOUBTFUL = 1, 2, 4, 8, 16
EVERY = (DIVIDE, OVERFLOW, INVALID, UNDERFLOW, DOUBTFUL)


def test_warns_in_the_words_of_numpy() -> None:
    with pytest.warns(RuntimeWarning, match=r"^overflow encountered in f$"):
        assert report(OVERFLOW, "f")


@pytest.mark.parametrize("flag", [UNDERFLOW, DOUBTFUL])
def test_what_numpy_tells_of_to_nobody(flag: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert report(flag, "f") and only_warns()


@pytest.mark.parametrize("flag", EVERY)
@pytest.mark.parametrize("way", ["ignore", "print", "log", "call", "raise"])
def test_what_is_more_than_a_warning_is_the_originals(way: Any, flag: int) -> None:
    with np.errstate(all=way, call=lambda *what: pytest.fail("not the kernel's to say")):
        assert report(flag, "f") is (way == "ignore")
        assert only_warns() is (way == "ignore")


def test_each_flag_has_its_own_state() -> None:
    with np.errstate(divide="raise", over="ignore", invalid="ignore"):
        assert report(OVERFLOW | INVALID, "f")
        assert not report(DIVIDE | OVERFLOW, "f")
    assert only_warns()


@pytest.mark.parametrize("kind", [RuntimeWarning, Warning])
def test_warnings_that_raise_are_the_originals(kind: type[Warning]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", kind)
        assert not only_warns()
        assert not report(INVALID, "f") and not report(DOUBTFUL, "f") and report(UNDERFLOW, "f")
        warnings.simplefilter("ignore")
        warnings.resetwarnings()
        assert only_warns()
    assert only_warns()


@pytest.mark.parametrize("flags", [0, DIVIDE, OVERFLOW])
def test_arrays_change_only_where_no_error_is_the_originals(flags: int) -> None:
    a, b = np.zeros(3), np.ones(3)

    def kernel(values: tuple[Any, ...]) -> tuple[Any, ...]:
        values[0][...] = 7.0
        return 0, flags, values[0], (values[0], 1, (2,), (1,)), values[1]

    with np.errstate(divide="raise", over="ignore"):
        answer = on_copies(kernel, (a, b), (0,))
    assert answer[:2] == ((-1, 0) if flags == DIVIDE else (0, flags))
    assert a.tolist() == ([0.0] * 3 if flags == DIVIDE else [7.0] * 3)
    if flags != DIVIDE:
        assert answer[2] is a and answer[3][0] is a and answer[4] is b
