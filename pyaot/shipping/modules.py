"""The modules of a package, compiled: for each its drop-in and the kernels beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pyaot.base.diagnostics import Severity
from pyaot.base.source import read_source
from pyaot.cli.console import say, show
from pyaot.driver import compile_source, write_bundle
from pyaot.output.bundle import Bundle
from pyaot.shipping.settings import Settings

_SHIPPED = (".py", ".so")


class CompiledModule(Struct, frozen=True):
    """A module of the package and the files that stand for it in the wheel, all in one folder."""

    source: Path  # relative to the project's folder
    files: tuple[Path, ...]

    @property
    def is_native(self) -> bool:
        """Whether there is a library among the files, which is for one kind of machine."""
        return any(path.suffix == ".so" for path in self.files)


def compile_modules(settings: Settings, root: Path, folder: Path) -> Iterator[CompiledModule]:
    """Compiles the modules into the folder; those of which nothing could be compiled stay as they are.

    Messages go to stderr. Without a C compiler there is a warning, and NumPy versions. PyaotError where a
    module is no Python.
    """
    for path in settings.modules:
        source = read_source(root / path)
        bundle = write_bundle(compile_source(source, settings.options), folder / path.parent)
        show(bundle.diagnostics, source, Severity.ERROR, Severity.WARNING)
        count = len(bundle.report["functions"])
        say(f"{path.as_posix()}: {count or 'no'} function{'' if count == 1 else 's'} compiled")
        if count:
            _leave_digest_out(bundle)
            yield CompiledModule(path, tuple(file for file in bundle.paths if file.suffix in _SHIPPED))


def _leave_digest_out(bundle: Bundle) -> None:
    """Tools that repair wheels write into libraries; a wheel has digests of its own for all its files."""
    load = rf"^({bundle.module.prefix}_kernels = .*), digest='[0-9a-f]+'\)$".encode()
    text = bundle.path.read_bytes()
    bundle.path.write_bytes(re.sub(load, rb"\1)", text, count=1, flags=re.MULTILINE))
