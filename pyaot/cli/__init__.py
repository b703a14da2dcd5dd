"""The command line. Each command stands in a module of its own, which is loaded when it is called.

Exit status: 0 done; 1 the user's program failed, or a version differs from it; 2 nothing could be compiled,
or wrong usage.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import click

from pyaot.output.version import VERSION

# What `pyaot --help` shows; the name of a command is that of its module.
COMMANDS = {
    "compile": "Write drop-in replacements with compiled functions.",
    "run": "Run a program with compiled functions.",
    "explain": "Say what is made of a file's functions and loops, or what a message means.",
    "verify": "Compare compiled functions with the original ones on drawn calls.",
    "annotate": "Run a program, and write the hints that its calls show.",
    "doctor": "Show what this machine has, and what it lacks.",
    "cache": "List or clear the cache of 'pyaot run'.",
}
HIDDEN = ("fill", "record")


class Commands(click.Group):
    """Loads a command's module when the command is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS and cmd_name not in HIDDEN:
            return None
        with _no_collections():
            command: click.Command = import_module(f"pyaot.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's table, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@contextmanager
def _no_collections() -> Iterator[None]:
    """What modules make when they are loaded stays: looking for garbage there costs a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="pyaot", message="%(prog)s %(version)s")
def main() -> None:
    """Type-hinted sequential Python and NumPy in, parallel drop-in replacements out."""
