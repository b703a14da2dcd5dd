"""Shapes as jaxtyping writes them.

"m n"       NamedDim("m"), NamedDim("n")        "... 3"       VariadicDim(), FixedDim(3)
"n+1 _"     ExpressionDim("n+1"), AnyDim()      "*batch c=4"  VariadicDim("batch"), FixedDim(4)
"""

import ast

from pyaot.frontend.hint_types import AnyDim, DimHint, ExpressionDim, FixedDim, NamedDim, VariadicDim

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)


def read_dims(text: str) -> tuple[DimHint, ...]:
    """The dimensions that the text lists; ValueError says what is wrong with it."""
    dims = tuple(_read_dim(word) for word in text.split())
    if sum(isinstance(dim, VariadicDim) for dim in dims) > 1:
        raise ValueError(f"'{text}' has more than one dimension of any number")
    return dims


def rank_of(dims: tuple[DimHint, ...]) -> int | None:
    """The number of dimensions, None where a variadic one leaves it open."""
    return None if any(isinstance(dim, VariadicDim) for dim in dims) else len(dims)


def names_in(dim: ExpressionDim) -> frozenset[str]:
    """The names of dimensions that an expression uses."""
    return frozenset(n.id for n in ast.walk(ast.parse(dim.text)) if isinstance(n, ast.Name))


def _read_dim(word: str) -> DimHint:
    text = word.rpartition("=")[2]  # `rows=3`: the name is documentation
    marks = text[: len(text) - len(text.lstrip("#*_?"))]
    name = text.removeprefix(marks)
    if text == "..." or ("*" in marks and ("_" in marks or "#" in marks)):
        return VariadicDim()
    if "*" in marks and name.isidentifier():
        return VariadicDim(name)
    if ("_" in marks or "#" in marks) and (not name or name.isidentifier() or name.isdecimal()):
        return AnyDim()
    if not marks and name.isdecimal():
        return FixedDim(int(name))
    if not marks and name.isidentifier():
        return NamedDim(name)
    return _read_expression(word, text)


def _read_expression(word: str, text: str) -> DimHint:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        tree = None
    if tree is None or not _is_arithmetic(tree):
        advice = "; dimensions are separated by spaces" if "," in word else ""
        raise ValueError(f"'{word}' is not a dimension{advice}")
    return ExpressionDim(text)


def _is_arithmetic(node: ast.expr) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Constant(value=int()):
            return True
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _ARITHMETIC) and _is_arithmetic(left) and _is_arithmetic(right)
        case _:
            return False
