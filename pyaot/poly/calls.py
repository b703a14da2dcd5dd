"""Calls of a library that may stand in loops that run in parallel.

    for g in range(n):                      parallel: each iteration has a product and a solution of its own
        matmul(R, X[g], X[g].T)
        solve(w, R, s)

Only calls that C makes itself, of BLAS and LAPACK, are worth it: the others hold the GIL. Under `--fp strict`
none is taken, since the number of threads that a library has may show in its last bits.
"""

from pyaot.ir.functions import LIBRARY
from pyaot.ir.nodes import Function, LibraryCall, Section
from pyaot.ir.walk import array_types
from pyaot.poly.extract import Takes, no_calls

MOST_AXES = 2


def calls_in_parallel(function: Function, strict: bool) -> Takes:
    """Says of each call whether a parallel loop may make it."""
    if strict:
        return no_calls
    types = array_types(function)

    def takes(stmt: LibraryCall) -> bool:
        known = LIBRARY[stmt.function]
        operands = (*stmt.outputs, *stmt.inputs[: known.inputs])
        if not known.is_native or not all(isinstance(item, Section) for item in operands):
            return False
        sections = [item for item in operands if isinstance(item, Section)]
        dtypes = {types[item.array].dtype for item in sections}
        ranks = {len(item.axes) for item in sections}
        return len(dtypes) == 1 and dtypes.pop().kind in "fc" and max(ranks) <= MOST_AXES

    return takes
