"""What was found for each function, as text for people and as data for tools."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

_MOST_REASONS = 3


class Different(Struct, frozen=True):
    """A call in which a version does something else than the original."""

    version: str
    told: str
    test: str  # the call as a test

    def as_text(self, function: str) -> str:
        """For people."""
        return f"{function}: {self.version} differs: {self.told}\n\n{indent(self.test, '    ')}"


class FunctionReport(Struct, frozen=True):
    """One function; `not_drawn` says why it was not called at all."""

    name: str
    not_drawn: str = ""
    examples: int = 0
    raised: int = 0
    left_out: dict[str, int] = field(default_factory=dict)  # by reason
    ran: dict[str, int] = field(default_factory=dict)  # by version
    declined: dict[str, dict[str, int]] = field(default_factory=dict)  # by version and reason
    difference: Different | None = None

    @property
    def idle(self) -> list[str]:
        """The versions that no call reached."""
        return [version for version, count in self.ran.items() if count == 0]

    def as_text(self) -> str:
        """For people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.not_drawn:
            yield f"{self.name}: not called: {self.not_drawn}"
            return
        if self.difference is not None:
            yield self.difference.as_text(self.name)
        else:
            yield f"{self.name}: {_calls(self.examples)}, no difference"
        counts = [f"{version} {count}" for version, count in self.ran.items()]
        yield f"    ran: {', '.join(counts) or 'nothing'}; the original raised in {self.raised}"
        for version in self.idle:
            yield f"    {version} NEVER RAN"
        for versions, reasons in _together(self.declined):
            yield f"    {', '.join(versions)} declined {sum(reasons.values())}: {_reasons(reasons)}"
        if self.left_out:
            yield f"    left out: {_reasons(self.left_out)}"


class Report(Struct, frozen=True):
    """All functions of a file that have versions."""

    path: Path
    seed: int
    functions: tuple[FunctionReport, ...]

    @property
    def differs(self) -> bool:
        """Some version does something else than the original."""
        return any(function.difference is not None for function in self.functions)


def as_test(module: str, names: list[str], function: str, call: str) -> str:
    """The call as a test that can be pasted; the statements alone fail where the original does."""
    body = indent(call, "    ")
    test = function.replace(".", "_").lower()
    imports = f"import numpy as np\n\nfrom {module} import {', '.join(names)}"
    return f"{imports}\n\n\ndef test_{test}() -> None:\n{body}\n"


def as_data(report: Report) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "file": str(report.path),
        "seed": report.seed,
        "differs": report.differs,
        "functions": [_function_data(function) for function in report.functions],
    }


def _function_data(function: FunctionReport) -> dict[str, Any]:
    found = function.difference
    return {
        "name": function.name,
        "not_drawn": function.not_drawn or None,
        "examples": function.examples,
        "raised": function.raised,
        "left_out": function.left_out,
        "versions": {
            version: {"ran": count, "declined": function.declined.get(version, {})}
            for version, count in function.ran.items()
        },
        "difference": None if found is None else asdict(found),
    }


def _together(declined: dict[str, dict[str, int]]) -> Iterator[tuple[list[str], dict[str, int]]]:
    """The versions that declined for the same reasons, with them."""
    seen: list[dict[str, int]] = []
    for reasons in declined.values():
        if reasons not in seen:
            seen.append(reasons)
            yield [version for version, others in declined.items() if others == reasons], reasons


def _calls(count: int) -> str:
    return f"{count} call{'' if count == 1 else 's'}"


def _reasons(reasons: dict[str, int]) -> str:
    """The most frequent ones first."""
    ranked = sorted(reasons.items(), key=lambda item: -item[1])
    shown = [f"{reason} ({count})" for reason, count in ranked[:_MOST_REASONS]]
    return "; ".join([*shown, *(["..."] if len(ranked) > _MOST_REASONS else [])])
