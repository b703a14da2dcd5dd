"""Compilers that make one mistake, each with a program in which it matters.

A mutant changes a pass, the guard, a text of a backend or the written module; `pyaot verify` finds all.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from pyaot import driver
from pyaot.ir.nodes import Function, Load, Store
from pyaot.ir.walk import map_exprs, transform_body
from pyaot.normalise import fold, ranges
from pyaot.output.bundle import Bundle
from pyaot.plan import guards
from pyaot.plan import plan as planning
from pyaot.plan.guards import AreApart, Condition, Holds
from pyaot.poly import dependences
from pyaot.verify import process
from tests.unit.verify.planted import change_native, change_numpy

HEAD = """
import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.float64]]
M = np.ndarray[tuple[int, int], np.dtype[np.float64]]
I = np.ndarray[tuple[int], np.dtype[np.int64]]
Singles = np.ndarray[tuple[int], np.dtype[np.float32]]


"""

Plant = Callable[[pytest.MonkeyPatch], None]


class Mutant(NamedTuple):
    """A mistake, and the text of a function `f` that shows it."""

    name: str
    text: str
    plant: Plant
    strict: bool = False


def native(*changes: tuple[str, str]) -> Plant:
    return lambda patch: change_native(patch, *changes)


def numpy(*changes: tuple[str, str]) -> Plant:
    return lambda patch: change_numpy(patch, *changes)


def module(old: str, new: str) -> Plant:
    """The written drop-in has this change."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def written(*given: Any) -> Bundle:
            bundle = driver.write_bundle(*given)
            text = bundle.path.read_text()
            assert old in text, f"{old!r} is not in\n{text}"
            bundle.path.write_text(text.replace(old, new))
            return bundle

        patch.setattr(process, "write_bundle", written)

    return plant


def without_dependences(kind: str) -> Plant:
    """Dependences of a kind are not seen."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        find = dependences._of_one_name

        def found(*given: Any) -> Iterator[Any]:
            return (d for d in find(*given) if d.kind != kind)

        patch.setattr(dependences, "_of_one_name", found)

    return plant


def without_conditions(kind: type) -> Plant:
    """The guard does not ask something."""
    return with_conditions(lambda condition: () if isinstance(condition, kind) else (condition,))


def with_conditions(change: Callable[[Condition], tuple[Condition, ...]]) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        def conditions(function: Function) -> tuple[Condition, ...]:
            return tuple(new for old in guards.conditions_of(function) for new in change(old))

        patch.setattr(planning, "conditions_of", conditions)

    return plant


def all_in_bounds(patch: pytest.MonkeyPatch) -> None:
    """Every subscript is taken to be in range."""

    def unchecked(node: Any) -> Any:
        return replace(node, checked=False) if isinstance(node, Load | Store) else node

    def proved(function: Function) -> Function:
        body = map_exprs(unchecked, function.body)
        return replace(function, body=transform_body(lambda stmt: (unchecked(stmt),), body))

    patch.setattr(driver, "prove_bounds", proved)


def reordered(patch: pytest.MonkeyPatch) -> None:
    """`--fp strict` is forgotten by the loops."""
    optimise = driver.optimise
    patch.setattr(
        driver, "optimise", lambda function, options: optimise(function, replace(options, strict=False))
    )


def _set(place: object, name: str, value: object) -> Plant:
    return lambda patch: patch.setattr(place, name, value)


NEIGHBOURS = """
def f(a: V, b: V):
    for i in range(1, a.shape[0] - 1):
        b[i] = a[i - 1] + a[i + 1]
    return b
"""
TOTAL = """
def f(a: V):
    s = 0.0
    for i in range(a.shape[0]):
        s = s + a[i]
    return s
"""
EXTREME = """
def f(a: V):
    best = -1.0
    for i in range(a.shape[0]):
        if a[i] > best:
            best = a[i]
    return best
"""
QUOTIENTS = """
def f(k: I, m: int):
    for i in range(k.shape[0]):
        k[i] = k[i] // m + k[i] % m
"""
TURNED = """
def f(A: M, B: M):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            B[i, j] = A[i, j] * 2.0
    return A
"""
RUNNING = """
def f(a: V):
    for i in range(1, a.shape[0]):
        a[i] = a[i - 1] * 0.5 + a[i]
"""
BACKWARD = """
def f(a: V):
    for i in range(a.shape[0] - 1):
        a[i] = a[i + 1] * 0.5
"""
GATHERED = """
def f(a: V, k: I):
    for i in range(k.shape[0]):
        a[k[i]] = a[k[i]] + 1.0
