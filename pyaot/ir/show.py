"""A function of the IR as text, for golden tests and for people.

    def smooth(a: float64[1], n: int)
        require n >= 1: "n is positive"
        b = new float64[n] of 0.0
        for i in range(0, n):  # parallel
            b[i] = a[i +? 1]? * np.float64(2.0)
        return b

`?` stands where the operation can fail. A type is written as Python's (`int`) or NumPy's (`int64`), and
`int64|int` where the origin depends on the path.
"""

from typing import assert_never

from pyaot.ir.failing import fails_itself
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Binary,
    Bind,
    Block,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Exit,
    Expr,
    For,
    Function,
    If,
    LibraryCall,
    Load,
    Loop,
    Marks,
    Nothing,
    Result,
    Return,
    ScalarResult,
    Section,
    Select,
    Stmt,
    Store,
    TupleResult,
    Unary,
    Var,
    ViewResult,
)
from pyaot.ir.types import Array, Origin, Scalar

INDENT = "    "

_PYTHON_NAMES = {"bool": "bool", "int64": "int", "float64": "float", "complex128": "complex"}

# Symbols and how tightly they bind, as in Python.
_SYMBOLS = {
    "eq": ("==", 4),
    "ne": ("!=", 4),
    "lt": ("<", 4),
    "le": ("<=", 4),
    "gt": (">", 4),
    "ge": (">=", 4),
    "bitor": ("|", 5),
    "bitxor": ("^", 6),
    "bitand": ("&", 7),
    "shl": ("<<", 8),
    "shr": (">>", 8),
    "add": ("+", 9),
    "sub": ("-", 9),
    "mul": ("*", 10),
    "truediv": ("/", 10),
    "floordiv": ("//", 10),
    "mod": ("%", 10),
    "pow": ("**", 12),
}
_UNARY = {"not": ("not ", 3), "neg": ("-", 11), "invert": ("~", 11)}
_TIGHTEST = 20


def show(function: Function) -> str:
    """The whole function."""
    params = ", ".join(f"{param.name}: {show_type(param.type)}" for param in function.params)
    requires = [f'require {show_expr(r.condition)}: "{r.reason}"' for r in function.requires]
    lines = [*requires, *_body(function.body)]
    return "\n".join([f"def {function.name}({params})", *(INDENT + line for line in lines)]) + "\n"


def show_type(type: Scalar | Array) -> str:
    """`float`, `float64`, `float64|float`, `float64[2]`, `list of int[1]`."""
    match type:
        case Array():
            return f"{'list of ' if type.boxed else ''}{show_type(type.element)}[{type.rank}]"
        case Scalar():
            numpy = "bool_" if type.dtype.value == "bool" else type.dtype.value
            python = _PYTHON_NAMES.get(type.dtype.value, f"python {type.dtype.value}")
            return {
                Origin.NUMPY: numpy,
                Origin.PYTHON: python,
                Origin.EITHER: f"{numpy}|{python}",
                Origin.ALIKE: f"{numpy}||{python}",
            }[type.origin]
        case _:
            assert_never(type)


# ---- expressions ------------------------------------------------------------------------------------------


def show_expr(expr: Expr) -> str:
    """An expression."""
    return _expr(expr)[0]


def _expr(expr: Expr) -> tuple[str, int]:
    """The text and how tightly its outermost operator binds."""
    match expr:
        case Const():
            return _const(expr)
        case Var():
            return expr.name, _TIGHTEST
        case Dim():
            return f"{expr.array}.shape[{expr.axis}]", _TIGHTEST
        case Load():
            return f"{expr.array}[{_list(expr.subscripts)}]{_mark(expr)}", _TIGHTEST
        case Unary():
            symbol, level = _UNARY[expr.op]
            return f"{symbol}{_mark(expr)}{_inside(expr.operand, level)}", level
        case Binary() | Compare():
            return _infix(expr)
        case Select():
            return _select(expr)
        case Cast():
            return f"{show_type(expr.type)}({show_expr(expr.operand)}){_mark(expr)}", _TIGHTEST
        case Call():
            return f"{expr.function}({_list(expr.args)}){_mark(expr)}", _TIGHTEST
        case _:
            assert_never(expr)


def _const(const: Const) -> tuple[str, int]:
    if const.type.is_python:
        negative = not isinstance(const.value, complex) and const.value < 0
        return repr(const.value), 11 if negative else _TIGHTEST
    return f"{show_type(const.type)}({const.value!r})", _TIGHTEST


def _infix(expr: Binary | Compare) -> tuple[str, int]:
    if expr.op not in _SYMBOLS:
        return f"{expr.op}({_list((expr.left, expr.right))})", _TIGHTEST
    symbol, level = _SYMBOLS[expr.op]
    left, right = _inside(expr.left, level), _inside(expr.right, level + 1)
    return f"{left} {symbol}{_mark(expr)} {right}", level


