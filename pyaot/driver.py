"""The whole compiler on one screen: a file's text in, its drop-in with kernels and report out.

    parse, lower                            text to typed IR                        frontend
    normalise, prove_bounds, optimise       every function by itself, side by side  normalise, poly
    plan                                    versions and guards                     plan
    emit                                    C and NumPy text                        backends
    build                                   files                                   output

A stage that breaks on a function costs that function only: it stays Python, with a warning (PA901).
"""

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pyaot.backends.emitted import Emitted
from pyaot.backends.to_native import emit_native
from pyaot.backends.to_numpy import Wrapping, emit_numpy
from pyaot.base.cores import usable_cores
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.internal_error import internal_error
from pyaot.base.options import Options
from pyaot.base.source import NOWHERE, SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.frontend.syntax import SyntaxTree
from pyaot.ir.check import check
from pyaot.ir.nodes import Function
from pyaot.ir.program import Program
from pyaot.ir.walk import walk_exprs
from pyaot.normalise.pipeline import normalise
from pyaot.output.build import build, nothing_to_compile
from pyaot.output.bundle import Bundle
from pyaot.output.entry_text import entry_text
from pyaot.output.runtime_names import Wording, wording_for
from pyaot.plan.plan import Plan, plan, restrict
from pyaot.poly.bounds import prove_bounds
from pyaot.poly.optimise import optimise
from pyaot.poly.study import Study

Look: TypeAlias = Callable[[Function, bool], Study | None]

# Starting processes costs about half as much as the work on functions of so many expressions (0.15 s).
_WORTH_PROCESSES = 200


class Compilation(Struct, frozen=True):
    """All that is known of a file before any file is written."""

    source: SourceFile
    options: Options
    plan: Plan
    wording: Wording
    native: Emitted | None
    numpy: Mapping[str, Emitted]  # by the IR function's name
    diagnostics: tuple[Diagnostic, ...]
    studies: Mapping[str, Study]  # by the IR function's name, where they were asked for


class _Outcome(Struct, frozen=True):
    """A function after the middle stages with its NumPy version, or why there is none."""

    function: Function | None
    numpy: Emitted | None
    diagnostics: tuple[Diagnostic, ...]
    study: Study | None = None


class _Middle(Struct, frozen=True):
    """The middle stages, and what they are to do."""

    options: Options
    wording: Wording
    look: Look | None


def compile_source(source: SourceFile, options: Options, look: Look | None = None) -> Compilation:
    """Everything but the files. PyaotError where the text is no Python.

    `look` is what studies the loops of each function before they are changed, if anything is to.
    """
    program = _lowered(parse(source))
    wording = wording_for(source)
    improved, outcomes, remarks = _improved(program, _Middle(options, wording, look))
    numpy = {name: outcome.numpy for name, outcome in outcomes.items() if outcome.numpy is not None}
    studies = {name: outcome.study for name, outcome in outcomes.items() if outcome.study is not None}
    planned = restrict(plan(improved, options), "numpy", frozenset(numpy))
    planned, unwritable = _with_text(planned, numpy, wording)
    native, planned, not_emitted = _native(planned, options)
    diagnostics = [*program.diagnostics, *remarks, *planned.diagnostics, *unwritable, *not_emitted]
    if not planned.entries:
        diagnostics.append(nothing_to_compile(source))
    unique = tuple(dict.fromkeys(diagnostics))
    return Compilation(source, options, planned, wording, native, numpy, unique, studies)


def write_bundle(compilation: Compilation, folder: Path, beside: str = "__file__") -> Bundle:
    """Compiles the C text and writes all files into the folder; PyaotError where that cannot be written.

    `beside` is Python text for the path of a file in the folder where the module will look for its kernels.
    """
    c = compilation
    return build(c.source, c.options, c.plan, c.native, c.numpy, c.wording, c.diagnostics, folder, beside)


def _lowered(tree: SyntaxTree) -> Program:
    """The program; an empty one where the front end itself breaks."""
    try:
        return lower(tree)
    except PyaotError:
        raise
    except Exception as error:
        return Program((), (), (internal_error("the file", NOWHERE, error, "it stays Python"),))


# ---- the middle: every function by itself


