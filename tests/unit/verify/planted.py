"""Compilers that make one mistake: texts of C or NumPy code that are changed on their way into the files."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from pyaot import driver


def change_native(patch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> None:
    """The C text has these changes; each must be one."""
    _change(patch, "emit_native", changes)


def change_numpy(patch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> None:
    """The NumPy versions have these changes."""
    _change(patch, "emit_numpy", changes)


def _change(patch: pytest.MonkeyPatch, name: str, changes: tuple[tuple[str, str], ...]) -> None:
    emit: Callable[..., Any] = getattr(driver, name)

    def changed(*given: Any) -> Any:
        emitted = emit(*given)
        for old, new in changes:
            if old not in emitted.text:
                pytest.fail(f"{old!r} is not in\n{emitted.text}")  # no Exception, which compilers survive
            emitted = replace(emitted, text=emitted.text.replace(old, new))
        return emitted

    patch.setattr(driver, name, changed)
