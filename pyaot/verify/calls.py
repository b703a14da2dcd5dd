"""Calls that a function's hints allow: in all layouts, with arguments that overlap; and some that break them.

a: Float64[np.ndarray, "n"], b: Float64[np.ndarray, "n"], k: float = 1.0

    a = np.array([0.5, np.nan], np.float64)[::-1]
    b = a
    f(a, b)
"""

import keyword
from typing import assert_never

from hypothesis import strategies as st
from msgspec import Struct, field

from pyaot.frontend.hint_types import (
    AnyDim,
    ArrayHint,
    ClassHint,
    ConcreteHint,
    DimHint,
    ExpressionDim,
    FixedDim,
    Hint,
    ListHint,
    LiteralHint,
    NamedDim,
    NoneHint,
    ScalarHint,
    TupleHint,
    VariadicDim,
)
from pyaot.frontend.hints import Signature, TypedParameter
from pyaot.frontend.subjects import Subject
from pyaot.ir.program import Kind
from pyaot.ir.types import DType, Scalar
from pyaot.verify.arrays import EVERY_LAYOUT, PLAIN, array_texts
from pyaot.verify.call import Call
from pyaot.verify.elements import calm_values, scalars, values
from pyaot.verify.texts import number_text

STATES: tuple[dict[str, str], ...] = ({}, {}, {}, {"all": "ignore"}, {"all": "raise"})

# The largest extent of a call: mostly a few, sometimes more than tiles, blocks and vectors hold.
_LARGEST = (6, 6, 6, 6, 9, 20, 20, 70)
_FEW = 6
_MOST_BY_RANK = {3: 20, 4: 9}

# Most calls are to reach the versions.
_LAYOUTS = (*PLAIN * 3 * len(EVERY_LAYOUT), *EVERY_LAYOUT)

_ODD = (
    "None", "2**70", "-(2**63)", "2**31", "True", "1.5", "1j", "'text'", "[]", "[1, 2.0, 'x']", "()",
    "np.float64(2)", "np.int8(3)", "float('nan')",
)  # fmt: skip


class _Drawing(Struct):
    """One call while it is drawn."""

    draw: st.DrawFn
    subject: Subject
    layouts: tuple[str, ...]
    is_calm: bool
    largest: int
    common: int  # so that shapes that nothing ties agree often
    lines: list[str] = field(default_factory=list)
    extents: dict[str, tuple[int, ...]] = field(default_factory=dict)  # of named dimensions
    texts: dict[ConcreteHint, list[str]] = field(default_factory=dict)  # names that were made, by type

    def elements(self, dtype: DType) -> st.SearchStrategy[object]:
        """Of arrays and numbers of this call."""
        return calm_values(dtype) if self.is_calm else values(dtype)

    def chance(self, one_of: int) -> bool:
        """Seldom true."""
        return self.draw(st.integers(0, one_of - 1)) == one_of - 1


@st.composite
def calls_for(
    draw: st.DrawFn, subject: Subject, layouts: tuple[str, ...] = _LAYOUTS, is_fitting: bool = True
) -> Call:
    """A call of the function; where it is not `is_fitting` one argument is not what its hint says."""
    signature = draw(st.sampled_from(subject.signatures))
    largest = min(draw(st.sampled_from(_LARGEST)), _most(subject, signature))
    is_calm = draw(st.sampled_from((True, True, False)))
    d = _Drawing(draw, subject, layouts, is_calm, largest, draw(st.integers(0, largest)))
    given = [(p, _passed(d, p)) for p in signature.parameters]
    if not is_fitting and given:
        place = draw(st.integers(0, len(given) - 1))
        given[place] = given[place][0], [_odd(d)]
    state = draw(st.sampled_from(STATES))
    return _call(subject.name, d.lines, given, state)