def _improved(program: Program, middle: _Middle) -> tuple[Program, dict[str, _Outcome], list[Diagnostic]]:
    """The program after the middle stages, and all that they made by the name of the function."""
    outcomes = _side_by_side(partial(_outcome, middle=middle), program.functions, middle.options)
    functions = tuple(o.function for o in outcomes if o.function is not None)
    by_name = {o.function.name: o for o in outcomes if o.function is not None}
    remarks = [diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics]
    return _with_functions(program, functions), by_name, remarks


def _outcome(function: Function, middle: _Middle) -> _Outcome:
    try:
        check(function)
        proved = prove_bounds(normalise(function))
        optimised = optimise(proved, middle.options)
        check(optimised.function)
    except Exception as error:  # a bug of ours must not cost the user the other functions
        return _Outcome(None, None, (_internal_error_of(function, error),))
    numpy, remarks = _numpy(proved, middle.options, middle.wording)
    study, broken = _studied(proved, middle)
    return _Outcome(optimised.function, numpy, (*optimised.diagnostics, *remarks, *broken), study)


def _studied(function: Function, middle: _Middle) -> tuple[Study | None, tuple[Diagnostic, ...]]:
    """What there is to know of the loops as they were, where anybody asks."""
    if middle.look is None:
        return None, ()
    try:
        return middle.look(function, middle.options.strict), ()
    except Exception as error:
        return None, (_internal_error_of(function, error, "its loops are not explained"),)


def _numpy(
    function: Function, options: Options, wording: Wording
) -> tuple[Emitted | None, tuple[Diagnostic, ...]]:
    """The NumPy version, or why there is none; of loops as the user wrote them, not as C likes them."""
    if "numpy" not in options.targets:
        return None, ()
    try:
        emitted = emit_numpy(function, Wrapping(wording.prefix, wording.names({})), options.strict)
    except Exception as error:
        return None, (_internal_error_of(function, error, "it has no NumPy version"),)
    return (emitted, ()) if isinstance(emitted, Emitted) else (None, (emitted,))


def _side_by_side(
    stage: Callable[[Function], _Outcome], functions: Sequence[Function], options: Options
) -> list[_Outcome]:
    workers = min(options.jobs or usable_cores(), len(functions))
    if workers < 2 or _saved(functions, workers) < _WORTH_PROCESSES:
        return [stage(function) for function in functions]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return pool.map(stage, functions, chunksize=1)


def _saved(functions: Sequence[Function], workers: int) -> int:
    """How many expressions sooner several processes are done; a function is the work of one of them."""
    sizes = [sum(1 for _ in walk_exprs(function.body)) for function in functions]
    return sum(sizes) - max(*sizes, sum(sizes) // workers)


def _with_functions(program: Program, functions: tuple[Function, ...]) -> Program:
    """The program without the instances whose function is gone."""
    left = {function.name for function in functions}
    entries = tuple(
        replace(entry, instances=tuple(i for i in entry.instances if i.function in left))
        for entry in program.entries
    )
    return replace(program, functions=functions, entries=entries)


# ---- backends, and the text of each entry


def _native(planned: Plan, options: Options) -> tuple[Emitted | None, Plan, list[Diagnostic]]:
    """The C text of all functions that the native backend can make."""
    functions = planned.functions("native")
    try:
        return (emit_native(functions, options) if functions else None), planned, []
    except Exception:
        errors = [(f, _error_of(partial(emit_native, (f,), options), f)) for f in functions]
    good = tuple(function for function, error in errors if error is None)
    planned = restrict(planned, "native", frozenset(function.name for function in good))
    broken = [error for _, error in errors if error is not None]
    return (emit_native(good, options) if good else None), planned, broken


def _with_text(
    planned: Plan, numpy: Mapping[str, Emitted], wording: Wording
) -> tuple[Plan, list[Diagnostic]]:
    """The plan without entries that cannot be written (a binding that cannot be read, say)."""
    errors = [
        (entry, _error_of(partial(entry_text, entry, numpy, wording), entry.instances[0].function))
        for entry in planned.entries
    ]
    entries = tuple(entry for entry, error in errors if error is None)
    return replace(planned, entries=entries), [error for _, error in errors if error is not None]


def _error_of(attempt: Callable[[], object], function: Function) -> Diagnostic | None:
    try:
        attempt()
    except Exception as error:
        return _internal_error_of(function, error)
    return None


def _internal_error_of(function: Function, error: Exception, so: str = "it stays Python") -> Diagnostic:
    span = replace(function.span, end_line=function.span.line, end_column=function.span.column)
    said = internal_error(f"'{function.source_name}'", span, error, so)
    return replace(said, function=function.source_name)
