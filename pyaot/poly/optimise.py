"""The polyhedral middle: loops are made to fit the machine, and marked with what they allow.

t = a + b                       for i: for j:       parallel over i, simd over j
c = t * t                           c[i, j] = (a[i, j] + b[i, j]) ** 2
"""

from dataclasses import dataclass, replace

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.ir.nodes import For, Function, Marks, Stmt
from pyaot.ir.walk import Body, transform_body
from pyaot.poly.marks import Marker
from pyaot.poly.regions import map_regions


@dataclass(frozen=True)
class Optimised:
    """The function with its loops made to fit, and what there is to say about them."""

    function: Function
    diagnostics: tuple[Diagnostic, ...]


def optimise(function: Function, options: Options) -> Optimised:
    """The same function for every input, up to the rounding of reductions where `options` allow it."""
    plain = replace(function, body=without_marks(function.body))
    marker = Marker(options.strict)
    marked = map_regions(plain, marker)
    named = tuple(replace(d, function=function.source_name) for d in marker.diagnostics)
    return Optimised(marked, named)


def without_marks(body: Body) -> Body:
    """The statements with the marks of an earlier optimisation forgotten."""

    def plain(stmt: Stmt) -> Body:
        return (replace(stmt, marks=Marks()) if isinstance(stmt, For) else stmt,)

    return transform_body(plain, body)
