"""The PolyBench kernels: their forms compute the same, are compiled whole, and right."""

import re
from pathlib import Path

import numpy as np
import pytest
from pyaot_runtime import trace

from benchmarks import programs
from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load


def test_there_are_thirty() -> None:
    assert len(programs.NAMES) == 30
    assert sorted(path.stem for path in programs.FOLDER.glob("[!_]*.py")) == list(programs.NAMES)


@pytest.mark.parametrize("name", programs.NAMES)
def test_forms_agree(name: str) -> None:
    kernel = programs.kernel(name)
    assert set(programs.PRESETS) == set(kernel.module.SIZES)
    found = {form: programs.results(kernel, form, kernel.arguments("tiny", form)) for form in programs.FORMS}
    given = kernel.arguments("tiny", "loops")
    assert any(not np.array_equal(given[output], found["loops"][output]) for output in kernel.outputs)
    assert all(np.isfinite(value).all() for value in found["loops"].values())
    assert programs.differences(found["loops"], found["lists"]) == []
    assert programs.differences(found["loops"], found["arrays"]) == []


@pytest.mark.parametrize("name", programs.NAMES)
def test_every_form_is_compiled_whole_and_right(name: str, tmp_path: Path) -> None:
    original = programs.kernel(name)
    path = compile_text(original.path.read_text(encoding="utf-8"), tmp_path, Options())
    for version in ("native", "numpy"):
        compiled = programs.Kernel(name, load(path, version))
        for form in programs.FORMS:
            before = originals_run(form)
            given = original.arguments("tiny", form)
            expected = programs.results(original, form, given)
            assert programs.differences(expected, programs.results(compiled, form, given)) == []
            assert version == "numpy" or form == "lists" or originals_run(form) == before
    kernel = vars(compiled.module)["_pyaot_kernels"].get("lists")  # so few elements need not pay for it
    assert kernel(tuple(original.arguments("tiny", "loops").values())) == (0, 0)


def originals_run(form: str) -> int:
    """How many calls of a function no compiled version took so far."""
    lines = [line for line in trace.summary() if line.startswith("pyaot: original ran")]
    found = [re.search(rf"{form} \((\d+)\)", line) for line in lines]
    return sum(int(match[1]) for match in found if match)
