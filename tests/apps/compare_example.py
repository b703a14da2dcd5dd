"""A program: do the compiled functions of an example give what the original gives? See PYAOT_VERSION.

python -m tests.apps.compare_example ORIGINAL COMPILED
"""

import copy
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

SIZE = 24


def main(original_path: str, compiled_path: str) -> None:
    """Ends with an AssertionError where a result differs."""
    original, compiled = loaded(Path(original_path), "original"), loaded(Path(compiled_path), "compiled")
    for entry, arguments in original.inputs(SIZE).items():
        expected = getattr(original, entry)(*copy.deepcopy(arguments))
        result = getattr(compiled, entry)(*copy.deepcopy(arguments))
        assert (result.dtype, result.shape) == (expected.dtype, expected.shape), entry
        tolerance = 1e-5 if expected.dtype == np.float32 else 1e-10
        assert np.allclose(result, expected, rtol=tolerance, atol=tolerance), entry


def loaded(path: Path, name: str) -> ModuleType:
    """The file as a module of that name."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(*sys.argv[1:])
