"""Which scalars a statement reads before it sets them, and which are still needed after it.

    s = 0.0                 exposed: x             must set: s
    for k in ...:
        s = s + x[k]        exposed: s, x          sets s, but perhaps never runs
    y[i] = s

A scalar that a loop's body sets, does not read before, and that nobody needs afterwards is private to the
iterations of the loop.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from pyaot.ir.nodes import Assign, Block, Exit, Expr, For, If, Loop, Return, Stmt, Var
from pyaot.ir.walk import expressions_of, scalars_assigned, walk_expr

Names = frozenset[str]
NONE: Names = frozenset()


class Effect(Struct, frozen=True):
    """What a statement does to scalars. `exits`: labels it may leave to; `falls`: may reach what follows."""

    exposed: Names = NONE
    sets: Names = NONE  # for certain, where what follows is reached
    exits: tuple[tuple[str, Names], ...] = ()  # label, and what was set for certain on the way there
    falls: bool = True


class ScalarFlow(Struct):
    """Effects of statements, remembered by identity while a pass looks at one function."""

    known: dict[int, tuple[Stmt, Effect]] = field(default_factory=dict)

    def effect(self, stmt: Stmt) -> Effect:
        """What the statement does."""
        remembered = self.known.get(id(stmt))
        if remembered is None:
            remembered = self.known[id(stmt)] = (stmt, self._effect(stmt))
        return remembered[1]

    def effect_of_all(self, body: Sequence[Stmt]) -> Effect:
        """What the statements do, one after the other."""
        exposed, done, exits = NONE, NONE, dict[str, Names]()
        for stmt in body:
            effect = self.effect(stmt)
            exposed |= effect.exposed - done
            for label, on_the_way in effect.exits:
                exits[label] = exits.get(label, done | on_the_way) & (done | on_the_way)
            if not effect.falls:
                return Effect(exposed, NONE, tuple(exits.items()), falls=False)
            done |= effect.sets
        return Effect(exposed, done, tuple(exits.items()))

    def _effect(self, stmt: Stmt) -> Effect:
        read = scalars_in(*expressions_of(stmt))
        match stmt:
            case Assign():
                return Effect(read, frozenset({stmt.name}))
            case Exit():
                return Effect(exits=((stmt.label, NONE),), falls=False)
            case Return():
                return Effect(read, falls=False)
            case For():
                inner = self.effect_of_all(stmt.body)
                return Effect(read | (inner.exposed - {stmt.index}), NONE, inner.exits)
            case Loop():
                inner = self.effect_of_all(stmt.body)
                return Effect(inner.exposed, NONE, inner.exits, falls=False)
            case Block():
                return self._block(stmt)
            case If():
                return self._if(read, stmt)
            case _:
                return Effect(read)

    def _block(self, stmt: Block) -> Effect:
        inner = self.effect_of_all(stmt.body)
        arrivals = [on_the_way for label, on_the_way in inner.exits if label == stmt.label]
        if inner.falls:
            arrivals.append(inner.sets)
        others = tuple(item for item in inner.exits if item[0] != stmt.label)
        sets = frozenset.intersection(*arrivals) if arrivals else NONE
        return Effect(inner.exposed, sets, others, falls=bool(arrivals))

    def _if(self, read: Names, stmt: If) -> Effect:
        branches = [self.effect_of_all(stmt.then), self.effect_of_all(stmt.otherwise)]
        exposed = read | branches[0].exposed | branches[1].exposed
        exits = dict[str, Names]()
        for label, on_the_way in (*branches[0].exits, *branches[1].exits):
            exits[label] = exits.get(label, on_the_way) & on_the_way
        falling = [branch.sets for branch in branches if branch.falls]
        sets = frozenset.intersection(*falling) if falling else NONE
        return Effect(exposed, sets, tuple(exits.items()), falls=bool(falling))

    def live_after_each(
        self, body: Sequence[Stmt], live_out: Names, at_label: Mapping[str, Names]
    ) -> tuple[Names, ...]:
        """For every statement of the body the scalars that may be read after it before they are set."""
        live, result = live_out, []
        for stmt in reversed(body):
            result.append(live)
            effect = self.effect(stmt)
            live = effect.exposed | (live - effect.sets if effect.falls else NONE)
            for label, _ in effect.exits:
                live |= at_label.get(label, NONE)
        return tuple(reversed(result))

    def live_out_of_body(self, stmt: For | Loop, live_after: Names) -> Names:
        """What is needed at the end of the body of a loop: by its next iteration or by what follows."""
        return live_after | self.effect_of_all(stmt.body).exposed

    def private_to(self, loop: For, live_after: Names) -> Names:
        """Scalars of which every iteration of the loop could have its own copy."""
        return scalars_assigned(loop.body) - self.effect_of_all(loop.body).exposed - live_after


def scalars_in(*exprs: Expr) -> Names:
    """The variables read."""
    return frozenset(node.name for expr in exprs for node in walk_expr(expr) if isinstance(node, Var))
