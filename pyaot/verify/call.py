"""A call as Python text: statements that make the arguments, and which of them are passed how.

Call("smooth", ("a = np.zeros((2,), np.float64)",), ("a",), ())

    a = np.zeros((2,), np.float64)
    smooth(a)
"""

import textwrap
from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct

from pyaot.verify.arrays import TAGGED, Tagged

ErrorState = Mapping[str, str]  # of np.errstate


class Arguments(Struct, frozen=True):
    """What a function is called with."""

    positional: tuple[object, ...]
    keywords: dict[str, object]

    def call(self, function: Callable[..., object]) -> object:
        """What the function returns for them."""
        return function(*self.positional, **self.keywords)


class Call(Struct, frozen=True):
    """What a function is called with, and under which error state of NumPy's."""

    target: str  # 'smooth', 'Radar.process'
    lines: tuple[str, ...]
    positional: tuple[str, ...]  # names and other expressions
    keywords: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, str], ...] = ()  # of np.errstate

    def arguments(self, module: Mapping[str, object]) -> Arguments:
        """The arguments, made anew, with the classes of a module."""
        names: dict[str, object] = {**module, "np": np, "Tagged": Tagged}
        exec(compile("\n".join(self.lines), "<call>", "exec", dont_inherit=True), names)
        values = [eval(text, names) for text in self.positional]
        return Arguments(tuple(values), {name: eval(text, names) for name, text in self.keywords})

    def text(self) -> str:
        """The statements."""
        lines = [TAGGED] * ("Tagged" in "".join(self.lines)) + list(self.lines)
        given = [*self.positional, *(f"{name}={value}" for name, value in self.keywords)]
        call = f"{self.target}({', '.join(given)})"
        if self.state:
            settings = ", ".join(f"{name}={value!r}" for name, value in self.state)
            call = f"with np.errstate({settings}):\n{textwrap.indent(call, '    ')}"
        return "\n".join((*lines, call))
