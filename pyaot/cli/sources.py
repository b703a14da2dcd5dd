"""Files that the user names: read, or a message that says what is wrong with them and what to do."""

from pathlib import Path

from pyaot.base.catalogue import UNDECODABLE_FILE, UNREADABLE_FILE
from pyaot.base.diagnostics import Code, Diagnostic
from pyaot.base.errors import PyaotError
from pyaot.base.source import NOWHERE, SourceFile, read_source


def read(path: Path) -> SourceFile:
    """The Python file; PyaotError (PA102, PA103) where it is none."""
    if path.is_dir():
        raise _error(UNREADABLE_FILE, f"'{path}' is a folder.", f"Name its files: {path}/*.py")
    if path.suffix != ".py":
        raise _error(UNREADABLE_FILE, f"'{path}' is no '.py' file.", "Name a file of Python source text.")
    try:
        return read_source(path)
    except (SyntaxError, UnicodeDecodeError) as error:
        hint = "Save it as UTF-8, or declare its encoding in the first line: # coding: latin-1"
        raise _error(UNDECODABLE_FILE, f"'{path}' cannot be decoded: {error}.", hint) from None
    except OSError as error:
        reason = error.strerror or str(error)
        hint = f"The path is read from '{Path.cwd()}'." if not path.is_absolute() else "Is the path right?"
        raise _error(UNREADABLE_FILE, f"'{path}' cannot be read: {reason}.", hint) from None


def _error(code: Code, message: str, hint: str) -> PyaotError:
    return PyaotError(Diagnostic(code, message, NOWHERE, hints=(hint,)))
