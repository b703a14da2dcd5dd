"""The user's program runs as `__main__`, as `python FILE ARGS...` runs it, with code that is given."""

import sys
import traceback
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Protocol

_PROGRAM_FAILED = 1
_INTERRUPTED = 130


class Finder(Protocol):
    """Finds the modules that the program imports, before Python's own finders."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None: ...


def run_program(code: CodeType, file: Path, arguments: tuple[str, ...], finder: Finder) -> int | str | None:
    """Runs the program, whose imports ask the finder first; gives what the interpreter is to exit with."""
    folder = file.resolve().parent
    sys.argv = [str(file), *arguments]
    sys.path[0] = str(folder)
    sys.meta_path.insert(0, finder)
    module = _main_module(file)
    try:
        exec(code, module.__dict__)
    except SystemExit as ended:
        return ended.code
    except BaseException as error:
        _show_failure(error, code.co_filename)
        return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else _PROGRAM_FAILED
    return 0


def _main_module(file: Path) -> ModuleType:
    """A `__main__` like that of `python FILE`."""
    module = ModuleType("__main__")
    module.__dict__.update(
        {
            "__file__": str(file.absolute()),
            "__builtins__": __builtins__,
            "__cached__": None,
            "__annotations__": {},
        }
    )
    sys.modules["__main__"] = module
    return module


def _show_failure(error: BaseException, file: str) -> None:
    """The program's traceback, from its first own frame on, by the hook that the program may have set."""
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename != file:
        own = own.tb_next
    _call_hook(error, own)


def _call_hook(error: BaseException, own: TracebackType | None) -> None:
    try:
        sys.excepthook(type(error), error.with_traceback(own), own)
    except Exception:
        traceback.print_exc()
