"""Hints are put into the text of a file; everything else stays as it is, to the byte.

def scale(a, k=2.0):  # comment
def scale(a: list[float], k: float = 2.0) -> list[float]:  # comment

A signature that gets too long for its line is written one parameter to a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper, PositionProvider
from msgspec import Struct

from pyaot.annotate.naming import Import

_SHORTEST_LIMIT, _LONGEST_LIMIT = 88, 120  # characters of a line


class FunctionHints(Struct, frozen=True):
    """The hints to write into one `def`."""

    parameters: Mapping[str, str]
    result: str | None = None


Edits: TypeAlias = Mapping[int, FunctionHints]  # by the line of the `def`


def edited(content: bytes, edits: Edits, imports: Iterable[Import]) -> bytes:
    """The file with these hints and imports."""
    wrapper = MetadataWrapper(cst.parse_module(content), unsafe_skip_copy=True)
    longest = max(map(len, wrapper.module.code.splitlines()), default=0)
    limit = min(max(longest, _SHORTEST_LIMIT), _LONGEST_LIMIT)
    module = wrapper.visit(_HintWriter(edits, wrapper.module, limit))
    wanted = sorted(imports, key=repr)
    return (_with_imports(module, wanted) if wanted else module).bytes


class _HintWriter(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Edits, module: cst.Module, limit: int) -> None:
        super().__init__()
        self._edits = edits
        self._module = module
        self._limit = limit
        self._depth = 0

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        self._depth += 1

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        self._depth -= 1
        return updated_node

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        line = self.get_metadata(PositionProvider, original_node.name).start.line
        hints = self._edits.get(line)
        if hints is None:
            return updated_node
        hinted = _hinted(updated_node, hints)
        return _folded(hinted, self._module, self._limit - len(self._module.default_indent) * self._depth)


def _hinted(function: cst.FunctionDef, hints: FunctionHints) -> cst.FunctionDef:
    p = function.params
    params = p.with_changes(
        posonly_params=_all_hinted(p.posonly_params, hints),
        params=_all_hinted(p.params, hints),
        kwonly_params=_all_hinted(p.kwonly_params, hints),
        star_arg=_param_hinted(p.star_arg, hints) if isinstance(p.star_arg, cst.Param) else p.star_arg,
    )
    if hints.result is None or function.returns is not None:
        return function.with_changes(params=params)
    return function.with_changes(params=params, returns=_annotation(hints.result))


def _all_hinted(parameters: Sequence[cst.Param], hints: FunctionHints) -> list[cst.Param]:
    return [_param_hinted(parameter, hints) for parameter in parameters]


def _param_hinted(parameter: cst.Param, hints: FunctionHints) -> cst.Param:
    text = hints.parameters.get(parameter.name.value)
    if text is None or parameter.annotation is not None:
        return parameter
    space = cst.SimpleWhitespace(" ")
    equal = parameter.equal if parameter.default is None else cst.AssignEqual(space, space)
    return parameter.with_changes(annotation=_annotation(text), equal=equal)


def _annotation(text: str) -> cst.Annotation:
    return cst.Annotation(cst.parse_expression(text))


# ---- long signatures ------------------------------------------------------------------------------------


def _folded(function: cst.FunctionDef, module: cst.Module, limit: int) -> cst.FunctionDef:
    """The function with a line for each parameter, where its signature has a line beyond the limit."""
    rest = cst.SimpleStatementSuite([cst.Pass()], leading_whitespace=cst.SimpleWhitespace(""))
    bare = function.with_changes(
        body=rest, decorators=[], leading_lines=[], lines_after_decorators=[], asynchronous=None
    )
    header = module.code_for_node(bare).rstrip().removesuffix("pass").split("\n")
    first = 0 if function.asynchronous is None else len("async ")
    if max(first + len(header[0]), *map(len, header)) <= limit or any("#" in line for line in header):
        return function
    lines = [f"{module.default_indent}{item},\n" for item in _items(function.params, module)]
    if not lines:
        return function
    folded = cst.parse_statement(f"def f(\n{''.join(lines)}): pass", module.config_for_parsing)
    assert isinstance(folded, cst.FunctionDef)
    return function.with_changes(
        params=folded.params, whitespace_before_params=folded.whitespace_before_params
    )


def _items(p: cst.Parameters, module: cst.Module) -> list[str]:
    """The parameters and the marks between them as text, without commas."""
    star: list[str] = []
    if isinstance(p.star_arg, cst.Param):
        star = [_item(p.star_arg, module, "*")]
    elif p.kwonly_params:
        star = ["*"]
    return [
        *(_item(param, module) for param in p.posonly_params),
        *(["/"] if p.posonly_params else []),
        *(_item(param, module) for param in p.params),
        *star,
        *(_item(param, module) for param in p.kwonly_params),
        *([_item(p.star_kwarg, module, "**")] if p.star_kwarg is not None else []),
    ]


def _item(param: cst.Param, module: cst.Module, star: str = "") -> str:
    plain = param.with_changes(comma=cst.MaybeSentinel.DEFAULT, star="", whitespace_after_param=_NOTHING)
    return star + module.code_for_node(plain).strip()


_NOTHING = cst.SimpleWhitespace("")

# ---- imports --------------------------------------------------------------------------------------------


def _with_imports(module: cst.Module, imports: Sequence[Import]) -> cst.Module:
    context = CodemodContext()
    for import_ in imports:
        if not import_.for_types:
            AddImportsVisitor.add_needed_import(context, import_.module, import_.name, import_.alias)
    for_types = [import_ for import_ in imports if import_.for_types]
    if for_types:
        AddImportsVisitor.add_needed_import(context, "typing", "TYPE_CHECKING")
    module = AddImportsVisitor(context).transform_module(module)
    return _with_block(module, for_types) if for_types else module


def _with_block(module: cst.Module, imports: Sequence[Import]) -> cst.Module:
    """The module with `if TYPE_CHECKING:` behind its imports."""
    names: dict[str, list[str]] = {}
    for import_ in imports:
        names.setdefault(import_.module, []).append(str(import_.name))
    lines = "".join(
        f"{module.default_indent}from {name} import {', '.join(given)}\n" for name, given in names.items()
    )
    block = cst.parse_statement(f"\nif TYPE_CHECKING:\n{lines}", module.config_for_parsing)
    last = max((n for n, s in enumerate(module.body) if _is_import(s)), default=-1)
    return module.with_changes(body=[*module.body[: last + 1], block, *module.body[last + 1 :]])


def _is_import(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return any(isinstance(part, (cst.Import, cst.ImportFrom)) for part in statement.body)
