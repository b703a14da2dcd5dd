"""A condition that is the same in every turn, and chooses what arrays are called, is tested before the loop.

    for z in range(n):                      if p == q:
        if p == q:                              for z in range(n):
            bind x = a                              bind x = a
        else:                                       t
            bind x = b                      else:
        t                                       for z in range(n):
                                                    bind x = b
                                                    t

So the names can be settled in each loop by itself.
"""

from msgspec import Struct
from msgspec.structs import replace

from pyaot.base.names import fresh
from pyaot.ir.failing import can_fail
from pyaot.ir.mentions import expr_mentions, mentions, names_set, with_names
from pyaot.ir.nodes import Bind, Block, Expr, For, Function, If, Load, Stmt
from pyaot.ir.walk import Body, bound_together, transform_body, walk_expr, walk_stmts, with_others

MOST = 80  # statements of a loop that is written twice


def unswitch(function: Function) -> Function:
    """The function with such conditions before their loops."""
    if not any(isinstance(stmt, Bind) for stmt in walk_stmts(function.body)):
        return function
    return replace(function, body=transform_body(_Unswitching(function).stmt, function.body))


class _Unswitching(Struct, dict=True):
    function: Function

    def __post_init__(self) -> None:
        self.uses = mentions(self.function.body)
        self.together = bound_together(self.function.body)
        self.taken = set(self.uses) | {param.name for param in self.function.params}

    def stmt(self, stmt: Stmt) -> Body:
        """The loop, or the condition with a loop in each branch."""
        if not isinstance(stmt, For):
            return (stmt,)
        place = next(
            (n for n, s in enumerate(stmt.body) if isinstance(s, If) and self._chooses(s, stmt)), None
        )
        inside = tuple(walk_stmts(stmt.body))
        if place is None or len(inside) > MOST or any(isinstance(s, Block) for s in inside):
            return (stmt,)
        choice, before, after = stmt.body[place], stmt.body[:place], stmt.body[place + 1 :]
        assert isinstance(choice, If)
        first = replace(stmt, body=(*before, *choice.then, *after))
        second = replace(stmt, body=(*before, *choice.otherwise, *after))
        return (replace(choice, then=(first,), otherwise=self._with_own_names(second)),)

    def _chooses(self, stmt: If, loop: For) -> bool:
        binds = all(any(isinstance(s, Bind) for s in branch) for branch in (stmt.then, stmt.otherwise))
        return binds and self._is_steady(stmt.condition, loop)

    def _is_steady(self, condition: Expr, loop: For) -> bool:
        changed = with_others(names_set((loop,)), self.together)
        reads = any(isinstance(node, Load) for node in walk_expr(condition))
        return not reads and not can_fail(condition) and not changed & set(expr_mentions(condition))

    def _with_own_names(self, loop: For) -> Body:
        """The loop with other names for all that only it uses: each name is made in one place."""
        used = mentions((loop,))
        names: dict[str, str] = {}
        for name in sorted(names_set((loop,))):
            if used[name] >= self.uses[name]:
                names[name] = fresh(name, self.taken)
                self.taken.add(names[name])
        return with_names((loop,), names)
