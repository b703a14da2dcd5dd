"""Copies of programs without hints, and a program that calls their functions.

In a folder with copies, `drive.py NAME...` calls the functions of the programs of those names, with small
arguments.
"""

from collections.abc import Iterable
from pathlib import Path

import libcst as cst

from benchmarks import programs
from tests.house.sources import ROOT

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
PROGRAMS = {f"example_{name}": ROOT / "examples" / f"{name}.py" for name in EXAMPLES} | {
    f"polybench_{name}": programs.FOLDER / f"{name}.py" for name in programs.NAMES
}

DRIVER = """
import copy
import importlib
import sys

import numpy as np

for name in sys.argv[1:]:
    module = importlib.import_module(name)
    if hasattr(module, "SIZES"):
        given = module.inputs(*module.SIZES["tiny"])
        as_lists = {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in given.items()}
        calls = {"lists": as_lists.values(), "loops": given.values(), "arrays": given.values()}
    else:
        calls = module.inputs(8)
    for function, arguments in calls.items():
        getattr(module, function)(*copy.deepcopy(list(arguments)))
"""


def write_copies(names: Iterable[str], folder: Path) -> None:
    """Puts the programs without hints into the folder, and the driver."""
    (folder / "drive.py").write_text(DRIVER)
    for name in names:
        (folder / f"{name}.py").write_text(without_hints(PROGRAMS[name].read_text(encoding="utf-8")))


def without_hints(text: str) -> str:
    """The program without the hints of parameters and results."""
    return cst.parse_module(text).visit(_Strip()).code


class _Strip(cst.CSTTransformer):
    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        if updated_node.annotation is None:
            return updated_node
        nothing = cst.SimpleWhitespace("")
        equal = updated_node.equal if updated_node.default is None else cst.AssignEqual(nothing, nothing)
        return updated_node.with_changes(annotation=None, equal=equal)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        return updated_node.with_changes(returns=None)
