"""The same program, written otherwise: loops reordered, neighbours swapped, operations split, names changed.

What a compiler makes of the two must be the same, or it has been tuned to how one of them is written.
"""

from collections.abc import Collection

from tests.variation.rename import renamed
from tests.variation.reorder import reordered
from tests.variation.split import split
from tests.variation.swap import swapped


def varied(text: str, kept: Collection[str]) -> str:
    """The program with hints, varied; module names in `kept` stay."""
    return renamed(split(swapped(reordered(text))), kept).code
