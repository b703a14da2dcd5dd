"""Faults of the middle and of NumPy text, each planted in a fork of a process that has drawn programs.

So a fault costs what the passes and the interpreter cost, and only for programs for which the function with
the fault is called at all: neither drawing nor starting Python.
"""

import ast
import os
import signal
import sys
import traceback
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, ModuleType

from msgspec import Struct

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_numpy import Wrapping, emit_numpy
from pyaot.base.source import SourceFile
from pyaot.ir.nodes import Function
from pyaot.normalise.pipeline import normalise
from pyaot.poly.bounds import prove_bounds
from pyaot.verify.arrays import PLAIN
from pyaot.verify.difference import difference
from pyaot.verify.observe import Seen, observe
from pyaot.verify.rounding import rounding_for
from tests.equivalence.agreement import load
from tests.equivalence.drawn_stages import IGNORED
from tests.equivalence.drawn_versions import KINDS, drawn
from tests.equivalence.stages import Bind, fitting, lowered, run, stages
from tests.faults.table import Fault
from tests.faults.tree import faulty
from tests.house.sources import ROOT
from tests.strategies.programs import Case
from tests.unit.backends.numpy_version import agree, executed
from tests.unit.poly.loops import turned

NORMALISE, POLY, NUMPY = "pyaot/normalise/", "pyaot/poly/", "pyaot/backends/numpy_"
FORKED = (NORMALISE, POLY, NUMPY)
LIMIT = 20  # seconds of processor time for one program

# Strips, rows and calls from the smallest sizes on.
SMALL: dict[str, dict[str, float]] = {
    "pyaot.poly.permute": {"STRIP": 2},
    "pyaot.poly.interleave": {"ROW": 2, "FEWEST": 3},
    "pyaot.poly.idioms": {"SHORTEST": 2, "LEAST_WORK": 8.0, "SHORTEST_OF_BATCH": 2, "LEAST_OF_BATCH": 8.0},
}

Place = tuple[str, int]  # of a function: its file and its first line


class Subject(Struct, frozen=True):
    """A lowered function of a drawn program, what binds its parameters, and what the original does."""

    number: int
    case: Case
    function: Function
    normal: Function  # the same after `normalise`
    proved: Function  # and after `prove_bounds`
    bind: Bind
    want: Seen
    called: frozenset[Place]  # functions of the compiler


def subjects(seed: int, count: int, kind: str = "dense") -> list[Subject]:
    """So many drawn programs, lowered."""
    _count_small_sizes()
    found = []
    for number, case in enumerate(drawn(seed, count, KINDS[kind], PLAIN)):
        program, names = lowered(SourceFile(Path("prog.py"), case.source)), load(case.source)
        want = observe(names["f"], case.arguments.copy(), IGNORED)
        for entry in program.entries:
            if entry.qualified_name == "f":
                for function, bind in fitting(program, entry, names, names["f"], case.arguments):
                    found.append(_subject(number, case, function, bind, want))
    return found


def _subject(number: int, case: Case, function: Function, bind: Bind, want: Seen) -> Subject:
    normal = normalise(function)
    return Subject(number, case, function, normal, prove_bounds(normal), bind, want, _called_for(function))


def _count_small_sizes() -> None:
    for name, values in SMALL.items():
        vars(import_module(name)).update(values)


def _called_for(function: Function) -> frozenset[Place]:
    codes: set[CodeType] = set()

    def note(frame: FrameType, *_: object) -> None:
        codes.add(frame.f_code)

    sys.settrace(note)
    try:
        for name, stage in stages().items():
            function = stage(function)
            if name == "prove_bounds":
                emit_numpy(function, Wrapping())
    finally:
        sys.settrace(None)
    parts = ((code.co_filename.rpartition("pyaot/")[2], code.co_firstlineno) for code in codes)
    return frozenset((f"pyaot/{path}", line) for path, line in parts)


