"""The statements of a function outside of the loops that became axes: plain Python.

Allocate("t", float64, (n,), 0.0)           t = np.zeros(n)
For("k", ...)                               for k in range(n):
Block("out", Loop(... Exit("out") ...))     while True: ... break
Return((a, x))                              return 0, 0, a, x          path, flags, leaves
"""

from collections.abc import Sequence

from msgspec import Struct

from pyaot.backends.numpy_facts import weak
from pyaot.backends.numpy_nests import Nests, head_of
from pyaot.backends.numpy_output import Output, atom
from pyaot.backends.numpy_values import Frame, RefusedError, Value, is_vectorised
from pyaot.backends.python_text import numpy_name
from pyaot.ir.nodes import (
    Allocate,
    ArrayResult,
    Assign,
    Binary,
    Bind,
    Block,
    Check,
    Const,
    Exit,
    Expr,
    For,
    If,
    LibraryCall,
    Loop,
    Nothing,
    Result,
    Return,
    ScalarResult,
    Stmt,
    Store,
    TupleResult,
    ViewResult,
)
from pyaot.ir.walk import expressions_of, walk_expr


class Statements(Struct):
    """Writes them."""

    out: Output
    returns: tuple[Return, ...]

    def all(self, body: Sequence[Stmt], leaves: tuple[str, ...] = ()) -> None:
        """A body; `leaves`: labels that a `break` would leave here, innermost last ('' for a loop's own)."""
        for stmt in body:
            self._statement(stmt, leaves)

    def _statement(self, stmt: Stmt, leaves: tuple[str, ...]) -> None:
        out = self.out
        if not (isinstance(stmt, For) and is_vectorised(stmt)):
            self._look_at(stmt)
        match stmt:
            case For() if is_vectorised(stmt):
                Nests(out).nest(stmt)
            case For():
                with out.text.block(head_of(out, stmt), stmt.span):
                    self.all(stmt.body, ("",))
            case Loop():
                with out.text.block("while True:", stmt.span):
                    self.all(stmt.body, ("",))
            case If():
                self._if(stmt, leaves)
            case Block():
                self._block(stmt)
            case Exit(label):
                if not leaves or leaves[-1] != label:
                    raise RefusedError("leaves two loops at once")
                out.text.add("break", stmt.span)
            case LibraryCall():
                raise RefusedError("a library call")
            case _:
                self._simple(stmt)

    def _simple(self, stmt: Stmt) -> None:
        out, value = self.out, self.out.names.value
        match stmt:
            case Assign():
                out.text.add(f"{value(stmt.name)} = {out.plain(stmt.value)}", stmt.span)
            case Store():
                subscripts = ", ".join(map(out.plain, stmt.subscripts)) or "()"
                out.text.add(f"{value(stmt.array)}[{subscripts}] = {out.plain(stmt.value)}", stmt.span)
            case Allocate():
                out.text.add(f"{value(stmt.name)} = {self._new(stmt)}", stmt.span)
            case Bind():
                targets, sources = (", ".join(map(value, names)) for names in (stmt.targets, stmt.sources))
                out.text.add(f"{targets} = {sources}", stmt.span)
            case Check():
                out.need(Value(atom(out.plain(stmt.condition))), None, Frame())
            case Return():
                path = next(i for i, known in enumerate(self.returns) if known is stmt)
                leaves = "".join(f", {leaf}" for leaf in self._leaves(stmt.result))
                out.text.add(f"return {path}, 0{leaves}", stmt.span)
            case _:
                raise RefusedError(f"a {type(stmt).__name__}")

    def _if(self, stmt: If, leaves: tuple[str, ...]) -> None:
        with self.out.text.block(f"if {self.out.plain(stmt.condition)}:", stmt.span):
            self.all(stmt.then, leaves)
        if stmt.otherwise:
            with self.out.text.block("else:"):
                self.all(stmt.otherwise, leaves)

    def _block(self, stmt: Block) -> None:
        """A block is a loop that runs once; around a single loop it is that loop."""
        match stmt.body:
            case (For() | Loop() as loop,) if not (isinstance(loop, For) and is_vectorised(loop)):
                head = head_of(self.out, loop) if isinstance(loop, For) else "while True:"
                with self.out.text.block(head, loop.span):
                    self.all(loop.body, (stmt.label,))
            case _:
                with self.out.text.block("while True:", stmt.span):
                    self.all(stmt.body, (stmt.label,))
                    self.out.text.add("break")

    def _look_at(self, stmt: Stmt) -> None:
        """NumPy's integers give 0 for a division by zero, where the attempt is to fail."""
        for expr in expressions_of(stmt):
            for node in walk_expr(expr):
                if isinstance(node, Binary) and node.op in ("floordiv", "mod"):
                    self._look_at_divisor(node)

    def _look_at_divisor(self, node: Binary) -> None:
        if node.type.is_python or not node.type.dtype.is_integer or isinstance(node.right, Const):
            return
        self.out.need(Value(f"({atom(self.out.plain(weak(node.right)))} != 0)"), None, Frame())

    def _new(self, stmt: Allocate) -> str:
        extents = [self.out.plain(extent) for extent in stmt.shape]
        shape = extents[0] if len(extents) == 1 else f"({', '.join(extents)})"
        dtype = f"{self.out.np}.{numpy_name(stmt.type.dtype)}"
        if stmt.fill is None:
            return f"{self.out.np}.empty({shape}, {dtype})"
        if not stmt.fill.value:
            return f"{self.out.np}.zeros({shape}, {dtype})"
        fill = self.out.plain(weak(stmt.fill))
        return f"{self.out.np}.full({shape}, {fill}, {dtype})"

    def _leaves(self, result: Result) -> list[str]:
        match result:
            case Nothing():
                return []
            case ScalarResult():
                return [self._number(result.value)]
            case ArrayResult():
                return [self.out.names.value(result.array)]
            case ViewResult():
                name, offset = self.out.names.value(result.array), self.out.plain(result.offset)
                return [f"({name}, {offset}, {self._tuple(result.shape)}, {self._tuple(result.strides)})"]
            case TupleResult():
                return [leaf for item in result.items for leaf in self._leaves(item)]

    def _tuple(self, items: tuple[Expr, ...]) -> str:
        return f"({', '.join(map(self.out.plain, items))}{',' if len(items) == 1 else ''})"

    def _number(self, expr: Expr) -> str:
        """Leaves are Python's numbers."""
        text = self.out.plain(expr)
        return text if expr.type.is_python else f"{atom(text)}.item()"
