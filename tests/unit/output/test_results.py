"""Results, facts about globals, and bindings to fields and tuples, in calls."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyaot.ir.build import add, allocate, block, dim, function, give, i64, leave, load, sub, var, when
from pyaot.ir.nodes import ArrayResult, Function, Nothing, Return, ScalarResult, TupleResult, ViewResult
from pyaot.ir.program import Claim, GlobalFact
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Scalar
from tests.unit.output.compiled import assembled, entry, load_module

FLOATS = Array(DType.FLOAT64, 1)
FLOAT = Scalar(DType.FLOAT64)


def _load(text: str, function: Function, monkeypatch: Any, folder: Path, **options: Any) -> Any:
    facts = options.pop("facts", ())
    texts = options.pop("texts", {})
    name = options.pop("name", function.source_name)
    at = entry(text, name, function, facts=facts, **texts)
    return load_module(text, (function,), at, monkeypatch=monkeypatch, folder=folder, **options)


# ---- results


def test_tuple_of_all_sorts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    items = (
        ArrayResult("a"),
        ScalarResult(load("a", i64(1), type=FLOAT)),
        ScalarResult(dim("a", 0)),
        Nothing(),
    )
    inner = TupleResult((ScalarResult(dim("a", 0)),), is_list=True)
    f = function("f", {"a": FLOATS}, Return(TupleResult((*items, inner))))
    module = _load(
        "def f(a):\n    raise AssertionError\n", f, monkeypatch, tmp_path, kernels={"f": _all_sorts}
    )
    a = np.arange(3.0)
    result = module.f(a)
    assert result[0] is a
    assert result[1:] == (1.0, 3, None, [3])
    assert [type(item) for item in result[1:]] == [np.float64, int, type(None), list]


def _all_sorts(values: tuple[Any]) -> Any:
    return 0, 0, values[0], float(values[0][1]), 3, 3


def test_view_shares_memory_with_the_argument(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reverse = ViewResult("a", sub(dim("a", 0), i64(1)), (dim("a", 0),), (i64(-1),))
    f = function("f", {"a": FLOATS}, Return(reverse))
    kernel = lambda values: (0, 0, (values[0], 3, (4,), (-1,)))  # noqa: E731
    module = _load("def f(a):\n    return a[::-1]\n", f, monkeypatch, tmp_path, kernels={"f": kernel})
    a = np.arange(4.0)
    result = module.f(a)
    assert result.tolist() == [3.0, 2.0, 1.0, 0.0] and result.base is a
    result[0] = 9.0
    assert a[3] == 9.0
    strided = np.arange(8.0)[::2]
    assert module.f(strided).base is strided.base  # a view of a copy would not be


def test_paths_with_different_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    f = function(
        "f",
        {"on": PY_BOOL, "a": FLOATS},
        when(var("on", PY_BOOL), give("a")),
        block("b", leave("b")),
        allocate("new", DType.FLOAT64, i64(2)),
        give("new", i64(7)),
    )
    kernel = lambda v: (0, 0, v[1]) if v[0] else (1, 0, np.zeros(2), 7)  # noqa: E731
    module = _load("def f(on, a):\n    pass\n", f, monkeypatch, tmp_path, kernels={"f": kernel})
    a = np.zeros(1)
    assert module.f(True, a) is a
    new, number = module.f(False, a)
    assert new.shape == (2,) and number == 7


def test_flags_warn_at_the_callers_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    f = function("f", {"n": PY_INT}, give(var("n")))
    kernel = lambda values: (0, 5, values[0])  # noqa: E731
    module = _load("def f(n):\n    pass\n", f, monkeypatch, tmp_path, kernels={"f": kernel})
    with pytest.warns(RuntimeWarning) as caught:
        assert module.f(3) == 3
    assert [str(w.message) for w in caught] == [
        "divide by zero encountered in f",
        "invalid value encountered in f",
    ]
    assert {w.filename for w in caught} == {__file__}
    with np.errstate(all="raise"):
        assert module.f(3) is None, "the original runs, which raises if it meets an error"


# ---- facts

ADD_N = function("f", {"x": PY_INT}, give(add(var("x"), i64(32))))
TEXT = "N = 32\ndef helper(x):\n    return x\nimport math\n\ndef f(x):\n    return 'the original'\n"


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        (GlobalFact("N", "32"), {"N": 33}),
        (GlobalFact("N", "32"), {"N": 32.0}),
        (GlobalFact("N", "32"), {"N": np.int64(32)}),
        (GlobalFact("N", "32"), {"N": None}),
        (GlobalFact("math", "math", Claim.IS), {"math": np}),
        (GlobalFact("helper", "helper", Claim.IS), {"helper": lambda x: x}),
        (GlobalFact("math.pi", "3.141592653589793"), {"math": object()}),
    ],
    ids=["int", "float", "numpy", "None", "module", "def", "member"],
)
def test_changed_global_runs_the_original(
    fact: GlobalFact, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = _load(TEXT, ADD_N, monkeypatch, tmp_path, facts=(fact,))
    assert module.f(1) == 33
    vars(module).update(change)
    assert module.f(1) == "the original"


def test_deleted_global_runs_the_original(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = _load(TEXT, ADD_N, monkeypatch, tmp_path, facts=(GlobalFact("N", "32"),))
    del module.N
    assert module.f(1) == "the original"


@pytest.mark.parametrize(
    ("expected", "other"), [("0.0", -0.0), ("'a'", "b"), ("1.5", 1.25), ("True", 1), ("None", 0)]
)
def test_numbers_are_compared_by_type_and_sign(
    expected: str, other: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = TEXT.replace("N = 32", f"N = {expected}")
    module = _load(text, ADD_N, monkeypatch, tmp_path, facts=(GlobalFact("N", expected),))
    assert module.f(1) == 33
    module.N = other
    assert module.f(1) == "the original"


def test_fact_about_a_parameter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "def f(x, mode=None):\n    return 'the original'\n"
    module = _load(text, ADD_N, monkeypatch, tmp_path, facts=(GlobalFact("mode", "None"),))
    assert module.f(1) == module.f(1, None) == 33
    assert module.f(1, mode="fast") == "the original"


def test_global_of_a_parameters_name_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The IR's parameter is called as a global of which there is a fact: `gain` for `self.gain`."""
    text = "gain = 2\nclass C:\n    def f(self):\n        return 'the original'\n"
    f = function("f", {"gain": PY_INT}, give(add(var("gain"), i64(1))))
    at = {"name": "C.f", "texts": {"gain": "self.gain"}, "facts": (GlobalFact("gain", "2"),)}
    module = _load(text, f, monkeypatch, tmp_path, **at)
    c = module.C()
    c.gain = 40
    assert c.f() == 41
    module.gain = 3
    assert c.f() == "the original"


