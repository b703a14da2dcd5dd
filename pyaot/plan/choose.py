"""Which versions of a function are to be made, fastest first; the original always comes last by itself."""

from msgspec import Struct

from pyaot.base.catalogue import STRICT_REFUSES
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.ir.nodes import Function

# What can be made, fastest first.
TARGETS = ("native", "numpy")


class Choice(Struct, frozen=True):
    """The targets of a function, and what there is to say about those that are left out."""

    targets: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def choose(function: Function, options: Options) -> Choice:
    """The wanted targets; none where results would differ in rounding and `--fp strict` forbids it."""
    if options.strict and function.inexact:
        return Choice((), (_strict_refuses(function),))
    return Choice(tuple(target for target in TARGETS if target in options.targets))


def _strict_refuses(function: Function) -> Diagnostic:
    first, *others = function.inexact
    return Diagnostic(
        STRICT_REFUSES,
        f"'{function.source_name}' stays Python under --fp strict.",
        first.span,
        label=f"{first.what} may round differently",
        notes=tuple(f"line {place.span.line}: {place.what} may round differently" for place in others),
        hints=("Leave --fp strict out if differences in the last places do not matter.",),
        function=function.source_name,
    )
