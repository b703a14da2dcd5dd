"""The fixture `pyaot_equivalent` for pytest, which finds this module by the entry point `pytest11`."""

from collections.abc import Callable

import pytest

from pyaot.verify.testing import pyaot_equivalent as compare


@pytest.fixture(name="pyaot_equivalent", scope="session")
def _pyaot_equivalent() -> Callable[..., None]:
    """Says where a compiled version of a function differs from it: `pyaot_equivalent(module.function)`."""
    return compare