def _select(expr: Select) -> tuple[str, int]:
    match expr:
        case Select(condition, if_true, Const(False, Scalar())) if expr.if_false.type.dtype.kind == "b":
            return f"{_inside(condition, 2)} and {_inside(if_true, 3)}", 2
        case Select(condition, Const(True, Scalar()), if_false) if expr.if_true.type.dtype.kind == "b":
            return f"{_inside(condition, 1)} or {_inside(if_false, 2)}", 1
        case _:
            parts = _inside(expr.if_true, 1), _inside(expr.condition, 1), _inside(expr.if_false, 0)
            return "{} if {} else {}".format(*parts), 0


def _inside(expr: Expr, level: int) -> str:
    text, own = _expr(expr)
    return text if own >= level else f"({text})"


def _mark(expr: Expr) -> str:
    return "?" if fails_itself(expr) else ""


def _list(exprs: tuple[Expr, ...]) -> str:
    return ", ".join(map(show_expr, exprs))


# ---- statements -------------------------------------------------------------------------------------------


def show_body(body: tuple[Stmt, ...]) -> str:
    """Statements, one or more lines each."""
    return "\n".join(_body(body))


def _body(body: tuple[Stmt, ...]) -> list[str]:
    return [line for stmt in body for line in _stmt(stmt)]


def _nested(head: str, body: tuple[Stmt, ...]) -> list[str]:
    return [head, *(INDENT + line for line in _body(body) or ["pass"])]


def _stmt(stmt: Stmt) -> list[str]:
    match stmt:
        case Assign():
            return [f"{stmt.name} = {show_expr(stmt.value)}"]
        case Store():
            mark = "?" if stmt.checked else ""
            return [f"{stmt.array}[{_list(stmt.subscripts)}]{mark} = {show_expr(stmt.value)}"]
        case Allocate():
            element = show_type(stmt.type).rsplit("[", 1)[0]
            fill = "" if stmt.fill is None else f" of {stmt.fill.value!r}"
            return [f"{stmt.name} = new {element}[{_list(stmt.shape)}]{fill}"]
        case Bind():
            return [f"bind {', '.join(stmt.targets)} = {', '.join(stmt.sources)}"]
        case For():
            step = "" if stmt.step == 1 else f", {stmt.step}"
            bounds = f"{show_expr(stmt.start)}, {show_expr(stmt.stop)}{step}"
            return _nested(f"for {stmt.index} in range({bounds}):{_marks(stmt.marks)}", stmt.body)
        case Loop():
            return _nested("loop:", stmt.body)
        case If():
            otherwise = _nested("else:", stmt.otherwise) if stmt.otherwise else []
            return [*_nested(f"if {show_expr(stmt.condition)}:", stmt.then), *otherwise]
        case Block():
            return _nested(f"block {stmt.label}:", stmt.body)
        case Exit():
            return [f"exit {stmt.label}"]
        case Check():
            return [f'check {show_expr(stmt.condition)}: "{stmt.reason}"']
        case LibraryCall():
            return [_library_call(stmt)]
        case Return():
            return [f"return {_result(stmt.result)}".rstrip()]
        case _:
            assert_never(stmt)


def _marks(marks: Marks) -> str:
    claims = (
        "parallel" if marks.parallel else "",
        "simd" if marks.simd else "",
        *(f"{r.op} of {r.name}" for r in marks.reductions),
        "" if marks.balanced else "unbalanced",
        "" if marks.work is None else f"work {show_expr(marks.work)}",
        "" if marks.time is None else f"time {show_expr(marks.time)}",
    )
    text = ", ".join(filter(None, claims))
    return f"  # {text}" if text else ""


def _library_call(stmt: LibraryCall) -> str:
    outputs = ", ".join(map(_section, stmt.outputs))
    inputs = [_section(i) if isinstance(i, Section) else show_expr(i) for i in stmt.inputs]
    options = [f"{name}={value!r}" for name, value in stmt.options]
    return f"{outputs} = {stmt.function}({', '.join([*inputs, *options])})"


def _section(section: Section) -> str:
    """`X[k, 0:+n, 2:+3]`, followed by the order of its axes where that is not the array's."""
    extents = dict(zip(section.axes, section.extents, strict=True))
    parts = [
        f"{show_expr(start)}:+{show_expr(extents[axis])}" if axis in extents else show_expr(start)
        for axis, start in enumerate(section.starts)
    ]
    order = "" if list(section.axes) == sorted(section.axes) else f".axes{section.axes}"
    return f"{section.array}[{', '.join(parts)}]{order}"


def _result(result: Result) -> str:
    match result:
        case Nothing():
            return ""
        case ScalarResult():
            return show_expr(result.value)
        case ArrayResult():
            return result.array
        case ViewResult():
            shape, strides = _list(result.shape), _list(result.strides)
            kind = f"{'read-only ' if result.read_only else ''}view"
            part = f".{result.part}" if result.part else ""
            begins = f"{result.array}{part}, {show_expr(result.offset)}"
            return f"{kind}({begins}, shape ({shape}), strides ({strides}))"
        case TupleResult():
            items = ", ".join(_result(item) or "None" for item in result.items)
            return f"[{items}]" if result.is_list else f"{result.maker.name if result.maker else ''}({items})"
        case _:
            assert_never(result)
