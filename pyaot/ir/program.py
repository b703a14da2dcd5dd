"""A user's file after lowering: IR functions, and which of the user's functions they stand for."""

from enum import Enum

from msgspec import Struct

from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import Span
from pyaot.ir.nodes import Function


class Kind(Enum):
    """How a parameter of a Python signature is given (as in `inspect.Parameter`)."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional-or-keyword"
    VAR_POSITIONAL = "var-positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "var-keyword"


class Parameter(Struct, frozen=True):
    """One parameter of the user's signature; `has_default` means that a call may leave it out."""

    name: str
    kind: Kind
    has_default: bool = False


class Binding(Struct, frozen=True):
    """Python text over the user's parameters that gives one IR parameter: `x`, `self.gain`, `pair[0]`."""

    param: str
    text: str


class Claim(Enum):
    """What a fact says of the value of a name."""

    EQUALS = "equals"  # it is equal to that Python text
    IS = "is"  # it is that module, library function, or function or class of the file
    IS_A = "is a"  # its type is that class of the file
    CALLS = "calls"  # its method or property of that name is that function of the file


class GlobalFact(Struct, frozen=True):
    """What was known at compile time of a global or an argument; where it is not so the original runs."""

    name: str
    expected: str
    claim: Claim = Claim.EQUALS


class Instance(Struct, frozen=True):
    """One typed instance: an IR function and where each of its parameters comes from."""

    function: str
    bindings: tuple[Binding, ...]
    facts: tuple[GlobalFact, ...] = ()
    views: tuple[Binding, ...] = ()  # parameters of the user's that are these views of others
    fields: tuple[str, ...] = ()  # that are set behind the call: results are (result, field, ...)


class Region(Struct, frozen=True):
    """A run of the user's statements as a function of its own."""

    qualified_name: str  # 'Radar.process:12-19'
    span: Span
    name: str  # in generated text
    text: str  # the def


class Entry(Struct, frozen=True):
    """A compiled function of the user's, or a region of one, with its instances in order of preference."""

    qualified_name: str  # 'Radar.process', and 'Radar.process:12-19' for a region
    span: Span  # of the user's whole def, decorators included
    parameters: tuple[Parameter, ...]
    instances: tuple[Instance, ...]
    region: Region | None = None

    @property
    def def_name(self) -> str:
        """The name in the `def`."""
        return self.qualified_name.rpartition(".")[2] if self.region is None else self.region.name


class Outline(Struct, frozen=True):
    """A def that stays Python around compiled regions: `text` is it, called `name`, with calls of them."""

    qualified_name: str
    span: Span  # decorators included
    def_line: int
    name: str
    text: str
    regions: tuple[Region, ...]


class Program(Struct, frozen=True):
    """All that the front end understood of a file, and what it has to say about the rest."""

    functions: tuple[Function, ...]
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]
    outlines: tuple[Outline, ...] = ()

    def function(self, name: str) -> Function:
        """The IR function of that name."""
        return next(f for f in self.functions if f.name == name)
