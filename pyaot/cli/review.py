"""`--sarif FILE`: the messages of a command for code review tools and editors."""

import json
from collections.abc import Iterable
from pathlib import Path

import click

from pyaot.cli.console import NO_SOURCE, reporting
from pyaot.output.sarif import Said, sarif_log
from pyaot.output.write import write_file

sarif_option = click.option(
    "--sarif",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the messages as SARIF 2.1.0.",
)


def write_sarif(path: Path | None, said: Iterable[Said]) -> None:
    """Writes the messages about these files, where the user has asked for it."""
    if path is None:
        return
    text = json.dumps(sarif_log(said, Path.cwd()), indent=2) + "\n"
    with reporting(NO_SOURCE):
        write_file(path, text.encode("utf-8"))
