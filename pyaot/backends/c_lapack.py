"""Decompositions of one matrix by LAPACK: the calls that NumPy makes for solve, inv, det and cholesky.

x = np.linalg.solve(a, b)       if (!solve_float64(threads, n, m, a, ..., b, ..., x, ...)) by the runtime

A singular matrix goes to the runtime as well, which raises what NumPy raises. Under `--fp strict` all do: the
last bits may depend on how many threads the library has.
"""

from pyaot.backends.c_blas import matrix
from pyaot.backends.c_context import Context
from pyaot.backends.c_expressions import expression
from pyaot.ir.nodes import LibraryCall, Section

_FUNCTIONS = frozenset({"solve", "inv", "det", "cholesky"})


def lapack_call(stmt: LibraryCall, context: Context) -> str | None:
    """A C expression that is true where LAPACK has done it; None where it is not to be tried."""
    sections = [item for item in stmt.inputs if isinstance(item, Section)]
    if context.strict or stmt.function not in _FUNCTIONS or len(sections) != len(stmt.inputs):
        return None
    output, given = stmt.outputs[0], sections[0]
    dtypes = {context.names.arrays[section.array].type.dtype for section in (output, *sections)}
    dtype = context.names.arrays[given.array].type.dtype
    is_apart = not context.storage.together(output.array) & {section.array for section in sections}
    if len(given.axes) != 2 or len(dtypes) != 1 or dtype.kind not in "fc" or not is_apart:
        return None
    sizes = [expression(given.extents[0], context.names)]
    if stmt.function == "solve":
        right = sections[1]
        sizes.append(expression(right.extents[1], context.names) if len(right.axes) == 2 else "1")
    operands = [matrix(section, False, context) for section in (*sections, output)]
    team = "0" if context.parallel else "threads"
    return f"{stmt.function}_{dtype.value}({', '.join([team, *sizes, *operands])})"
