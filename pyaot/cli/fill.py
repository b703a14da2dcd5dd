"""`pyaot fill FILE`, not shown in the help: compiles into the cache.

`pyaot run` calls it in a process of its own, so that the program does not share its
process with the compiler's packages.
"""

import sys
from pathlib import Path
from typing import Any

import click
from filelock import FileLock

from pyaot.base.catalogue import CACHE_DAMAGED
from pyaot.base.diagnostics import Diagnostic, Severity
from pyaot.base.options import Options
from pyaot.base.source import NOWHERE, SourceFile
from pyaot.cli.console import reporting, show
from pyaot.cli.settings import compiler_options, options_of
from pyaot.cli.sources import read
from pyaot.driver import compile_source, write_bundle
from pyaot.output.bundle import Bundle
from pyaot.output.cache import cache_folder, is_damaged, load_entry, seal
from pyaot.output.write import staging, writing

# Another process that builds the same entry is waited for this long.
_PATIENCE_S = 600


@click.command("fill", hidden=True)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True)
@click.option("--text", "is_text", is_flag=True, help="The text comes from the standard input.")
@compiler_options(march="native")
def command(file: Path, key: str, is_text: bool, **settings: Any) -> None:
    """Compile FILE into the cache's entry KEY."""
    root, source = cache_folder(), SourceFile(file, "")
    with reporting(source):
        with writing(root):
            (root / "locks").mkdir(mode=0o700, exist_ok=True)
        source = SourceFile(file, sys.stdin.buffer.read().decode()) if is_text else read(file)
        with FileLock(root / "locks" / f"{key}.lock", timeout=_PATIENCE_S):
            if load_entry(root, key) is None:
                _fill(source, options_of(**settings), root, key)


def _fill(source: SourceFile, options: Options, root: Path, key: str) -> None:
    if is_damaged(root, key):
        show([_damaged(root / key)], source)
    with reporting(source):
        compilation = compile_source(source, options)
        with staging(root) as stage:
            bundle = write_bundle(compilation, stage, beside=repr(str(root / key / source.path.name)))
            seal(stage, root / key, _facts(bundle))
    warnings = [d for d in bundle.diagnostics if bundle.report["functions"] or d.function]
    show(warnings, source, Severity.ERROR, Severity.WARNING)


def _facts(bundle: Bundle) -> dict[str, Any]:
    return {
        "source": str(bundle.source.path.absolute()),
        "module": bundle.source.path.name,
        "inserted": [[block.first, block.count, block.lines] for block in bundle.module.inserted],
        "prefix": bundle.module.prefix,
    }


def _damaged(folder: Path) -> Diagnostic:
    return Diagnostic(
        CACHE_DAMAGED, f"The cache entry '{folder.name}' was damaged and is built anew.", NOWHERE
    )
