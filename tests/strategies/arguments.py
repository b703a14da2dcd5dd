"""What a function is called with, where tests make the values; calls from hints: pyaot.verify.calls."""

from pyaot.verify.call import Arguments as Given
from tests.strategies.arrays import clone_all


class Arguments(Given, frozen=True):
    """Arguments that can be copied."""

    def copy(self) -> "Arguments":
        """The same for another call: layouts stay, and what shared memory shares memory again."""
        copies = clone_all([*self.positional, *self.keywords.values()])
        count = len(self.positional)
        return Arguments(tuple(copies[:count]), dict(zip(self.keywords, copies[count:])))
