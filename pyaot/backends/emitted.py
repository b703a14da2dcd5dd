"""What a backend gives: the text of a file and the names that stand in it for others to call."""

from msgspec import Struct


class Emitted(Struct, frozen=True):
    """Generated text for one target; `symbols` are the functions it defines, in the order of the text."""

    target: str
    text: str
    symbols: tuple[str, ...]
    weights: tuple[int, ...] = ()  # of the C functions: how much each gives the compiler to do
