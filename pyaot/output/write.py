"""Files appear whole or not at all: they are made in a folder of their own and then put in their places.

A full disk or a folder that cannot be written becomes a PyaotError (PA703).
"""

import os
import shutil
import tokenize
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from pyaot.base.catalogue import CANNOT_WRITE
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.source import NOWHERE, SourceFile


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk as `folder`, which is made if need be; it vanishes at the end."""
    import tempfile  # with all that it imports itself a tenth of a start from the cache

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".pyaot-", dir=folder))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes the files into the folder."""
    for name, content in files.items():
        with writing(folder / name):
            (folder / name).write_bytes(content)


def publish(stage: Path, folder: Path) -> tuple[Path, ...]:
    """Moves all files of the stage into the folder, each in one step; the module comes last."""
    moved = []
    for path in sorted(stage.iterdir(), key=lambda path: path.suffix == ".py"):
        with writing(folder / path.name):
            os.replace(path, folder / path.name)
        moved.append(folder / path.name)
    return tuple(moved)


def publish_folder(stage: Path, folder: Path) -> None:
    """Puts the stage in the place of `folder`, in one step where nothing stands there."""
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)
        os.rename(stage, folder)


def encoded(source: SourceFile, text: str) -> bytes:
    """The text in the encoding that its first lines declare."""
    encoding, _ = tokenize.detect_encoding(BytesIO(source.text.encode("utf-8")).readline)
    return text.encode(encoding)


def write_file(path: Path, content: bytes) -> None:
    """One file in the place of what stood there."""
    with staging(path.parent) as stage:
        write_files({path.name: content}, stage)
        publish(stage, path.parent)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Failures to write become messages that name the place and the reason."""
    try:
        yield
    except OSError as error:
        raise PyaotError(_cannot_write(path, error)) from error


def _cannot_write(path: Path, error: OSError) -> Diagnostic:
    reason = error.strerror or str(error)
    return Diagnostic(
        CANNOT_WRITE,
        f"'{path}' cannot be written: {reason}.",
        NOWHERE,
        hints=("Name another place (-o, --sarif), or make room.",),
    )
