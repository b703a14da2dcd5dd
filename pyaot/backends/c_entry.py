"""The entry of a kernel: arguments out of a tuple, the GIL released, results into a tuple.

static PyObject *entry_smooth(PyObject *self, PyObject *args)
{
    Py_buffer a = {0};
    int path = -1;
    ...
    if (array_argument(args, 0, 1, sizeof(double), false, &a)) {
        PyThreadState *const thread = PyEval_SaveThread();
        path = smooth(a.buf, a.shape[0], &results);
        PyEval_RestoreThread(thread);
    }
    if (path == 0) answer = Py_BuildValue("(iiN)", path, results.flags, results.leaf_0_0);
    ...
}
"""

from pyaot.backends.c_context import Context, Leaf, array_params
from pyaot.backends.c_flags import doubts, holds_nan_constant
from pyaot.backends.c_storage import Place
from pyaot.backends.c_text import braced
from pyaot.backends.c_types import c_element, c_type
from pyaot.ir.nodes import Param, ScalarResult, ViewResult
from pyaot.ir.types import PY_INT, Array, DType, Scalar


def kernel_params(context: Context) -> list[str]:
    """The parameters of the kernel as C declarations."""
    declared = []
    for param in context.function.params:
        if isinstance(param.type, Scalar):
            declared.append(f"{c_type(param.type.dtype)} {context.names.scalars[param.name]}")
        else:
            declared += _array_declaration(param.name, param.type, context)
    return [*declared, f"{context.result_type} *results"]


def _array_declaration(name: str, type: Array, context: Context) -> list[str]:
    array = context.names.arrays[name]
    shared = context.storage.places[name] is Place.SHARED
    const = "" if shared or name in context.storage.written else "const "
    pointer = "*" if shared else "*restrict "
    extents = [f"int64_t {extent}" for extent in array.extents]
    owner = [f"PyObject *{array.data}_object"] if shared and context.storage.group_of(name).owned else []
    return [f"{const}{c_element(type.dtype)} {pointer}{array.data}", *extents, *owner]


def results_struct(context: Context) -> list[str]:
    """The struct through which the kernel gives its results."""
    fields = ["int flags;", "double time;  /* of the parallel loops so far, in units of about 0.1 ns */"]
    for leaves in context.leaves:
        for leaf in leaves:
            fields += [f"{type} {name};" for type, name, _ in leaf.numbers]
            if not isinstance(leaf.result, ScalarResult) and not _is_param(leaf, context):
                fields.append(f"PyObject *{leaf.field};")
    fields += ["struct patience patience;"] if context.is_patient else []
    lines = braced(context.result_type, fields)
    return [*lines[:-1], "};"]


def _is_param(leaf: Leaf, context: Context) -> bool:
    result = leaf.result
    return not isinstance(result, ScalarResult) and context.storage.places[result.array] is Place.PARAM


def entry_lines(context: Context) -> list[str]:
    """The whole entry function."""
    function = context.function
    arrays = array_params(function)
    lines = [f"{context.result_type} results = {{0}};", "PyObject *answer = NULL;", "int path = -1;"]
    lines += [f"Py_buffer {_view(name, context)} = {{0}};" for name in arrays]
    for param in function.params:
        if isinstance(param.type, Scalar):
            lines.append(f"{c_type(param.type.dtype)} {context.names.scalars[param.name]} = 0;")
    lines += [f"void *{_copy(name, context)} = NULL;" for name in arrays if name in context.storage.copied]
    taken = [_argument(param, position, context) for position, param in enumerate(function.params)]
    call = _call(context)
    lines += braced(_condition(taken), call) if taken else braced("", call)
    if context.counts_flags:
        lines += _believed(context)
    lines += _answers(context)
    lines += [f"free({_copy(name, context)});" for name in arrays if name in context.storage.copied]
    lines += [f"PyBuffer_Release(&{_view(name, context)});" for name in arrays]
    lines += ["answer = raise_again(&results.patience, answer);"] if context.is_patient else []
    return [entry_head(context), *braced("", ["(void)self;", "(void)args;", *lines, "return answer;"])]


