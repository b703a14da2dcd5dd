"""Import statements as a map from names to dotted paths.

import numpy as np                  np -> numpy
import numpy.linalg                 numpy -> numpy
from numpy import sqrt as root      root -> numpy.sqrt
from .tools import blur             blur -> .tools.blur
from math import *                  sqrt -> math.sqrt, ... (only of modules whose names we know)
"""

import cmath
import math
import typing
from collections.abc import Iterable, Mapping
from types import ModuleType

import libcst as cst
import numpy as np

# Modules that may be asked for the names which a star brings: the user's own are never imported.
_STARRED: dict[str, ModuleType] = {"math": math, "cmath": cmath, "numpy": np, "typing": typing}


def imports_of(nodes: Iterable[cst.CSTNode]) -> Mapping[str, str]:
    """What the import statements among `nodes` bind; later ones win."""
    found: dict[str, str] = {}
    for node in nodes:
        match node:
            case cst.Import(names=names):
                for alias in names:
                    found |= _imported(alias)
            case cst.ImportFrom():
                found |= _imported_from(node)
            case _:
                pass
    return found


def brings_unknown_names(node: cst.CSTNode) -> bool:
    """`from tools import *`: it may bind any name, those of Python's own among them."""
    match node:
        case cst.ImportFrom(names=cst.ImportStar(), module=module, relative=dots):
            return bool(dots) or (dotted_name(module) or "") not in _STARRED
    return False


def dotted_name(node: cst.CSTNode | None) -> str | None:
    """`a.b.c` as text; None for anything else."""
    names: list[str] = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(names)])


def is_type_checking(test: cst.BaseExpression) -> bool:
    """The condition `TYPE_CHECKING`, which is false whenever the program runs."""
    return (dotted_name(test) or "").rpartition(".")[2] == "TYPE_CHECKING"


def _imported(alias: cst.ImportAlias) -> dict[str, str]:
    path = dotted_name(alias.name) or ""
    if alias.asname is not None:
        return {_bound(alias): path}
    package = path.partition(".")[0]
    return {package: package}


def _imported_from(node: cst.ImportFrom) -> dict[str, str]:
    module = "." * len(node.relative) + (dotted_name(node.module) or "")
    if isinstance(node.names, cst.ImportStar):
        known = _STARRED.get(module)
        return {} if known is None else {name: f"{module}.{name}" for name in _public_names(known)}
    joint = "" if module.endswith(".") else "."
    return {_bound(alias): f"{module}{joint}{dotted_name(alias.name)}" for alias in node.names}


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    return dotted_name(alias.name) or ""


def _public_names(module: ModuleType) -> list[str]:
    names: list[str] = getattr(module, "__all__", None) or dir(module)
    return [name for name in names if not name.startswith("_")]
