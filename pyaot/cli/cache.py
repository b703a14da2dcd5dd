"""`pyaot cache list|clear`: what `pyaot run` keeps."""

import click

from pyaot.cli.console import say
from pyaot.output.cache import cache_folder, clear, entries


@click.group("cache")
def command() -> None:
    """List or clear the cache of 'pyaot run'."""


@command.command("list")
def list_entries() -> None:
    """Show the entries, oldest first."""
    found = entries(cache_folder())
    for entry in found:
        state = "" if entry.intact else "  damaged"
        click.echo(f"{entry.key[:12]}  {entry.size / 1024:8.0f} KiB  {entry.source}{state}")
    total = sum(entry.size for entry in found) / 1024**2
    say(f"{len(found)} entries, {total:.1f} MiB in '{cache_folder()}'")


@command.command("clear")
def clear_entries() -> None:
    """Remove all entries."""
    say(f"{clear(cache_folder())} entries removed from '{cache_folder()}'")
