"""`pyaot record FILE ARGS...`, not shown in the help: runs FILE and writes to `--to` what its functions got.

`pyaot annotate` calls it in a process of its own, so that the program may end that process as it likes.
"""

import builtins
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import click

from pyaot.annotate.instrument import instrumented_code, names_for
from pyaot.annotate.recorder import Recorder
from pyaot.base.source import is_own
from pyaot.cli.finder import SourceFinder
from pyaot.cli.program import run_program


@click.command(
    "record", hidden=True, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--to", "target", required=True, type=click.Path(path_type=Path))
@click.option("--all", "with_modules", is_flag=True)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(file: Path, arguments: tuple[str, ...], target: Path, with_modules: bool) -> None:
    """Run FILE and record the calls of its functions."""
    folder = file.resolve().parent
    finder = _Finder(Recorder(target.absolute(), folder), folder if with_modules else None, file.resolve())
    raise SystemExit(run_program(finder.code(file.absolute()), file, arguments, finder))


class _Finder(SourceFinder):
    """Finds the program's own modules, which tell the recorder."""

    def __init__(self, recorder: Recorder, folder: Path | None, file: Path) -> None:
        self._recorder = recorder
        self._folder = folder
        self._file = file

    def loader(self, name: str, origin: str) -> SourceFileLoader | None:
        """That of the file itself, and of other modules of its folder where they are asked for."""
        is_wanted = self._folder is not None and is_own(Path(origin), self._folder)
        return _Loader(name, origin, self) if is_wanted or Path(origin).resolve() == self._file else None

    def code(self, file: Path) -> CodeType:
        """The code of a file whose functions tell the recorder."""
        content = file.read_bytes()
        names = names_for(content.decode(errors="replace"))
        setattr(builtins, names.entered, self._recorder.entered)
        setattr(builtins, names.left, self._recorder.left)
        place = file.resolve()
        self._recorder.opened(place, content)
        return instrumented_code(content, file, names, lambda line: self._recorder.register(place, line))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, finder: _Finder) -> None:
        super().__init__(name, path)
        self._finder = finder

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, which tells the recorder."""
        return self._finder.code(Path(self.path))
