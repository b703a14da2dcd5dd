"""`pyaot.compile_function(f)`: the function with its compiled versions, as `pyaot run` would have made them.

Each call asks whether what was compiled is still there: a helper that was defined anew, or a global that has
another value, makes the original run. What is to run compiled then is compiled again.
"""

import inspect
import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, TypeVar, overload

from msgspec import Struct

from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.cached import Cache, open_for_run
from pyaot.cli.settings import TARGETS
from pyaot.live.binding import Versions
from pyaot.live.definition import NoSourceError
from pyaot.live.known import function_in, original_of
from pyaot.live.program import Root, program_of
from pyaot.output.cache import cache_folder

_Function = TypeVar("_Function", bound=Callable[..., Any])

_FLOATING_POINT = ("relaxed", "strict")
_KINDS = {
    inspect.CO_GENERATOR: "a generator",
    inspect.CO_COROUTINE: "a coroutine",
    inspect.CO_ASYNC_GENERATOR: "an asynchronous generator",
}


class Made(Struct, frozen=True):
    """What was made of some functions: these, in their order, and the report of `pyaot explain`."""

    functions: tuple[Any, ...]
    report: Mapping[str, Any]


@overload
def compile_function(function: _Function, *, fp: str = ..., target: str = ...) -> _Function: ...
@overload
def compile_function(*, fp: str = ..., target: str = ...) -> Callable[[_Function], _Function]: ...


def compile_function(function: Any = None, *, fp: str = "relaxed", target: str = "all") -> Any:
    """The function with compiled versions; the function itself, with a warning, where it has none.

    `fp` and `target` are those of the command line: 'relaxed' or 'strict'; 'all', 'native' or 'numpy'.
    TypeError for what is no function that can be compiled, OSError where its text is not there.
    """
    options = options_for(fp, target)
    if function is None:
        return partial(compile_function, fp=fp, target=target)
    if isinstance(function, staticmethod | classmethod):
        return type(function)(compile_function(function.__func__, fp=fp, target=target))
    root = root_of(function)
    try:
        made = compile_roots((root,), options)
    except NoSourceError as error:
        raise OSError(f"'{root.name}' cannot be compiled: {error}") from None
    if made.functions[0] is not root.function:
        return made.functions[0]
    if original_of(function) is function:  # else it has the versions of its drop-in
        warnings.warn(_without_versions(root, made.report), RuntimeWarning, stacklevel=2)
    return function


def options_for(fp: str, target: str) -> Options:
    """The settings; ValueError for what is none."""
    if fp not in _FLOATING_POINT:
        raise ValueError(f"fp={fp!r} is none of {', '.join(map(repr, _FLOATING_POINT))}")
    if target not in TARGETS:
        raise ValueError(f"target={target!r} is none of {', '.join(map(repr, TARGETS))}")
    return Options(strict=fp == "strict", targets=TARGETS[target])


def root_of(function: Any) -> Root:
    """The user's function; TypeError, with the way out, for what cannot be compiled."""
    if isinstance(function, MethodType):
        raise TypeError(
            f"{function!r} is bound to an object: compile the method of the class, and set it there"
        )
    function = original_of(function)
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is no function with a 'def' of Python's")
    if function.__name__ == "<lambda>" or function.__code__.co_name == "<lambda>":
        raise TypeError("a lambda has no hints: write it as a 'def' with hints")
    for flag, kind in _KINDS.items():
        if function.__code__.co_flags & flag:
            raise TypeError(
                f"'{function.__name__}' is {kind}, which Python resumes: put its loops into a function"
            )
    return Root(function, _name_in_text(function))


def _name_in_text(function: FunctionType) -> str:
    """'Radar.process' for a method, else the name of the `def`."""
    owner, _, name = function.__qualname__.rpartition(".")
    if not owner or owner.endswith("<locals>"):
        return function.__code__.co_name
    kind = function.__globals__.get(owner)
    if isinstance(kind, type) and original_of(function_in(vars(kind).get(name))) is function:
        return f"{owner}.{name}"
    raise TypeError(
        f"'{function.__qualname__}' is no method of a class at the top of its module: compile it behind the"
        f" class, with {owner}.{name} = pyaot.compile_function({owner}.{name})"
    )


def compile_roots(roots: Sequence[Root], options: Options) -> Made:
    """The functions with their versions, those without as they are; NoSourceError where one has no text."""
    program = program_of(roots)
    entry = _cache(options).entry_of_text(SourceFile(_path(roots[0]), program.text))
    if entry is None:
        return Made(tuple(root.function for root in roots), {"functions": [], "diagnostics": []})
    versions = Versions(program, entry)
    functions = tuple(versions.bound(root) if root.name in versions else root.function for root in roots)
    report = json.loads(entry.module.with_suffix(".report.json").read_bytes())
    return Made(functions, _about(report, roots))


_caches: dict[tuple[Options, Path], Cache] = {}


def _cache(options: Options) -> Cache:
    """Opened once, so that there is one warning where the folder cannot be used."""
    key = options, cache_folder()
    if key not in _caches:
        _caches[key] = open_for_run(options)
    return _caches[key]


def _path(root: Root) -> Path:
    """The function's file; a name for the text of a cell."""
    path = Path(root.function.__code__.co_filename)
    return path if path.suffix == ".py" and path.is_file() else Path("cell.py")


def _about(report: Mapping[str, Any], roots: Sequence[Root]) -> dict[str, Any]:
    """What the report says of these functions."""
    names = {root.name for root in roots}
    functions = [f for f in report["functions"] if f["name"].partition(":")[0] in names]
    said = [d for d in report["diagnostics"] if (d.get("function") or "").partition(":")[0] in names]
    return {**report, "functions": functions, "diagnostics": said}


def _without_versions(root: Root, report: Mapping[str, Any]) -> str:
    reasons = [d["message"] for d in report["diagnostics"]]
    why = reasons[0] if reasons else "its parameters have no hints, or it has no loop that pays"
    return f"pyaot: '{root.name}' has no compiled version: {why}"
