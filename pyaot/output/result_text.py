"""What a call makes of a kernel's answer `(path, flags, leaf, ...)`: the result as the original gives it.

    return b                return _pyaot_answer[2]
    return b, total         return (_pyaot_answer[2], _pyaot.numpy.float64(_pyaot_answer[3]))

Leaves are Python numbers and arrays, from left to right.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import assert_never

from pyaot.backends.python_text import Names, scalar_type_text
from pyaot.ir.nodes import (
    APART,
    ZIPPED,
    Allocate,
    ArrayResult,
    Bind,
    Function,
    Maker,
    Nothing,
    Result,
    ScalarResult,
    TupleResult,
    ViewResult,
)
from pyaot.ir.types import Array, Origin
from pyaot.ir.walk import returns, walk_stmts
from pyaot.output.runtime_names import Wording

# The leaves follow the path and the flags.
_FIRST_LEAF = 2


def result_lines(function: Function, answer: str, names: Names, wording: Wording) -> Iterator[str]:
    """Statements that return the result; by path only where paths give different results."""
    boxed = _lists(function)
    texts = [
        _text(stmt.result, count(_FIRST_LEAF), answer, boxed, names, wording) for stmt in returns(function)
    ]
    for path, text in enumerate(texts[:-1]):
        if text != texts[-1]:
            yield f"if {answer}[0] == {path}:"
            yield f"    return {text}"
    yield f"return {texts[-1] if texts else 'None'}"


def _text(
    result: Result,
    places: Iterator[int],
    answer: str,
    boxed: Mapping[str, str],
    names: Names,
    wording: Wording,
) -> str:
    match result:
        case Nothing():
            return "None"
        case ScalarResult():
            leaf = f"{answer}[{next(places)}]"
            is_numpy = result.value.type.origin is Origin.NUMPY
            return f"{scalar_type_text(result.value.type, names)}({leaf})" if is_numpy else leaf
        case ArrayResult():
            leaf = f"{answer}[{next(places)}]"
            return f"{wording.runtime(boxed[result.array])}({leaf})" if result.array in boxed else leaf
        case ViewResult():
            make = wording.runtime("read_only_view" if result.read_only else "view")
            part = f".{result.part}" if result.part else ""
            return f"{make}({answer}[{next(places)}]){part}"
        case TupleResult():
            items = [_text(item, places, answer, boxed, names, wording) for item in result.items]
            if result.maker is not None:
                return _made(result.maker, items, wording)
            if result.is_list:
                return f"[{', '.join(items)}]"
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        case _:
            assert_never(result)


def _made(maker: Maker, items: list[str], wording: Wording) -> str:
    """An object of a class that the fields are handed to."""
    if maker.is_own:
        return f"{maker.name}({', '.join(f'{name}={item}' for name, item in zip(maker.fields, items))})"
    if maker == ZIPPED:
        return f"{wording.runtime('zipped')}({', '.join(items)})"
    if maker == APART:
        return f"{wording.runtime('apart')}({', '.join(items)})"
    name = maker.name.rpartition(".")[2]
    return f"{wording.runtime('named_result')}({', '.join((repr(name), *items))})"


def _lists(function: Function) -> dict[str, str]:
    """The arrays that stand for lists, and what makes lists of them."""
    makers = {p.name: _maker(p.type) for p in function.params if isinstance(p.type, Array) and p.type.boxed}
    for stmt in walk_stmts(function.body):
        match stmt:
            case Allocate(type=Array(boxed=True) as type):
                makers[stmt.name] = _maker(type)
            case Bind():
                pairs = zip(stmt.targets, stmt.sources, strict=True)
                makers |= {target: makers[source] for target, source in pairs if source in makers}
    return makers


def _maker(type: Array) -> str:
    return "as_list_of_numpy" if type.items is Origin.NUMPY else "as_list"
