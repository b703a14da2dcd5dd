"""What a version once did otherwise it does as the original now."""

from types import ModuleType

import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load
from tests.equivalence.found import CASES, HEAD, Found
from tests.equivalence.observe import difference, observe


@pytest.fixture(scope="module", params=["relaxed", "strict"])
def compiled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, ModuleType]:
    fp: str = request.param
    text = HEAD + "\n\n".join(case.text for case in CASES)
    path = compile_text(text, tmp_path_factory.mktemp(fp), Options(strict=fp == "strict"))
    return fp, load(path, "native")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_found_difference_is_gone(compiled: tuple[str, ModuleType], case: Found) -> None:
    fp, module = compiled
    if fp not in case.fp:
        pytest.skip(f"not under --fp {fp}")
    function = getattr(module, case.name)
    counts = trace._counts_of(case.name)
    before = counts["native"]
    for make in case.calls:
        for state in case.states:
            want = observe(function.__wrapped__, make(), state)
            assert difference(want, observe(function, make(), state)) == "", (make(), state)
    assert counts["native"] > before
