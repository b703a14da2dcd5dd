"""Interpreting a function after every stage of the middle: it must do what it did before.

lower, normalise, prove_bounds, optimise       interpret(stage(f), arguments) is what the original gives
"""

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.ir.check import check
from pyaot.ir.interpret import Failed, interpret
from pyaot.ir.nodes import Function
from pyaot.ir.program import Claim, Entry, Instance, Program
from pyaot.normalise.pipeline import normalise
from pyaot.poly.bounds import prove_bounds
from pyaot.poly.optimise import optimise
from pyaot.verify.difference import difference
from pyaot.verify.observe import Seen
from pyaot.verify.rounding import Rounding
from tests.equivalence.agreement import is_of_type
from tests.strategies.arguments import Arguments
from tests.unit.poly.loops import turned

Bind = Callable[[Arguments], dict[str, object]]


def _optimised(strict: bool) -> Callable[[Function], Function]:
    return lambda function: optimise(function, Options(strict=strict)).function


def stages(strict: bool = False) -> dict[str, Callable[[Function], Function]]:
    """The stages in their order."""
    return {
        "lower": lambda function: function,
        "normalise": normalise,
        "prove_bounds": prove_bounds,
        "optimise": _optimised(strict),
    }


@dataclass(frozen=True)
class Called:
    """What an IR function did: `failed` where it left the work to the original, else what was seen."""

    failed: str
    seen: Seen


def lowered(source: SourceFile) -> Program:
    """The program as the front end gives it, checked."""
    program = lower(parse(source))
    for function in program.functions:
        check(function)
    return program


def fitting(
    program: Program,
    entry: Entry,
    names: Mapping[str, Any],
    original: Callable[..., object],
    given: Arguments,
) -> Iterator[tuple[Function, Bind]]:
    """The instances that take the arguments, each with what binds arguments to its parameters."""
    for instance in entry.instances:
        function = program.function(instance.function)
        bind = partial(_bound, instance, names, original)
        if _hold(instance, _names_in_call(names, original, given)) and _fits(function, bind(given)):
            yield function, bind


def _names_in_call(
    names: Mapping[str, Any], original: Callable[..., object], given: Arguments
) -> dict[str, Any]:
    bound = inspect.signature(original).bind(*given.positional, **given.keywords)
    bound.apply_defaults()
    return {**names, **bound.arguments}


def _bound(
    instance: Instance, names: Mapping[str, Any], original: Callable[..., object], given: Arguments
) -> dict[str, object]:
    inside = _names_in_call(names, original, given)
    return {b.param: eval(b.text, inside) for b in instance.bindings}


def _hold(instance: Instance, names: dict[str, Any]) -> bool:
    """Whether the facts about numbers and None are as they were at compile time."""
    facts = [fact for fact in instance.facts if fact.claim is Claim.EQUALS]
    return all(repr(eval(fact.name, names)) == fact.expected for fact in facts)


def _fits(function: Function, values: Mapping[str, object]) -> bool:
    arrays = [value for value in values.values() if isinstance(value, np.ndarray)]
    apart = not any(np.shares_memory(x, y) for x, y in combinations(arrays, 2))
    return apart and all(is_of_type(values[param.name], param) for param in function.params)


def run(function: Function, bind: Bind, given: Arguments) -> Called:
    """Interprets the function on copies of the arguments."""
    arguments = Arguments(tuple(copy.deepcopy(given.positional)), copy.deepcopy(given.keywords))
    with np.errstate(all="ignore"):
        outcome = interpret(function, bind(arguments))
    values = (*arguments.positional, *arguments.keywords.values())
    if isinstance(outcome, Failed):
        return Called(outcome.reason, Seen(None, None, frozenset(), values))
    return Called("", Seen(outcome.value, None, frozenset(), values))


def compare_stages(
    want: Seen,
    function: Function,
    bind: Bind,
    given: Arguments,
    rounding: Rounding,
    strict: bool = False,
    is_turned: bool = False,
) -> list[str]:
    """For each stage '' or what is wrong after it; `is_turned`: also with parallel loops turned round."""
    told = []
    last = {"turning": turned} if is_turned else {}
    for name, stage in {**stages(strict), **last}.items():
        function = stage(function)
        check(function)
        called = run(function, bind, given)
        text = "" if called.failed else difference(want, called.seen, rounding)
        told.append(f"after {name}: {text}" if text else "")
    return told
