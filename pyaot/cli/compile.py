"""`pyaot compile FILE... -o DIR`: drop-ins, kernels and reports in a folder; nothing of the user's is run."""

import json
from pathlib import Path
from typing import Any

import click

from pyaot.base.diagnostics import Severity
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.console import FAILED, progress, reporting, say, show
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read
from pyaot.driver import compile_source, write_bundle
from pyaot.output.bundle import Bundle


@click.command("compile")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@compiler_options(march="portable")
def command(files: tuple[Path, ...], folder: Path, as_json: bool, **settings: Any) -> None:
    """Write a drop-in replacement of each FILE into DIR."""
    _check_names(files, folder)
    options = options_of(**settings)
    with progress(files, "Compiling") as shown:
        results = [_compile_one(file, options, folder) for file in shown]
    bundles = [bundle for bundle in results if bundle is not None]
    if as_json:
        click.echo(json.dumps([bundle.report for bundle in bundles], indent=2))
    if len(bundles) < len(files) or not any(bundle.report["functions"] for bundle in bundles):
        raise SystemExit(FAILED)


def _compile_one(file: Path, options: Options, folder: Path) -> Bundle | None:
    """The written files; None after an error, which has been shown."""
    source = SourceFile(file, "")
    try:
        with reporting(source):
            source = read(file)
        with reporting(source):
            bundle = write_bundle(compile_source(source, options), folder)
    except SystemExit:
        return None
    show(bundle.diagnostics, source, Severity.ERROR, Severity.WARNING)
    say(f"{file}: {_summary(bundle)}")
    return bundle


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
