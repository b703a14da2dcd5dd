"""What commands say, on stderr: messages of the compiler, in colour on terminals only."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.errors import PyaotError
from pyaot.base.source import SourceFile

# Of no file: messages about folders and caches.
NO_SOURCE = SourceFile(Path("pyaot"), "")

FAILED = 2

_Item = TypeVar("_Item")


def show(diagnostics: Iterable[Diagnostic], source: SourceFile, *severities: Severity) -> None:
    """Prints the messages of these severities, of all if none is named."""
    from pyaot.base.render import render, render_coloured  # most runs of programs have nothing to show

    paint = render if os.environ.get("NO_COLOR") else render_coloured
    for diagnostic in diagnostics:
        if not severities or diagnostic.code.severity in severities:
            click.echo(paint(diagnostic, source), err=True)


def say(text: str) -> None:
    """Prints a line of the command's own."""
    click.echo(f"pyaot: {text}", err=True)


@contextmanager
def progress(items: Sequence[_Item], label: str) -> Iterator[Iterable[_Item]]:
    """The items, with a bar while they are worked on; on terminals only, and for several items only."""
    if len(items) < 2 or not sys.stderr.isatty():
        yield items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield bar


@contextmanager
def status(text: str) -> Iterator[None]:
    """A line that stands on the terminal, and only there, while something takes its time."""
    if not sys.stderr.isatty():
        yield
        return
    click.echo(f"pyaot: {text}\r", err=True, nl=False)
    yield
    click.echo("\x1b[K", err=True, nl=False)


@contextmanager
def reporting(source: SourceFile) -> Iterator[None]:
    """An error of the compiler is printed and ends the command."""
    try:
        yield
    except PyaotError as error:
        show([error.diagnostic], source)
        raise SystemExit(FAILED) from None
