"""Lines of C text."""

from collections.abc import Iterable

INDENT = "    "


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def indented(lines: Iterable[str]) -> list[str]:
    """The lines one step further in; preprocessor lines and empty ones too, as compilers do not mind."""
    return [f"{INDENT}{line}" if line else line for line in lines]


def braced(head: str, lines: Iterable[str]) -> list[str]:
    """`head {`, the lines, `}`."""
    return [f"{head} {{".lstrip(), *indented(lines), "}"]


def with_comment(lines: list[str], comment: str) -> list[str]:
    """The lines with a comment at the end of the first one that is no pragma."""
    if not comment:
        return lines
    at = next((n for n, line in enumerate(lines) if not line.lstrip().startswith("#")), None)
    if at is None or "/*" in lines[at]:
        return lines
    return [*lines[:at], f"{lines[at]}  /* {comment} */", *lines[at + 1 :]]


def with_label(label: str, lines: list[str]) -> list[str]:
    """The lines, and the label behind them where one of them jumps to it."""
    return [*lines, f"{label}: ;"] if any(f"goto {label};" in line for line in lines) else lines


def as_comment(text: str) -> str:
    """Text that can stand in a comment: printable, without the marks that open or end one."""
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return printable.replace("*/", "* /").replace("/*", "/ *")


def as_string(text: str) -> str:
    """The text as a C string literal of plain ASCII."""
    return '"' + "".join(_string_char(byte) for byte in text.encode()) + '"'


def _string_char(byte: int) -> str:
    plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"
