"""Reading the values of IR parameters out of the user's arguments, running nobody's code.

    self.gain          if _pyaot.has_fields(self, "gain"): ... self.gain
    pair[0], pair[1]   if _pyaot.is_tuple(pair, 2): ... pair[0], pair[1]

The user reads fields in the same way, but we read them before we know that the attempt succeeds.
"""

import ast
from collections.abc import Iterable, Iterator

from pyaot.output.runtime_names import Wording


def is_simple(text: str) -> bool:
    """Whether the binding is a parameter of the user's, as it is."""
    return text.isidentifier()


def owners(text: str) -> list[str]:
    """The objects whose attributes the text reads."""
    return [ast.unparse(node.value) for node in _accesses((text,)) if isinstance(node, ast.Attribute)]


def access_checks(texts: Iterable[str], wording: Wording) -> list[str]:
    """Conditions, in order, under which the texts can be read: plain objects and tuples own them."""
    fields: dict[str, list[str]] = {}
    lengths: dict[str, int] = {}
    for node in _accesses(texts):
        owner = ast.unparse(node.value)
        match node:
            case ast.Attribute(attr=name):
                fields.setdefault(owner, [])
                if name not in fields[owner]:
                    fields[owner].append(name)
            case ast.Subscript(slice=ast.Constant(value=int(index))) if index >= 0:
                lengths[owner] = max(lengths.get(owner, 0), index + 1)
            case _:
                raise ValueError(f"a binding cannot be read: {ast.unparse(node)}")
    checks = {owner: _fields_check(owner, names, wording) for owner, names in fields.items()}
    checks |= {owner: f"{wording.runtime('is_tuple')}({owner}, {n})" for owner, n in lengths.items()}
    return [checks[owner] for owner in sorted(checks, key=_depth)]


def _accesses(texts: Iterable[str]) -> Iterator[ast.Attribute | ast.Subscript]:
    for text in texts:
        for node in ast.walk(ast.parse(text, mode="eval")):
            if isinstance(node, ast.Attribute | ast.Subscript):
                yield node


def _fields_check(owner: str, names: list[str], wording: Wording) -> str:
    return f"{wording.runtime('has_fields')}({owner}, {', '.join(map(repr, names))})"


def _depth(owner: str) -> int:
    """How many accesses lead to the owner: those of `self` are checked before those of `self.filter`."""
    return sum(isinstance(n, ast.Attribute | ast.Subscript) for n in ast.walk(ast.parse(owner, mode="eval")))
