"""Why something stays without a hint, as remarks."""

import ast

from pyaot.annotate.instrument import Definition, Parameter
from pyaot.base.catalogue import LEFT_UNHINTED
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import SourceFile, Span

_USEFUL = (
    "Hints are written for numbers, arrays, lists and tuples of them, texts and the program's own classes."
)


def never_called(definition: Definition, source: SourceFile) -> Diagnostic:
    """No call was seen."""
    return Diagnostic(
        LEFT_UNHINTED,
        f"'{definition.qualified_name}' gets no hints.",
        _name_span(definition, source),
        label="was not called",
        hints=("Give the program arguments that make it call this function.",),
        function=definition.qualified_name,
    )


def decorated(definition: Definition, source: SourceFile) -> Diagnostic:
    """A decorator may read the code, so no call is recorded."""
    return Diagnostic(
        LEFT_UNHINTED,
        f"'{definition.qualified_name}' gets no hints.",
        _name_span(definition, source),
        label=f"is decorated with '{definition.decorator}'",
        notes=("A decorator may read a function's code, so its calls are not recorded.",),
        function=definition.qualified_name,
    )


def parameter_stays(
    parameter: Parameter, definition: Definition, source: SourceFile, reason: str
) -> Diagnostic:
    """No hint is of use for what the parameter was."""
    node = parameter.node
    return Diagnostic(
        LEFT_UNHINTED,
        f"'{node.arg}' of '{definition.qualified_name}' gets no hint.",
        _span(source, node.lineno, node.col_offset, node.arg),
        label=reason,
        hints=(_USEFUL,),
        function=definition.qualified_name,
    )


def keywords_stay(node: ast.arg, definition: Definition, source: SourceFile) -> Diagnostic:
    """`**keywords` get none."""
    return Diagnostic(
        LEFT_UNHINTED,
        f"'{node.arg}' of '{definition.qualified_name}' gets no hint.",
        _span(source, node.lineno, node.col_offset, node.arg),
        label="collects keyword arguments, which kernels do not have",
        function=definition.qualified_name,
    )


def result_stays(definition: Definition, source: SourceFile, reason: str) -> Diagnostic:
    """No hint is of use for what came out."""
    return Diagnostic(
        LEFT_UNHINTED,
        f"The result of '{definition.qualified_name}' gets no hint.",
        _name_span(definition, source),
        label=f"its result {reason}",
        hints=(_USEFUL,),
        function=definition.qualified_name,
    )


def generator_stays(definition: Definition, source: SourceFile) -> Diagnostic:
    """A generator's result is the generator."""
    return Diagnostic(
        LEFT_UNHINTED,
        f"The result of '{definition.qualified_name}' gets no hint.",
        _name_span(definition, source),
        label="is a generator",
        function=definition.qualified_name,
    )


def _name_span(definition: Definition, source: SourceFile) -> Span:
    """Of the name in the `def`."""
    node = definition.node
    line = source.text.split("\n")[node.lineno - 1]
    start = line.encode()[: node.col_offset].decode()
    before = line.index("def", len(start)) + len("def")
    column = line.find(node.name, before)
    return Span(node.lineno, max(column, 0), node.lineno, max(column, 0) + len(node.name))


def _span(source: SourceFile, line: int, offset: int, name: str) -> Span:
    """Python's AST counts columns in bytes of UTF-8."""
    text = source.text.split("\n")[line - 1]
    column = len(text.encode()[:offset].decode(errors="ignore"))
    return Span(line, column, line, column + len(name))