# ---- bindings


def test_fields_are_read_only_where_that_runs_no_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = """
class Plain:
    def f(self):
        return "the original"

class Property(Plain):
    reads = 0
    @property
    def gain(self):
        type(self).reads += 1
        return 3

class Slots(Plain):
    __slots__ = ("gain",)

class Dynamic(Plain):
    def __getattr__(self, name):
        return 3
"""
    f = function("f", {"gain": PY_INT}, give(add(var("gain"), i64(1))))
    module = _load(text, f, monkeypatch, tmp_path, name="Plain.f", texts={"gain": "self.gain"})
    plain, slots = module.Plain(), module.Slots()
    assert plain.f() == slots.f() == "the original"  # there is no field yet
    plain.gain = slots.gain = 41
    assert plain.f() == slots.f() == 42
    assert module.Property().f() == "the original" and module.Property.reads == 0
    assert module.Dynamic().f() == "the original"


def test_fact_about_a_field_runs_no_code_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = """
class C:
    def f(self, x):
        return "the original"

class Property(C):
    @property
    def mode(self):
        raise AssertionError
"""
    facts = (GlobalFact("self.mode", "'fast'"),)
    module = _load(text, ADD_N, monkeypatch, tmp_path, name="C.f", facts=facts)
    c = module.C()
    assert c.f(1) == module.Property().f(1) == "the original"
    c.mode = "fast"
    assert c.f(1) == 33
    c.mode = "slow"
    assert c.f(1) == "the original"


def test_items_of_plain_tuples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "def f(pair):\n    return 'the original'\n"
    f = function("f", {"m": PY_INT, "n": PY_INT}, give(add(var("m"), var("n"))))
    module = _load(text, f, monkeypatch, tmp_path, texts={"m": "pair[0]", "n": "pair[1]"})
    assert module.f((40, 2)) == 42
    for other in ([40, 2], (40,), (40, 2, 1), "ab", None):
        assert module.f(other) == "the original"


def test_rest_that_nobody_reads_must_be_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "def f(x, /, *rest, k=0, **more):\n    return (x, rest, k, more)\n"
    module = _load(text, ADD_N, monkeypatch, tmp_path)
    assert module.f(1) == 33
    assert module.f(1, 2, k=3, z=4) == (1, (2,), 3, {"z": 4})


# ---- several instances


def test_instances_are_tried_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "def f(x):\n    return 'the original'\n"
    ints = function("f_int", {"x": PY_INT}, give(add(var("x"), i64(1))))
    arrays = function("f_array", {"x": FLOATS}, give(dim("x", 0)))
    at = entry(text, "f", ints, arrays)
    module = load_module(text, (ints, arrays), at, monkeypatch=monkeypatch, folder=tmp_path)
    assert module.f(41) == 42
    assert module.f(np.zeros(5)) == 5
    assert module.f("x") == "the original"


def test_parameters_with_names_of_builtins_are_renamed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "def f(type, int):\n    return 'the original'\n"
    f = function("f", {"type": PY_INT, "int": PY_INT}, give(add(var("type"), var("int"))))
    module = _load(text, f, monkeypatch, tmp_path)
    assert module.f(40, 2) == module.f(int=2, type=40) == 42
    assert module.f("a", 2) == "the original"


def test_guard_says_why_in_words() -> None:
    text = "def f(x):\n    return 'the original'\n"
    module = assembled(text, (ADD_N,), entry(text, "f", ADD_N))
    assert "return \"'x' is not exactly int\"" in module.text
    assert "return \"'x' is beyond 2**31\"" in module.text
