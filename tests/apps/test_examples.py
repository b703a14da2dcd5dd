"""Every example: its two forms compute the same, and it runs as a program."""

import copy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.apps.compare_example import loaded
from tests.house.sources import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", [5, 8, 24])
def test_loops_and_arrays_agree(path: Path, size: int) -> None:
    module = loaded(path, "example")
    entries = module.inputs(size)
    before = copy.deepcopy(entries)
    loops, arrays = (getattr(module, name)(*arguments) for name, arguments in entries.items())
    assert loops.dtype == arrays.dtype
    assert loops.shape == arrays.shape
    tolerance = 1e-5 if loops.dtype == np.float32 else 1e-9
    assert np.allclose(loops, arrays, rtol=tolerance, atol=tolerance)
    for name, arguments in entries.items():
        for kept, given in zip(before[name], arguments, strict=True):
            assert np.array_equal(kept, given)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_entries_are_hinted_forms_of_one_computation(path: Path) -> None:
    module = loaded(path, "example")
    first, second = module.inputs(8)
    assert first.endswith("_loops")
    assert second == first.removesuffix("_loops") + "_arrays"
    assert getattr(module, first).__annotations__ == getattr(module, second).__annotations__ != {}


def test_an_example_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples/sobel.py")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["sobel_loops", "sobel_arrays"]


def test_the_index_lists_every_example() -> None:
    index = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES if f"| {path.name} |" not in index] == []
    assert len(EXAMPLES) >= 12
