"""What generated text calls exists in the runtime."""

import pyaot_runtime
import pytest

from pyaot.output.runtime_names import RUNTIME, RUNTIME_NAMES


def test_runtime_is_called_what_it_is() -> None:
    assert pyaot_runtime.__name__ == RUNTIME


@pytest.mark.parametrize("name", sorted(RUNTIME_NAMES))
def test_runtime_has_the_name(name: str) -> None:
    assert hasattr(pyaot_runtime, name)
    assert name in pyaot_runtime.__all__
