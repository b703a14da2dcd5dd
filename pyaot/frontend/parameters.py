"""The parameters of one typed instance: IR parameters, where the guard finds them, their values in the body.

def f(a: Float64[np.ndarray, "n 3"], pair: tuple[int, float], mode: Literal["x"])
    params     a: float64[2], pair_0: int, pair_1: float
    requires   Dim(a, 1) == 3
    facts      mode == 'x'
"""

from collections.abc import Mapping

from pyaot.base.catalogue import UNKNOWN_HINT
from pyaot.frontend.arithmetic import compare, integer
from pyaot.frontend.arrays import whole
from pyaot.frontend.context import Context
from pyaot.frontend.hint_types import (
    ArrayHint,
    ClassHint,
    FixedDim,
    Hint,
    ListHint,
    LiteralHint,
    NamedDim,
    NoneHint,
    ScalarHint,
    TupleHint,
)
from pyaot.frontend.hints import TypedParameter
from pyaot.frontend.lists import MOST_NESTED
from pyaot.frontend.ranks import fields_read, is_tuple
from pyaot.frontend.scope_functions import FunctionInfo
from pyaot.frontend.values import NoneValue, Number, RecordValue, TextValue, TupleValue, Value
from pyaot.ir.nodes import Const, Dim, Expr, Maker, Param, Var
from pyaot.ir.program import Binding, Claim, GlobalFact
from pyaot.ir.types import PY_BOOL, PY_INT, Array, DType, Origin, Scalar


class ParameterList:
    """Builds the IR parameters of one instance."""

    def __init__(self, ctx: Context, info: FunctionInfo, ranks: Mapping[str, int]) -> None:
        self.ctx, self.info, self.ranks = ctx, info, ranks
        self.params: list[Param] = []
        self.bindings: list[Binding] = []
        self.facts: list[GlobalFact] = []
        self.dims: dict[str, Expr] = {}
        self.global_arrays: dict[str, Value] = {}  # that the body reads

    def add(self, parameter: TypedParameter) -> None:
        """One parameter of the user's."""
        self.ctx.scope.names[parameter.name] = self.value_of(parameter.name, parameter.name, parameter.type)

    def value_of(self, name: str, text: str, hint: Hint) -> Value:
        """The value of a parameter, or of a part of one, that Python text `text` gives."""
        match hint:
            case ScalarHint(type):
                return Number(Var(self._new(name, text, type), type))
            case ArrayHint():
                return self._array(name, text, hint)
            case ListHint():
                return whole(self.ctx, self._new(name, text, _list_type(self.ctx, hint)))
            case TupleHint(items, is_homogeneous=False):
                parts = (self.value_of(f"{name}_{n}", f"{text}[{n}]", item) for n, item in enumerate(items))
                return TupleValue(tuple(parts))
            case NoneHint():
                self.facts.append(GlobalFact(text, "None"))
                return NoneValue()
            case LiteralHint((literal, *_)):
                return self._literal(text, literal)
            case ClassHint(class_name):
                return self._object(name, text, class_name)
        raise self.ctx.refuse(
            UNKNOWN_HINT, f"The type of '{text}' has no compiled form.", self.info.node.name
        )

    def _new(self, name: str, text: str, type: Scalar | Array) -> str:
        fresh = self.ctx.fresh(name)
        self.params.append(Param(fresh, type))
        self.bindings.append(Binding(fresh, text))
        self.ctx.parameters.add(fresh)
        self.ctx.user_names[fresh] = text
        if isinstance(type, Array):
            self.ctx.arrays[fresh] = type
        else:
            self.ctx.stable.add(fresh)
        return fresh

    def _array(self, name: str, text: str, hint: ArrayHint) -> Value:
        chosen = hint.rank if hint.rank is not None else self.ranks.get(text, 1)
        array = self._new(name, text, Array(hint.dtype or DType.FLOAT64, chosen))
        extents: list[Expr] = []
        fixed = hint.dims if hint.dims is not None and len(hint.dims) == chosen else (None,) * chosen
        for axis, dim in enumerate(fixed):
            extent: Expr = Dim(array, axis, PY_INT)
            match dim:
                case FixedDim(size):
                    self._require(compare("eq", extent, integer(size)), text)
                    extent = integer(size)
                case NamedDim(dim_name):
                    known = self.dims.setdefault(dim_name, extent)
                    if known != extent:
                        self._require(compare("eq", extent, known), text)
                    extent = known
            extents.append(extent)
        self.ctx.extents[array] = tuple(extents)
        return whole(self.ctx, array)

    def _require(self, condition: Expr, text: str) -> None:
        self.ctx.require(condition, f"'{text}' does not have the shape of its hint")

    def _literal(self, text: str, literal: str | int | bool | bytes) -> Value:
        self.facts.append(GlobalFact(text, repr(literal)))
        match literal:
            case bool():
                return Number(Const(literal, PY_BOOL))
            case int():
                return Number(integer(literal))
            case str():
                return TextValue(literal)
        raise self.ctx.refuse(
            UNKNOWN_HINT, f"The type of '{text}' has no compiled form.", self.info.node.name
        )

    def _object(self, name: str, text: str, class_name: str) -> Value:
        """An object by the fields that the body reads; a named tuple of which more is used is a tuple."""
        hints = fields_read(self.info, self.ctx.module, text, class_name)
        fields = {
            field: self.value_of(f"{name}_{field}", f"{text}.{field}", hint) for field, hint in hints.items()
        }
        if not is_tuple(self.info, self.ctx.module, text, class_name):
            return RecordValue(class_name, fields, text)
        self.facts.append(GlobalFact(text, class_name, Claim.IS_A))
        return TupleValue(tuple(fields.values()), maker=Maker(class_name, tuple(fields)))


def _list_type(ctx: Context, hint: ListHint) -> Array:
    rank, item = 1, hint.item
    while isinstance(item, ListHint):
        rank, item = rank + 1, item.item
    if isinstance(item, ScalarHint) and item.type.origin is Origin.PYTHON and rank <= MOST_NESTED:
        return Array(item.type.dtype, rank, boxed=True)
    if item is None:
        return Array(DType.FLOAT64, rank, boxed=True)
    raise ctx.refuse(
        UNKNOWN_HINT, f"Only lists of Python numbers, nested up to {MOST_NESTED} deep, are compiled."
    )
