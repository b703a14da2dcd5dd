"""The hook of setuptools, found by its entry point `setuptools.finalize_distribution_options`.

    [tool.pyaot]
    modules = ["waves/steps.py"]

It is called in every build of an environment that has pyaot: without the table it loads nothing.
"""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

_FILE = "pyproject.toml"


def finalize(distribution: Any) -> None:
    """Where pyproject.toml has a table for pyaot, modules are compiled when they have been copied."""
    try:
        text = Path(_FILE).read_text(encoding="utf-8")
    except OSError:
        return
    if "tool.pyaot" not in text:
        return
    table = tomllib.loads(text).get("tool", {}).get("pyaot")
    if table is None:
        return
    try:
        commands = import_module("pyaot.shipping.setuptools_commands")
    except ModuleNotFoundError as error:
        raise RuntimeError(f"[tool.pyaot] needs setuptools 70.1 or newer: {error}") from None
    commands.install(distribution, table)
