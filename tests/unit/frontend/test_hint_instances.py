"""The signatures that the hints of a function allow, and what is said where there are none."""

import libcst as cst
import pytest

from pyaot.base.render import render
from pyaot.frontend.hint_types import ExpressionDim
from pyaot.frontend.hints import (
    ArrayHint,
    ClassHint,
    Hint,
    Instances,
    ListHint,
    LiteralHint,
    TupleHint,
    instances,
    is_hinted,
    local_hint,
)
from pyaot.frontend.scopes import ModuleScope
from pyaot.ir.program import Kind
from pyaot.ir.types import PY_BOOL
from tests.unit.frontend.test_hints import (
    F32,
    F64,
    FLOAT,
    HEAD,
    I64,
    INT,
    NONE,
    N,
    ScalarHint,
    scalar,
    scope_of,
)


def typed(definition: str, name: str = "f") -> tuple[Instances, ModuleScope]:
    scope = scope_of(HEAD + definition)
    return instances(scope.functions[name], scope), scope


def types(definition: str, name: str = "f") -> list[tuple[Hint, ...]]:
    found, _ = typed(definition, name)
    assert found.diagnostics == ()
    return [tuple(p.type for p in signature.parameters) for signature in found.signatures]


A64, A32 = ArrayHint(F64), ArrayHint(F32)

SIGNATURES: list[tuple[str, list[tuple[Hint, ...]]]] = [
    ("a: NDArray[np.float32], n: int", [(A32, INT)]),
    ("a: np.ndarray, b: np.ndarray", [(A64, A64)]),
    ("a: list", [(ListHint(FLOAT),)]),
    ("a: NDArray[np.float32] | NDArray[np.float64]", [(A32,), (A64,)]),
    ("a: NDArray[T], b: NDArray[T], c: T", [(A32, A32, scalar(F32)), (A64, A64, scalar(F64))]),
    ("a: NDArray[B], b: NDArray[np.floating]", [(A64, A64), (A32, A32), (A64, A32), (A32, A64)]),
    ("a: Optional[float]", [(FLOAT,), (NONE,)]),
    ("a: int, n=3", [(INT, INT)]),
    ("a: int, n=None", [(INT, NONE)]),
    ("a: int, n='full'", [(INT, LiteralHint(("full",)))]),
    ("a: int, n=DIMS", [(INT, LiteralHint(("m n",)))]),
    ("a: int, n=(1, 2.0)", [(INT, TupleHint((INT, FLOAT)))]),
    ("a: int, n=np.float32(1)", [(INT, scalar(F32))]),
    ("a: float = 1", [(FLOAT,), (INT,)]),
    ("a: float = 1.0", [(FLOAT,)]),
    ("a: np.float64 = 1.0", [(scalar(F64),), (FLOAT,)]),
    ("a: NDArray[np.float64] = None", [(A64,), (NONE,)]),
    ("a: NDArray[T] = None", [(A32,), (NONE,), (A64,)]),
    ("a: str = 'x'", [(LiteralHint(("x",)),)]),
    ("a: Mode = 'same'", [(LiteralHint(("full",)),), (LiteralHint(("same",)),)]),
    ("a: float = unknown()", [(FLOAT,)]),
    ("a: float | str", [(FLOAT,)]),
    ("a: NDArray[np.float64] | ArrayLike", [(A64,)]),
    ("*a: float", [(TupleHint((FLOAT,), True),)]),
    (
        "a: tuple[int | float, bool]",
        [(TupleHint((INT, ScalarHint(PY_BOOL))),), (TupleHint((FLOAT, ScalarHint(PY_BOOL))),)],
    ),
    ("g: Grid", [(ClassHint("Grid"),)]),
    (
        'a: Float64[np.ndarray, "n"], b: Float64[np.ndarray, "n+1"]',
        [(ArrayHint(F64, 1, (N,)), ArrayHint(F64, 1, (ExpressionDim("n+1"),)))],
    ),
]


@pytest.mark.parametrize(("parameters", "expected"), SIGNATURES, ids=[text for text, _ in SIGNATURES])
def test_instances(parameters: str, expected: list[tuple[Hint, ...]]) -> None:
    assert types(f"def f({parameters}): ...") == expected


def test_parameter_kinds_and_defaults() -> None:
    found, _ = typed("def f(a: int, /, b: int, *c: int, d: int = 1): ...")
    parameters = found.signatures[0].parameters
    assert [(p.name, p.kind, p.has_default) for p in parameters] == [
        ("a", Kind.POSITIONAL_ONLY, False),
        ("b", Kind.POSITIONAL_OR_KEYWORD, False),
        ("c", Kind.VAR_POSITIONAL, False),
        ("d", Kind.KEYWORD_ONLY, True),
    ]


def test_type_statements_of_newer_python() -> None:
    assert types("type Modern = NDArray[np.int64]\ndef f(a: Modern): ...") == [(ArrayHint(I64),)]


def test_type_parameters_of_newer_python() -> None:
    assert types("def f[S: (int, float), U: np.floating](x: S, y: S, a: NDArray[U]): ...")[:2] == [
        (INT, INT, A64),
        (INT, INT, A32),
    ]


METHODS = """
class Radar:
    def process(self, x: float): ...
    def same(self, other: "Radar") -> Self: ...
    def energy(self) -> float: ...
    def reset(self): ...
    @staticmethod
    def window(n: int): ...
    def clone(self, other: Self): ...
def outer(y: float):
    def inner(x: np.float32): ...
"""


