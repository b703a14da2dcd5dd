"""`pyaot compile FILE... -o DIR`: drop-ins, kernels and reports in a folder; nothing of the user's is run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.errors import PyaotError
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.console import FAILED, progress, say, show
from pyaot.cli.review import sarif_option, write_sarif
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read
from pyaot.driver import compile_source, write_bundle
from pyaot.output.bundle import Bundle
from pyaot.output.report import report


class _Made(Struct, frozen=True):
    """What became of a file: without a bundle it is an error."""

    source: SourceFile
    bundle: Bundle | None
    diagnostics: tuple[Diagnostic, ...]


@click.command("compile")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@sarif_option
@compiler_options(march="portable")
def command(
    files: tuple[Path, ...], folder: Path, as_json: bool, sarif: Path | None, **settings: Any
) -> None:
    """Write a drop-in replacement of each FILE into DIR."""
    _check_names(files, folder)
    options = options_of(**settings)
    with progress(files, "Compiling") as shown:
        made = [_compile_one(file, options, folder) for file in shown]
    reports = [_report(one, options) for one in made]
    if as_json:
        click.echo(json.dumps(reports, indent=2))
    write_sarif(sarif, [(one.source, one.diagnostics) for one in made])
    if any(one.bundle is None for one in made) or not any(data["functions"] for data in reports):
        raise SystemExit(FAILED)


def _compile_one(file: Path, options: Options, folder: Path) -> _Made:
    """What was made of the file; errors and warnings have been shown."""
    source = SourceFile(file, "")
    try:
        source = read(file)
        bundle = write_bundle(compile_source(source, options), folder)
    except PyaotError as error:
        show([error.diagnostic], source)
        return _Made(source, None, (error.diagnostic,))
    show(bundle.diagnostics, source, Severity.ERROR, Severity.WARNING)
    say(f"{file}: {_summary(bundle)}")
    return _Made(source, bundle, bundle.diagnostics)


def _report(made: _Made, options: Options) -> Mapping[str, Any]:
    """The report that was written; of an error one that says that alone."""
    if made.bundle is not None:
        return made.bundle.report
    return report(made.source, (), made.diagnostics, options)


def _summary(bundle: Bundle) -> str:
    functions = bundle.report["functions"]
    native = sum(any("native" in i["versions"] for i in f["instances"]) for f in functions)
    count = f"{len(functions)} function{'' if len(functions) == 1 else 's'}"
    return f"{count} compiled, {native} to native code, into '{bundle.path}'"


def _check_names(files: tuple[Path, ...], folder: Path) -> None:
    """Two files of one name would overwrite each other, and a file in the output folder itself."""
    names = [file.name for file in files]
    for file in files:
        if names.count(file.name) > 1:
            raise click.UsageError(f"two files are named '{file.name}': compile them into different folders")
        if file.parent.absolute().resolve() == folder.absolute().resolve():
            raise click.UsageError(f"'{file}' stands in '{folder}' and would be overwritten: name another -o")
