"""`pyaot verify FILE`: every compiled version of every function against the original, on drawn calls.

FILE is run: its functions are called. Status: 0 no difference; 1 a difference; 2 nothing could be compared.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyaot.base.source import SourceFile
from pyaot.cli.console import FAILED, reporting, say
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read
from pyaot.verify.testing import MISSING, can_draw

if TYPE_CHECKING:
    from pyaot.verify.process import Settings
    from pyaot.verify.report import Report

_DIFFERS = 1


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--function", "-f", "names", multiple=True, help="Only this one ('smooth', 'Radar.process').")
@click.option(
    "--examples", "-n", type=click.IntRange(1), default=100, show_default=True, help="Calls of each."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="For all calls.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one, other calls."
)
@click.option(
    "--built",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Verify what 'pyaot compile -o DIR' wrote.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@compiler_options(march="native")
def command(file: Path, names: tuple[str, ...], built: Path | None, as_json: bool, **settings: Any) -> None:
    """Call FILE's compiled functions and the original ones with drawn arguments, and compare."""
    if not can_draw():
        say(MISSING)
        raise SystemExit(FAILED)
    from pyaot.verify.process import Settings
    from pyaot.verify.report import as_data

    source = SourceFile(file, "")
    with reporting(source):
        source = read(file)
    amount = {name: settings.pop(name) for name in ("examples", "seconds", "seed")}
    report = _report(source, names, built, Settings(options_of(**settings), **amount))
    if as_json:
        click.echo(json.dumps(as_data(report), indent=2))
    else:
        click.echo("\n".join(function.as_text() for function in report.functions))
    say(f"{file}: {_summary(report)}")
    raise SystemExit(_DIFFERS if report.differs else 0)


def _report(source: SourceFile, names: tuple[str, ...], built: Path | None, settings: "Settings") -> "Report":
    from pyaot.verify.process import CannotVerifyError, verify, verify_built

    try:
        with reporting(source), _progress() as progress:
            if built is None:
                return verify(source, names, settings, progress)
            made = json.loads((built / f"{source.path.stem}.report.json").read_text(encoding="utf-8"))
            return verify_built(source, built / source.path.name, made, names, settings, progress)
    except CannotVerifyError as error:
        say(f"{source.path}: {error}")
    except FileNotFoundError as error:
        say(f"'{error.filename}' is missing: 'pyaot compile {source.path} -o {built}' writes it")
    raise SystemExit(FAILED)


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A line that says how far each function is, on terminals only."""
    if not sys.stderr.isatty():
        yield lambda name, count: None
        return
    click.echo("pyaot: compiling ...\r", err=True, nl=False)
    yield lambda name, count: click.echo(f"\x1b[Kpyaot: {name}: {count} calls\r", err=True, nl=False)
    click.echo("\x1b[K", err=True, nl=False)


def _summary(report: "Report") -> str:
    called = [function for function in report.functions if not function.not_drawn]
    different = [function.name for function in called if function.difference is not None]
    idle = [function.name for function in called if function.idle and function.difference is None]
    parts = [f"seed {report.seed}", f"{len(called)} of {len(report.functions)} functions called"]
    parts.append(f"DIFFERENT: {', '.join(different)}" if different else "no difference")
    return ", ".join([*parts, *([f"a version never ran: {', '.join(idle)}"] if idle else [])])
