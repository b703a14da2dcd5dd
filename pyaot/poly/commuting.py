"""Updates of one element by one exact operation may change places.

    a[i, j] = max(a[i, j], a[i, j - 1])             the first one and the second one, of the same a[i, j]
    a[i, j] = max(a[i, j], a[i, k] + a[k, j])       (not where one updates what the other only reads)

Integers only: sums of floats, and extremes with NaN among them, depend on the order.
"""

from msgspec import Struct

from pyaot.ir.nodes import Binary, Load, Store
from pyaot.ir.types import DType
from pyaot.poly.reductions import element_update
from pyaot.poly.scop import Access, Statement
from pyaot.poly.sets import Relation, Set

Operation = tuple[str, DType]


class Commuting(Struct, frozen=True):
    """The statements, by identity, that update an element by one operation."""

    array: str
    operation: Operation
    statements: frozenset[int]

    def pairs(self, source: Statement, sink: Statement, context: Set) -> Relation | None:
        """Instances of two such statements that share nothing but the element that both update."""
        if not {id(source.stmt), id(sink.stmt)} <= self.statements:
            return None
        places = [_own_place(statement, self.array, context) for statement in (source, sink)]
        if places[0] is None or places[1] is None:
            return None
        return places[0].relation.then(places[1].relation.reverse()).under(context)


def exact_update(store: Store) -> Operation | None:
    """The operation and dtype of an update whose order does not matter to the last bit."""
    found = element_update(store)
    return found if found is not None and found[1].is_integer else None


def neutral(operation: Operation) -> int | None:
    """What changes nothing."""
    op, dtype = operation
    if op not in ("minimum", "maximum") or dtype.kind != "i":
        return {"add": 0, "mul": 1, "bitor": 0, "bitxor": 0}.get(op)
    half: int = 2 ** (dtype.bits - 1)
    return -half if op == "maximum" else half - 1


def updated_by(store: Store, operation: Operation) -> Store:
    """The store as an update of what stands there."""
    old = Load(store.array, store.subscripts, store.value.type, store.checked)
    value = Binary(operation[0], old, store.value, store.value.type)
    return Store(store.array, store.subscripts, value, store.checked, store.span)


def _own_place(statement: Statement, array: str, context: Set) -> Access | None:
    """The element that an instance writes, if it reads it as what is updated only."""
    (place,) = (access for access in statement.accesses if access.name == array and access.is_write)
    for access in statement.accesses:
        if access.name != array or access.relation.is_same(place.relation):
            continue
        if not access.relation.meet(place.relation).under(context).is_empty():
            return None
    return place if place.relation.is_function() else None
