"""What a version once did otherwise it does as the original now."""

from pathlib import Path

import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from pyaot.verify.difference import difference
from pyaot.verify.observe import observe
from tests.equivalence.compiled import compile_text, load
from tests.equivalence.found import CASES, HEAD, Found


@pytest.fixture(scope="module", params=["relaxed", "strict"])
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    fp: str = request.param
    text = HEAD + "\n\n".join(case.text for case in CASES)
    path = compile_text(text, tmp_path_factory.mktemp(fp), Options(strict=fp == "strict"))
    return fp, path


@pytest.mark.parametrize("version", ["native", "numpy"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_found_difference_is_gone(compiled: tuple[str, Path], case: Found, version: str) -> None:
    fp, path = compiled
    module = load(path, version)
    if fp not in case.fp:
        pytest.skip(f"not under --fp {fp}")
    function = getattr(module, case.name)
    if not hasattr(function, "__wrapped__") and version == "numpy":
        pytest.skip("it has no NumPy version")
    counts = trace._counts_of(case.name)
    before = counts[version]
    for make in case.calls:
        for state in case.states:
            want = observe(function.__wrapped__, make(), state)
            assert difference(want, observe(function, make(), state)) == "", (make(), state)
    assert counts[version] > before or version == "numpy"
