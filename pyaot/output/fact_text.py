"""What was read from the file's globals at compile time, as conditions on what they are at the call.

    N = 32                   type(N) is not int or N != 32
    H = np.float32(0.5)      repr(H) != 'np.float32(0.5)'
    np is numpy              np is not _pyaot_the_numpy
    helper, a def            not _pyaot.is_def(helper, 'helper', __name__)
    p is a P                 not _pyaot.is_def(type(p), 'P', __name__)
    s.step is Sim.step       not _pyaot.calls(s, 'Sim.step', __name__)

`_pyaot_the_numpy = _pyaot.named('numpy')` is found once, when the versions are bound.
"""

import ast
import re
from collections.abc import Iterable
from typing import assert_never

from pyaot.ir.program import Claim, Entry, GlobalFact, Instance
from pyaot.output.runtime_names import Wording

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def parameter_facts(entry: Entry, instance: Instance) -> list[GlobalFact]:
    """Facts about the arguments themselves: `x is None`, `mode == 'full'`."""
    names = {parameter.name for parameter in entry.parameters}
    return [fact for fact in instance.facts if _root(fact) in names]


def global_facts(entry: Entry, instance: Instance) -> list[GlobalFact]:
    """Facts about what stands outside the function."""
    of_parameters = parameter_facts(entry, instance)
    return [fact for fact in instance.facts if fact not in of_parameters]


def capture_lines(facts: Iterable[GlobalFact], wording: Wording) -> list[str]:
    """Statements that find the expected modules and functions once, when the versions are bound."""
    lines = (
        f"{_captured(fact, wording)} = {wording.runtime('named')}({fact.expected!r})"
        for fact in facts
        if _is_captured(fact, wording)
    )
    return list(dict.fromkeys(lines))


def changed_text(fact: GlobalFact, wording: Wording) -> str:
    """Python text that is true where the fact does not hold any more."""
    name = fact.name
    match fact.claim:
        case Claim.EQUALS:
            return _other_value(name, fact.expected, wording)
        case Claim.IS_A:
            kind = f"{wording.builtin('type')}({name})"
            return f"not {wording.runtime('is_def')}({kind}, {fact.expected!r}, __name__)"
        case Claim.CALLS:
            return f"not {wording.runtime('calls')}({name}, {fact.expected!r}, __name__)"
        case Claim.IS if _is_captured(fact, wording):
            return f"{name} is not {_captured(fact, wording)}"
        case Claim.IS:
            return f"not {wording.runtime('is_def')}({name}, {fact.expected!r}, __name__)"
        case _:
            assert_never(fact.claim)


def _other_value(name: str, expected: str, wording: Wording) -> str:
    """An int is not the float that equals it, nor 0.0 -0.0; inf and NumPy's numbers are no literals."""
    kind = wording.builtin("type")
    try:
        value = ast.literal_eval(expected)
    except (ValueError, SyntaxError):
        return f"{wording.builtin('repr')}({name}) != {expected!r}"
    if value is None or value is True or value is False:
        return f"{name} is not {expected}"
    type_is_other = f"{kind}({name}) is not {wording.builtin(type(value).__name__)}"
    if type(value) in (int, str):
        return f"{type_is_other} or {name} != {expected}"
    return f"{type_is_other} or {wording.builtin('repr')}({name}) != {repr(value)!r}"


def _is_captured(fact: GlobalFact, wording: Wording) -> bool:
    """A module or something in one, not a def of this file."""
    if fact.claim is Claim.IS and not _PATH.fullmatch(fact.expected):
        raise ValueError(f"{fact.name!r} cannot be compared with {fact.expected!r}")
    return fact.claim is Claim.IS and fact.expected not in wording.own_defs


def _captured(fact: GlobalFact, wording: Wording) -> str:
    return wording.own("the_" + fact.expected.replace(".", "_"))


def _root(fact: GlobalFact) -> str:
    return re.split(r"\W", fact.name, maxsplit=1)[0]
