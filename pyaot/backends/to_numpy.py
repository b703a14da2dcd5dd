"""The NumPy version of a function: its loops as slices, ufuncs and matrix products, in readable Python.

    for i in range(1, n - 1):                           @_pyaot.attempt()
        for j in range(1, m - 1):                       def _pyaot_numpy_blur(a, b):
            b[i, j] = a[i - 1, j] + a[i + 1, j]             n, m = ...
                                                            b[1:n - 1, 1:m - 1] = a[:n - 2, 1:m - 1] + ...
                                                            return 0, 0

It takes the values of the IR's parameters as one tuple and answers `(path, flags, leaf, ...)` as native
kernels do. `attempt` of the runtime gathers the floating-point flags, makes Python's exceptions and failed
checks an answer of -1, and lends private copies of written parameters where the attempt may still fail.
"""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from pyaot.backends.emitted import Emitted
from pyaot.backends.numpy_extents import known_extents
from pyaot.backends.numpy_functions import Statements
from pyaot.backends.numpy_nests import Nests
from pyaot.backends.numpy_output import Output
from pyaot.backends.numpy_plan import with_axes
from pyaot.backends.numpy_text import Text
from pyaot.backends.numpy_values import RefusedError
from pyaot.backends.python_text import Names
from pyaot.base.catalogue import NO_NUMPY_FORM
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.names import fresh, is_python_reserved
from pyaot.ir.failing import can_fail
from pyaot.ir.nodes import Allocate, Bind, Check, Const, Expr, For, Function, Loop, Select, Stmt
from pyaot.ir.types import DType
from pyaot.ir.walk import (
    arrays_written,
    bodies_of,
    bound_together,
    map_exprs,
    returns,
    scalars_assigned,
    walk_exprs,
    walk_stmts,
)


class Wrapping(Struct, frozen=True):
    """How the text calls what is not its own."""

    prefix: str = "_pyaot"
    names: Names = Names()

    @property
    def attempt(self) -> str:
        """The decorator of the runtime."""
        return f"{self.prefix}.attempt"


def emit_numpy(function: Function, wrapping: Wrapping, is_strict: bool = False) -> Emitted | Diagnostic:
    """The NumPy version of a normalised function, or why there is none."""
    function = replace(function, body=map_exprs(_connective, function.body))
    if not any(isinstance(s, For) and s.label for s in walk_stmts(function.body)):
        return _refusal(function, "it has no loops, so its array operators are its NumPy version")
    try:
        planned = with_axes(function, partial(_try, function, wrapping, is_strict), is_strict)
        if not _gains(planned.body):
            return _refusal(function, "its innermost loops would stay loops over single numbers")
        return _emitted(planned, wrapping, is_strict)
    except RefusedError as refused:
        return _refusal(function, str(refused))


def _connective(expr: Expr) -> Expr:
    """`x if x else y`, what `x or y` gives for two conditions, is one of the forms that are known."""
    match expr:
        case Select(first, yes, no) if expr.type.dtype is DType.BOOL:
            if yes == first:
                return replace(expr, if_true=Const(True, yes.type))
            if no == first:
                return replace(expr, if_false=Const(False, no.type))
    return expr


def _try(function: Function, wrapping: Wrapping, is_strict: bool, nest: For) -> None:
    Nests(_output(function, wrapping, is_strict)).nest(nest)


def _refusal(function: Function, reason: str) -> Diagnostic:
    return Diagnostic(
        NO_NUMPY_FORM,
        f"'{function.source_name}' has no NumPy version.",
        replace(function.span, end_line=function.span.line, end_column=function.span.column),
        label=reason,
        function=function.source_name,
    )


# ---- what it is good for


def _gains(body: tuple[Stmt, ...]) -> bool:
    """No loop over single numbers is as deep in other loops as the deepest that became an axis."""
    depths = list(_depths(body, 0, is_axis=False))
    arrays = [depth for depth, is_axis, is_users in depths if is_axis and is_users]
    numbers = [depth for depth, is_axis, _ in depths if not is_axis]
    return bool(arrays) and max(arrays) > max(numbers, default=0)


def _depths(body: tuple[Stmt, ...], depth: int, is_axis: bool) -> Iterator[tuple[int, bool, bool]]:
    """Of every innermost loop: its depth, whether its statements have axes, whether it is the user's."""
    for stmt in body:
        inside = is_axis or (isinstance(stmt, For) and stmt.marks.simd)
        is_loop = isinstance(stmt, For | Loop)
        nested = [inner for part in bodies_of(stmt) for inner in walk_stmts(part)]
        if is_loop and not any(isinstance(inner, For | Loop) for inner in nested):
            yield depth + 1, inside, not isinstance(stmt, For) or stmt.label != ""
        for part in bodies_of(stmt):
            yield from _depths(part, depth + is_loop, inside)


# ---- the text


def _output(function: Function, wrapping: Wrapping, is_strict: bool) -> Output:
    taken = _names_in(function)
    values: dict[str, str] = {}
    for name in sorted(taken):
        if is_python_reserved(name) or name in ("np", "math", "cmath") or name.startswith(wrapping.prefix):
            values[name] = fresh(f"{name.lstrip('_')}_", taken | set(values.values()))
    names = replace(wrapping.names, values=values, numpy="np")
    groups = bound_together(function.body)
    written = arrays_written(function.body)
    aliases = frozenset(alias for name in written for alias in groups.get(name, (name,)))
    return Output(names, known_extents(function), aliases, taken | set(values.values()), is_strict)


def _names_in(function: Function) -> set[str]:
    names = {param.name for param in function.params} | set(scalars_assigned(function.body))
    for stmt in walk_stmts(function.body):
        names |= {getattr(stmt, "index", ""), getattr(stmt, "name", "")}
        if isinstance(stmt, Bind):
            names |= set(stmt.targets)
    return names - {""}


def _emitted(function: Function, wrapping: Wrapping, is_strict: bool) -> Emitted:
    out = _output(function, wrapping, is_strict)
    symbol = f"{wrapping.prefix}_numpy_{function.name}"
    params = ", ".join(out.names.value(param.name) for param in function.params)
    body = Text(depth=1)
    if wrapping.names.numpy != out.np:
        body.add(f"{out.np} = {wrapping.names.numpy}")
    out.text = body
    Statements(out, returns(function)).all(function.body)
    copied = _written_params(function, out) if out.declines or _may_fail(function) else ()
    head = [f"@{wrapping.attempt}({', '.join(map(str, copied))})", f"def {symbol}({params}):"]
    return Emitted("numpy", "\n".join([*head, *body.lines]) + "\n", (symbol,))


def _written_params(function: Function, out: Output) -> tuple[int, ...]:
    """The positions of parameters that the function may change."""
    return tuple(i for i, param in enumerate(function.params) if param.name in out.written)


def _may_fail(function: Function) -> bool:
    """Something may fail, perhaps after a parameter was changed."""
    is_checked = any(isinstance(stmt, Check | Allocate) for stmt in walk_stmts(function.body))
    return is_checked or any(can_fail(expr) for expr in walk_exprs(function.body))
