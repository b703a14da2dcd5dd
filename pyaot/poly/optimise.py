"""The polyhedral middle: loops are made to fit the machine, and marked with what they allow.

t = a + b                       for i: for j:       parallel over i, simd over j
c = t * t                           c[i, j] = (a[i, j] + b[i, j]) ** 2
"""

from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.ir.nodes import For, Function, Marks, Stmt
from pyaot.ir.user_names import user_names_of
from pyaot.ir.walk import Body, bound_together, transform_body
from pyaot.normalise.checks import settle_checks
from pyaot.normalise.joined import join_branches
from pyaot.normalise.twice import compute_once
from pyaot.poly import remarks
from pyaot.poly.accumulate import accumulate_in_scalars, names_in
from pyaot.poly.alternate import alternate
from pyaot.poly.blocks import Blocking
from pyaot.poly.calls import calls_in_parallel
from pyaot.poly.certain import without_certain
from pyaot.poly.contract import contract, with_plain_extents
from pyaot.poly.eager import EagerUpdates
from pyaot.poly.equal import with_equals
from pyaot.poly.extremes import with_choices
from pyaot.poly.fills import Fills
from pyaot.poly.forward import forward_stores
from pyaot.poly.found import tell_behind_loops
from pyaot.poly.fusion import fuse
from pyaot.poly.idioms import LibraryCalls, beside_calls
from pyaot.poly.in_place import sums_in_place
from pyaot.poly.interleave import Interleaving
from pyaot.poly.jam import jam
from pyaot.poly.marks import Marker
from pyaot.poly.masks import masks_as_choices
from pyaot.poly.orient import Orientation
from pyaot.poly.parts import save_parts
from pyaot.poly.permute import Permutation
from pyaot.poly.powers import powers_as_products
from pyaot.poly.privatise import Privatisation
from pyaot.poly.pull import pull
from pyaot.poly.recurrences import Recurrences
from pyaot.poly.regions import Memory, Region, RegionPass, map_regions
from pyaot.poly.rows import row_by_row
from pyaot.poly.split import split_complex
from pyaot.poly.stacks import one_by_one
from pyaot.poly.time_tiles import TimeTiles
from pyaot.poly.wrap import without_wrapping


class Optimised(Struct, frozen=True):
    """The function with its loops made to fit, and what there is to say about them."""

    function: Function
    diagnostics: tuple[Diagnostic, ...]


def optimise(function: Function, options: Options) -> Optimised:
    """The same function for every input, up to the rounding of reductions where `options` allow it."""
    told = tell_behind_loops(replace(function, body=without_marks(function.body)))
    plain = alternate(replace(told, body=with_choices(told.body)))
    plain = with_equals(settle_checks(with_plain_extents(plain)))
    plain = one_by_one(plain, calls_in_parallel(plain, options.strict))
    orientation = Orientation(options.strict)
    plain = map_regions(pull(plain), RegionPass(orientation.region))
    calls = LibraryCalls(frozenset(bound_together(plain.body)))
    blocks = Blocking(names_in(plain), calls.taken)
    if not options.strict:
        plain = map_regions(plain, RegionPass(calls.region))
    plain = save_parts(pull(plain))
    if not options.strict:
        blocks.done = frozenset(map(id, beside_calls(plain.body)))
        plain = map_regions(plain, RegionPass(blocks.region))
    fusion, memory = _Fusing(options.strict), Memory()
    smaller, shrunk = contract(map_regions(plain, RegionPass(fusion.region), memory))
    smaller = settle_checks(smaller)  # arrays that shrank have left checks of their extents
    smaller = compute_once(join_branches(compute_once(smaller)))  # what fused loops have in common
    buffers = Privatisation(options.strict)
    smaller = map_regions(smaller, RegionPass(buffers.region), memory)
    smaller = map_regions(smaller, RegionPass(sums_in_place), memory)
    eager = EagerUpdates(names_in(smaller))
    smaller = map_regions(smaller, RegionPass(eager.region), memory)
    order = Permutation(options.strict, names_in(smaller))
    smaller = map_regions(smaller, RegionPass(order.region), memory)
    columns = Interleaving(options.strict, names_in(smaller))
    smaller = map_regions(smaller, RegionPass(columns.region), memory)
    smaller = map_regions(smaller, RegionPass(Fills(names_in(smaller)).region), memory)
    names = user_names_of(function)
    marker = Marker(options.strict, names)
    smaller = accumulate_in_scalars(smaller)
    if not options.strict:
        smaller = powers_as_products(smaller)
    marked = map_regions(smaller, marker, memory, calls_in_parallel(smaller, options.strict))
    if not options.strict:
        marked = map_regions(marked, RegionPass(Recurrences(names_in(marked)).region), memory)
    tiles = TimeTiles(names_in(marked))
    marked = map_regions(marked, RegionPass(tiles.region), memory)
    tuned = masks_as_choices(forward_stores(jam(without_wrapping(row_by_row(marked)))))
    tuned = split_complex(tuned, options.strict)
    said = (
        *map(remarks.library_call, calls.found),
        *map(remarks.in_tiles, blocks.found),
        *map(remarks.fused, fusion.fused),
        *(remarks.contracted(allocate, names) for allocate in shrunk),
        *map(remarks.reordered, (*orientation.turned, *eager.turned, *order.moved, *columns.changed)),
        *map(remarks.in_time_tiles, tiles.changed),
        *marker.diagnostics,
    )
    return Optimised(
        without_certain(tuned), tuple(replace(d, function=function.source_name) for d in dict.fromkeys(said))
    )


class _Fusing(Struct, frozen=True):
    """Fuses region after region, and remembers which loops took in others."""

    strict: bool
    fused: list[For] = field(default_factory=list)

    def region(self, region: Region) -> Body:
        """The region with its loops fused."""
        body, fused = fuse(region, self.strict)
        self.fused.extend(fused)
        return body


def without_marks(body: Body) -> Body:
    """The statements with the marks of an earlier optimisation forgotten."""

    def plain(stmt: Stmt) -> Body:
        return (replace(stmt, marks=Marks()) if isinstance(stmt, For) else stmt,)

    return transform_body(plain, body)
