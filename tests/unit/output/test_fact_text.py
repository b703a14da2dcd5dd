"""Conditions on globals: true of every value but the one that was read at compile time."""

import math
from pathlib import Path

import numpy as np
import pytest

from pyaot.base.source import SourceFile
from pyaot.ir.program import GlobalFact
from pyaot.output.fact_text import changed_text
from pyaot.output.runtime_names import wording_for

VALUES = (
    *(None, True, 1, 1.0, -0.0, 0.0, math.inf, math.nan, "one", 1j, (1, 2.0), (1,)),
    *(np.float32(0.5), np.float64(0.5), 0.5, np.int8(1), np.bool_(True), (np.float64(0.5), 1), (0.5, 1)),
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_only_the_value_itself_is_no_change(value: object) -> None:
    text = changed_text(GlobalFact("X", repr(value)), wording_for(SourceFile(Path("x.py"), "")))
    changed = [other for other in VALUES if eval(text, {"X": other})]
    assert len(changed) == len(VALUES) - 1 and all(other is not value for other in changed)
