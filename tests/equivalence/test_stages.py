"""Every stage of the middle keeps what a function does, and leaves IR that the checker accepts."""

import copy
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from pyaot.base.source import SourceFile, read_source
from pyaot.verify.observe import Seen, observe
from pyaot.verify.rounding import Rounding, rounding_for
from tests.apps.compare_example import loaded
from tests.equivalence.agreement import load as run_text
from tests.equivalence.stages import compare_stages, fitting, lowered
from tests.equivalence.tame import tame
from tests.house.sources import ROOT
from tests.strategies.arguments import Arguments
from tests.strategies.programs import Case, programs

sys.path.insert(0, str(ROOT / "apps/stap"))
kernels = importlib.import_module("kernels")

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SIZE = 5
IGNORED = {"all": "ignore"}


def wrong_stages(
    source: SourceFile, names: dict[str, object], name: str, given: Arguments, strict: bool
) -> tuple[int, list[str]]:
    """How many instances take the arguments, and what is wrong after which stage."""
    program = lowered(source)
    original = names[name]
    assert callable(original)
    want = observe(original, Arguments(copy.deepcopy(given.positional), {}), IGNORED)
    told: list[str] = []
    count = 0
    for entry in program.entries:
        if entry.qualified_name == name:
            for function, bind in fitting(program, entry, names, original, given):
                if strict and function.inexact:
                    continue  # nothing is made of it
                told += compare_stages(want, function, bind, given, _rounding(want, given, strict), strict)
                count += 1
    return count, [text for text in told if text]


def _rounding(want: Seen, given: Arguments, strict: bool) -> Rounding:
    return rounding_for((given.positional, want.result, want.arguments), strict)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    module = loaded(path, f"staged_{path.stem}")
    for name, arguments in module.inputs(SIZE).items():
        given = Arguments(tuple(arguments), {})
        count, told = wrong_stages(read_source(path), vars(module), name, given, strict=False)
        assert count and told == [], name


def radar() -> dict[str, Arguments]:
    """Every kernel of the radar chain with a cube of a few numbers."""
    channels, bins, training, gates = 2, 4, 8, 16
    parts = np.random.default_rng(1).normal(size=(2, channels, bins, gates))
    cube = (parts[0] + 1j * parts[1]).astype(np.complex64)
    steering = np.exp(1j * np.arange(12.0)).reshape(2, 6).astype(np.complex64)
    wrapped = kernels.wrap_bins(kernels.doppler_filter(cube, bins).reshape(channels, bins, -1, training))
    matrices = kernels.covariance(wrapped, 2.0)
    adapted = kernels.weights(matrices, steering)
    beams = kernels.beamform(wrapped, adapted, steering)
    calls = {
        "process": (cube, steering, bins, training, 2.0),
        "doppler_filter": (cube, bins),
        "wrap_bins": (wrapped[:, 1:-1].copy(),),
        "covariance": (wrapped, 2.0),
        "weights": (matrices, steering),
        "beamform": (wrapped, adapted, steering),
        "cell_averaging": (beams, 1, 2),
    }
    return {name: Arguments(values, {}) for name, values in calls.items()}


RADAR = radar()


@pytest.mark.parametrize("name", RADAR)
def test_radar(name: str) -> None:
    source = read_source(ROOT / "apps/stap/kernels.py")
    _, told = wrong_stages(source, vars(kernels), name, RADAR[name], strict=False)
    assert told == []


def drawing(count: int) -> settings:
    """So many programs; a failing one is shown as it was drawn: to make it smaller takes minutes."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def check_program(case: Case, strict: bool) -> None:
    """A drawn program after every stage, with odd numbers and with ordinary ones."""
    source = SourceFile(Path("prog.py"), case.source)
    for arguments in (case.arguments, tame(case.arguments)):
        told = wrong_stages(source, run_text(case.source), "f", arguments, strict)[1]
        assert told == [], arguments


@seed(1)
@drawing(40)
@given(programs())
def test_drawn_programs(case: Case) -> None:
    check_program(case, strict=False)


@seed(2)
@drawing(15)
@given(programs())
def test_drawn_programs_strict(case: Case) -> None:
    check_program(case, strict=True)


@pytest.mark.long
@pytest.mark.parametrize("strict", [False, True])
def test_many_drawn_programs(strict: bool) -> None:
    @drawing(1500)
    @given(programs())
    def check(case: Case) -> None:
        check_program(case, strict)

    check()
