"""The user's file and its drop-in as modules, one for each version, and which version a call was answered by.

original = load_original(path)
native = load_version(drop_in, path, "native")
ran, result = told(native, "smooth", call)
"""

import io
import os
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from types import ModuleType
from typing import TypeVar
from unittest.mock import patch

from msgspec import Struct

_Result = TypeVar("_Result")


class Version(Struct, frozen=True):
    """A module in which one version is forced, and what it needs while a function is called."""

    name: str  # 'native', 'numpy', 'original'
    threads: int
    module: ModuleType
    may_miss_warnings: bool = False  # docs/deviations.md says where; errors that NumPy raises it may not

    def __str__(self) -> str:
        return f"{self.name} on {self.threads} threads" if self.threads > 1 else self.name


def module_name(path: Path) -> tuple[str, Path]:
    """What the file is imported as, `package.module`, and the folder from which."""
    folder, parts = path.resolve().parent, [path.stem]
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def load(text_of: Path, path: Path, file: Path, version: str) -> ModuleType:
    """The text of a file, run as the module that `path` is, with a version forced; `file`: its `__file__`."""
    name, folder = module_name(path)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    module = ModuleType(name)
    module.__file__ = str(file.absolute())
    module.__package__ = name.rpartition(".")[0]
    code = compile(text_of.read_bytes(), str(text_of), "exec", dont_inherit=True)
    sys.modules[name] = module
    with patch.dict(os.environ, PYAOT_VERSION=version, PYAOT_TRACE="calls"):
        exec(code, module.__dict__)
    return module


def function_of(module: ModuleType, name: str) -> Callable[..., object]:
    """The function 'smooth' or 'Radar.process' of a module."""
    found: object = module
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)
    return found


def set_threads(count: int) -> None:
    """Kernels run on so many threads; on several whatever they have to do, so that races can be seen."""
    import pyaot_runtime

    pyaot_runtime.set_team(count) if count > 1 else pyaot_runtime.set_threads(1)


def traced(name: str, version: str, run: Callable[[], _Result]) -> tuple[_Result, str]:
    """What a call gives, and '' where the version answered it, else the reason why it did not."""
    with redirect_stderr(io.StringIO()) as told:
        result = run()
    line = re.compile(rf"pyaot: {re.escape(name)}(?::[0-9]+-[0-9]+)?: (?:the )?(\w+) ran(?: \((.*)\))?")
    found = [match for match in map(line.fullmatch, told.getvalue().splitlines()) if match is not None]
    if any(match[1] == version for match in found):
        return result, ""
    reasons = [match[2].removeprefix(f"{version}: ") for match in found if match[2]]
    return result, reasons[-1].partition(f"; {version}: ")[0] if reasons else "nothing of it was reached"
