"""Compiled text runs under the name and with the lines of the user's file.

The cache's `prog.py` has generated lines between the user's. Here its syntax tree gets the lines of the
user's file, so that tracebacks, `__file__` and `inspect` name what the user wrote. Where generated functions
repeat the user's lines, around compiled regions and in them, these too are the user's.
"""

import ast
import contextlib
import hashlib
import marshal
import os
from bisect import bisect_left
from collections.abc import Callable, Sequence
from importlib.util import MAGIC_NUMBER
from types import CodeType

from pyaot.base.errors import PyaotError
from pyaot.output.bundle import Inserted
from pyaot.output.cache import Cached
from pyaot.output.write import publish, staging, write_files

_DIGEST = 32  # bytes


def code_of(entry: Cached, file: str) -> CodeType:
    """`compiled_code`, kept in the entry's folder: a digest, then the code as Python marshals it."""
    named = hashlib.sha256(MAGIC_NUMBER + os.fsencode(file)).hexdigest()[:16]
    place = entry.folder / f"code-{named}"
    with contextlib.suppress(OSError):
        kept = place.read_bytes()
        if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
            code: CodeType = marshal.loads(kept[_DIGEST:])
            return code
    code = compiled_code(entry, file)
    content = marshal.dumps(code)
    with contextlib.suppress(OSError, PyaotError), staging(entry.folder) as stage:
        write_files({place.name: hashlib.sha256(content).digest() + content}, stage)
        publish(stage, entry.folder)
    return code


def compiled_code(entry: Cached, file: str) -> CodeType:
    """The code of the cache's module, as if it had been compiled from `file`."""
    return compiled_tree(placed_tree(entry), entry, file)


def placed_tree(entry: Cached) -> ast.Module:
    """The cache's module with the lines of the user's file."""
    tree = ast.parse(entry.module.read_bytes(), str(entry.module))
    for node in ast.walk(tree):
        _put_back(node, entry.inserted)
    return tree


def compiled_tree(tree: ast.Module, entry: Cached, file: str, flags: int = 0) -> CodeType:
    """The code of the entry's module, or of a part of it, as if it had been compiled from `file`."""
    code = compile(tree, file, "exec", flags=flags, dont_inherit=True)
    return _with_generated_file(code, entry.prefix, str(entry.module))


def original_line(line: int, inserted: Sequence[Inserted]) -> int | None:
    """The line of the user's file that has become `line` of the module; None for generated lines."""
    before = inserted[: bisect_left([block.first for block in inserted], line + 1)]
    if before and line < before[-1].first + before[-1].count:
        repeated = before[-1].lines
        return (repeated[line - before[-1].first] if repeated else 0) or None
    return line - sum(block.count for block in before)


_Placed = ast.stmt | ast.expr | ast.excepthandler | ast.arg | ast.keyword | ast.alias | ast.pattern


def _put_back(node: ast.AST, inserted: Sequence[Inserted]) -> None:
    if not isinstance(node, _Placed):
        return
    first = original_line(node.lineno, inserted)
    last = original_line(node.end_lineno or node.lineno, inserted)
    if first is not None and last is not None:
        node.lineno, node.end_lineno = first, last


def _with_generated_file(code: CodeType, prefix: str, file: str) -> CodeType:
    """Functions whose first parameter is the binder are generated; all code inside them is of `file`."""
    if _is_factory(code, prefix):
        return _moved(code, prefix, file)
    return _with_inner(code, lambda inner: _with_generated_file(inner, prefix, file))


def _moved(code: CodeType, prefix: str, file: str) -> CodeType:
    """But for what repeats the user's text: it goes by the name of the user's function."""
    if code.co_name.startswith((f"{prefix}_lines_", f"{prefix}_split_")) and not _is_factory(code, prefix):
        name = code.co_name.removeprefix(f"{prefix}_split_")
        return code.replace(co_name=name)
    return _with_inner(code, lambda inner: _moved(inner, prefix, file)).replace(co_filename=file)


def _is_factory(code: CodeType, prefix: str) -> bool:
    return code.co_varnames[:1] == (f"{prefix}_bind",)


def _with_inner(code: CodeType, change: Callable[[CodeType], CodeType]) -> CodeType:
    constants = tuple(change(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_consts=constants)


def original_code(text: str, file: str) -> CodeType:
    """The code of the user's own text."""
    return compile(text, file, "exec", dont_inherit=True)
