"""The elements of an array under another shape, as index arithmetic on where they are.

a.reshape(n, 1, m) of a[n, m]     element (i, 0, j) is a[i, j]
a.reshape(-1) of a[n, m]          element k is a[k // m, k % m]
"""

from collections.abc import Sequence

from pyaot.frontend.arithmetic import binary, compare, integer, plus, times
from pyaot.frontend.arrays import borrowed, materialise, pulled, reader
from pyaot.frontend.context import Context
from pyaot.frontend.prove import make_equal, same
from pyaot.frontend.values import ArrayValue, Indices, Place
from pyaot.ir.nodes import Const, Expr

Groups = list[tuple[tuple[int, ...], tuple[int, ...]]]  # axes before and after that hold the same elements


def reshaped(ctx: Context, array: ArrayValue, shape: Indices) -> ArrayValue:
    """The elements in C order under another shape; a view where the array is a contiguous one."""
    if not is_contiguous(ctx, array):
        return borrowed(ctx, array, reshaped(ctx, materialise(ctx, array, "copied"), shape))
    source = array
    groups = _matching_groups(ctx, source.shape, shape)
    if groups is None:
        groups = _apart_from_ones(ctx, source.shape, shape)
    if groups is None:
        _same_size(ctx, source.shape, shape)
        groups = [(tuple(range(source.rank)), tuple(range(len(shape))))]

    def inner(indices: Indices) -> Indices:
        result: list[Expr] = [integer(0)] * source.rank
        for old, new in groups:
            flat = _flat_index([indices[n] for n in new], [shape[n] for n in new])
            for axis, index in zip(old, _split_index(flat, [source.shape[a] for a in old])):
                result[axis] = index
        return tuple(result)

    if source.place is None:
        return pulled(source.dtype, shape, lambda indices: source.element(inner(indices)))
    ctx.reshaped.add(source.place.array)
    outer = source.place.subscripts
    linear = source.place.whole or source.place.linear
    place = Place(
        source.place.array, lambda indices: outer(inner(indices)), source.place.checked, linear=linear
    )
    return ArrayValue(source.dtype, shape, reader(ctx, place), place, borrowed=source.borrowed)


def is_contiguous(ctx: Context, array: ArrayValue) -> bool:
    """Whether its elements lie one behind the other in C order, as far as that is known."""
    place = array.place
    if place is None or place.whole or place.linear:
        return True
    if place.walks is None:
        return False
    extents = ctx.extents_of(place.array)
    axes = [axis for walk in place.walks for axis in walk.axes]
    last = len(extents) - len(axes)
    return axes == list(range(last, len(extents))) and all(
        walk.step == integer(1) and same(ctx, extent, extents[axis]) and place.starts[axis] == integer(0)
        for walk, extent, axis in zip(
            (w for w in place.walks if w.axes), (e for e, w in zip(array.shape, place.walks) if w.axes), axes
        )
    )


def _matching_groups(ctx: Context, old: Indices, new: Indices) -> Groups | None:
    """Runs of old and new axes with equal products: (n, m) -> (n, 1, m) pairs n with n and m with m."""
    groups: Groups = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and same(ctx, old[i], new[j]):
            groups.append(((i,), (j,)))
            i, j = i + 1, j + 1
        elif i < len(old) and old[i] == integer(1):
            groups.append(((i,), ()))
            i += 1
        elif j < len(new) and new[j] == integer(1):
            groups.append(((), (j,)))
            j += 1
        else:
            found = _next_group(ctx, old, new, i, j)
            if found is None:
                return None
            groups.append((tuple(range(i, found[0])), tuple(range(j, found[1]))))
            i, j = found
    return groups


def _apart_from_ones(ctx: Context, old: Indices, new: Indices) -> Groups | None:
    """Where axes of extent one come or go, the others are taken to stay: that is guarded or checked."""
    one = integer(1)
    kept = [[axis for axis, extent in enumerate(shape) if extent != one] for shape in (old, new)]
    if len(kept[0]) != len(kept[1]) or len(old) == len(new):
        return None
    pairs = list(zip(*kept))
    if any(isinstance(old[a], Const) and isinstance(new[b], Const) for a, b in pairs):
        return None
    for a, b in pairs:
        make_equal(ctx, old[a], new[b], "the new shape has other extents than 1 and those of the old one")
    groups: Groups = [((a,), (b,)) for a, b in pairs]
    groups += [((axis,), ()) for axis in range(len(old)) if axis not in kept[0]]
    return groups + [((), (axis,)) for axis in range(len(new)) if axis not in kept[1]]


def _next_group(ctx: Context, old: Indices, new: Indices, i: int, j: int) -> tuple[int, int] | None:
    for width in range(2, len(old) + len(new) - i - j + 1):
        for a in range(1, width):
            if i + a <= len(old) and j + width - a <= len(new):
                left, right = _product(old[i : i + a]), _product(new[j : j + width - a])
                if left == right or (
                    isinstance(left, Const) and isinstance(right, Const) and left.value == right.value
                ):
                    return i + a, j + width - a
    return None


def _product(extents: Sequence[Expr]) -> Expr:
    result: Expr = integer(1)
    for extent in extents:
        result = times(result, extent)
    return result


def _same_size(ctx: Context, old: Indices, new: Indices) -> None:
    make_equal(ctx, _product(old), _product(new), "the new shape has another size")


def _flat_index(indices: Sequence[Expr], extents: Sequence[Expr]) -> Expr:
    result: Expr = integer(0)
    for index, extent in zip(indices, extents):
        result = plus(times(result, extent), index)
    return result


def _split_index(flat: Expr, extents: Sequence[Expr]) -> list[Expr]:
    result: list[Expr] = []
    for position, extent in reversed(list(enumerate(extents))):
        if position == 0:
            result.append(flat)
        else:
            result.append(binary("mod", flat, extent))
            flat = binary("floordiv", flat, extent)
    return result[::-1]


def fill_unknown(ctx: Context, array: ArrayValue, shape: list[Expr]) -> Indices:
    """A shape for the array's elements: the extent that is given as -1 is what the size leaves."""
    unknown = [n for n, extent in enumerate(shape) if extent == integer(-1)]
    if not unknown:
        return tuple(shape)
    rest = [extent for n, extent in enumerate(shape) if n != unknown[0]]
    remaining = list(array.shape)
    for extent in list(rest):
        match_ = next((r for r in remaining if same(ctx, r, extent)), None)
        if match_ is not None:
            remaining.remove(match_)
            rest.remove(extent)
    shape[unknown[0]] = _product(remaining)
    if rest and _product(rest) != integer(1):
        total, divisor = _product(remaining), _product(rest)
        if isinstance(total, Const) and isinstance(divisor, Const):
            shape[unknown[0]] = integer(int(total.value.real) // int(divisor.value.real))
        else:
            ctx.check(compare("gt", divisor, integer(0)), "the new shape has another size")
            shape[unknown[0]] = ctx.temporary("extent", binary("floordiv", total, divisor))
    return tuple(shape)


def flattened(ctx: Context, array: ArrayValue) -> ArrayValue:
    """All elements in C order, as one axis."""
    return array if array.rank == 1 else reshaped(ctx, array, (_product(array.shape),))
