"""What can be seen of a call: result, exception, warnings, what it printed, and what became of the arguments.

want = observe(original, arguments)
"""

import asyncio
import inspect
import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import fields, is_dataclass
from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np
from msgspec import Struct

from pyaot.verify.call import Arguments, ErrorState

_MOST_YIELDED = 1000


class Seen(Struct, frozen=True):
    """A call and what came of it; `arguments` are as the call left them."""

    result: object
    error: Exception | None
    warned: frozenset[str]
    arguments: tuple[object, ...]
    printed: str = ""


def observe(function: Callable[..., object], arguments: Arguments, state: ErrorState | None = None) -> Seen:
    """Calls the function, under an error state of NumPy's if one is given."""
    result, error = None, None
    settings: Any = state or {}
    with (
        warnings.catch_warnings(record=True) as caught,
        np.errstate(**settings),
        redirect_stdout(io.StringIO()) as printed,
    ):
        warnings.simplefilter("always")
        try:
            result = _run_out(arguments.call(function))
        except Exception as raised:
            error = raised
    given = (*arguments.positional, *arguments.keywords.values())
    return Seen(result, error, frozenset(map(_kind_of, caught)), given, printed.getvalue())


def _run_out(result: object) -> object:
    """What a generator yields, and what a coroutine gives, instead of themselves."""
    if inspect.isgenerator(result):
        return ["of a generator", *islice(result, _MOST_YIELDED)]
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def _kind_of(warning: warnings.WarningMessage) -> str:
    """The words before the name of the operation: 'overflow'; other warnings with their type."""
    words, found, _ = str(warning.message).partition(" encountered in ")
    return words if found else f"{warning.category.__name__}: {warning.message}"


def fields_of(value: object) -> dict[str, Any]:
    """The fields of an object of a class that is written in Python; of others none."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name, None) for f in fields(value)}
    return dict(vars(value)) if _is_record(value) else {}


def _is_record(value: object) -> bool:
    is_other = isinstance(value, (type, np.ndarray, ModuleType)) or callable(value)
    return hasattr(value, "__dict__") and not is_other
