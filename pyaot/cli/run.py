"""`pyaot run FILE ARGS...`: FILE as `__main__`, as `python FILE ARGS...` runs it, with compiled functions.

What changed since the last run is compiled into the cache first. At the end stderr names the versions that
ran (`--quiet` leaves that out).
"""

import os
from pathlib import Path
from types import CodeType
from typing import Any

import click

from pyaot.base.source import SourceFile
from pyaot.cli.cached import Cache, open_for_run
from pyaot.cli.console import FAILED, reporting, say
from pyaot.cli.execute import code_of, original_code
from pyaot.cli.finder import CompilingFinder
from pyaot.cli.program import run_program
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read


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
    raise SystemExit(run_program(code, file, arguments, CompilingFinder(file.resolve().parent, cache)))


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
