"""NumPy versions in tests: emitted, executed, and compared with the interpreter or with the original."""

import cmath
import copy
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyaot_runtime
from msgspec.structs import replace

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_numpy import Wrapping, emit_numpy
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.interpret import Failed, interpret
from pyaot.ir.nodes import Function, LibraryCall, Nothing, Return
from pyaot.ir.walk import walk_stmts
from pyaot.normalise.pipeline import normalise
from pyaot.poly.bounds import prove_bounds
from pyaot.verify.rounding import is_wild

HEAD = "import math\nimport numpy as np\nfrom numpy.typing import NDArray\n\n"


def function_of(source: str) -> Function:
    """The first function of a text, after the middle stages before scheduling."""
    tree = parse(SourceFile(Path("prog.py"), HEAD + source))
    return prove_bounds(normalise(lower(tree).functions[0]))


def text_of(function: Function, is_strict: bool = False) -> str:
    """The text of its NumPy version; it must have one."""
    emitted = emit_numpy(function, Wrapping(), is_strict)
    assert isinstance(emitted, Emitted), emitted
    return emitted.text


def kernel_of(function: Function, is_strict: bool = False) -> Callable[[tuple[Any, ...]], Any]:
    """The NumPy version itself."""
    emitted = emit_numpy(function, Wrapping(), is_strict)
    assert isinstance(emitted, Emitted), emitted
    return executed(emitted)


def executed(emitted: Emitted) -> Callable[[tuple[Any, ...]], Any]:
    """The function that a text defines."""
    names: dict[str, Any] = {"_pyaot": pyaot_runtime, "np": np, "math": math, "cmath": cmath}
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        exec(compile(emitted.text, file.name, "exec"), names)
    return names[emitted.symbols[-1]]  # type: ignore[no-any-return]


def agree(function: Function, arguments: tuple[Any, ...], kernel: Callable[[tuple[Any, ...]], Any]) -> bool:
    """Whether the version does what the interpreter does, or declines and changes nothing.

    False where it declined although the interpreter did not fail.
    """
    entry = replace(function, body=(Return(Nothing()),))
    if isinstance(interpret(entry, copy.deepcopy(arguments)), Failed):
        return False  # the guard would not have called it
    before = copy.deepcopy(arguments)
    mine, theirs = copy.deepcopy(arguments), copy.deepcopy(arguments)
    outcome = interpret(function, theirs)
    answer = kernel(mine)
    if answer[0] < 0:
        assert answer == (-1, 0)
        assert same(mine, before), "a failed attempt changed something"
        return isinstance(outcome, Failed)
    assert not isinstance(outcome, Failed), f"the interpreter failed: {outcome}"
    assert answer[0] == outcome.path
    # Sums in another order meet other infinities; a BLAS's flags depend on how its buffers happened to lie.
    is_open = is_wild(before) or any(isinstance(s, LibraryCall) for s in walk_stmts(function.body))
    assert is_open or answer[1] & 7 == outcome.flags  # the interpreter does not look for underflow
    given = [pyaot_runtime.view(leaf) if isinstance(leaf, tuple) else leaf for leaf in answer[2:]]
    assert close(given, leaves(outcome.value)), (given, outcome.value)
    assert close(list(mine), list(theirs)), (mine, theirs)
    return True


def leaves(value: Any) -> list[Any]:
    """Results from left to right."""
    if value is None:
        return []
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value.item() if isinstance(value, np.generic) else value]


def same(a: Any, b: Any) -> bool:
    """Equal to the bit."""
    return all(np.asarray(x).tobytes() == np.asarray(y).tobytes() for x, y in zip(a, b, strict=True))


def close(a: list[Any], b: list[Any]) -> bool:
    """Equal but for rounding; types, dtypes and shapes exactly."""
    return len(a) == len(b) and all(_close(x, y) for x, y in zip(a, b, strict=True))


def _close(x: Any, y: Any) -> bool:
    if isinstance(x, np.ndarray) != isinstance(y, np.ndarray):
        return False
    if not isinstance(x, np.ndarray) and type(x) is not type(y):
        return False
    a, b = np.asarray(x), np.asarray(y)
    exact = a.dtype.kind not in "fc"
    tolerance = 0.0 if exact else 1e-4 if a.dtype in (np.float32, np.complex64) else 1e-9
    return bool(a.dtype == b.dtype and a.shape == b.shape and np.allclose(a, b, tolerance, tolerance, True))
