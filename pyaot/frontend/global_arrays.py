"""Arrays of the module: further parameters, which the dispatcher reads from the module's names at each call.

WEIGHTS = np.array([0.25, 0.5, 0.25])           _pyaot_value_WEIGHTS = globals().get('WEIGHTS')
def smooth(a: V): ... WEIGHTS[k] ...            the kernel has the parameters a and WEIGHTS

They may be changed or bound anew between calls, since the guard asks each time what they are. A function that
writes into one stays Python.
"""

from pyaot.base.catalogue import UNSUPPORTED_STATEMENT
from pyaot.frontend.context import Context
from pyaot.frontend.hint_calls import global_hint
from pyaot.frontend.hint_types import ArrayHint
from pyaot.frontend.parameters import ParameterList
from pyaot.frontend.scopes import ModuleScope
from pyaot.frontend.values import Value
from pyaot.ir.nodes import Function
from pyaot.ir.walk import arrays_written, bound_together, walk_stmts


def global_array(name: str, module: ModuleScope, parameters: ParameterList) -> Value | None:
    """An array that the module binds once, in words that tell its type; None for other names."""
    hint = global_hint(name, module)
    if not isinstance(hint, ArrayHint) or hint.rank is None or hint.dtype is None:
        return None
    if name not in parameters.global_arrays:
        parameters.global_arrays[name] = parameters.value_of(name, name, hint)
    return parameters.global_arrays[name]


def check_only_read(ctx: Context, function: Function, parameters: ParameterList) -> None:
    """Refuses a function that writes into an array of the module."""
    arrays = {b.param: b.text for b in parameters.bindings if b.text in parameters.global_arrays}
    together = bound_together(function.body)
    for stmt in walk_stmts(function.body):
        same = {name for array in arrays_written((stmt,)) for name in together.get(array, {array})}
        for name in sorted(same & arrays.keys()):
            ctx.span = stmt.span
            raise ctx.refuse(
                UNSUPPORTED_STATEMENT,
                f"The array '{arrays[name]}', which is no parameter, is changed here.",
                None,
                "Pass it as an argument.",
            )
