"""The examples and PolyBench programs without hints: those of `pyaot annotate` compile to the same versions.

The hand-written hints of the examples leave ranks open, so they give versions for several; those found name
the rank of the calls.
"""

import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source
from pyaot.ir.show import show, show_type
from tests.apps.unhinted import PROGRAMS, write_copies

CHOICE = random.Random(10)
SAMPLE = [CHOICE.choice([n for n in PROGRAMS if n.startswith(kind)]) for kind in ("example", "polybench")]

Versions = Mapping[str, Mapping[tuple[str, ...], tuple[object, ...]]]


def annotated(names: Sequence[str], style: str, folder: Path) -> dict[str, str]:
    """The texts of the copies, annotated by one run that calls the functions of all."""
    write_copies(names, folder)
    command = ["annotate", "--all", "--write", "--quiet", "--style", style, "drive.py", *names]
    done = subprocess.run(
        [sys.executable, "-m", "pyaot", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name: (folder / f"{name}.py").read_text() for name in names}


@cache
def versions(text: str) -> Versions:
    """By function and types: the versions, whether they pay, and the kernel as text."""
    found = compile_source(SourceFile(Path("prog.py"), text), Options(jobs=1)).plan.entries
    return {
        plan.entry.qualified_name: {
            tuple(show_type(p.type) for p in i.function.params): (
                i.targets,
                i.pays,
                show(i.function).partition("(")[2],
            )
            for i in plan.instances
        }
        for plan in found
    }


def check(name: str, ours: str, style: str) -> None:
    """Every function that had hints has the same versions for the types of the calls.

    Where extents are known to agree, in the jaxtyping style, kernels may have fewer checks.
    """
    compared = slice(None) if style == "numpy" else slice(2)
    expected, found = versions(PROGRAMS[name].read_text(encoding="utf-8")), versions(ours)
    assert expected
    for function, instances in expected.items():
        for types, made in found[function].items():
            assert made[compared] == instances[types][compared]
        assert name.startswith("example_") or found[function].keys() == instances.keys()


@pytest.mark.parametrize("style", ["numpy", "jaxtyping"])
def test_sample(style: str, tmp_path: Path) -> None:
    for name, text in annotated(SAMPLE, style, tmp_path).items():
        check(name, text, style)


@pytest.fixture(scope="module", params=["numpy", "jaxtyping"])
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """All programs, annotated in a style."""
    return request.param, annotated(sorted(PROGRAMS), request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.long
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program(name: str, everything: tuple[str, dict[str, str]]) -> None:
    style, texts = everything
    check(name, texts[name], style)