def _most(subject: Subject, signature: Signature) -> int:
    """The largest extent that arrays of so many dimensions have."""
    made = (p for signatures in subject.makers.values() for s in signatures for p in s.parameters)
    hints = [p.type for p in (*signature.parameters, *made)]
    ranks = [len(h.dims) if h.dims else h.rank or 2 for h in hints if isinstance(h, ArrayHint)]
    known = [rank for several in subject.ranks.values() for rank in several]
    return _MOST_BY_RANK.get(min(max(ranks + known, default=1), 4), _LARGEST[-1])


Given = tuple[TypedParameter, list[str]]


def _call(target: str, lines: list[str], given: list[Given], state: dict[str, str]) -> Call:
    """A parameter that gets nothing is left out; those behind it are passed by their names."""
    positional: list[str] = []
    keywords: list[tuple[str, str]] = []
    is_by_place = True
    for parameter, texts in given:
        if parameter.kind is Kind.KEYWORD_ONLY or not is_by_place:
            is_named = parameter.kind is not Kind.VAR_POSITIONAL
            keywords += [(parameter.name, text) for text in texts if is_named]
        else:
            positional += texts
            is_by_place = bool(texts)
    return Call(target, tuple(lines), tuple(positional), tuple(keywords), tuple(state.items()))


def _passed(d: _Drawing, parameter: TypedParameter) -> list[str]:
    """The texts of the arguments that a parameter gets; one that has a default may get none."""
    if parameter.has_default and parameter.kind is not Kind.POSITIONAL_ONLY and d.chance(4):
        return []
    if parameter.kind is Kind.VAR_POSITIONAL and isinstance(parameter.type, TupleHint):
        items = parameter.type.items * d.draw(st.integers(0, 4))
        return [_value(d, item, f"{parameter.name}_{k}") for k, item in enumerate(items)]
    name = _variable(parameter.name)
    text = _value(d, parameter.type, name)
    return [_named(d, parameter.type, name, text)]


def _variable(name: str) -> str:
    return f"{name}_" if name in ("np", "Tagged") or keyword.iskeyword(name) else name


def _named(d: _Drawing, hint: ConcreteHint, name: str, text: str) -> str:
    """The text as a variable of its own; what is a number stays where it is passed."""
    if not isinstance(hint, (ArrayHint, ListHint, TupleHint, ClassHint)):
        return text
    d.lines.append(f"{name} = {text}")
    d.texts.setdefault(hint, []).append(name)
    return name


def _odd(d: _Drawing) -> str:
    if d.chance(2):
        dtype = d.draw(st.sampled_from(list(DType)))
        shape = tuple(d.draw(st.lists(st.integers(0, 3), max_size=3)))
        return d.draw(array_texts(dtype, shape, d.elements(dtype)))
    return d.draw(st.sampled_from(_ODD))


# ---- one argument -------------------------------------------------------------------------------------


def _value(d: _Drawing, hint: Hint | None, name: str) -> str:
    match hint:
        case ScalarHint(type):
            return number_text(d.draw(_scalars(d, type)))
        case ArrayHint():
            return _again(d, hint) or _array(d, hint, name)
        case ListHint(item):
            return _again(d, hint) or _list(d, item, name)
        case TupleHint(items, is_homogeneous):
            parts = items * d.draw(st.integers(0, 4)) if is_homogeneous else items
            texts = [_value(d, part, f"{name}_{k}") for k, part in enumerate(parts)]
            return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
        case NoneHint():
            return "None"
        case LiteralHint(choices):
            return repr(d.draw(st.sampled_from(choices)))
        case ClassHint(of):
            return _object(d, of, name)
        case _:
            raise TypeError(f"{hint} is not of a concrete signature")


def _scalars(d: _Drawing, type: Scalar) -> st.SearchStrategy[object]:
    """Whole numbers are often extents."""
    if type.dtype.is_integer:
        extents = st.sampled_from([d.common, *(e for found in d.extents.values() for e in found)])
        small = st.integers(0 if type.dtype.kind == "u" else -3, _FEW)
        odd = values(type.dtype) | st.sampled_from([2**31, 2**32, -(2**31) - 1])
        return scalars(type, extents | small if d.is_calm else extents | small | odd)
    return scalars(type, d.elements(type.dtype))


