"""Matrix products by BLAS: `matmul` of one- and two-dimensional sections of float and complex arrays.

C[:, :] = A @ B       if (!gemm_float64(threads, false, 1.0, m, n, k, A, ..., B, ..., C, ...)) by the runtime

What BLAS cannot do (integers, strides in both axes, a batch, an operand that is also the result) goes to
the runtime, and so does everything where no BLAS is loaded.
"""

from pyaot.backends.c_context import Context
from pyaot.backends.c_expressions import expression, operand
from pyaot.backends.c_types import literal
from pyaot.ir.build import mul
from pyaot.ir.nodes import Const, Expr, LibraryCall, Section
from pyaot.ir.types import DType, Scalar


def blas_call(stmt: LibraryCall, context: Context) -> str | None:
    """A C expression that is true where BLAS has done the product; None where it is not to be tried."""
    operands = [item for item in stmt.inputs if isinstance(item, Section)]
    if stmt.function != "matmul" or len(operands) != 2:
        return None
    (c,), (a, b) = stmt.outputs, operands
    dtype = context.names.arrays[c.array].type.dtype
    if dtype.kind not in "fc" or not _suitable(c, a, b, dtype, context):
        return None
    options = dict(stmt.options)
    alpha = _alpha(stmt, Scalar(dtype), context)
    m, k = ("1", a.extents[0]) if len(a.axes) == 1 else (_text(a.extents[0], context), a.extents[1])
    n = "1" if len(b.axes) == 1 else _text(b.extents[1], context)
    team = "0" if context.parallel else "threads"
    parts = [team, _flag(options.get("accumulate")), alpha, m, n, _text(k, context)]
    parts += [matrix(a, True, context), _flag(options.get("conjugate_left"))]
    parts += [matrix(b, False, context), _flag(options.get("conjugate_right"))]
    parts.append(matrix(c, len(a.axes) == 1, context))
    return f"gemm_{dtype.value}({', '.join(parts)})"


def _alpha(stmt: LibraryCall, type: Scalar, context: Context) -> str:
    sign = Const(_number(dict(stmt.options).get("alpha")), type)
    scales = [item for item in stmt.inputs if not isinstance(item, Section)]
    if not scales:
        return literal(sign)
    return expression(scales[0] if sign.value == 1 else mul(sign, scales[0]), context.names)


def _number(value: str | int | float | bool | None) -> float:
    return float(value) if isinstance(value, int | float) else 1.0


def _suitable(c: Section, a: Section, b: Section, dtype: DType, context: Context) -> bool:
    types = {context.names.arrays[section.array].type.dtype for section in (a, b, c)}
    ranks = {len(a.axes), len(b.axes)}
    is_apart = not context.storage.together(c.array) & {a.array, b.array}
    return types == {dtype} and ranks <= {1, 2} and is_apart


def _flag(value: object) -> str:
    return "true" if value else "false"


def _text(expr: Expr, context: Context) -> str:
    return expression(expr, context.names)


def matrix(section: Section, is_row: bool, context: Context) -> str:
    """Pointer, stride of rows, stride of columns; a vector is a matrix of one row or of one column."""
    array = context.names.arrays[section.array]
    start = f"{array.data} + {section_offset(section, context)}"
    strides = [stride(section.array, axis, context) for axis in section.axes]
    if len(strides) == 2:
        return f"{start}, {strides[0]}, {strides[1]}"
    if not strides:
        return f"{start}, 1, 1"
    return f"{start}, 0, {strides[0]}" if is_row else f"{start}, {strides[0]}, 0"


def stride(array: str, axis: int, context: Context) -> str:
    """The stride of an axis, in elements."""
    return " * ".join(context.names.arrays[array].extents[axis + 1 :]) or "1"


def section_offset(section: Section, context: Context) -> str:
    """Where the section begins, in elements from the array's start."""
    parts = []
    for axis, start in enumerate(section.starts):
        if isinstance(start, Const) and start.value == 0:
            continue
        text = operand(start, context.names)
        step = stride(section.array, axis, context)
        parts.append(text if step == "1" else f"{text} * {step}")
    return f"({' + '.join(parts)})" if parts else "0"
