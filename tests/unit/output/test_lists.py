"""Lists of Python numbers as arguments and results."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.ir.build import function, give, i64, load, store
from pyaot.ir.nodes import Function
from pyaot.ir.types import Array, DType
from tests.unit.output.compiled import entry, load_module

TEXT = '''
def shift(x, y):
    """A def that only the tests' kernel stands for."""
    return "the original"

def grid(rows):
    return "the original"
'''
LIST = Array(DType.FLOAT64, 1, boxed=True)
GRID = Array(DType.INT64, 2, boxed=True)
SHIFT = function(
    "shift",
    {"x": LIST, "y": LIST},
    store("x", i64(0), value=load("y", i64(0), type=LIST.element)),
    give("x", "y"),
)
ROWS = function(
    "grid",
    {"rows": GRID},
    store("rows", i64(0), i64(0), value=load("rows", i64(0), i64(0), type=GRID.element)),
    give(),
)


def _shift(values: tuple[Any, Any]) -> Any:
    x, y = values
    x[:] = np.asarray(x) + y[0]
    return 0, 0, x, y


def _grid(values: tuple[Any]) -> Any:
    (rows,) = values
    rows[0, -1] = -5
    return 0, 0


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    functions: tuple[Function, ...] = (SHIFT, ROWS)
    kernels = {"shift": _shift, "grid": _grid}
    entries = [entry(TEXT, f.source_name, f) for f in functions]
    return load_module(TEXT, functions, *entries, monkeypatch=monkeypatch, folder=tmp_path, kernels=kernels)


def test_written_list_is_the_same_object_with_new_values(module: Any) -> None:
    x, y = [1.0, 2.0], [0.5]
    assert module.shift(x, y) == (x, y)
    assert (x, y) == ([1.5, 2.5], [0.5])
    result = module.shift(x, y)
    assert result[0] is x and result[1] is y


def test_elements_that_did_not_change_stay_the_objects_they_were(module: Any) -> None:
    x = [float("1.25"), math.nan, -0.0]
    before = [*x]
    module.shift(x, [0.0])
    assert x[0] is before[0] and x[1] is before[1]
    assert x[2] is not before[2] and math.copysign(1, x[2]) == 1.0  # -0.0 + 0.0 is 0.0
    assert all(type(value) is float for value in x)


def test_rows_keep_their_identity(module: Any) -> None:
    rows = [[1, 2], [3, 4]]
    first, second = rows
    assert module.grid(rows) is None
    assert rows[0] is first and rows[1] is second
    assert rows == [[1, -5], [3, 4]]
    assert type(rows[0][1]) is int


def _shared_row() -> list[list[int]]:
    row = [1, 2]
    return [row, row]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1], [2, 3]],
        _shared_row(),
        [[1, True]],
        [[1, 2.0]],
        [[2**63]],
        [[np.int64(1)]],
        [(1, 2)],
        ((1, 2),),
    ],
    ids=repr,
)
def test_other_rows_run_the_original(module: Any, rows: Any) -> None:
    assert module.grid(rows) == "the original"


@pytest.mark.parametrize("x", [[1], [True], [np.float64(1)], [None], (1.0,), np.ones(1), [1.0, 2]], ids=repr)
def test_other_lists_run_the_original(module: Any, x: Any) -> None:
    assert module.shift(x, [1.0]) == "the original"
    assert module.shift([1.0], x) == "the original"


def test_one_list_for_two_parameters_runs_the_original(module: Any) -> None:
    x = [1.0]
    assert module.shift(x, x) == "the original"
    assert x == [1.0]
