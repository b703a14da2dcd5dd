"""LibraryCall: NumPy on views of the buffers, by way of the runtime; some by BLAS and LAPACK.

solve(x, A, b)      call_library(runtime.library_call("solve", (x,), (A, b), {}))
matmul(C, A, B)     gemm(...) where the runtime has found a BLAS, else as above

An operand travels as `(memory, dtype, shape, strides in bytes)`, from which the runtime makes an ndarray.
"""

from pyaot.backends.c_blas import blas_call, section_offset, stride
from pyaot.backends.c_context import Context
from pyaot.backends.c_expressions import expression, operand
from pyaot.backends.c_lapack import lapack_call
from pyaot.backends.c_memory import is_late
from pyaot.backends.c_text import as_string, braced
from pyaot.ir.nodes import Const, Dim, Expr, LibraryCall, Section
from pyaot.ir.sections import equal_extents
from pyaot.ir.types import DType

Options = tuple[tuple[str, str | int | float | bool | None], ...]


def library_lines(stmt: LibraryCall, context: Context) -> list[str]:
    """The call, after every section was found to lie inside its array, here or before."""
    checks = _checks(stmt, context) if stmt.checked else []
    by_c = blas_call(stmt, context) or lapack_call(stmt, context)
    otherwise = _through_runtime(stmt, "no_memory" if is_late(stmt, context) else "fail", context)
    if by_c is not None:
        otherwise = [f"if (!{by_c}) {{", *otherwise[1:]]
    return [*dict.fromkeys(checks), *otherwise]


def _checks(stmt: LibraryCall, context: Context) -> list[str]:
    sections = [item for item in (*stmt.outputs, *stmt.inputs) if isinstance(item, Section)]
    checks = [line for section in sections for line in section_checks(section, context)]
    for pair in equal_extents(stmt):
        first, second = (operand(extent, context.names) for extent in pair)
        checks.append(f"if ({first} != {second}) goto fail;")
    return checks


def section_checks(section: Section, context: Context) -> list[str]:
    """Lines that fail where the section leaves its array; none where it obviously does not."""
    lengths = dict(zip(section.axes, section.extents, strict=True))
    array = context.names.arrays[section.array]
    lines = []
    for axis, start in enumerate(section.starts):
        zero = isinstance(start, Const) and start.value == 0
        if zero and lengths.get(axis) == Dim(section.array, axis, start.type):
            continue
        first = expression(start, context.names)
        length = expression(lengths[axis], context.names) if axis in lengths else "1"
        lines.append(f"if (!is_inside({first}, {length}, {array.extents[axis]})) goto fail;")
    return lines


def _through_runtime(stmt: LibraryCall, on_error: str, context: Context) -> list[str]:
    outputs = [_section(section, context) for section in stmt.outputs]
    inputs = [_operand(item, context) for item in stmt.inputs]
    option_format, option_values = _options(stmt.options)
    format = f"s({'N' * len(outputs)})({'N' * len(inputs)}){{{option_format}}}"
    values = [as_string(stmt.function), *outputs, *inputs, *option_values]
    call = [f'PyObject_CallMethod(runtime, "library_call", "{format}",']
    call += [f"    {value}," for value in values[:-1]] + [f"    {values[-1]});"]
    lines = [
        "const PyGILState_STATE gil = PyGILState_Ensure();",
        "PyObject *answer;",
        "int tries = 0;",
        f"do answer = {call[0]}",
        *call[1:],
        "while (answer == NULL && once_more(&results->patience, &tries));",
    ]
    lines += [
        "const bool succeeded = write_all(answer);",
    ]
    return braced("", [*lines, "PyGILState_Release(gil);", f"if (!succeeded) goto {on_error};"])


def _operand(item: Section | Expr, context: Context) -> str:
    if isinstance(item, Section):
        return _section(item, context)
    value = expression(item, context.names)
    dtype = item.type.dtype
    if dtype is DType.BOOL:
        return f"PyBool_FromLong({value})"
    if dtype.is_complex:
        return f"PyComplex_FromDoubles(creal({value}), cimag({value}))"
    if dtype.is_float:
        return f"PyFloat_FromDouble({value})"
    return f"PyLong_FromUnsignedLongLong({value})" if dtype.kind == "u" else f"PyLong_FromLongLong({value})"


def _section(section: Section, context: Context) -> str:
    """A call of `section_view`, which gives the tuple that the runtime takes."""
    array = context.names.arrays[section.array]
    rank = len(section.axes)
    shape = ", ".join(expression(extent, context.names) for extent in section.extents) or "1"
    strides = ", ".join(stride(section.array, axis, context) for axis in section.axes) or "1"
    return (
        f"section_view({array.data} + {section_offset(section, context)}, sizeof *{array.data}, "
        f'"{array.type.dtype.value}", {rank}, (const int64_t[]){{{shape}}}, (const int64_t[]){{{strides}}})'
    )


def _options(options: Options) -> tuple[str, list[str]]:
    format, values = [], []
    for name, value in options:
        kind, text = _option(value)
        format.append(f"s{kind}")
        values += [as_string(name), text]
    return "".join(format), values


def _option(value: str | int | float | bool | None) -> tuple[str, str]:
    match value:
        case None:
            return "z", "(char *)NULL"
        case bool():
            return "N", f"PyBool_FromLong({int(value)})"
        case int():
            return "L", f"(long long){value}"
        case float():
            return "d", repr(value)
        case str():
            return "s", as_string(value)
