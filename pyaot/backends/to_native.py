"""Functions of the IR as one C file: readable kernels, and entries that Python calls.

smooth(a)     KERNEL static int kernel_smooth(double *restrict a, int64_t a_n0, struct smooth_results *)
              static PyObject *entry_smooth(PyObject *self, PyObject *args)

The file begins with what it needs of Python's and NumPy's arithmetic and ends with what it exports:
`pyaot_function` gives the entry of a name as a Python function of one tuple; `pyaot_attach` and
`pyaot_set_threads` are for the runtime. A comment at the end of a line names the user's line.
"""

from collections.abc import Sequence
from typing import Protocol

from pyaot.backends.c_choices import load_before_choices
from pyaot.backends.c_context import Context, context_of
from pyaot.backends.c_entry import (
    entry_head,
    entry_lines,
    entry_name,
    kernel_name,
    kernel_params,
    results_struct,
)
from pyaot.backends.c_flags import sets_flags
from pyaot.backends.c_hoist import hoist_failing
from pyaot.backends.c_memory import (
    group_declarations,
    group_release,
    heap_declarations,
    heap_release,
    owned_declarations,
    owned_release,
)
from pyaot.backends.c_prelude import prelude, uses_fail
from pyaot.backends.c_scopes import NOTHING, undeclared
from pyaot.backends.c_statements import body_lines, declarations, place
from pyaot.backends.c_subscripts import settle_subscripts
from pyaot.backends.c_text import as_comment, braced, indented
from pyaot.backends.c_turns import STOP, declaration_lines, release_lines
from pyaot.backends.emitted import Emitted
from pyaot.ir.nodes import Function


class Options(Protocol):
    """What is needed of `pyaot.base.options.Options`."""

    @property
    def strict(self) -> bool: ...


ENTRY_PREFIX = "pyaot_entry_"

_PARTS = """
/* The functions are numbered: where PYAOT_FIRST and PYAOT_LAST are given, only those are compiled, so that
   compilers can work on one file side by side. What is shared among them has one definition or equal ones. */
#ifdef PYAOT_FIRST
#define PART(number) (PYAOT_FIRST <= (number) && (number) <= PYAOT_LAST)
#define SHARED __attribute__((weak, visibility("hidden")))
#else
#define PART(number) 1
#define SHARED static
#endif

/* what is called now and then: copies of it in every kernel would only keep the compiler busy */
#define NOINLINE static __attribute__((noinline))
"""

_MARKS = """
#if defined(PYAOT_PORTABLE) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#ifdef PYAOT_STRICT
#define KERNEL __attribute__((target_clones("default", "avx2")))
#else
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif
#else
#define KERNEL
#endif
#define EXPORT __attribute__((visibility("default")))
"""

_EXPORTS = """
EXPORT void pyaot_attach(PyObject *object)
{
    Py_IncRef(object);
    runtime = object;
}

/* a negative number: a team of so many threads for every loop, to look for races */
EXPORT void pyaot_set_threads(int count)
{
    const int most = count < 0 ? -count : count;
    every_team = count < 0;
    threads = most < 1 ? 1 : most > MAX_TEAM ? MAX_TEAM : most;
}

EXPORT PyObject *pyaot_function(const char *name)
{
    for (PyMethodDef *entry = entries; entry->ml_name != NULL; entry++)
        if (strcmp(entry->ml_name, name) == 0)
            return PyCMethod_New(entry, NULL, NULL, NULL);
    return Py_BuildValue("");
}

/* the features of the CPU that this file was compiled for; none for any CPU */
#ifndef PYAOT_NEEDS
#define PYAOT_NEEDS ""
#endif
EXPORT const char pyaot_needs[] = PYAOT_NEEDS;
"""