"""
POWERS = """
def f(n: int, k: int):
    product = 1
    for _ in range(min(k, 50)):
        product = product * n
    return product
"""
PLUS_ZERO = "def f(a: V):\n    return a + 0.0\n"
SQUARES = """
def f(a: Singles):
    for i in range(a.shape[0]):
        a[i] = a[i] * a[i] + a[i]
"""
RATIOS = """
def f(a: V, b: V):
    for i in range(a.shape[0]):
        a[i] = a[i] / b[i]
"""
MEANS = "def f(A: M):\n    return A.mean(axis=0) + A[0]\n"
WINDOW = "def f(a: V):\n    a[1:-1] = a[2:] + a[:-2]\n"
ROUNDS = """
def f(a: V, b: V, rounds: int):
    for _ in range(rounds):
        for i in range(1, a.shape[0] - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1])
        a, b = b, a
    return a
"""
LISTED = """
def f(x: list[float], k: float):
    for i in range(len(x)):
        x[i] = x[i] * k
    return x
"""

MUTANTS = (
    Mutant("flow dependences are not seen", RUNNING, without_dependences("flow")),
    Mutant("anti dependences are not seen", BACKWARD, without_dependences("anti")),
    Mutant("arrays of the caller's may overlap", NEIGHBOURS, without_conditions(AreApart)),
    Mutant("bounds are not asked for", NEIGHBOURS, without_conditions(Holds)),
    Mutant("every subscript is in range", GATHERED, all_in_bounds),
    Mutant("no int overflows", POWERS, _set(ranges, "_is_safe", lambda *given: True)),
    Mutant(
        "x + 0.0 is x", PLUS_ZERO, _set(fold, "_same_float", lambda const, value: const.value == value), True
    ),
    Mutant("sums are in another order", TOTAL, reordered, True),
    Mutant("one turn too many", NEIGHBOURS, native(("share(1, a_n0 - 1, 1,", "share(1, a_n0, 1,"))),
    Mutant("one turn too few", TOTAL, native(("share(0, a_n0,", "share(0, a_n0 - 1,"))),
    Mutant("another neighbour", NEIGHBOURS, native(("a[i - 1]", "a[i]"))),
    Mutant("the least for the greatest", EXTREME, native(("> best_2 ?", "< best_2 ?"))),
    Mutant(
        "NaN is the greatest",
        EXTREME,
        native(("element > best_2 ? element : best_2", "element <= best_2 ? best_2 : element")),
    ),
    Mutant(
        "quotients are cut off",
        QUOTIENTS,
        native(("floordiv_int64(k_2[i], NONZERO(m))", "(k_2[i] / NONZERO(m))")),
    ),
    Mutant(
        "remainders have the sign of C",
        QUOTIENTS,
        native(("mod_int64(k_2[i], NONZERO(m))", "(k_2[i] % NONZERO(m))")),
    ),
    Mutant("rows for columns", TURNED, native(("A[i * A_n1 + j]", "A[j * A_n1 + i]"))),
    Mutant(
        "the other argument is returned",
        TURNED,
        native(("PyTuple_GetItem(args, 0)", "PyTuple_GetItem(args, 1)")),
    ),
    Mutant(
        "every thread runs the whole loop",
        SQUARES,
        native(("share(0, a_n0, 1, &first, &last);", "first = 0, last = a_n0;")),
    ),
    Mutant("what other threads summed is lost", TOTAL, native(("s_2 = s_2 + s_2_parts[k];", "s_2 = s_2;"))),
    Mutant(
        "single numbers are doubled",
        SQUARES,
        native(("a[i] = a[i] * a[i] + a[i]", "a[i] = (double)a[i] * a[i] + a[i]")),
        True,
    ),
    Mutant(
        "errors are not told",
        RATIOS,
        native(("results.flags |= flags_now();", ""), ("flags_gather(&results->flags);", "")),
    ),
    Mutant(
        "a failed attempt has written", QUOTIENTS, native(("kernel_f(k_2_copy,", "kernel_f(k_2_view.buf,"))
    ),
    Mutant("buffers swap once too often", ROUNDS, native(("{b_2_slot, a_2_slot};", "{b_2_slot, b_2_slot};"))),
    Mutant("another slice", NEIGHBOURS, numpy(("[2:", "[1:-1:"))),
    Mutant("another operator", NEIGHBOURS, numpy((" + ", " - "))),
    Mutant("copies are not copied back", NEIGHBOURS, module("(1,)", "()")),
    Mutant(
        "the guard is asked for the other way round",
        NEIGHBOURS,
        module("(a, b) is None", "(a, b) is not None"),
    ),
)