def test_methods() -> None:
    radar = ClassHint("Radar")
    assert types(METHODS, "Radar.process") == [(radar, FLOAT)]
    assert types(METHODS, "Radar.same") == types(METHODS, "Radar.clone") == [(radar, radar)]
    assert types(METHODS, "Radar.energy") == [(radar,)]
    assert types(METHODS, "Radar.window") == [(INT,)]
    assert types(METHODS, "outer.inner") == [(scalar(F32),)]


@pytest.mark.parametrize(
    ("definition", "name", "answer"),
    [
        ("def f(a: int): ...", "f", True),
        ("def f(a): ...", "f", False),
        ("def f(a) -> int: ...", "f", False),
        ("def f() -> None: ...", "f", False),
        ("def f(*, a: int = 1): ...", "f", True),
        (METHODS, "Radar.energy", True),
        (METHODS, "Radar.reset", False),
    ],
)
def test_is_hinted(definition: str, name: str, answer: bool) -> None:
    assert is_hinted(scope_of(HEAD + definition).functions[name]) is answer


def test_too_many_alternatives() -> None:
    found, _ = typed("def f(a: np.number, b: np.number, c: np.number, d: np.number): ...")
    assert len(found.signatures) == 16
    kinds = {tuple(p.type for p in signature.parameters) for signature in found.signatures}
    assert all((scalar(dtype),) * 4 in kinds for dtype in (F64, F32, I64))
    assert [d.code.number for d in found.diagnostics] == ["PA204"]


def message(text: str, name: str = "f") -> str:
    scope = scope_of(text)
    found = instances(scope.functions[name], scope)
    assert found.signatures == () and len(found.diagnostics) == 1
    return render(found.diagnostics[0], scope.tree.source)


MESSAGES = [
    (
        "def f(x: int = 'a'): ...\n",
        """\
remark[PA202]: Function 'f' stays Python: the hint of 'x' contradicts its default value.
 --> prog.py:1:10
  |
1 | def f(x: int = 'a'): ...
  |          ^^^ this type
  |                --- 'a' is not of that type
  = hint: Correct the hint, or leave it out.""",
    ),
    (
        "from numpy.typing import NDArray\ndef f(x: NDArray[str]): ...\n",
        """\
remark[PA202]: Function 'f' stays Python: the hint of 'x' contradicts itself.
 --> prog.py:2:10
  |
2 | def f(x: NDArray[str]): ...
  |          ^^^^^^^^^^^^ 'str' is not an element type that kernels have
  = hint: Correct the hint, or leave it out.""",
    ),
    (
        "import numpy as np\nfrom jaxtyping import Float64\n"
        "def f(x: int, a: Float64[np.ndarray, 'n'],\n      b: Float64[np.ndarray, 'm+1']): ...\n",
        """\
remark[PA202]: Function 'f' stays Python: the dimensions of its hints contradict each other.
 --> prog.py:4:10
  |
4 |       b: Float64[np.ndarray, 'm+1']): ...
  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^ 'm+1' uses 'm', which no dimension is called
  = hint: Call dimensions by the same name only where they have the same extent.""",
    ),
    (
        "def f(x: int, y): ...\n",
        """\
remark[PA203]: Function 'f' stays Python: parameter 'y' has no hint.
 --> prog.py:1:15
  |
1 | def f(x: int, y): ...
  |               ^ its type is not known
  = hint: Add one, such as 'y: NDArray[np.float64]', or a default value that is a number.""",
    ),
    (
        "A = 'B'\nB = list[A]\ndef f(x: A | None, y: B): ...\n",
        """\
remark[PA201]: Function 'f' stays Python: the hint of 'y' names no type that kernels have.
 --> prog.py:3:23
  |
3 | def f(x: A | None, y: B): ...
  |                       ^ 'B' is an alias that is defined by itself
  = hint: Hints of numbers, arrays, lists and tuples give versions: 'float', 'NDArray[np.float64]'.""",
    ),
    (
        "def f(x: str): ...\n",
        """\
remark[PA201]: Function 'f' stays Python: the hint of 'x' names no type that kernels have.
 --> prog.py:1:10
  |
1 | def f(x: str): ...
  |          ^^^ 'str' is text, which kernels do not have
  = hint: Hints of numbers, arrays, lists and tuples give versions: 'float', 'NDArray[np.float64]'.""",
    ),
]


@pytest.mark.parametrize(("text", "rendered"), MESSAGES, ids=[text for text, _ in MESSAGES])
def test_messages(text: str, rendered: str) -> None:
    assert message(text) == rendered


@pytest.mark.parametrize(
    "parameters",
    [
        "x: int = 2.5",
        "x: NDArray[np.float64] = 0",
        "x: float = 'a'",
        "x: Mode = 'valid'",
        "x: int = (1, 2)",
        'x: Float64[np.ndarray, "*n"], y: Float64[np.ndarray, "n"]',
    ],
)
def test_contradictions(parameters: str) -> None:
    found, _ = typed(f"def f({parameters}): ...")
    assert [d.code.number for d in found.diagnostics] == ["PA202"]


@pytest.mark.parametrize("parameters", ["**x: float", "x: int, *y", "x: int, **y", "x: int, y=open('f')"])
def test_parameters_without_a_type(parameters: str) -> None:
    found, _ = typed(f"def f({parameters}): ...")
    assert found.diagnostics[0].code.number in ("PA201", "PA203") and not found.signatures


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x: float = 0", FLOAT),
        ("x: NDArray[np.float32]", A32),
        ("x: Final = 3", None),
        ("x: 'list[int]' = []", ListHint(INT)),
    ],
)
def test_local_hints(text: str, hint: Hint | None) -> None:
    scope = scope_of(f"{HEAD}\ndef f():\n    {text}\n")
    function = scope.functions["f"]
    line = function.node.body.body[0]
    assert isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.AnnAssign)
    assert local_hint(line.body[0], scope, function) == hint
