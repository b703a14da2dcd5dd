"""Loops that only combine something into one element: sums, products, extremes, histograms.

for k: s = s + a[i, k] * b[k, j]         s = s + a[i, :] @ b[:, j]
for k: s = s + x[k] * x[k] * w           s = s + (x * x * w).sum()
for i: count[k[i]] = count[k[i]] + 1     np.add.at(count, k, 1)          in the original's order
"""

from collections.abc import Iterator

from pyaot.backends.numpy_expressions import Expressions
from pyaot.backends.numpy_facts import stripped, weak
from pyaot.backends.numpy_values import Dims, RefusedError, Value, aligned
from pyaot.backends.python_text import numpy_name
from pyaot.ir.nodes import Assign, Binary, Cast, Const, Expr, Load, Select, Store, Var
from pyaot.ir.types import DType
from pyaot.poly.reductions import COMBINED, is_same_place

_METHODS = {
    "add": "sum",
    "mul": "prod",
    "minimum": "min",
    "maximum": "max",
    "bitand": "all",
    "bitor": "any",
}
_NEUTRAL = {"add": "0", "mul": "1", "bitand": "True", "bitor": "False", "bitxor": "False"}
_BITS = {"bitand": "bitwise_and", "bitor": "bitwise_or", "bitxor": "bitwise_xor"}
_LETTERS = "ijklmnpqrstuvw"


def added_terms(stmt: Assign | Store) -> tuple[str, list[tuple[Expr, bool]], Expr]:
    """The operation by which a statement updates its target, what it adds (False: subtracts), the target."""
    old = target_of(stmt)
    value = stripped(stmt.value)
    match value:
        case Binary(op) if op in COMBINED:
            terms = [t for t in _chain(value, COMBINED[op]) if not is_same_place(t[0], old)]
            return COMBINED[op], terms, old
        case Select(first, second, Const(value=False)) if is_same_place(first, old):
            return "bitand", [(second, True)], old
        case Select(first, Const(value=True), second) if is_same_place(first, old):
            return "bitor", [(second, True)], old
    raise RefusedError("this reduction has no array form")


def refuse_large_sums(stmt: Assign | Store, terms: list[tuple[Expr, bool]]) -> None:
    """Python's ints may leave int64, where NumPy's sums wrap; a count of iterations does not."""
    value = stripped(stmt.value)
    if not (isinstance(value, Binary) and value.type.is_python and value.type.dtype.is_integer):
        return
    is_count = isinstance(stmt, Assign) and value.op in ("add", "sub") and all(_is_small(t) for t, _ in terms)
    if value.op in ("add", "sub", "mul") and value.checked and not is_count:
        raise RefusedError("a sum of ints may leave int64")


def _is_small(term: Expr) -> bool:
    """So small that memory has no room for enough of them."""
    match term:
        case Const():
            return abs(term.value) < 2**20
        case Cast():
            return term.operand.type.dtype.bits <= 16 and term.operand.type.dtype.kind in "biu"
        case Select():
            return _is_small(term.if_true) and _is_small(term.if_false)
        case _:
            return False


def target_of(stmt: Assign | Store) -> Expr:
    """What the statement sets, as an expression."""
    if isinstance(stmt, Assign):
        return Var(stmt.name, stmt.value.type)
    return Load(stmt.array, stmt.subscripts, stmt.value.type, stmt.checked)


def _chain(expr: Expr, op: str, is_added: bool = True) -> Iterator[tuple[Expr, bool]]:
    expr = stripped(expr)
    if isinstance(expr, Binary) and COMBINED.get(expr.op) == op:
        yield from _chain(expr.left, op, is_added)
        yield from _chain(expr.right, op, is_added is (expr.op != "sub"))
    else:
        yield expr, is_added


def reduced(writer: Expressions, op: str, expr: Expr, over: frozenset[str]) -> Value:
    """The expression combined along these axes."""
    dims = writer.dims(expr)
    if not over <= set(dims):
        raise RefusedError("the same is combined again and again")
    if op == "add" and writer.mask is None:
        product = _product(writer, expr, over)
        if product is not None:
            return product
    check_covered(writer, expr, dims)
    value = _masked(writer, op, expr)
    kept = tuple(dim for dim in value.dims if dim not in over)
    axes = [axis for axis, dim in enumerate(value.dims) if dim in over]
    options = [] if not kept else [f"axis={axes[0] if len(axes) == 1 else tuple(axes)}"]
    dtype = expr.type.dtype
    if op in _BITS and not (dtype is DType.BOOL and op in _METHODS):
        along = "".join(f", {option}" for option in options or ["axis=None"])
        return Value(f"{writer.out.np}.{_BITS[op]}.reduce({value.text}{along})", kept)
    if op in ("add", "mul") and dtype.is_integer and dtype is not DType.INT64:
        options.append(f"dtype={writer.out.np}.{numpy_name(dtype)}")
    if op in ("minimum", "maximum"):
        options.append(f"initial={_extreme(writer, op, dtype)}")
    return Value(f"{value.text}.{_METHODS[op]}({', '.join(options)})", kept)