def entry_head(context: Context) -> str:
    """The entry function without its body."""
    return f"SHARED PyObject *{entry_name(context)}(PyObject *self, PyObject *args)"


def entry_name(context: Context) -> str:
    """The C name of the entry function."""
    return f"entry_{context.function.name}"


def kernel_name(context: Context) -> str:
    """The C name of the kernel function."""
    return f"kernel_{context.function.name}"


def _condition(taken: list[str]) -> str:
    joined = "\n        && ".join(taken)
    return f"if ({joined})"


def _view(name: str, context: Context) -> str:
    return f"{context.names.arrays[name].data}_view"


def _copy(name: str, context: Context) -> str:
    return f"{context.names.arrays[name].data}_copy"


def _argument(param: Param, position: int, context: Context) -> str:
    """A call that takes one argument out of the tuple and says whether it is as it should be."""
    if isinstance(param.type, Array):
        writable = "true" if param.name in context.storage.written else "false"
        element = c_element(param.type.dtype)
        view = f"&{_view(param.name, context)}"
        text = f"array_argument(args, {position}, {param.type.rank}, sizeof({element}), {writable}, {view})"
        if param.name in context.storage.copied:
            text += f" && private_copy({view}, &{_copy(param.name, context)})"
        return text
    name = context.names.scalars[param.name]
    return f"{_scalar_taker(param.type)}(args, {position}, &{name})"


def _scalar_taker(type: Scalar) -> str:
    if type == PY_INT:
        return "small_int_argument"
    return f"argument_{type.dtype.value}"


def _call(context: Context) -> list[str]:
    values = []
    for position, param in enumerate(context.function.params):
        if isinstance(param.type, Scalar):
            values.append(context.names.scalars[param.name])
        else:
            values += _array_values(param.name, param.type, position, context)
    call = f"path = {kernel_name(context)}({', '.join([*values, '&results'])});"
    if context.counts_flags:
        save = "const unsigned flags = flags_save();"
        call_lines = [save, call, "results.flags |= flags_now();", "flags_restore(flags);"]
        call_lines += ["if (path < 0) results.flags = 0;"] if context.is_patient else []
    else:
        call_lines = [call]
    copied = [
        _copy_back(name, context) for name in array_params(context.function) if name in context.storage.copied
    ]
    return [
        "PyThreadState *const thread = PyEval_SaveThread();",
        *call_lines,
        *copied,
        "PyEval_RestoreThread(thread);",
    ]


def _array_values(name: str, type: Array, position: int, context: Context) -> list[str]:
    view = _view(name, context)
    data = _copy(name, context) if name in context.storage.copied else f"{view}.buf"
    extents = [f"{view}.shape[{axis}]" for axis in range(type.rank)]
    shared = context.storage.places[name] is Place.SHARED
    owner = [f"PyTuple_GetItem(args, {position})"] if shared and context.storage.group_of(name).owned else []
    return [data, *extents, *owner]


def _copy_back(name: str, context: Context) -> str:
    view = _view(name, context)
    return f"if (path >= 0) memcpy({view}.buf, {_copy(name, context)}, (size_t){view}.len);"


def _believed(context: Context) -> list[str]:
    """What may be no error of NumPy's becomes 'doubtful': 16 for invalid, 32 for divide and overflow."""
    found, lines = doubts(context.function, context.strict), []
    if found.of_nan or found.of_invalid:
        came, went = _floats(context, "nan")
        if holds_nan_constant(context.function):
            went.append("true")
        written = _written(context, "nan")
        went += written if found.of_nan else []
        came += [] if found.of_nan else written
        believed = _only_made(came, went) if found.of_invalid or written else _none(went)
        lines.append(f"if (results.flags & 4 && !({believed})) results.flags ^= 4 | 16;")
    if found.of_masked:
        came, went = _floats(context, "infinity")
        believed = _only_made(came + _written(context, "infinity"), went)
        lines.append(f"if (results.flags & 3 && !({believed})) results.flags = (results.flags & ~3) | 32;")
    return lines


