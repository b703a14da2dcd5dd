"""A file's entry in the cache, built if it is not there.

What is only needed to build it is imported then: a start from the cache is to take milliseconds.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

import pyaot
from pyaot.base.options import Options
from pyaot.base.source import SourceFile
from pyaot.cli.console import NO_SOURCE, show, status
from pyaot.cli.settings import arguments_of
from pyaot.output.cache import Cached, cache_folder, compiler_identity, key_of, load_entry, open_cache

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory


class Cache(Struct, frozen=True):
    """The cache of one run of a program."""

    root: Path | None  # None where no file can be written anywhere
    options: Options
    environment: Mapping[str, str]  # of the processes that compile

    def entry(self, source: SourceFile) -> Cached | None:
        """The compiled file; None where it could not be compiled (the reason has been printed)."""
        return self._entry(source, _fill)

    def entry_of_text(self, source: SourceFile) -> Cached | None:
        """As `entry`, for a text that is not that of its file; what there is to say goes to `sys.stderr`."""
        return self._entry(source, _fill_with_text)

    def _entry(self, source: SourceFile, fill: "_Fill") -> Cached | None:
        if self.root is None:
            return None
        key = key_of(source, self.options, compiler_identity())
        found = load_entry(self.root, key)
        if found is not None:
            return found
        arguments = [str(source.path.absolute()), "--key", key, *arguments_of(self.options)]
        with status(f"compiling {source.path.name} ..."):
            fill([sys.executable, "-m", "pyaot", "fill", *arguments], source, self)
        return load_entry(self.root, key)


def _fill(command: list[str], source: SourceFile, cache: Cache) -> None:
    import subprocess

    subprocess.run(command, env=dict(cache.environment), check=False)


def _fill_with_text(command: list[str], source: SourceFile, cache: Cache) -> None:
    """The messages are printed by this process: a notebook shows no others."""
    import subprocess

    text = source.text.encode("utf-8", "surrogatepass")
    done = subprocess.run(
        [*command, "--text"], input=text, stderr=subprocess.PIPE, env=dict(cache.environment), check=False
    )
    sys.stderr.write(done.stderr.decode(errors="replace"))


_Fill: TypeAlias = Callable[[list[str], SourceFile, Cache], None]


def open_for_run(options: Options) -> Cache:
    """The user's cache, or a temporary one with a warning where that cannot be used."""
    root: Path | None = cache_folder()
    problem = open_cache(cache_folder())
    if problem is not None:
        show([problem], NO_SOURCE)
        root = _temporary_folder()
    return Cache(root, options, {**os.environ, "PYAOT_CACHE_DIR": str(root), "PYTHONPATH": _python_path()})


def _temporary_folder() -> Path | None:
    """Removed when the interpreter ends; None where there is no room for one."""
    import tempfile

    try:
        folder = tempfile.TemporaryDirectory(prefix="pyaot-", ignore_cleanup_errors=True)
    except OSError:
        return None
    _kept.append(folder)
    return Path(folder.name)


def _python_path() -> str:
    """The compiler is found from wherever the program changes to."""
    root = str(Path(pyaot.__file__).resolve().parents[1])
    return os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))


_kept: list["TemporaryDirectory[str]"] = []
