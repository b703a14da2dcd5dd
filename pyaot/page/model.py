"""All that the page shows, as data: the template only lays it out."""

from msgspec import Struct

from pyaot.page.code import Pane
from pyaot.page.drawings import Drawing
from pyaot.page.fates import Fate
from pyaot.page.outlines import Row
from pyaot.page.tokens import Piece


class Dependence(Struct, frozen=True):
    """A row of the table of dependences: those of all kinds between two places."""

    kinds: tuple[str, ...]
    what: str  # the variable, in the user's words
    source: str
    sink: str
    distances: str
    verdict: str
    relations: tuple[str, ...]


class Figure(Struct, frozen=True):
    """A picture of the iterations, and what it says in words."""

    drawing: Drawing
    title: str
    caption: str


class Remark(Struct, frozen=True):
    """A message of the compiler."""

    code: str
    severity: str
    message: str
    line: int
    label: str
    notes: tuple[str, ...]
    hints: tuple[str, ...]


class Occurrence(Struct, frozen=True):
    """A place in one instance of a function: what became of it there."""

    instance: int
    said: str
    dependences: tuple[Dependence, ...]
    known: str  # what there is to say about the dependences as a whole
    figure: Figure | None
    before: tuple[Row, ...]
    after: tuple[Row, ...]


class Item(Struct, frozen=True):
    """What can be opened on the page."""

    number: int
    kind: str
    title: str
    line: int
    last_line: int
    fate: Fate
    said: str
    occurrences: tuple[Occurrence, ...]
    remarks: tuple[Remark, ...]
    instances: tuple[int, ...]


class Guard(Struct, frozen=True):
    """A condition of a guard."""

    refuses: str
    because: str


class Cost(Struct, frozen=True):
    """The predicted time of a version, as a formula and for some sizes."""

    version: str
    formula: str
    times: tuple[str, ...]
    remark: str


class Measured(Struct, frozen=True):
    """Calls of one size."""

    version: str
    sizes: str
    calls: int
    failed: int
    mean: str
    least: str
    predicted: str


class InstanceView(Struct, frozen=True):
    """One typed instance of a function, with its versions."""

    number: int
    title: str
    parameters: str
    versions: tuple[str, ...]
    pays: bool
    writes: tuple[str, ...]
    guard: tuple[Guard, ...]
    sizes: tuple[str, ...]  # the heads of the columns of `costs`
    costs: tuple[Cost, ...]
    measured: tuple[Measured, ...]
    rounding: tuple[str, ...]
    panes: tuple[Pane, ...]


class Segment(Struct, frozen=True):
    """Pieces of a line of the source that belong to one item, or to none."""

    item: int | None
    is_first: bool  # it is the item's button
    pieces: tuple[Piece, ...]


class SourceLine(Struct, frozen=True):
    """A line of the user's file."""

    number: int
    fate: Fate | None  # of the first item that begins here
    segments: tuple[Segment, ...]


class Count(Struct, frozen=True):
    """A row of the legend."""

    fate: Fate
    count: int


class Page(Struct, frozen=True):
    """The whole page."""

    title: str
    path: str
    version: str
    options: str
    counts: tuple[Count, ...]
    lines: tuple[SourceLine, ...]
    items: tuple[Item, ...]
    instances: tuple[InstanceView, ...]
    remarks: tuple[Remark, ...]  # about the file as a whole
    has_trace: bool
    is_traced: bool  # the trace has calls of this file's functions
