"""Which arrays are items of lists, and where that can be noticed: a list has a copy of what it was given.

out.append(h)       h is an item of the list ...
h[0] = 1.0          ... so that this changes the item, too
h = step(h)         ... until the name gets another array

A mark says where an array becomes an item: an assignment to a variable that nobody reads.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from pyaot.ir.alias import Aliases, aliases
from pyaot.ir.nodes import (
    Allocate,
    Assign,
    Bind,
    Block,
    Exit,
    For,
    Function,
    If,
    LibraryCall,
    Loop,
    Return,
    Stmt,
    Store,
)
from pyaot.ir.types import Array
from pyaot.ir.walk import result_arrays

Names = frozenset[str]
# Instead of a list: what is a view in Python, and the copy in its place.
SOURCE, COPY = "source", "copy"


class Gift(Struct, frozen=True):
    """An array that becomes an item, and the array in which the list keeps its items."""

    array: str
    owner: str


class Given(Struct):
    """What can be noticed of the arrays that are items."""

    written: list[Stmt] = field(default_factory=list)  # statements that change one
    shared: set[str] = field(default_factory=set)  # owners of items that are not theirs alone
    returned: bool = False  # whether one is a result


def given(function: Function, gifts: Mapping[str, Gift]) -> Given:
    """What becomes of the arrays that are items; `gifts` by the names of their marks."""
    parameters = frozenset(param.name for param in function.params if isinstance(param.type, Array))
    walk = _Walk(gifts, aliases(function), parameters)
    walk.run(function.body, frozenset())
    return walk.found


class _Walk(Struct):
    gifts: Mapping[str, Gift]
    overlaps: Aliases
    parameters: Names
    found: Given = field(default_factory=Given)
    exits: dict[str, Names] = field(default_factory=dict)  # what reaches the end of a block by Exit

    def run(self, body: Iterable[Stmt], items: Names | None) -> Names | None:
        """The names that hold items behind the statements; None where control does not get there."""
        for stmt in body:
            if items is None:
                return None
            items = self._after(stmt, items)
        return items

    def _after(self, stmt: Stmt, items: Names) -> Names | None:
        match stmt:
            case Assign(name) if name in self.gifts:
                return items | self._given(stmt, self.gifts[name], items)
            case Store(array=name):
                self._write(stmt, (name,), items)
            case LibraryCall(outputs=outputs):
                self._write(stmt, [section.array for section in outputs], items)
            case Allocate(name):
                return items - {name}
            case Bind(targets, sources):
                moved = {target for target, source in zip(targets, sources) if source in items}
                return (items - set(targets)) | moved
            case Return(result):
                if not items.isdisjoint(result_arrays(result)):
                    self.found.returned = True
                    self.found.shared.update(gift.owner for gift in self.gifts.values())
                return None
            case If() | For() | Loop() | Block() | Exit():
                return self._after_compound(stmt, items)
        return items

    def _after_compound(self, stmt: If | For | Loop | Block | Exit, items: Names) -> Names | None:
        match stmt:
            case If(_, then, otherwise):
                return _either(self.run(then, items), self.run(otherwise, items))
            case For(body=body) | Loop(body=body):
                around = self._repeated(body, items)
                return around if isinstance(stmt, For) else None
            case Block(label, body):
                return _either(self.run(body, items), self.exits.pop(label, None))
            case Exit(label):
                self.exits[label] = self.exits.get(label, frozenset()) | items
                return None

    def _given(self, stmt: Stmt, gift: Gift, items: Names) -> Names:
        """The names of the array; its owner has it with others where it was an item, or is the caller's."""
        known = {
            name for pair in self.overlaps.before.get(id(stmt), ()) if gift.array in pair for name in pair
        }
        names = known | {gift.array}
        if not names.isdisjoint(items | self.parameters):
            self.found.shared.add(gift.owner)
        return frozenset(names)

    def _write(self, stmt: Stmt, arrays: Iterable[str], items: Names) -> None:
        if not items.isdisjoint(arrays):
            self.found.written.append(stmt)

    def _repeated(self, body: tuple[Stmt, ...], items: Names) -> Names:
        while True:
            again = _either(items, self.run(body, items)) or items
            if again == items:
                return items
            items = again


def _either(left: Names | None, right: Names | None) -> Names | None:
    if left is None or right is None:
        return left if right is None else right
    return left | right
