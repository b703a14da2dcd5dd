"""Alternatives of hints that have no version beside one that has: which, and why.

def f(a: NDArray[np.float64] | str)      'f' has no version where 'a' is a str: ...
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from pyaot.base.catalogue import ALTERNATIVE_LEFT_OUT
from pyaot.base.diagnostics import Diagnostic
from pyaot.frontend.hint_types import (
    ArrayHint,
    ClassHint,
    Hint,
    ListHint,
    LiteralHint,
    NoneHint,
    ScalarHint,
    TextHint,
    TupleHint,
    TypeVarHint,
    UnionHint,
    UnknownHint,
)
from pyaot.frontend.hints import Signature
from pyaot.frontend.instance import Body
from pyaot.ir.show import show_type


def alternative_left_out(
    body: Body, signatures: Sequence[Signature], signature: Signature, refusal: Diagnostic
) -> Diagnostic:
    """The remark; of the parameters it names those that have a choice."""
    chosen = [
        f"'{parameter.name}' is {words(parameter.type)}"
        for place, parameter in enumerate(signature.parameters)
        if len({other.parameters[place].type for other in signatures}) > 1
    ]
    where = f" where {' and '.join(chosen)}" if chosen else " for other types"
    message = f"'{body.info.qualified_name}' has no version{where}."
    return replace(
        refusal, code=ALTERNATIVE_LEFT_OUT, message=message, notes=(refusal.message, *refusal.notes)
    )


def words(hint: Hint) -> str:
    """The type as a message calls it: 'float', 'array of float64', 'None'."""
    match hint:
        case ArrayHint(dtype, rank):
            dimensions = "" if rank is None else f" with {rank} dimension{'' if rank == 1 else 's'}"
            return f"array of {'any type' if dtype is None else dtype.value}{dimensions}"
        case ScalarHint(type):
            return show_type(type)
        case NoneHint():
            return "None"
        case ListHint(item):
            return "list" if item is None else f"list of {words(item)}"
        case TupleHint(items):
            return f"tuple of {', '.join(map(words, items))}"
        case LiteralHint(values):
            return " or ".join(map(repr, values))
        case ClassHint(name):
            return name
        case TextHint() | UnionHint() | TypeVarHint() | UnknownHint():
            return "of another type"
        case _:
            assert_never(hint)
