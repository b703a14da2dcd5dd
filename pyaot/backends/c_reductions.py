"""Reductions: how partial results are started and combined, always in the order of the threads.

add         -0.0 (the only number that changes nothing)     s + part
minimum     infinity                                        minimum_float64(s, part): NaN wins
"""

from pyaot.backends.c_context import Context
from pyaot.backends.c_types import c_type, literal
from pyaot.ir.nodes import Const, For, Reduction
from pyaot.ir.types import DType, Scalar

_SIMD = {
    "add": "+",
    "mul": "*",
    "bitand": "&",
    "bitor": "|",
    "bitxor": "^",
    "minimum": "min",
    "maximum": "max",
}
_SYMBOL = {"add": "+", "mul": "*", "bitand": "&", "bitor": "|", "bitxor": "^"}


def identity(op: str, dtype: DType) -> str:
    """What changes no number that it is combined with."""
    type = Scalar(dtype)
    if op in ("minimum", "maximum"):
        return _extreme(op, dtype)
    if op == "bitand":
        return "true" if dtype is DType.BOOL else f"({c_type(dtype)})~0ull"
    if op == "add" and dtype.kind in "fc":
        return literal(Const(complex(-0.0, -0.0) if dtype.is_complex else -0.0, type))
    return literal(Const(1 if op == "mul" else 0, type))


def _extreme(op: str, dtype: DType) -> str:
    sign = 1 if op == "minimum" else -1
    if dtype is DType.BOOL:
        return "true" if sign > 0 else "false"
    if dtype.is_complex:
        return literal(Const(complex(sign * float("inf"), sign * float("inf")), Scalar(dtype)))
    if dtype.is_float:
        return literal(Const(sign * float("inf"), Scalar(dtype)))
    bits = dtype.bits - (1 if dtype.kind == "i" else 0)
    greatest, least = 2**bits - 1, -(2**bits) if dtype.kind == "i" else 0
    return literal(Const(greatest if sign > 0 else least, Scalar(dtype)))


def combined(op: str, type: Scalar, left: str, right: str) -> str:
    """Two partial results as one; Python's ints may overflow here."""
    dtype = type.dtype
    if dtype is DType.BOOL:
        op = {"add": "bitor", "mul": "bitand", "minimum": "bitand", "maximum": "bitor"}.get(op, op)
    if op in ("minimum", "maximum"):
        return f"{op}_{dtype.value}({left}, {right})"
    if op in ("add", "mul") and dtype.is_integer:
        name = op.upper() if type.is_python else f"wrap_{op}_{dtype.value}"
        return f"{name}({left}, {right})"
    return f"{left} {_SYMBOL[op]} {right}"


def simd_clause(stmt: For, context: Context) -> str | None:
    """` reduction(+:s)` and so on; None where OpenMP has no such reduction."""
    clauses = []
    for reduction in stmt.marks.reductions:
        if reduction.name in context.names.arrays or not _has_simd_form(reduction, context):
            return None
        clauses.append(
            f" reduction({_simd_operator(reduction, context)}:{context.names.scalars[reduction.name]})"
        )
    return "".join(clauses)


def _has_simd_form(reduction: Reduction, context: Context) -> bool:
    """Complex numbers have no least one that OpenMP could start with."""
    is_complex = context.names.types[reduction.name].dtype.is_complex
    return not (is_complex and reduction.op in ("minimum", "maximum"))


def _simd_operator(reduction: Reduction, context: Context) -> str:
    dtype = context.names.types[reduction.name].dtype
    if reduction.op in ("minimum", "maximum") and dtype.is_float:
        return f"simd_{reduction.op}_{dtype.value}"
    if dtype is DType.BOOL:
        return {"add": "||", "mul": "&&", "minimum": "&&", "maximum": "||"}.get(reduction.op) or _SIMD[
            reduction.op
        ]
    return _SIMD[reduction.op]