def first_caught(fault: Fault, among: Iterable[Subject], strict: bool = False) -> int | None:
    """The number of the first program that a stage with the fault gets wrong; None where there is none.

    Raises:
        RuntimeError: the fault could not be planted, which says nothing about the properties.
    """
    place = _place_of(fault)
    likely = [subject for subject in among if place is None or place in subject.called]
    if strict:
        likely = [
            subject for subject in likely if not subject.function.inexact
        ]  # nothing is made of the others
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            plant(fault)
            number = next((s.number for s in likely if _is_wrong(s, strict, fault.path)), "")
            os.write(writing, f"{number}.".encode())
            status = 0
        except BaseException:  # else this process would go on as another one of the parent
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read().decode()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError(f"'{fault.name}' could not be planted")
    return None if told == "." else int(told.rstrip("."))


def right_without(among: Iterable[Subject]) -> list[Subject]:
    """The programs; a wrong one would seem to catch every fault.

    Raises:
        RuntimeError: a program is wrong though nothing is planted.
    """
    kept = list(among)
    wrong = [s.number for s in kept for path in FORKED if _is_wrong(s, False, path)]
    if wrong:
        raise RuntimeError(f"without any fault the programs {sorted(set(wrong))} are wrong")
    return kept


def _place_of(fault: Fault) -> Place | None:
    """The function in which the fault lies; None where it lies in none."""
    text = (ROOT / fault.path).read_text(encoding="utf-8")
    line = text[: text.index(fault.old)].count("\n") + 1
    around = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not around:
        return None
    inner = max(around, key=lambda node: node.lineno)
    return fault.path, min(
        inner.lineno, *(decorator.lineno for decorator in inner.decorator_list), inner.lineno
    )


def plant(fault: Fault) -> None:
    """Changes the loaded module, and what other modules have taken from it."""
    module = import_module(fault.path.removesuffix(".py").replace("/", "."))
    before = dict(vars(module))
    text = faulty(fault, (ROOT / fault.path).read_text(encoding="utf-8"))
    exec(compile(text, fault.path, "exec"), vars(module))
    _count_small_sizes()
    changed = {id(old): vars(module)[name] for name, old in before.items() if vars(module)[name] is not old}
    for other in list(sys.modules.values()):
        if isinstance(other, ModuleType) and other.__name__.partition(".")[0] in ("pyaot", "tests"):
            for name, value in list(vars(other).items()):
                if id(value) in changed and not name.startswith("__"):
                    setattr(other, name, changed[id(value)])


def _is_wrong(subject: Subject, strict: bool, path: str) -> bool:
    """Whether what lies behind the fault goes wrong, fails within, or does not end."""
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        return _is_wrong_text(subject, strict) if path.startswith(NUMPY) else _differs(subject, strict, path)
    except Exception:  # of the faulty pass, the checker or the interpreter: all of them are right without it
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_long(*_: object) -> None:
    raise TimeoutError


def _differs(subject: Subject, strict: bool, path: str) -> bool:
    given, want = subject.case.arguments, subject.want
    rounding = rounding_for((given.positional, want.result, want.arguments), strict)
    made = stages(strict)
    function = made["normalise"](subject.function) if path.startswith(NORMALISE) else subject.normal
    function = made["optimise"](made["prove_bounds"](function))
    for last in (function, turned(function)):
        called = run(last, subject.bind, given)
        if not called.failed and difference(want, called.seen, rounding):
            return True
    return False


def _is_wrong_text(subject: Subject, strict: bool) -> bool:
    emitted = emit_numpy(subject.proved, Wrapping(), strict)
    if not isinstance(emitted, Emitted):
        return False
    values = subject.bind(subject.case.arguments.copy())
    try:
        agree(subject.proved, tuple(values[p.name] for p in subject.proved.params), executed(emitted))
    except AssertionError:
        return True
    return False


def main(seed: int, count: int, only: list[str]) -> None:
    """For looking at some faults: which program catches each."""
    from tests.faults.table import FAULTS

    among = right_without(subjects(seed, count))
    print(f"{count} programs drawn, all of them right without a fault", flush=True)
    for fault in FAULTS:
        if fault.path.startswith(FORKED) and (not only or fault.name in only):
            found = first_caught(fault, among)
            likely = sum(_place_of(fault) in s.called for s in among)
            print(
                f"{'NOT CAUGHT' if found is None else f'program {found}':12} {likely:4} {fault.name}",
                flush=True,
            )


if __name__ == "__main__":
    main(
        int(sys.argv[1]),
        int(sys.argv[2]),
        Path(sys.argv[3]).read_text().split("\n") if len(sys.argv) > 3 else [],
    )
