"""One line for the user's tests: every compiled version of a function does what the function does.

def test_smooth(pyaot_equivalent):              # pytest: a fixture of `pyaot.verify.pytest_plugin`
    pyaot_equivalent(program.smooth)

from pyaot.verify.testing import pyaot_equivalent       # unittest and others
"""

import inspect
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from pyaot.base.options import Options
from pyaot.base.source import read_source

MISSING = "calls are drawn by hypothesis, which is not installed: pip install 'pyaot[verify]'"


def can_draw() -> bool:
    """Whether hypothesis is there."""
    return find_spec("hypothesis") is not None


def pyaot_equivalent(
    function: Callable[..., object],
    *,
    examples: int = 100,
    seconds: float = 30.0,
    seed: int = 0,
    strict: bool = False,
) -> None:
    """AssertionError with a minimal call where a compiled version of the function differs from it.

    The file that the function stands in is compiled and run anew; `strict` is `--fp strict`.
    """
    if not can_draw():
        raise ModuleNotFoundError(MISSING, name="hypothesis")
    from pyaot.verify.process import CannotVerifyError, Settings, verify

    path = inspect.getsourcefile(inspect.unwrap(function))
    if path is None:
        raise ValueError(f"{function!r} stands in no file")
    settings = Settings(Options(strict=strict), examples, seconds, seed)
    try:
        report = verify(read_source(Path(path)), [function.__qualname__], settings)
    except CannotVerifyError as error:
        raise AssertionError(f"pyaot: {path}: {error}") from None
    (found,) = report.functions
    if found.not_drawn or found.difference is not None or not any(found.ran.values()):
        raise AssertionError(f"pyaot (seed {seed}): {found.as_text()}")
