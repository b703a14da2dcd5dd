"""When the heap arrays of a function have no reader left: their memory goes to another one, or back.

t = Allocate(n, m)              t = reserve(...);
... t is read for the last time
u = Allocate(n, m)              u = t; t = NULL;  u = reserve(u, ...);
... u is read for the last time
r = Allocate(k)                 free(u); u = NULL;  r = ...

Only between the statements of the function's own suite, which run once.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct

from pyaot.ir.mentions import mentions
from pyaot.ir.nodes import Allocate
from pyaot.ir.walk import Body, walk_stmts


class Lifetimes(Struct, frozen=True):
    """What happens to arrays without readers, by the ids of statements."""

    heirs: Mapping[int, str]  # an Allocate, and the array whose memory it gets
    over: Mapping[int, tuple[str, ...]]  # a statement, and the arrays that go behind it


def lifetimes(body: Body, heap: Collection[str]) -> Lifetimes:
    """The lifetimes of these heap arrays in the suite of a function."""
    allocates = [any(isinstance(inner, Allocate) for inner in walk_stmts((stmt,))) for stmt in body]
    last_need = max((place for place, is_one in enumerate(allocates) if is_one), default=-1)
    last: dict[str, int] = {}
    for place, stmt in enumerate(body):
        last.update((name, place) for name in mentions((stmt,)) if name in heap)
    kinds = {s.name: (s.type, s.shape) for s in walk_stmts(body) if isinstance(s, Allocate)}
    free: list[str] = []
    heirs: dict[int, str] = {}
    for place, stmt in enumerate(body):
        if isinstance(stmt, Allocate) and stmt.name in heap:
            fits = [name for name in free if kinds[name] == (stmt.type, stmt.shape)]
            if fits:
                heirs[id(stmt)] = fits[0]
                free.remove(fits[0])
        free += [name for name in last if last[name] == place]
    given = set(heirs.values())
    over = {
        id(stmt): tuple(name for name in last if last[name] == place and name not in given)
        for place, stmt in enumerate(body[:last_need])
    }
    return Lifetimes(heirs, {key: names for key, names in over.items() if names})