def emit_native(functions: Sequence[Function], options: Options, file_name: str = "") -> Emitted:
    """One C file for the functions of a module; `file_name` is the user's, for the comments."""
    contexts = [
        context_of(function, file_name, options.strict, sets_flags(function.body))
        for function in map(settle_subscripts, map(hoist_failing, map(load_before_choices, functions)))
    ]
    functions_text = ["\n\n".join(_function_parts(context)) for context in contexts]
    parts = [_part(number, text) for number, text in enumerate(functions_text, start=1)]
    body = "\n\n".join((*parts, _part(0, _exports(contexts))))
    source = as_comment(file_name) or "a Python module"
    head = f"/* Written by pyaot from {source}: kernels in C, and entries that Python calls. */\n"
    declared = prelude(_MARKS + body, vector_math=not options.strict)
    text = f"{head}{_PARTS}\n{declared}\n{_MARKS}\n{body}\n"
    symbols = tuple(f"{ENTRY_PREFIX}{function.name}" for function in functions)
    return Emitted("native", text, symbols, tuple(functions_text))


def _part(number: int, text: str) -> str:
    return f"#if PART({number})\n{text}\n#endif"


def _function_parts(context: Context) -> list[str]:
    span = context.function.span
    where = f" ({place(span.line, context)})" if span.line else ""
    title = f"/* ---- {as_comment(context.function.source_name + where)} ---- */"
    struct, kernel, entry = results_struct(context), kernel_lines(context), entry_lines(context)
    return [title, *("\n".join(lines) for lines in (struct, kernel, entry))]


def kernel_lines(context: Context) -> list[str]:
    """The kernel: declarations, the body, and where an attempt ends."""
    heap = context.storage.heap
    declared = [*group_declarations(context), *heap_declarations(heap, context), *owned_declarations(context)]
    body = [*_unset_variables(context), *body_lines(context.function.body, NOTHING, context)]
    declared += declaration_lines(context)
    released = [
        *release_lines(context),
        *group_release(context),
        *heap_release(heap, context),
        *owned_release(context),
    ]
    text = "\n".join(body)
    lines = [*declared, *(["int path = -1;"] if context.cleans_up else []), *body]
    end = [*_ends(text), *indented(released), "    return path;"] if context.cleans_up else _failed(text)
    head = f"KERNEL static int {kernel_name(context)}({', '.join(kernel_params(context))})"
    return [head, "{", *indented(["(void)results;", *lines]), *end, "}"]


def _unset_variables(context: Context) -> list[str]:
    """Variables that some path reads before they are set; a correct program does not take that path."""
    params = {param.name for param in context.function.params}
    names = undeclared(context.function.body, NOTHING, context.flow) - params
    return [line.replace(";", " = 0;") for line in declarations(names, context)]


def _failed(text: str) -> list[str]:
    late = ["no_memory:", "    return OUT_OF_MEMORY;"] if "goto no_memory;" in text else []
    late += ["interrupted:", "    return INTERRUPTED;"] if STOP in text else []
    return [*(["fail:"] if uses_fail(text) else []), "    return -1;", *late]


def _ends(text: str) -> list[str]:
    """The labels before memory is released."""
    lines = ["fail:"] if uses_fail(text) else []
    if "goto no_memory;" in text:
        lines += ["    goto done;", "no_memory:", "    path = OUT_OF_MEMORY;"]
    if STOP in text:
        lines += ["    goto done;", "interrupted:", "    path = INTERRUPTED;"]
    return [*lines, "done: ;"]


def _exports(contexts: Sequence[Context]) -> str:
    """What the library exports; the entries that it gives out may stand in other parts."""
    declared = [f"{entry_head(context)};" for context in contexts]
    return "\n".join((*declared, "", *_table(contexts), "", _EXPORTS.strip("\n")))


def _table(contexts: Sequence[Context]) -> list[str]:
    """The functions that `pyaot_function` finds; 8 is METH_O."""
    rows = [
        f'{{"{ENTRY_PREFIX}{context.function.name}", {entry_name(context)}, 8, NULL}},'
        for context in contexts
    ]
    lines = braced("static PyMethodDef entries[] =", [*rows, "{NULL, NULL, 0, NULL}"])
    return [*lines[:-1], "};"]
