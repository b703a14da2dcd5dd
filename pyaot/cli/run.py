"""`pyaot run FILE ARGS...`: FILE as `__main__`, as `python FILE ARGS...` runs it, with compiled functions.

What changed since the last run is compiled into the cache first. At the end stderr names the versions that
ran (`--quiet` leaves that out).
"""

import os
import sys
import traceback
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any

import click

from pyaot.base.source import SourceFile
from pyaot.cli.cached import Cache, open_for_run
from pyaot.cli.console import FAILED, reporting, say
from pyaot.cli.execute import code_of, original_code
from pyaot.cli.finder import CompilingFinder
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read

_PROGRAM_FAILED = 1
_INTERRUPTED = 130


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--quiet", "-q", is_flag=True, help="Do not name the versions that ran.")
@compiler_options(march="native")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="ARGS...")
def command(file: Path, arguments: tuple[str, ...], quiet: bool, **settings: Any) -> None:
    """Run FILE with compiled functions; ARGS are the program's own."""
    source = SourceFile(file, "")
    with reporting(source):
        source = read(file)
    cache = open_for_run(options_of(**settings))
    code = _code(source, cache)
    if not quiet:
        os.environ.setdefault("PYAOT_TRACE", "summary")
    raise SystemExit(_run(code, file, arguments, cache))


def _code(source: SourceFile, cache: Cache) -> CodeType:
    """The program's code, compiled by pyaot or, where that failed, by Python alone."""
    entry = cache.entry(source)
    if entry is not None:
        return code_of(entry, str(source.path.absolute()))
    try:
        code = original_code(source.text, str(source.path.absolute()))
    except (SyntaxError, ValueError):
        raise SystemExit(FAILED) from None  # the process that compiled has shown where
    say(f"{source.path} runs uncompiled")
    return code


def _run(code: CodeType, file: Path, arguments: tuple[str, ...], cache: Cache) -> int | str | None:
    """Runs the program; gives what the interpreter is to exit with."""
    folder = file.resolve().parent
    sys.argv = [str(file), *arguments]
    sys.path[0] = str(folder)
    sys.meta_path.insert(0, CompilingFinder(folder, cache))
    module = _main_module(file)
    try:
        exec(code, module.__dict__)
    except SystemExit as ended:
        return ended.code
    except BaseException as error:
        _show_failure(error, code.co_filename)
        return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else _PROGRAM_FAILED
    return 0


def _main_module(file: Path) -> ModuleType:
    """A `__main__` like that of `python FILE`."""
    module = ModuleType("__main__")
    module.__dict__.update(
        {
            "__file__": str(file.absolute()),
            "__builtins__": __builtins__,
            "__cached__": None,
            "__annotations__": {},
        }
    )
    sys.modules["__main__"] = module
    return module


def _show_failure(error: BaseException, file: str) -> None:
    """The program's traceback, from its first own frame on, by the hook that the program may have set."""
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename != file:
        own = own.tb_next
    _call_hook(error, own)


def _call_hook(error: BaseException, own: TracebackType | None) -> None:
    try:
        sys.excepthook(type(error), error.with_traceback(own), own)
    except Exception:
        traceback.print_exc()