def _written(context: Context, what: str) -> list[str]:
    """Tests of what is written: a NaN there may have been there before."""
    arrays = [
        (place, param.type.dtype)
        for place, param in enumerate(context.function.params)
        if param.name in context.storage.written and param.type.dtype.kind in "fc"
    ]
    return [_in_array(what, f"PyTuple_GetItem(args, {place})", dtype) for place, dtype in arrays]


def _none(tests: list[str]) -> str:
    return f"!({' || '.join(tests)})" if tests else "true"


def _only_made(came: list[str], went: list[str]) -> str:
    """It came out, and none went in."""
    if not came:
        return "false"
    return f"({' || '.join(came)}) && {_none(went)}"


def _floats(context: Context, what: str) -> tuple[list[str], list[str]]:
    """Tests whether a `what` came out, and whether one may have gone in."""
    came = [text for leaves in context.leaves for leaf in leaves for text in _in_leaf(leaf, what, context)]
    went = []
    for position, param in enumerate(context.function.params):
        if param.type.dtype.kind not in "fc" or param.name in context.storage.written:
            continue
        if isinstance(param.type, Scalar):
            went.append(_is(what, context.names.scalars[param.name], param.type.dtype))
        else:
            went.append(_in_array(what, f"PyTuple_GetItem(args, {position})", param.type.dtype))
    return came, went


def _in_leaf(leaf: Leaf, what: str, context: Context) -> list[str]:
    if isinstance(leaf.result, ScalarResult):
        dtype = leaf.result.value.type.dtype
        return [_is(what, f"results.{leaf.field}", dtype)] if dtype.kind in "fc" else []
    dtype = context.names.arrays[leaf.result.array].type.dtype
    if dtype.kind not in "fc" or _is_param(leaf, context):
        return []
    return [_in_array(what, f"results.{leaf.field}", dtype)]


def _is(what: str, number: str, dtype: DType) -> str:
    if what == "nan":
        return f"{number} != {number}"
    return f"(isinf(creal({number})) || isinf(cimag({number})))" if dtype.is_complex else f"isinf({number})"


def _in_array(what: str, array: str, dtype: DType) -> str:
    return f"holds_{what}({array}, {'true' if dtype.real is DType.FLOAT32 else 'false'})"


# ---- results ----------------------------------------------------------------------------------------------


def _answers(context: Context) -> list[str]:
    lines = []
    for path, leaves in enumerate(context.leaves):
        format = "".join(_format(leaf, context) for leaf in leaves)
        values = [value for leaf in leaves for value in _values(leaf, context)]
        listed = ", ".join(["path", "results.flags", *values])
        lines += [
            f"{'else ' if path else ''}if (path == {path})",
            f'    answer = Py_BuildValue("(ii{format})", {listed});',
        ]
    failed = ['answer = Py_BuildValue("(ii)", -1, 0);']
    lines += [
        "else if (path == OUT_OF_MEMORY)",
        "    PyErr_NoMemory();",
        "else",
        *(f"    {line}" for line in failed),
    ]
    return lines if context.leaves else failed


def _format(leaf: Leaf, context: Context) -> str:
    owner = "O" if _is_param(leaf, context) else "N"
    if not isinstance(leaf.result, ViewResult):
        return owner
    ints = "L" * len(leaf.result.shape)
    return f"({owner}L({ints})({ints}))"


def _values(leaf: Leaf, context: Context) -> list[str]:
    if isinstance(leaf.result, ScalarResult):
        return [_number(f"results.{leaf.field}", leaf.result.value.type.dtype)]
    if _is_param(leaf, context):
        names = [param.name for param in context.function.params]
        array = f"PyTuple_GetItem(args, {names.index(leaf.result.array)})"
    else:
        array = f"results.{leaf.field}"
    return [array, *(f"(long long)results.{name}" for _, name, _ in leaf.numbers)]


def _number(field: str, dtype: DType) -> str:
    if dtype is DType.BOOL:
        return f"PyBool_FromLong({field})"
    if dtype.is_complex:
        return f"PyComplex_FromDoubles(creal({field}), cimag({field}))"
    if dtype.is_float:
        return f"PyFloat_FromDouble({field})"
    return f"PyLong_FromUnsignedLongLong({field})" if dtype.kind == "u" else f"PyLong_FromLongLong({field})"
