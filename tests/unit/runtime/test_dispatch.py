"""Binding versions: what is chosen, what is wrapped, what is left alone."""

import functools
from typing import Any

import pytest
from pyaot_runtime.dispatch import DECLINED, Binder, versions


def _kernel(values: tuple[int]) -> tuple[int, int, str]:
    return 0, 0, "native"


def _numpy(values: tuple[int]) -> tuple[int, int, str]:
    return 0, 0, "numpy"


def _bound(original: Any, **kernels: Any) -> Any:
    """`original` with versions, as generated text binds them."""

    def f(bind: Binder) -> Any:
        guard, kernel = bind.choose(lambda x: None if x > 0 else "x is not positive", **kernels)

        def run(x: int, y: int = 0) -> Any:
            if guard(x) is None:
                answer = kernel((x,))
                result = DECLINED if answer[0] < 0 else answer[2]
                if result is not DECLINED:
                    return result
            return bind.original(x, y)

        return run

    return versions(original)(f)


def f(x: int, y: int = 7) -> Any:
    """The user's."""
    return f"original {y}"


def test_first_version_that_is_there_runs() -> None:
    assert _bound(f, native=_kernel, numpy=_numpy)(1) == "native"
    assert _bound(f, native=None, numpy=_numpy)(1) == "numpy"
    assert _bound(f, native=_kernel)(-1) == "original 7"


def test_without_any_version_the_original_itself_stays() -> None:
    assert _bound(f, native=None) is f


@pytest.mark.parametrize(("forced", "result"), [("numpy", "numpy"), ("native", "native"), ("", "native")])
def test_version_is_forced(forced: str, result: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_VERSION", forced)
    assert _bound(f, native=_kernel, numpy=_numpy)(1) == result


def test_original_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_VERSION", "original")
    assert _bound(f, native=_kernel, numpy=_numpy) is f


def test_version_that_does_not_pay_runs_only_if_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x: int) -> Any:
        return "the original"

    def factory(bind: Binder) -> Any:
        guard, kernel = bind.choose_if_forced(lambda x: None, native=_kernel)
        return lambda x: kernel((x,))[2] if guard(x) is None else bind.original(x)

    factory.__name__ = "f"
    assert versions(f)(factory) is f
    monkeypatch.setenv("PYAOT_VERSION", "native")
    assert versions(f)(factory)(1) == "native"


def test_unknown_version_is_said_and_not_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYAOT_VERSION", "fortran")
    assert _bound(f, native=_kernel)(1) == "native"
    assert "PYAOT_VERSION='fortran' is none of original, numpy, native" in capsys.readouterr().err


def test_staticmethod_and_classmethod_stay_what_they_are() -> None:
    bound = _bound(staticmethod(f), native=_kernel)
    assert type(bound) is staticmethod and bound.__func__(1) == "native"
    assert type(_bound(classmethod(f), native=_kernel)) is classmethod


def test_what_a_decorator_made_is_left_alone() -> None:
    cached = functools.cache(f)
    assert _bound(cached, native=_kernel) is cached

    @functools.wraps(f)
    def wrapper(x: int, y: int = 7) -> Any:
        return "wrapped"

    assert _bound(wrapper, native=_kernel) is wrapper

    def other(x: int, y: int = 7) -> Any:
        return "other"

    assert _bound(other, native=_kernel) is other


def test_other_signature_is_left_alone() -> None:
    def f(x: int, y: int = 7, z: int = 8) -> Any:
        return "changed"

    assert _bound(f, native=_kernel) is f


def test_defaults_are_the_originals_objects() -> None:
    default: list[int] = []

    def f(x: int, y: Any = default) -> Any:
        return y

    f.mark = "kept"  # type: ignore[attr-defined]
    bound = _bound(f, native=_kernel)
    assert bound(-1) is default
    assert bound.mark == "kept" and bound.__wrapped__ is f
