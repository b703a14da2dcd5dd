"""The Python files of the project, for the tests that hold them to the rules of the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The packages that are installed, and everything else that is written by hand.
PACKAGES = ("pyaot", "runtime/pyaot_runtime", "stdlib_models")
FOLDERS = (*PACKAGES, "apps", "examples", "tests", "benchmarks")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(folders: tuple[str, ...] = FOLDERS) -> list[Path]:
    """The Python files below these folders, in a fixed order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def shown(path: Path) -> str:
    """The path as a message names it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[FunctionNode]:
    """Every function of the file, methods and nested ones too."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, FunctionNode))
