"""What the compiler has to say: messages as data. `base/render.py` turns them into text.

remark[PA401]: Loop 'j' stays sequential.
"""

from enum import Enum

from msgspec import Struct

from pyaot.base.source import NOWHERE, Span


class Severity(Enum):
    """How grave a message is."""

    ERROR = "error"  # no output is written
    WARNING = "warning"  # output is written, something of it is missing
    REMARK = "remark"  # why something did or did not become parallel


class Code(Struct, frozen=True):
    """An entry of the catalogue: `PA401`, `carried-dependence`."""

    number: str
    slug: str
    severity: Severity
    title: str


class Related(Struct, frozen=True):
    """A second place that a message points at."""

    span: Span
    label: str


class Diagnostic(Struct, frozen=True):
    """One message: what, where, why (notes: facts) and the way out (hints: actions)."""

    code: Code
    message: str
    span: Span
    label: str = ""
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    function: str = ""
    about: Span = NOWHERE  # the loop that it speaks of, where that is not its place
