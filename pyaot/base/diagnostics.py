"""What the compiler has to say: messages as data. `base/render.py` turns them into text.

remark[PA401]: Loop 'j' stays sequential.
"""

from dataclasses import dataclass
from enum import Enum

from pyaot.base.source import Span


class Severity(Enum):
    """How grave a message is."""

    ERROR = "error"  # no output is written
    WARNING = "warning"  # output is written, something of it is missing
    REMARK = "remark"  # why something did or did not become parallel


@dataclass(frozen=True)
class Code:
    """An entry of the catalogue: `PA401`, `carried-dependence`."""

    number: str
    slug: str
    severity: Severity
    title: str


@dataclass(frozen=True)
class Related:
    """A second place that a message points at."""

    span: Span
    label: str


@dataclass(frozen=True)
class Diagnostic:
    """One message: what, where, why (notes: facts) and the way out (hints: actions)."""

    code: Code
    message: str
    span: Span
    label: str = ""
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    function: str = ""
