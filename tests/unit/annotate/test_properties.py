"""Whatever is called: only hints change, they are true of all calls, and the second time nothing changes."""

import ast
import types
import typing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyaot.annotate.writing import Style
from tests.unit.annotate.seen import annotate

SIGNATURES = (
    "def f(a,b = None,*c) : # what it does",
    "def f(\n    a,  # the first\n    b=None,\n    *c,\n):",
    "def f(a, /, b=None, *c) :",
    "if True:\n  class A:\n    @staticmethod\n    def f(a, b=None, *c):\n\n       'About f.'\n       return a"
    "\nf = A.f\ndef g(a):",
)
BODY = "\n    return a  # done\n\n\nfor call in CALLS: f ( *call ) ;  x = 0\n"
DTYPES = ("float64", "float32", "int64", "bool", "complex64", "uint8", "float16")

extents = st.integers(0, 7)
arrays = st.builds(np.zeros, st.lists(extents, max_size=3).map(tuple), st.sampled_from(DTYPES))
numbers = st.sampled_from([None, True, 3, 2.5, 1j, "text", np.float32(1), np.int64(2), np.bool_(1), {}])
values = st.recursive(
    st.one_of(numbers, arrays),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=4,
)
calls = st.lists(st.lists(values, min_size=1, max_size=4), min_size=1, max_size=5)

drawn = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(calls=calls, signature=st.sampled_from(SIGNATURES), style=st.sampled_from(Style))
@drawn
def test_annotating(calls: list[list[object]], signature: str, style: Style, tmp_path: Path) -> None:
    text = f"import sys\n\n\n{signature}{BODY}"
    once = annotate(text, tmp_path, style, CALLS=calls)
    result = once.content.decode()
    assert bare(result) == bare(text)
    assert annotate(result, tmp_path, style, CALLS=calls).content == once.content
    names: dict[str, typing.Any] = {"CALLS": calls}
    exec(compile(result, "prog.py", "exec"), names)
    hints = typing.get_type_hints(names["f"])
    for call in calls:
        bound = dict(zip(("a", "b"), call)) | ({} if len(call) > 1 else {"b": None})
        sizes: dict[str, int] = {}
        for name, value in bound.items():
            assert name not in hints or admits(hints[name], value, sizes)
        assert "c" not in hints or all(admits(hints["c"], value, {}) for value in call[2:])
        assert "return" not in hints or admits(hints["return"], call[0], sizes)


def bare(text: str) -> str:
    """The tree without the hints of functions, and without the imports that they may need."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    added = ("numpy", "numpy.typing", "jaxtyping")
    tree.body = [n for n in tree.body if not (isinstance(n, ast.Import) and n.names[0].name in added)]
    tree.body = [n for n in tree.body if not (isinstance(n, ast.ImportFrom) and n.module in added)]
    return ast.dump(tree)


def admits(hint: object, value: object, sizes: dict[str, int]) -> bool:
    """Whether the hint is true of the value; names of extents are added to `sizes` and compared with them."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(admits(option, value, sizes) for option in arguments)
    if origin is list:
        return type(value) is list and all(admits(arguments[0], item, {}) for item in value)
    if origin is tuple:
        return type(value) is tuple and _admits_items(arguments, value, sizes)
    if origin is np.ndarray:
        return type(value) is np.ndarray and _is_array(value, arguments)
    text = getattr(hint, "dim_str", None)
    if text is not None:
        return isinstance(value, hint) and _agrees(text.split(), value.shape, sizes)  # type: ignore[arg-type,attr-defined]
    return type(value) is (type(None) if hint is None else hint)


def _admits_items(arguments: tuple[object, ...], value: tuple[object, ...], sizes: dict[str, int]) -> bool:
    if arguments[1:] == (...,):
        return all(admits(arguments[0], item, {}) for item in value)
    return len(arguments) == len(value) and all(admits(a, v, sizes) for a, v in zip(arguments, value))


def _is_array(value: np.ndarray, arguments: tuple[typing.Any, ...]) -> bool:
    shape, dtype = arguments
    extents = typing.get_args(shape)
    is_open = shape == tuple[typing.Any, ...] or shape is typing.Any
    (element,) = typing.get_args(dtype)
    return value.dtype.type is element and (is_open or value.ndim == len(extents))


def _agrees(words: list[str], shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    if words == ["..."]:
        return True
    return all(word == "_" or sizes.setdefault(word, extent) == extent for word, extent in zip(words, shape))


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (list[int], [1], True),
        (list[int], [1.0], False),
        (tuple[int, ...], (1, 2), True),
        (tuple[int], (1, 2), False),
        (np.ndarray[tuple[int], np.dtype[np.float64]], np.zeros(2), True),
        (np.ndarray[tuple[int, int], np.dtype[np.float64]], np.zeros(2), False),
        (int | None, None, True),
        (int, True, False),
    ],
)
def test_the_check_itself(hint: object, value: object, expected: bool) -> None:
    assert admits(hint, value, {}) is expected
