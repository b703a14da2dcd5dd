"""`pyaot annotate FILE ARGS...`: runs FILE, and offers the hints that its calls showed as a diff.

`--write` puts them into the files. With `--all` the modules that FILE imports from its own folder get theirs,
too. The exit status is the program's, whose traceback is shown as Python shows it; what it called before it
failed is still offered. While a diff is printed, what the program prints goes to stderr.
"""

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import click

from pyaot.annotate.annotation import Annotated, annotated
from pyaot.annotate.samples import Samples, read_samples
from pyaot.annotate.writing import Style
from pyaot.base.source import SourceFile
from pyaot.cli.console import reporting, say, show
from pyaot.cli.sources import read
from pyaot.frontend.parse import parse
from pyaot.output.write import publish, staging, write_files

_SIGNALLED = 128


@click.command(
    "annotate", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--diff/--write", "as_diff", default=True, help="Print a diff (default), or change the files.")
@click.option(
    "--style",
    type=click.Choice([style.value for style in Style]),
    default=Style.NUMPY.value,
    show_default=True,
    help="numpy: element types and ranks; jaxtyping: also which extents agree.",
)
@click.option("--all", "with_modules", is_flag=True, help="Also modules that FILE imports from its folder.")
@click.option("--quiet", "-q", is_flag=True, help="Do not say what stays without hints.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="ARGS...")
def command(
    file: Path, arguments: tuple[str, ...], as_diff: bool, style: str, with_modules: bool, quiet: bool
) -> None:
    """Run FILE with ARGS, and write the hints that its calls show."""
    source = SourceFile(file, "")
    with reporting(source):
        source = read(file)
    with reporting(source):
        parse(source)
    status, samples = _recorded(file, arguments, as_diff, with_modules)
    for path in sorted(samples.digests):
        _offer(_shown(Path(path)), samples, Style(style), as_diff, quiet)
    raise SystemExit(status)


def _recorded(file: Path, arguments: Sequence[str], as_diff: bool, with_modules: bool) -> tuple[int, Samples]:
    """Runs the program; its exit status, and what was seen until then."""
    with tempfile.TemporaryDirectory(prefix="pyaot-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "calls")
        options = ["--to", str(target), *(["--all"] if with_modules else [])]
        command = [sys.executable, "-m", "pyaot", "record", *options, str(file), *arguments]
        status = _patiently(subprocess.Popen(command, stdout=2 if as_diff else None))
        return status, read_samples(target)


def _patiently(process: "subprocess.Popen[bytes]") -> int:
    """The exit status; Ctrl-C is the program's to answer."""
    while True:
        try:
            status = process.wait()
            return status if status >= 0 else _SIGNALLED - status
        except KeyboardInterrupt:
            continue


def _shown(path: Path) -> Path:
    """The path as the user would write it."""
    return path.relative_to(Path.cwd()) if Path.cwd() in path.parents else path


def _offer(path: Path, samples: Samples, style: Style, as_diff: bool, quiet: bool) -> None:
    """Prints or writes the hints of one file."""
    content = path.read_bytes()
    place = str(path.absolute())
    if sha256(content).hexdigest() != samples.digests[place]:
        say(f"{path} was changed while the program ran, so no hints are offered for it")
        return
    source = SourceFile(path, "")
    with reporting(source):
        source = read(path)
    with reporting(source):
        result = annotated(source, content, samples.calls.get(place, {}), style)
    if not quiet:
        show(result.remarks, source)
    if result.content != content:
        if as_diff:
            click.echo(_difference(path, content, result.content), nl=False)
        else:
            _write(path, result.content, source)
    say(_summary(path, result, style, as_diff))


def _summary(path: Path, result: Annotated, style: Style, as_diff: bool) -> str:
    hints = f"{result.count} hint{'' if result.count == 1 else 's'}"
    done = "in the diff" if as_diff else "written"
    text = f"{path}: {f'{hints} {done}' if result.count else 'no hint to write'}"
    if result.count and style is Style.JAXTYPING and find_spec("jaxtyping") is None:
        text += "; 'jaxtyping', which they need, is not installed"
    return text


def _write(path: Path, content: bytes, source: SourceFile) -> None:
    """Replaces the file, in one step."""
    place = path.resolve()
    with reporting(source), staging(place.parent) as stage:
        write_files({place.name: content}, stage)
        shutil.copymode(place, stage / place.name)
        publish(stage, place.parent)


def _difference(path: Path, before: bytes, after: bytes) -> bytes:
    """A unified diff, in the file's own encoding."""
    name = os.fsencode(path)
    labels = (name, name) if path.is_absolute() else (b"a/" + name, b"b/" + name)
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(before), _lines(after), *labels)
    text = (line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)
    return b"".join(map(_coloured, text) if sys.stdout.isatty() else text)


def _lines(content: bytes) -> list[bytes]:
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + list(
        filter(None, content.split(b"\n")[-1:])
    )


_COLOURS = {b"+": "32", b"-": "31", b"@": "36"}


def _coloured(line: bytes) -> bytes:
    colour = _COLOURS.get(line[:1])
    return line if colour is None else b"\x1b[%sm%s\x1b[0m\n" % (colour.encode(), line.rstrip(b"\n"))
