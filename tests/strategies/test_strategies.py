"""The strategies draw what they promise."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyaot.base.source import SourceFile
from pyaot.frontend.hints import instances
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes
from pyaot.ir.types import DType
from pyaot.verify.arrays import EVERY_LAYOUT
from tests.strategies.arrays import arrays, clone_all
from tests.strategies.programs import PIECES, Case, programs

quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.data(), st.sampled_from(list(DType)), st.integers(0, 3))
def test_arrays_have_their_type_and_rank(data: st.DataObject, dtype: DType, rank: int) -> None:
    array = data.draw(arrays(dtype, rank))
    assert (array.dtype.newbyteorder("=").name, array.ndim) == (dtype.value, rank)


@quick
@given(st.data(), st.sampled_from(EVERY_LAYOUT))
def test_clones_are_alike_and_apart(data: st.DataObject, layout: str) -> None:
    array = data.draw(arrays(DType.FLOAT64, layouts=(layout,)))
    twin, view, part = clone_all([array, array[::-1], [array]])
    assert isinstance(twin, np.ndarray) and isinstance(view, np.ndarray) and isinstance(part, list)
    assert (type(twin), twin.strides, twin.dtype) == (type(array), array.strides, array.dtype)
    assert (twin.flags.writeable, twin.flags.aligned) == (array.flags.writeable, array.flags.aligned)
    np.testing.assert_array_equal(twin, array)
    assert not np.shares_memory(twin, array)
    assert np.shares_memory(twin, view) == np.shares_memory(twin, part[0]) == (array.size > 0)


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.__name__)
def test_programs_run(piece: Callable[[st.DrawFn], list[str]]) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.strategies.programs.PIECES", (piece,))
            case = data.draw(programs(most=2))
        names: dict[str, Callable[..., object]] = {}
        exec(compile(case.source, "prog.py", "exec"), names)
        with np.errstate(all="ignore"):
            case.arguments.copy().call(names["f"])

    run()


@quick
@given(programs())
def test_programs_are_hinted(case: Case) -> None:
    scope = read_scopes(parse(SourceFile(Path("prog.py"), case.source)))
    found = instances(scope.functions["f"], scope)
    assert found.signatures and found.diagnostics == ()
