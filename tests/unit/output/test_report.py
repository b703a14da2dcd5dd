"""The report says for each function and loop what was made of it."""

from pathlib import Path

from msgspec.structs import replace

from pyaot.base.options import Options
from pyaot.base.source import SourceFile, Span
from pyaot.ir.build import dim, function, give, i64, load, loop, store, var
from pyaot.ir.nodes import For, Function, LibraryCall, Marks, Reduction
from pyaot.ir.program import Program
from pyaot.ir.types import PY_INT, Array, DType, Scalar
from pyaot.output.report import report, report_text
from pyaot.plan.plan import plan
from tests.unit.output.compiled import entry

TEXT = "class C:\n    def f(self, a, n):\n        pass\n"
FLOATS = Array(DType.FLOAT64, 1)


def _function() -> Function:
    inner = loop(
        "j", i64(0), var("n"), store("a", var("j"), value=load("a", var("j"), type=Scalar(DType.FLOAT64)))
    )
    outer = loop("i", i64(0), dim("a", 0), inner)
    assert isinstance(inner, For) and isinstance(outer, For)
    inner = replace(inner, marks=Marks(simd=True), label="", span=Span(9, 0, 9, 1))
    marks = Marks(parallel=True, reductions=(Reduction("add", "total"),))
    outer = replace(outer, marks=marks, label="i", span=Span(8, 0, 9, 1), body=(inner,))
    library = LibraryCall("matmul", (), (), span=Span(10, 0, 10, 1))
    made = function("C_f", {"a": FLOATS, "n": PY_INT}, outer, library, give())
    return replace(made, user_names=(("total", "total"),))


def test_report() -> None:
    f = _function()
    at = entry(TEXT, "C.f", f, a="self.grid")
    planned = plan(Program((f,), (at,), ()), Options(targets=("native",)))
    data = report(SourceFile(Path("prog.py"), TEXT), planned.entries, (), Options())
    (made,) = data["functions"]
    (instance,) = made["instances"]
    assert (made["name"], made["line"]) == ("C.f", 2)
    assert instance["parameters"] == {"self.grid": "float64[1]", "n": "int"}
    assert instance["versions"] == ["native", "original"]
    assert instance["writes"] == ["self.grid"]
    assert {"refuses": "type(n) is not int", "because": "'n' is not exactly int"} in instance["guard"]
    outer, library = instance["loops"]
    assert (outer["index"], outer["parallel"], outer["simd"]) == ("i", True, False)
    assert outer["reductions"] == [{"operator": "add", "into": "total"}]
    assert outer["inside"][0]["of"] == "array operator" and outer["inside"][0]["simd"]
    assert library == {"line": 10, "library": "matmul"}
    assert report_text(data).split("\n") == [
        "C.f (line 2)",
        "  for self.grid: float64[1], n: int",
        "    versions: native, original",
        "    writes: self.grid",
        "    line 8: for i: parallel; sum into total",
        "      line 9: array operator: simd",
        "    line 10: library call matmul",
        "",
    ]
