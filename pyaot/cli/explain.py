"""`pyaot explain FILE`: what is made of each function and loop; `pyaot explain PA401`: what a message means.

Nothing is written but what --html and --sarif ask for, and nothing of the user's is run.
"""

import json
import re
from pathlib import Path
from typing import Any

import click

from pyaot.base.catalogue import CATALOGUE, explanation, find_code
from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.errors import PyaotError
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.console import FAILED, say, show
from pyaot.cli.page import look_for, page_options, write_page
from pyaot.cli.review import sarif_option, write_sarif
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read
from pyaot.driver import Compilation, Look, compile_source
from pyaot.output.report import report, report_text
from pyaot.plan.plan import EntryPlan


@click.command("explain")
@click.argument("subject", metavar="FILE|CODE")
@click.option("--function", "-f", "name", help="Only this function ('smooth', 'Radar.process').")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@page_options
@sarif_option
@compiler_options(march="native")
def command(
    subject: str,
    name: str | None,
    as_json: bool,
    page: Path | None,
    trace: Path | None,
    sarif: Path | None,
    **settings: Any,
) -> None:
    """Explain what is made of FILE, or what the message CODE means."""
    if page is None and trace is not None:
        raise click.UsageError("'--trace' belongs to '--html PAGE'")
    if page is not None and (name is not None or as_json):
        raise click.UsageError("'--html' shows the whole file: leave '--function' and '--json' out")
    code = find_code(subject)
    if code is not None and not Path(subject).exists():
        click.echo(explanation(code))
        return
    if code is None and re.fullmatch(r"PA\d+", subject, re.IGNORECASE) and not Path(subject).exists():
        raise click.BadParameter(f"There is no message {subject.upper()}; known are {', '.join(CATALOGUE)}.")
    options = options_of(**settings)
    file, outcome = _compiled(Path(subject), options, look_for(page))
    entries, diagnostics = (
        ((), (outcome,)) if isinstance(outcome, Diagnostic) else _of_function(outcome, name)
    )
    data = report(file, entries, diagnostics, options)
    if page is not None and isinstance(outcome, Compilation):
        write_page(outcome, page, trace)
    elif as_json:
        click.echo(json.dumps(data, indent=2))
        show(diagnostics, file, Severity.ERROR)
    else:
        click.echo(report_text(data), nl=False)
        show(diagnostics, file)
    write_sarif(sarif, [(file, diagnostics)])
    if not entries:
        raise SystemExit(FAILED)


def _compiled(path: Path, options: Options, look: Look | None) -> tuple[SourceFile, Compilation | Diagnostic]:
    """The file and what becomes of it, or the error that nothing does."""
    file = SourceFile(path, "")
    try:
        file = read(path)
        return file, compile_source(file, options, look)
    except PyaotError as error:
        return file, error.diagnostic


def _of_function(
    compilation: Compilation, name: str | None
) -> tuple[tuple[EntryPlan, ...], tuple[Diagnostic, ...]]:
    """The entries and messages that the user asks for."""
    entries, diagnostics = compilation.plan.entries, compilation.diagnostics
    if name is None:
        return entries, diagnostics
    chosen = tuple(entry for entry in entries if entry.entry.qualified_name.partition(":")[0] == name)
    about = tuple(d for d in diagnostics if d.function is not None and d.function.partition(":")[0] == name)
    if not chosen and not about:
        known = ", ".join(entry.entry.qualified_name for entry in entries) or "none"
        say(f"there is nothing to say about a function '{name}'; compiled are: {known}")
    return chosen, about
