"""Programs compiled into a folder and loaded, once for each version that is to be looked at."""

import importlib.util
import os
import sys
from itertools import count
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.driver import compile_source, write_bundle

VERSIONS = ("native", "numpy", "original")

_numbers = count()


def compile_text(text: str, folder: Path, options: Options) -> Path:
    """The drop-in of a program, with its kernels beside it."""
    source = SourceFile(folder / "source" / "prog.py", text)
    return write_bundle(compile_source(source, options), folder).path


def load(path: Path, version: str = "") -> ModuleType:
    """The file as a module whose functions run that version ('': the one that is chosen)."""
    name = f"{path.stem}_{next(_numbers)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with patch.dict(os.environ, PYAOT_VERSION=version, PYAOT_TRACE="summary"):
        spec.loader.exec_module(module)
    return module
