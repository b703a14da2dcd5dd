"""Loops in another order, where the dependences that the compiler finds allow it.

for i in range(n):                    for j in range(m):
    for j in range(m):                    for i in range(n):
        a[i, j] = x[j]                        a[i, j] = x[j]

Of each nest the innermost two such loops change places.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider

from pyaot.base.source import SourceFile
from pyaot.frontend.lower import lower
from pyaot.frontend.parse import parse
from pyaot.normalise.pipeline import normalise
from pyaot.poly.dependences import LoopDependences, loop_dependences
from pyaot.poly.scop import LoopNode

Pair = tuple[int, int]  # the lines of a loop and of the one in it


def reordered(text: str) -> cst.Module:
    """The program with loops in another order; its entry functions must have hints."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    positions = wrapper.resolve(PositionProvider)
    free = _free_pairs(text)
    turned: list[cst.For] = []
    for outer in m.findall(wrapper.module, m.For()):
        inner = _only_loop(outer)
        if inner is None or _only_loop(inner) in turned:
            continue
        lines = (positions[outer].start.line, positions[inner].start.line)
        if lines in free and _may_turn(outer, inner):
            turned.append(outer)  # type: ignore[arg-type]
    return wrapper.module.visit(_Turner(turned))


class _Turner(cst.CSTTransformer):
    """Swaps the heads of some loops with those of the loops in them."""

    def __init__(self, loops: list[cst.For]) -> None:
        self.loops = loops
        self.busy: set[int] = set()

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> Any:
        inner = _only_loop(original_node)
        if original_node not in self.loops or inner in self.loops:
            return updated_node
        inside = _only_loop(updated_node)
        assert inside is not None
        below = inside.with_changes(target=updated_node.target, iter=updated_node.iter)
        block = updated_node.body.with_changes(body=[below])
        return updated_node.with_changes(target=inside.target, iter=inside.iter, body=block)


def _only_loop(loop: Any) -> cst.For | None:
    match loop:
        case cst.For(body=cst.IndentedBlock(body=[cst.For() as inner]), orelse=None):
            return inner
    return None


def _may_turn(outer: Any, inner: Any) -> bool:
    """Both run over ranges that do not depend on the outer loop, and none is left early."""
    if m.findall(outer, m.Break() | m.Return() | m.Raise()) or inner.orelse is not None:
        return False
    if not all(m.matches(loop.iter, m.Call(func=m.Name("range"))) for loop in (outer, inner)):
        return False
    targets = m.findall(outer, m.AssignTarget() | m.AugAssign() | m.For())
    elements = [t for t in targets if isinstance(t.target, cst.Subscript)]  # type: ignore[attr-defined]
    plain = [target for target in targets if target not in elements]
    sizes = m.findall(inner.iter, m.Attribute(attr=m.Name("shape")) | m.Call(func=m.Name("len")))
    read = _names(inner.iter) - set().union(*map(_names, sizes))
    return not (_bound(plain) & _names(inner.iter) or _bound(elements) & read)


def _bound(targets: Iterable[Any]) -> set[str]:
    return set().union(*(_names(target.target) for target in targets))


def _names(node: Any) -> set[str]:
    return {name.value for name in m.findall(node, m.Name())}  # type: ignore[attr-defined]


def _free_pairs(text: str) -> set[Pair]:
    """Loops whose iterations may be gone through the other way round in every function made of them."""
    found: dict[Pair, bool] = {}
    for function in lower(parse(SourceFile(Path("prog.py"), text))).functions:
        for part in loop_dependences(normalise(function)):
            for outer, inner in set(_neighbours(part)):
                lines = (outer.loop.span.line, inner.loop.span.line)
                found[lines] = found.get(lines, True) and part.is_known and _is_free(outer, inner, part)
    return {pair for pair, is_free in found.items() if is_free}


def _neighbours(part: LoopDependences) -> Iterator[tuple[LoopNode, LoopNode]]:
    for statement in part.statements:
        yield from zip(statement.loops, statement.loops[1:])


def _is_free(outer: LoopNode, inner: LoopNode, part: LoopDependences) -> bool:
    """No dependence goes forward in the outer loop and back in the inner one."""
    return all(
        dependence.relation.source_behind(inner.index, inner.index).is_empty()
        for dependence in part.dependences
        if dependence.carrier is not None
        and dependence.carrier.key == outer.key
        and inner.key in {node.key for node in dependence.source.loops}
        and inner.key in {node.key for node in dependence.sink.loops}
    )
