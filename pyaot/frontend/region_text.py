"""The text of regions: each a def of its own, and the user's def with calls of them.

def _pyaot_lines_2_to_3(a, n):                 def _pyaot_split_report(a, n):
    b = np.zeros(n)                            b = _pyaot_lines_2_to_3(a, n)
    for i in range(n): b[i] = ...              print(b)
    return b
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.metadata import CodeRange
from msgspec import Struct, field
from msgspec.structs import replace

from pyaot.base.names import c_identifier
from pyaot.frontend.scope_functions import FunctionInfo, Receiver
from pyaot.frontend.syntax import SyntaxTree


class RegionDef(Struct, frozen=True):
    """A run of statements as a def: `tree` and `info` are what its lowering needs."""

    tree: SyntaxTree
    info: FunctionInfo
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    returns: bool  # the run ends the function: what it returns the function returns
    count: int  # of statements
    views: Mapping[str, cst.BaseExpression] = field(default_factory=dict)  # inputs that are views of others

    @property
    def text(self) -> str:
        """The def as Python text."""
        return self.tree.text_of(self.info.node).strip("\n") + "\n"


class Cut(Struct, frozen=True):
    """What a region is cut out of."""

    tree: SyntaxTree
    info: FunctionInfo
    statements: Sequence[cst.BaseStatement]
    before: Sequence[cst.SimpleStatementLine] = ()  # what is set again for them

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line of the statements."""
        first, last = self.tree.span_of(self.statements[0]), self.tree.span_of(self.statements[-1])
        return first.line, last.end_line


def region_def(
    cut: Cut, prefix: str, inputs: Sequence[str], outputs: Sequence[str], returns: bool
) -> RegionDef:
    """The statements as a function of `inputs` that returns `outputs`, or what they return themselves."""
    made = [_return_of(outputs)] if outputs else []
    params = cst.Parameters(params=[cst.Param(cst.Name(name_)) for name_ in inputs])
    first, last = cut.lines
    name = cst.Name(f"{prefix}_lines_{first}_to_{last}")
    node = cst.FunctionDef(name, params, cst.IndentedBlock([*cut.before, *cut.statements, *made]))
    info = replace(
        cut.info,
        node=node,
        qualified_name=f"{cut.info.qualified_name}:{first}-{last}",
        receiver=Receiver.NONE,
        decorators=(),
        obstacle="",
    )
    spans = _placed(cut, [node, node.name, *(part for line in made for part in _parts(line))])
    tree = replace(cut.tree, spans=ChainMap(spans, cut.tree.spans))  # type: ignore[arg-type]
    return RegionDef(tree, info, tuple(inputs), tuple(outputs), returns, len(cut.statements))


def kernel_name(made: RegionDef, owner: str) -> str:
    """The IR function's name."""
    lines = made.info.qualified_name.rpartition(":")[2].replace("-", "_to_")
    return c_identifier(f"{owner}_lines_{lines}")


def _return_of(names: Sequence[str]) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Return(_joined(names))])


def _joined(names: Sequence[str]) -> cst.BaseExpression:
    if len(names) == 1:
        return cst.Name(names[0])
    return cst.Tuple([cst.Element(cst.Name(name)) for name in names])


def _parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    return [node, *(part for child in node.children for part in _parts(child))]


def _placed(cut: Cut, nodes: Sequence[cst.CSTNode]) -> dict[cst.CSTNode, CodeRange]:
    """The made-up def spans the region; its other nodes stand at the name of the user's def."""
    spans = cut.tree.spans
    whole = CodeRange(spans[cut.statements[0]].start, spans[cut.statements[-1]].end)
    name = spans[cut.info.node.name]
    return {node: whole if isinstance(node, cst.FunctionDef) else name for node in nodes}


# ---- the user's def -------------------------------------------------------------------------------------

Regions = Mapping[tuple[cst.BaseSuite, int], RegionDef]


def split_text(tree: SyntaxTree, info: FunctionInfo, name: str, regions: Regions) -> str:
    """The def under another name, with a call in the place of each region; defaults are bound later."""
    changed = info.node.visit(_Splitter(regions))
    assert isinstance(changed, cst.FunctionDef)
    bare = changed.with_changes(
        name=cst.Name(name), decorators=(), returns=None, leading_lines=(), params=_bare(changed.params)
    )
    return tree.module.code_for_node(bare).strip("\n") + "\n"


class _Splitter(cst.CSTTransformer):
    """Puts the calls in."""

    def __init__(self, regions: Regions) -> None:
        super().__init__()
        self.regions = regions

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body: list[cst.BaseStatement] = []
        position = 0
        while position < len(original_node.body):
            made = self.regions.get((original_node, position))
            body.append(updated_node.body[position] if made is None else _call_of(made))
            position += 1 if made is None else made.count
        return updated_node.with_changes(body=body)


def _call_of(made: RegionDef) -> cst.SimpleStatementLine:
    call = cst.Call(cst.Name(made.info.name), [cst.Arg(cst.Name(name)) for name in made.inputs])
    small: cst.BaseSmallStatement
    if made.returns:
        small = cst.Return(call)
    elif made.outputs:
        small = cst.Assign([cst.AssignTarget(_joined(made.outputs))], call)  # type: ignore[arg-type]
    else:
        small = cst.Expr(call)
    return cst.SimpleStatementLine([small])


def _bare(params: cst.Parameters) -> cst.Parameters:
    """Without hints, and with None for every default value."""

    def bare(param: cst.Param) -> cst.Param:
        default = None if param.default is None else cst.Name("None")
        return param.with_changes(annotation=None, default=default, equal=cst.MaybeSentinel.DEFAULT)

    star = params.star_arg
    return params.with_changes(
        params=[bare(p) for p in params.params],
        posonly_params=[bare(p) for p in params.posonly_params],
        kwonly_params=[bare(p) for p in params.kwonly_params],
        star_arg=bare(star) if isinstance(star, cst.Param) else star,
        star_kwarg=None if params.star_kwarg is None else bare(params.star_kwarg),
    )
