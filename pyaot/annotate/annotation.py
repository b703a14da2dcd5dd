"""A file's text and the calls that were seen become the text with hints, and remarks on what stays without.

definitions of the text, calls by line      for each what its parameters and its result were
join, shapes_of                             alternatives, names of extents
Writer                                      hints as text
edited                                      the file
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst
from msgspec import Struct
from msgspec.structs import replace

from pyaot.annotate.edit import FunctionHints, edited
from pyaot.annotate.evidence import literal_subscripts, named_extents
from pyaot.annotate.extents import RESULT, Axis, Known, Slot, shapes_of
from pyaot.annotate.instrument import Definition, Parameter, definitions
from pyaot.annotate.join import join
from pyaot.annotate.naming import FileNames, Import, NoHintError, Piece, file_names
from pyaot.annotate.remarks import (
    decorated,
    generator_stays,
    keywords_stay,
    never_called,
    parameter_stays,
    result_stays,
)
from pyaot.annotate.samples import Call
from pyaot.annotate.terms import PlainTerm, Term, TupleTerm
from pyaot.annotate.writing import Style, Writer, aliases_of
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import SourceFile
from pyaot.frontend.hint_dims import names_in
from pyaot.frontend.hint_types import ArrayHint, ExpressionDim, Hint, NamedDim, VariadicDim
from pyaot.frontend.hints import read_hint
from pyaot.frontend.parse import parse
from pyaot.frontend.scopes import read_scopes


class Annotated(Struct, frozen=True):
    """The file with hints; `count` is their number."""

    content: bytes
    count: int
    remarks: tuple[Diagnostic, ...]


class _Hints(Struct, frozen=True):
    """Of one definition."""

    pieces: Mapping[str, Piece]
    result: Piece | None
    remarks: tuple[Diagnostic, ...]


class _File(Struct, frozen=True):
    """What all definitions of a file share."""

    source: SourceFile
    names: FileNames
    aliases: Mapping[Hint, str]
    style: Style


def annotated(
    source: SourceFile, content: bytes, calls: Mapping[int, Sequence[Call]], style: Style
) -> Annotated:
    """The file with the hints of these calls; PyaotError where the text is no Python."""
    scope = read_scopes(parse(source))
    tree = ast.parse(content)
    names = file_names(source.path, tree, scope)
    file = _File(source, names, aliases_of(names), style)
    found: dict[int, _Hints] = {}
    for definition in definitions(tree):
        if definition.lacks_hints:
            line = definition.node.lineno
            found[line] = _hints_of(definition, calls.get(line, ()), file)
    edits = {line: _edit(hints) for line, hints in found.items() if hints.pieces or hints.result}
    imports = {import_ for hints in found.values() for import_ in _imports(hints)}
    remarks = tuple(remark for hints in found.values() for remark in hints.remarks)
    count = sum(len(edit.parameters) + (edit.result is not None) for edit in edits.values())
    return Annotated(edited(content, edits, imports) if edits else content, count, remarks)


def _edit(hints: _Hints) -> FunctionHints:
    parameters = {name: piece.text for name, piece in hints.pieces.items()}
    return FunctionHints(parameters, None if hints.result is None else hints.result.text)


def _imports(hints: _Hints) -> Iterator[Import]:
    for piece in (*hints.pieces.values(), hints.result):
        yield from () if piece is None else piece.imports


# ---- one definition -------------------------------------------------------------------------------------


def _hints_of(definition: Definition, calls: Sequence[Call], file: _File) -> _Hints:
    if definition.decorator:
        return _Hints({}, None, (decorated(definition, file.source),))
    if not calls:
        return _Hints({}, None, (never_called(definition, file.source),))
    writer = Writer(file.style, file.names, file.aliases, shapes_of(calls, _known(definition, file)))
    pieces: dict[str, Piece] = {}
    remarks: list[Diagnostic] = []
    for position, parameter in enumerate(definition.parameters):
        if parameter.node.annotation is None:
            terms = [call.given[position] for call in calls if call.given is not None]
            try:
                piece = _parameter_hint(parameter, terms, position, writer)
                pieces[parameter.node.arg] = file.names.checked(piece, definition)
            except NoHintError as reason:
                remarks.append(parameter_stays(parameter, definition, file.source, str(reason)))
    result, said = _result(definition, calls, writer, file)
    keywords = definition.node.args.kwarg
    if keywords is not None and keywords.annotation is None:
        remarks.append(keywords_stay(keywords, definition, file.source))
    return _Hints(pieces, result, (*remarks, *said))


def _parameter_hint(parameter: Parameter, terms: Sequence[Term], position: int, writer: Writer) -> Piece:
    if parameter.is_variadic:
        items = join(item for term in terms if isinstance(term, TupleTerm) for item in term.items)
        if not items:
            raise NoHintError("was always empty")
        return writer.hint_of_each(items, position)
    alternatives = join(terms)
    if alternatives == (PlainTerm("None"),):
        raise NoHintError("was always None")
    return writer.hint(alternatives, position)


def _result(
    definition: Definition, calls: Sequence[Call], writer: Writer, file: _File
) -> tuple[Piece | None, tuple[Diagnostic, ...]]:
    """The hint of the result, or why there is none."""
    if definition.node.returns is not None:
        return None, ()
    if definition.is_generator:
        return None, (generator_stays(definition, file.source),)
    terms = [call.returned for call in calls if call.returned is not None]
    if not terms:
        return None, ()
    try:
        return file.names.checked(writer.hint(join(terms), RESULT), definition), ()
    except NoHintError as reason:
        return None, (result_stays(definition, file.source, str(reason)),)


# ---- what is known of extents ---------------------------------------------------------------------------


def _known(definition: Definition, file: _File) -> Known:
    """What the text and standing hints tell, for every rank that the arrays may have."""
    parameters = [parameter.node for parameter in definition.parameters]
    places = {node.arg: position for position, node in enumerate(parameters)}
    names, positions = named_extents(definition.node), literal_subscripts(definition.node)
    known = Known(
        {axis: name for (array, n), name in names.items() for axis in _axes(places.get(array), n)},
        {axis: found for (array, n), found in positions.items() for axis in _axes(places.get(array), n)},
        {},
    )
    if file.style is Style.NUMPY:
        return known
    hinted: dict[Axis, str] = {}
    taken: set[str] = set()
    for position, node in enumerate(parameters):
        for rank, n, name in _hinted_names(node.annotation, file):
            hinted[Slot(position, (), rank), n] = name
            taken.add(name)
    return replace(known, hinted=hinted, taken=frozenset(taken))


_MOST_DIMENSIONS = 8


def _axes(position: int | None, n: int) -> list[Axis]:
    if position is None:
        return []
    return [(Slot(position, (), rank), n) for rank in range(n + 1, _MOST_DIMENSIONS)]


def _hinted_names(annotation: ast.expr | None, file: _File) -> Iterator[tuple[int, int, str]]:
    """(rank, axis, name) of the extents that a standing hint names."""
    if annotation is None:
        return
    hint = read_hint(cst.parse_expression(ast.unparse(annotation)), file.names.scope)
    dims = hint.dims if isinstance(hint, ArrayHint) else None
    if dims is None or any(isinstance(dim, VariadicDim) for dim in dims):
        return
    for n, dim in enumerate(dims):
        if isinstance(dim, NamedDim):
            yield len(dims), n, dim.name
        elif isinstance(dim, ExpressionDim):
            yield from ((0, n, name) for name in names_in(dim))
