"""What a backend gives: the text of a file and the names that stand in it for others to call."""

from msgspec import Struct


class Emitted(Struct, frozen=True):
    """Generated text for one target; `symbols` are the functions it defines, in the order of the text."""

    target: str
    text: str
    symbols: tuple[str, ...]
    parts: tuple[str, ...] = ()  # of the text: each C function with its entry, in the order of the symbols

    @property
    def weights(self) -> tuple[int, ...]:
        """How much each of the C functions gives the compiler to do."""
        return tuple(map(len, self.parts))
