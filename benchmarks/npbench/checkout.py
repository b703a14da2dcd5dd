"""What a checkout of NPBench says about each of its programs; it is read, never changed."""

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Program:
    """One program: where its versions are, and how its arguments are made."""

    name: str
    folder: Path  # of its versions
    checkout: Path
    info: Mapping[str, Any]

    @property
    def module(self) -> str:
        """What the names of its files begin with."""
        return str(self.info["module_name"])

    @property
    def entry(self) -> str:
        """The function that is called."""
        return str(self.info["func_name"])

    @property
    def inputs(self) -> Sequence[str]:
        """The names of the arguments in their order."""
        return tuple(self.info["input_args"])

    def version(self, postfix: str) -> Path:
        """The file of a version; it need not be there."""
        return self.folder / f"{self.module}_{postfix}.py"

    def imported(self, postfix: str) -> Any:
        """The entry function of a version, imported."""
        return getattr(self._import(f"{self.module}_{postfix}"), self.entry)

    def data(self, preset: str) -> dict[str, Any]:
        """Every parameter and argument by name, made anew."""
        data = dict(self.info["parameters"][preset])
        init = self.info.get("init")
        if init:
            initialise = getattr(self._import(self.module), init["func_name"])
            made = initialise(*(data[name] for name in init["input_args"]))
            names = init["output_args"]
            data.update(zip(names, made if len(names) > 1 else (made,), strict=True))
        return data

    def _import(self, module: str) -> Any:
        if str(self.checkout) not in sys.path:
            sys.path.insert(0, str(self.checkout))
        folder = str(self.info["relative_path"]).replace("/", ".")
        return importlib.import_module(f"npbench.benchmarks.{folder}.{module}")


def programs(checkout: Path, names: Sequence[str] = ()) -> list[Program]:
    """The programs of those names; all if there are none."""
    files = sorted((checkout / "bench_info").glob("*.json"))
    if not files:
        raise FileNotFoundError(f"{checkout} is no checkout of NPBench: it has no bench_info/*.json")
    unknown = sorted(set(names) - {file.stem for file in files})
    if unknown:
        raise ValueError(f"NPBench has no {', '.join(unknown)}")
    return [program(checkout, file.stem) for file in files if not names or file.stem in names]


def program(checkout: Path, name: str) -> Program:
    """The program of that name."""
    info = json.loads((checkout / "bench_info" / f"{name}.json").read_text())["benchmark"]
    return Program(name, checkout / "npbench" / "benchmarks" / info["relative_path"], checkout, info)
