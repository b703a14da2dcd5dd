"""Messages as SARIF 2.1.0, which code review tools and editors read; rules are the pages of the catalogue.

remark[PA401]: Loop 'j' stays sequential.        {"ruleId": "PA401", "level": "note",
 --> scan.py:3:16                                 "message": {"text": "Loop 'j' stays sequential ..."},
                                                  "locations": [{"physicalLocation": ...}]}
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyaot.base.catalogue import CATALOGUE, explanation
from pyaot.base.diagnostics import Code, Diagnostic, Severity
from pyaot.base.source import SourceFile, Span
from pyaot.output.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_ROOT = "%SRCROOT%"  # what GitHub and others take for the folder of the checkout
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.REMARK: "note"}

Said = tuple[SourceFile, Iterable[Diagnostic]]


def sarif_log(said: Iterable[Said], folder: Path) -> dict[str, Any]:
    """The messages about these files as one run; paths are relative to the folder where they lie in it."""
    told = [(source, diagnostic) for source, diagnostics in said for diagnostic in diagnostics]
    used = {diagnostic.code.number for _, diagnostic in told}
    rules = [code for number, code in sorted(CATALOGUE.items()) if number in used]
    positions = {code.number: position for position, code in enumerate(rules)}
    failed = any(diagnostic.code.severity is Severity.ERROR for _, diagnostic in told)
    run = {
        "tool": {"driver": {"name": "pyaot", "version": VERSION, "rules": [_rule(code) for code in rules]}},
        "invocations": [{"executionSuccessful": not failed}],
        "originalUriBaseIds": {_ROOT: {"uri": folder.absolute().as_uri() + "/"}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(diagnostic, _artifact(source.path, folder), positions) for source, diagnostic in told
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: Code) -> dict[str, Any]:
    page = explanation(code)
    return {
        "id": code.number,
        "name": "".join(word.capitalize() for word in code.slug.split("-")),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": f"{code.title}."},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(
    diagnostic: Diagnostic, artifact: Mapping[str, str], positions: Mapping[str, int]
) -> dict[str, Any]:
    number = diagnostic.code.number
    result: dict[str, Any] = {
        "ruleId": number,
        "ruleIndex": positions[number],
        "level": _LEVELS[diagnostic.code.severity],
        "message": {"text": _text(diagnostic)},
    }
    place: dict[str, Any] = {"physicalLocation": _physical(diagnostic.span, artifact)}
    if diagnostic.function:
        place["logicalLocations"] = [{"fullyQualifiedName": diagnostic.function, "kind": "function"}]
    result["locations"] = [place]
    result["relatedLocations"] = [
        {"physicalLocation": _physical(related.span, artifact), "message": {"text": related.label}}
        for related in diagnostic.related
    ]
    return result


def _text(diagnostic: Diagnostic) -> str:
    """All that the message says, a line for each part of it."""
    label = (f"Here: {diagnostic.label}.",) if diagnostic.label else ()
    hints = (f"Hint: {hint}" for hint in diagnostic.hints)
    return "\n".join((diagnostic.message, *label, *diagnostic.notes, *hints))


def _physical(span: Span, artifact: Mapping[str, str]) -> dict[str, Any]:
    """A place in the file; without a region for what is about the file as a whole."""
    if span.line == 0:
        return {"artifactLocation": artifact}
    region = {
        "startLine": span.line,
        "startColumn": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }
    return {"artifactLocation": artifact, "region": region}


def _artifact(path: Path, folder: Path) -> dict[str, str]:
    """The file as a URI: below the folder, or whole."""
    whole, base = path.absolute(), folder.absolute()
    if whole.is_relative_to(base):
        return {"uri": quote(whole.relative_to(base).as_posix()), "uriBaseId": _ROOT}
    return {"uri": whole.as_uri()}
