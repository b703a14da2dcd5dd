"""What the compiler knows of libraries: full name -> how a call of it is lowered.

Types, shapes, and the loops or the library call that compute it.
"""

from collections.abc import Callable

from pyaot.frontend import (
    numpy_averages,
    numpy_calculus,
    numpy_closeness,
    numpy_covariance,
    numpy_creation,
    numpy_decompositions,
    numpy_diagonals,
    numpy_fourier,
    numpy_grids,
    numpy_insertion,
    numpy_joining,
    numpy_library,
    numpy_limits,
    numpy_linear,
    numpy_members,
    numpy_norms,
    numpy_orders,
    numpy_pairs,
    numpy_parts,
    numpy_reductions,
    numpy_selection,
    numpy_sets,
    numpy_shapes,
    numpy_statistics,
    numpy_ufunc_methods,
    numpy_ufuncs,
    python_builtins,
    python_sorting,
)
from pyaot.frontend.arguments import Arguments
from pyaot.frontend.context import Context
from pyaot.frontend.values import Value

TABLE: dict[str, Callable[[Context, Arguments], Value]] = {
    **numpy_ufuncs.TABLE,
    **numpy_pairs.TABLE,
    **numpy_creation.TABLE,
    **numpy_grids.TABLE,
    **numpy_reductions.TABLE,
    **numpy_norms.TABLE,
    **numpy_selection.TABLE,
    **numpy_sets.TABLE,
    **numpy_shapes.TABLE,
    **numpy_joining.TABLE,
    **numpy_insertion.TABLE,
    **numpy_parts.TABLE,
    **numpy_averages.TABLE,
    **numpy_limits.TABLE,
    **numpy_closeness.TABLE,
    **numpy_members.TABLE,
    **numpy_diagonals.TABLE,
    **numpy_calculus.TABLE,
    **numpy_linear.TABLE,
    **numpy_statistics.TABLE,
    **numpy_covariance.TABLE,
    **numpy_ufunc_methods.TABLE,
    **numpy_library.TABLE,
    **numpy_fourier.TABLE,
    **numpy_decompositions.TABLE,
    **numpy_orders.TABLE,
    **python_builtins.TABLE,
    **python_sorting.TABLE,
}
