"""From the IR of the front end to simpler IR of the same meaning.

fold: constants;  straighten: blocks without jumps;  once: scalars between two statements;  counters: what
every turn raises;  sink: constants that loops assign;  nest: loops over flattened arrays;  checks: early,
and once;  powers: names for those of ints;  decide: comparisons that intervals answer;  unswitch, renewed,
bindings: one name for an array;  twice: what was computed before;  dead: what nobody reads;  ranges:
overflow checks that cannot strike;  chosen: reductions of what masks choose.
"""

from pyaot.ir.nodes import Function
from pyaot.normalise.bindings import settle_bindings
from pyaot.normalise.checks import settle_checks
from pyaot.normalise.chosen import read_where_chosen
from pyaot.normalise.counters import count_by_index
from pyaot.normalise.dead import remove_dead
from pyaot.normalise.decide import decide
from pyaot.normalise.fold import fold
from pyaot.normalise.named_powers import name_powers
from pyaot.normalise.nest import nest_flat_loops
from pyaot.normalise.once import compute_where_read
from pyaot.normalise.ranges import clear_checks
from pyaot.normalise.renewed import renew_in_place
from pyaot.normalise.sink import sink_constants
from pyaot.normalise.straighten import straighten
from pyaot.normalise.twice import compute_once
from pyaot.normalise.unswitch import unswitch


def normalise(function: Function) -> Function:
    """The function in its simplest form."""
    whole = compute_where_read(straighten(fold(function)))
    nested = nest_flat_loops(sink_constants(count_by_index(whole)))
    function = _settled(name_powers(settle_checks(nested)))
    simpler = compute_where_read(function)
    while simpler != function:
        function = _settled(simpler)
        simpler = compute_where_read(function)
    return remove_dead(read_where_chosen(function))


def _settled(function: Function) -> Function:
    """What intervals and uses say of it is done."""
    simpler = fold(decide(function))
    while simpler != function:
        function, simpler = simpler, fold(decide(simpler))
    return clear_checks(remove_dead(compute_once(_with_few_names(function))))


def _with_few_names(function: Function) -> Function:
    """Arrays with one name each where that is enough."""
    return settle_bindings(renew_in_place(settle_bindings(unswitch(function))))
