"""Functions of the examples are compiled as their file is: the same versions for the same types."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pyaot.base.options import Options
from pyaot.base.source import read_source
from pyaot.driver import compile_source
from pyaot.live.compilation import compile_roots, root_of
from pyaot.output.report import report
from tests.house.sources import ROOT

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_versions_are_those_of_the_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYAOT_CACHE_DIR", str(tmp_path))
    module: Any = importlib.import_module(f"examples.{name}")
    compilation = compile_source(read_source(Path(module.__file__)), Options())
    expected = _versions(report(compilation.source, compilation.plan.entries, (), Options()))
    assert expected
    for function in {entry.partition(":")[0] for entry, _ in expected}:
        made = compile_roots((root_of(getattr(module, function)),), Options())
        own = [row for row in expected if row[0].partition(":")[0] == function]
        assert _versions(made.report) == own


def _versions(data: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    return [
        (f["name"], [(i["versions"], i["parameters"]) for i in f["instances"]]) for f in data["functions"]
    ]
