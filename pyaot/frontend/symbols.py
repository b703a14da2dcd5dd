"""Names of the module: its constants, functions and imports, and Python's built-ins."""

import builtins
import math

import libcst as cst
import numpy as np

from pyaot.base.catalogue import UNKNOWN_NAME, UNSUPPORTED_EXPRESSION
from pyaot.frontend.arithmetic import integer
from pyaot.frontend.context import Context
from pyaot.frontend.promote import NoType, from_numpy
from pyaot.frontend.scopes import Constant
from pyaot.frontend.values import (
    FunctionValue,
    NoneValue,
    Number,
    SymbolValue,
    TextValue,
    TupleValue,
    Value,
)
from pyaot.ir.nodes import Const
from pyaot.ir.program import Claim, GlobalFact
from pyaot.ir.types import PY_BOOL, PY_COMPLEX, PY_FLOAT, Scalar

_LIBRARY_CONSTANTS: dict[str, float] = {
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "numpy.nan": math.nan,
    "numpy.euler_gamma": float(np.euler_gamma),
    "math.pi": math.pi,
    "math.e": math.e,
    "math.tau": math.tau,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "cmath.pi": math.pi,
}


def symbol_value(ctx: Context, name: str, node: cst.CSTNode) -> Value:
    """The value of a name that no function binds."""
    module = ctx.module
    if name in ("True", "False"):
        return Number(Const(name == "True", PY_BOOL))
    if name == "None":
        return NoneValue()
    if name in module.constants:
        return _guarded_constant(ctx, name, module.constants[name], node)
    if name in module.functions and name not in module.rebound:
        return _function(ctx, name, node)
    if name in module.imports and name not in module.rebound:
        note_fact(ctx, GlobalFact(name, module.imports[name], Claim.IS))
        return member(ctx, module.imports[name], node)
    if hasattr(builtins, name) and name not in module.rebound | module.hidden:
        if module.may_hide:
            note_fact(ctx, GlobalFact(name, f"builtins.{name}", Claim.IS))
        return SymbolValue(f"builtins.{name}")
    if (array := ctx.global_array(name)) is not None:
        return array
    raise ctx.refuse(UNKNOWN_NAME, f"The compiler cannot know what '{name}' is when the function runs.", node)


def _function(ctx: Context, name: str, node: cst.CSTNode) -> Value:
    found = ctx.module.functions[name]
    if found.obstacle:
        raise ctx.refuse(UNKNOWN_NAME, f"'{name}' {found.obstacle}, so it is not inlined.", node)
    note_fact(ctx, GlobalFact(name, name, Claim.IS))
    return FunctionValue(name, found.node, None)


def note_fact(ctx: Context, fact: GlobalFact) -> None:
    """A fact that the guard will check."""
    if fact not in ctx.global_facts:
        ctx.global_facts.append(fact)


def _guarded_constant(ctx: Context, name: str, value: Constant, node: cst.CSTNode) -> Value:
    result = constant(ctx, value, node)
    note_fact(ctx, GlobalFact(name, _text(value)))
    return result


def _text(value: Constant) -> str:
    match value:
        case tuple():
            return "(" + ", ".join(_text(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    return repr(value)


def constant(ctx: Context, value: Constant, node: cst.CSTNode) -> Value:
    """A value known from the text."""
    match value:
        case None:
            return NoneValue()
        case bool():
            return Number(Const(value, PY_BOOL))
        case int():
            if abs(value) >= 2**63:
                raise ctx.refuse(UNSUPPORTED_EXPRESSION, "The int does not fit into 64 bits.", node)
            return Number(integer(value))
        case np.generic():
            return _numpy_constant(ctx, value, node)
        case float():
            return Number(Const(value, PY_FLOAT))
        case complex():
            return Number(Const(value, PY_COMPLEX))
        case str():
            return TextValue(value)
        case tuple():
            return TupleValue(tuple(constant(ctx, item, node) for item in value))


def _numpy_constant(ctx: Context, value: np.generic, node: cst.CSTNode) -> Value:
    try:
        return Number(Const(value.item(), Scalar(from_numpy(value.dtype))))
    except NoType as error:
        raise ctx.refuse(UNSUPPORTED_EXPRESSION, f"{error}.", node) from error


def member(ctx: Context, path: str, node: cst.CSTNode) -> Value:
    """A member of a library: a constant of it, a dtype, None for np.newaxis, else a symbol."""
    if path in _LIBRARY_CONSTANTS:
        return Number(Const(_LIBRARY_CONSTANTS[path], PY_FLOAT))
    if path == "numpy.newaxis":
        return NoneValue()
    return SymbolValue(path)