def _masked(writer: Expressions, op: str, expr: Expr) -> Value:
    """The values of the lanes that count, and the neutral element on the others."""
    value = writer.value(expr)
    mask = writer.mask
    if mask is None:
        return value
    if op not in _NEUTRAL or (op == "bitand" and expr.type.dtype.is_integer):
        raise RefusedError("an extreme under a condition")
    dims = writer.frame.ordered((*value.dims, *mask.dims))
    texts = f"{aligned(mask, dims)}, {aligned(value, dims)}, {_NEUTRAL[op]}"
    return Value(f"{writer.out.np}.where({texts})", dims)


def _extreme(writer: Expressions, op: str, dtype: DType) -> str:
    is_least = op == "maximum"
    if dtype.is_float:
        return f"{'-' if is_least else ''}{writer.out.np}.inf"
    return f"{writer.out.np}.iinfo({writer.out.np}.{numpy_name(dtype)}).{'min' if is_least else 'max'}"


def check_covered(writer: Expressions, expr: Expr, dims: Dims) -> None:
    """An array of these axes must not be larger than one that is there anyway."""
    if len(dims) > 1 and frozenset(dims) not in writer.out.visited:
        raise RefusedError("the array would be larger than all others")


# ---- products


def _product(writer: Expressions, expr: Expr, over: frozenset[str]) -> Value | None:
    """A sum of products of two factors that do not have all axes each: a matrix product, or an einsum."""
    expr = stripped(expr)
    if not (isinstance(expr, Binary) and expr.op == "mul") or expr.type.dtype.kind not in "fc":
        return None
    if expr.type.is_python:
        return None
    dims = set(writer.dims(expr))
    sides = (expr.left, expr.right)
    if any(not over <= set(writer.dims(side)) for side in sides):
        return None
    if len(dims) > 1 and all(set(writer.dims(side)) == dims for side in sides):
        return None
    for side in sides:
        check_covered(writer, side, writer.dims(side))
    left, right = (writer.value(side) for side in sides)
    return _matmul(writer, left, right, over)


def _matmul(writer: Expressions, left: Value, right: Value, over: frozenset[str]) -> Value:
    kept = writer.frame.ordered((set(left.dims) | set(right.dims)) - over)
    shared = set(left.dims) & set(right.dims) - over
    rows = tuple(dim for dim in left.dims if dim not in over)
    columns = tuple(dim for dim in right.dims if dim not in over)
    if len(over) == 1 and not shared and len(rows) <= 1 and len(columns) <= 1:
        inner = tuple(over)
        if rows + columns == kept:
            return Value(f"({aligned(left, rows + inner)} @ {aligned(right, inner + columns)})", kept)
        return Value(f"({aligned(right, columns + inner)} @ {aligned(left, inner + rows)})", kept)
    names = dict(zip(writer.frame.ordered((*left.dims, *right.dims)), _LETTERS, strict=False))
    signature = ",".join("".join(names[dim] for dim in side.dims) for side in (left, right))
    result = "".join(names[dim] for dim in kept)
    return Value(f'{writer.out.np}.einsum("{signature}->{result}", {left.text}, {right.text})', kept)


# ---- scattered updates


def scatter(writer: Expressions, stmt: Store) -> None:
    """`array[subscripts] += value` where several lanes may name one element: NumPy adds in order."""
    op, terms, _ = added_terms(stmt)
    if writer.mask is not None or len(terms) != 1:
        raise RefusedError("a scattered update under a condition")
    ufuncs = {"add": "add", "mul": "multiply", "minimum": "minimum", "maximum": "maximum"}
    if op not in ufuncs:
        raise RefusedError("this scattered update has no array form")
    expr, is_added = terms[0]
    out, np = writer.out, writer.out.np
    dims = writer.dims(*stmt.subscripts, expr)
    if set(dims) != set(writer.frame.dims):
        raise RefusedError("an update is repeated")
    texts = [writer.over(index_of(subscript), dims) for subscript in stmt.subscripts]
    index = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    value = writer.over(expr, dims) if writer.varies(expr) else out.plain(weak(expr))
    ufunc = ufuncs[op] if is_added or op != "add" else "subtract"
    out.declines = True
    out.text.add(f"{np}.{ufunc}.at({out.names.value(stmt.array)}, {index}, {value})", stmt.span)


def index_of(subscript: Expr) -> Expr:
    """A subscript without casts between integers: any will do."""
    subscript = stripped(subscript)
    is_cast = isinstance(subscript, Cast) and subscript.operand.type.dtype.is_integer
    return subscript.operand if isinstance(subscript, Cast) and is_cast else subscript