def _list(d: _Drawing, item: Hint | None, name: str) -> str:
    count = min(_extent(d), _FEW * 4)
    if isinstance(item, ScalarHint):
        numbers = d.draw(st.lists(_items(d, item.type), min_size=count, max_size=count))
        return number_text(numbers)
    if isinstance(item, ListHint) and d.chance(8):
        d.lines.append(f"{name}_row = {_value(d, item, name)}")
        return f"[{', '.join([f'{name}_row'] * min(count, _FEW))}]"
    rows = [_value(d, item, f"{name}_{k}") for k in range(min(count, _FEW))]
    return f"[{', '.join(rows)}]"


def _items(d: _Drawing, type: Scalar) -> st.SearchStrategy[object]:
    return scalars(type, d.elements(type.dtype))


def _object(d: _Drawing, of: str, name: str) -> str:
    makers = d.subject.makers.get(of, ())
    signature: Signature = d.draw(st.sampled_from(makers)) if makers else Signature(())
    given = [(p, [_value(d, p.type, f"{name}_{p.name}")]) for p in signature.parameters]
    call = _call(of, [], given, {})
    texts = [*call.positional, *(f"{key}={text}" for key, text in call.keywords)]
    return f"{of}({', '.join(texts)})"


# ---- arrays -------------------------------------------------------------------------------------------


def _again(d: _Drawing, hint: ConcreteHint) -> str:
    """Sometimes what stands for another parameter of the type: itself, or a view that overlaps it."""
    others = d.texts.get(hint, [])
    if not others or not d.chance(6):
        return ""
    other = d.draw(st.sampled_from(others))
    may_be_view = isinstance(hint, ArrayHint) and (hint.rank or 1) > 0
    return other + d.draw(st.sampled_from(("", "", "[::-1]", "[1:]") if may_be_view else ("",)))


def _array(d: _Drawing, hint: ArrayHint, name: str) -> str:
    dtype = hint.dtype or DType.FLOAT64
    shape = _shape(d, hint, name)
    text: str = d.draw(array_texts(dtype, shape, d.elements(dtype), d.layouts))
    return text


def _shape(d: _Drawing, hint: ArrayHint, name: str) -> tuple[int, ...]:
    if hint.dims is None:
        rank = _rank(d, name) if hint.rank is None else hint.rank
        dims: tuple[DimHint, ...] = (AnyDim(),) * rank
    else:
        dims = hint.dims
    return tuple(extent for dim in dims for extent in _extents(d, dim))


def _rank(d: _Drawing, name: str) -> int:
    """Mostly one for which there is a version."""
    known = d.subject.ranks.get(name, ())
    if known and not d.chance(8):
        return d.draw(st.sampled_from(known))
    return d.draw(st.integers(1, 3))


def _extents(d: _Drawing, dim: DimHint) -> tuple[int, ...]:
    match dim:
        case NamedDim(name):
            return d.extents.setdefault(name, (_extent(d),))
        case FixedDim(size):
            return (size,)
        case AnyDim():
            return (_extent(d),)
        case ExpressionDim(text):
            known = {name: found[0] for name, found in d.extents.items() if len(found) == 1}
            try:
                return (max(int(eval(text, {}, known)), 0),)
            except (NameError, ArithmeticError):  # a name that a later parameter binds
                return (_extent(d),)
        case VariadicDim(name):
            several = tuple(_extent(d) for _ in range(d.draw(st.integers(0, 2))))
            return several if name is None else d.extents.setdefault(f"*{name}", several)
        case _:
            assert_never(dim)


def _extent(d: _Drawing) -> int:
    """Mostly the extent that all arrays of the call share."""
    return d.draw(st.integers(0, d.largest)) if d.chance(6) else d.common
