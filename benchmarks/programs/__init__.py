"""The thirty kernels of PolyBench, written from their mathematics, and how to run them.

Every module has three forms of one function, with hints, that write their results into arguments:

    lists       loops over lists of floats
    loops       loops over arrays
    arrays      array expressions

and `inputs(*SIZES[preset])`, the names and values of the arguments in their order; `OUTPUTS` names those to
compare. Beside it a C file has the same loops: a function of the same name that takes the sizes, which stand
for the arguments that are ints, then the numbers, then the arrays.
"""

import copy
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
PRESETS = ("tiny", "S", "M", "L")
FORMS = ("lists", "loops", "arrays")
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.c")))

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Kernel:
    """One of the programs: its module, as it stands here or compiled."""

    name: str
    module: ModuleType

    @property
    def path(self) -> Path:
        """Its text."""
        return FOLDER / f"{self.name}.py"

    @property
    def forms(self) -> Mapping[str, Callable[..., None]]:
        """Its functions, by form."""
        return {form: getattr(self.module, form) for form in FORMS}

    @property
    def outputs(self) -> Sequence[str]:
        """The arguments that hold the results."""
        return tuple(self.module.OUTPUTS)

    def sizes(self, preset: str) -> tuple[int, ...]:
        """The sizes, which C functions take first."""
        return tuple(self.module.SIZES[preset])

    def arguments(self, preset: str, form: str) -> Arguments:
        """Arguments by name, the same at every call; the form `lists` gets lists."""
        made = self.module.inputs(*self.sizes(preset))
        return as_lists(made) if form == "lists" else made


def as_lists(arguments: Arguments) -> Arguments:
    """The arguments with lists for arrays."""
    return {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in arguments.items()}


def kernel(name: str) -> Kernel:
    """The program of that name, as it stands here."""
    return Kernel(name, importlib.import_module(f"{__name__}.{name}"))


def kernels() -> list[Kernel]:
    """All of them."""
    return [kernel(name) for name in NAMES]


def results(kernel: Kernel, form: str, given: Arguments) -> dict[str, np.ndarray]:
    """The outputs of one call as arrays; `given` stays as it is."""
    given = copy.deepcopy(given)
    kernel.forms[form](*given.values())
    return {name: np.asarray(given[name]) for name in kernel.outputs}


def differences(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> list[str]:
    """The outputs that are not equal up to rounding."""
    return [
        name
        for name, value in one.items()
        if value.dtype != other[name].dtype or not np.allclose(value, other[name], rtol=1e-8, atol=1e-10)
    ]
