"""What messages call the variables of a function: what the user calls them.

total_2, total_part     'total'                    a variable of the user's, and what a pass made of it
product                 an intermediate result     what the compiler needs for itself
"""

from collections.abc import Mapping

from msgspec import Struct

from pyaot.ir.nodes import For, Function

# So begin the names of variables that the front end writes into text of its own.
UNNAMED = "_pyaot_"


class UserNames(Struct, frozen=True):
    """The user's names by those of the IR."""

    known: Mapping[str, str]

    def of(self, name: str) -> str:
        """The user's name; "" for what the user has no name for."""
        while name not in self.known and "_" in name:
            name = name.rpartition("_")[0]
        return self.known.get(name, "")

    def words(self, name: str) -> str:
        """The variable in a sentence."""
        user = self.of(name)
        return f"'{user}'" if user else "an intermediate result"


NO_NAMES = UserNames({})


def user_names_of(function: Function) -> UserNames:
    """The names that the front end has noted."""
    return UserNames(dict(function.user_names))


def loop_name(loop: For) -> str:
    """What the user calls the loop's variable; "" where there is none in the text."""
    return "" if loop.label.startswith(UNNAMED) else loop.label
