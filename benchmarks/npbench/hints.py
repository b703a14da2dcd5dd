"""Hints for the entry function of a program, as its arguments are, written into a copy of its text.

def kernel(alpha, A):       becomes       def kernel(alpha: float, A: np.ndarray[tuple[int, int], ...]):
"""

from collections.abc import Mapping
from typing import Any

import libcst as cst


def with_hints(text: str, entry: str, hints: Mapping[str, str]) -> str:
    """The module's text with those hints on the parameters of its entry, the other functions as they are.

    Parameters are matched by position: NPBench does not always call an argument what the function calls it.
    """
    module = cst.parse_module(text)
    hinted = [_hinted(stmt, entry, tuple(hints.values())) for stmt in module.body]
    importing = cst.parse_statement("import numpy, typing")
    place = next(i for i, stmt in enumerate(hinted) if not _opens(stmt))
    return module.with_changes(body=[*hinted[:place], importing, *hinted[place:]]).code


def _opens(stmt: cst.BaseStatement) -> bool:
    """Whether it is the docstring or a `from __future__` import, which nothing may stand before."""
    match stmt:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString()), *_]):
            return True
        case cst.SimpleStatementLine(body=[cst.ImportFrom(module=cst.Name("__future__")), *_]):
            return True
    return False


def _hinted(stmt: Any, entry: str, hints: tuple[str, ...]) -> Any:
    if not isinstance(stmt, cst.FunctionDef) or stmt.name.value != entry:
        return stmt
    params = [
        param.with_changes(annotation=cst.Annotation(cst.parse_expression(hints[i])))
        if i < len(hints)
        else param
        for i, param in enumerate(stmt.params.params)
    ]
    return stmt.with_changes(params=stmt.params.with_changes(params=params))
