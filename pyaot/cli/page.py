"""`--html PAGE` and `--trace FILE` of `pyaot explain`: what becomes of a file, as a page."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyaot.base.source import SourceFile
from pyaot.cli.console import FAILED, reporting, say
from pyaot.driver import Compilation, Look
from pyaot.output.write import write_file

if TYPE_CHECKING:
    from pyaot.page.measured import Timed

NEEDED = ("jinja2", "pygments")


def page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options to a command, as `page` and `trace`."""
    file = click.Path(path_type=Path, dir_okay=False)
    html = click.option("--html", "page", metavar="PAGE", type=file, help="Write it as a page instead.")
    trace = click.option(
        "--trace", metavar="FILE", type=file, help="Show times on the page: of PYAOT_TRACE=times:FILE."
    )
    return html(trace(command))


def look_for(page: Path | None) -> Look | None:
    """What is to study the loops; ends the command where a page cannot be made here."""
    if page is None:
        return None
    missing = [package for package in NEEDED if find_spec(package) is None]
    if missing:
        say(f"a page is made by {' and '.join(missing)}, not installed here: pip install 'pyaot[html]'")
        raise SystemExit(FAILED)
    from pyaot.poly.study import study

    return study


def write_page(compilation: Compilation, page: Path, trace: Path | None) -> None:
    """Writes the page; what makes it is loaded here, since few ask for it."""
    from pyaot.page.html import html_of
    from pyaot.page.page import page_of

    html = html_of(page_of(compilation, _times(trace, compilation.source)))
    with reporting(compilation.source):
        write_file(page, html.encode("utf-8", "replace"))
    say(f"{compilation.source.path}: explained in '{page}'")


def _times(trace: Path | None, source: SourceFile) -> "tuple[Timed, ...] | None":
    from pyaot.page.measured import read_trace

    if trace is None:
        return None
    with reporting(source):
        return read_trace(trace, source.path)
