"""What a package's pyproject.toml asks for.

modules = ["waves/steps.py", "waves/filters/*.py"]
fp = "strict"
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from pyaot.base.options import Options
from pyaot.cli.settings import TARGETS

RUNTIME = "pyaot-runtime"

_CHOICES = {"fp": ("relaxed", "strict"), "target": tuple(TARGETS), "march": ("portable", "native")}
# What hatchling itself reads of a hook's table.
_OF_HATCHLING = (
    "dependencies",
    "enable-by-default",
    "require-runtime-dependencies",
    "require-runtime-features",
)


class Settings(Struct, frozen=True):
    """The modules, in the order of their paths, and how to compile them."""

    modules: tuple[Path, ...]  # relative to the project's folder
    options: Options


def settings_of(table: Mapping[str, Any], root: Path, where: str) -> Settings:
    """The settings of a table in pyproject.toml; ValueError, which names `where` it is, for what is none."""
    patterns = table.get("modules")
    if not isinstance(patterns, list) or not patterns or not all(isinstance(p, str) for p in patterns):
        raise ValueError(f'{where}: modules is to be a list of files, such as modules = ["waves/steps.py"]')
    for key, value in table.items():
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(f"{where}: {key} is {value!r}, not {' or '.join(map(repr, _CHOICES[key]))}")
        if key not in (*_CHOICES, *_OF_HATCHLING, "modules"):
            raise ValueError(f"{where}: there is no setting {key!r}, only modules, {', '.join(_CHOICES)}")
    found = {path for pattern in patterns for path in _files(pattern, root, where)}
    options = Options(
        strict=table.get("fp") == "strict",
        march=table.get("march", "portable"),
        targets=TARGETS[table.get("target", "all")],
    )
    return Settings(tuple(sorted(found)), options)


def _files(pattern: str, root: Path, where: str) -> set[Path]:
    if Path(pattern).is_absolute():
        raise ValueError(f"{where}: {pattern!r} is to be relative to the project's folder")
    found = {path.relative_to(root) for path in root.glob(pattern) if path.suffix == ".py" and path.is_file()}
    if not found:
        raise ValueError(f"{where}: {pattern!r} names no file of Python in '{root}'")
    return found


def check_dependencies(dependencies: Iterable[str]) -> None:
    """ValueError where the package does not depend on what compiled modules import."""
    names = {
        re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0]).lower()
        for text in dependencies
    }
    if not names & {RUNTIME, "pyaot"}:
        raise ValueError(
            f"compiled modules import pyaot_runtime: add '{RUNTIME}' to the dependencies of [project]"
        )
