"""The strategies draw what they promise."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from pyaot.base.source import SourceFile
from pyaot.frontend.hints import Signature, instances
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes
from pyaot.ir.types import DType
from tests.strategies.arguments import Arguments, arguments_for, misfits_for
from tests.strategies.arrays import EVERY_LAYOUT, LAYOUTS, Tagged, arrays, clone_all, values
from tests.strategies.programs import PIECES, Case, programs

quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.data(), st.sampled_from(list(DType)), st.integers(0, 3))
def test_arrays_have_their_type_and_rank(data: st.DataObject, dtype: DType, rank: int) -> None:
    array = data.draw(arrays(dtype, rank))
    assert (array.dtype.newbyteorder("=").name, array.ndim) == (dtype.value, rank)


@pytest.mark.parametrize("dtype", list(DType))
def test_values_fit(dtype: DType) -> None:
    @quick
    @given(values(dtype))
    def check(value: object) -> None:
        with np.errstate(over="ignore"):
            np.array(value).astype(dtype.value)

    check()


def test_layouts_are_what_they_are_called() -> None:
    made = {name: layout(np.arange(12.0).reshape(3, 4)) for name, layout in LAYOUTS.items()}
    assert all(array.shape == (3, 4) for array in made.values())
    assert made["plain"].flags.c_contiguous and made["fortran"].flags.f_contiguous
    assert made["strided"].strides == (144, 16) and made["rows of wider"].strides == (56, 8)
    assert made["reversed"].strides == (-32, -8)
    assert made["zero stride"].strides == (0, 0) and made["zero stride"].flags.writeable
    assert made["zero stride rows"].strides == (0, 8)
    assert not made["read-only"].flags.writeable
    assert isinstance(made["subclass"], Tagged)
    assert not made["swapped"].dtype.isnative
    assert not made["unaligned"].flags.aligned


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


def signature(parameters: str) -> Signature:
    head = "import numpy as np\nfrom numpy.typing import NDArray\nfrom jaxtyping import Float64\n"
    scope = read_scopes(parse(SourceFile(Path("prog.py"), f"{head}def f({parameters}): ...\n")))
    return instances(scope.functions["f"], scope).signatures[0]


@quick
@given(
    arguments_for(
        signature(
            'a: Float64[np.ndarray, "m n"], b: Float64[np.ndarray, "n m+1 3"], *, n: int, x: list[float]'
        )
    )
)
def test_arguments_fit_their_hints(arguments: Arguments) -> None:
    a, b = arguments.positional
    assert isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    assert b.shape == (a.shape[1], a.shape[0] + 1, 3)
    assert isinstance(arguments.keywords["n"], int) and isinstance(arguments.keywords["x"], list)


@quick
@given(misfits_for(signature("a: NDArray[np.float64], n: int")))
def test_misfits_can_be_copied(arguments: Arguments) -> None:
    assert len(arguments.copy().positional) == 2


@pytest.mark.parametrize("wanted", ["same", "overlap", "apart"])
def test_arguments_are_sometimes_aliased(wanted: str) -> None:
    def is_wanted(arguments: Arguments) -> bool:
        a, b = arguments.positional
        assert isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        return wanted == ("same" if a is b else "overlap" if np.shares_memory(a, b) else "apart")

    strategy = arguments_for(signature("a: NDArray[np.float64], b: NDArray[np.float64]"), ("plain",))
    assert find(strategy, is_wanted, settings=settings(max_examples=3000, database=None))


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
