"""What messages quote: names that stand in the user's text, and words of the messages' own texts.

"Loop 'j' stays sequential."     quotes j, which must be the user's
"""

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pyaot.base.catalogue import SYNTAX_ERROR
from pyaot.base.diagnostics import Diagnostic
from tests.house.sources import python_files, tree

_PLACEHOLDER = "\x00"


def quoted(diagnostic: Diagnostic) -> str:
    """Everything in quotes."""
    related = (place.label for place in diagnostic.related)
    label = "" if diagnostic.code == SYNTAX_ERROR else diagnostic.label  # that is Python's own text
    texts = (diagnostic.message, label, *related, *diagnostic.notes, *diagnostic.hints)
    return in_quotes(" ".join(texts))


def in_quotes(text: str) -> str:
    """The quoted parts of a text."""
    return " ".join(re.findall(r"'([^']+)'", text))


def names(text: str) -> set[str]:
    """The names in a text."""
    return set(re.findall(r"[^\W\d]\w*", text))


def foreign_names(diagnostic: Diagnostic, text: str) -> set[str]:
    """Names that a message quotes and that are neither in the text nor words of messages."""
    known = names(text) | names(unicodedata.normalize("NFKC", text)) | message_words()
    return names(quoted(diagnostic)) - known


@cache
def message_words() -> frozenset[str]:
    """What the messages' own texts quote, and Python's words."""
    literal = {name for text in _texts() for name in names(in_quotes(text)) if _PLACEHOLDER not in name}
    return frozenset(literal | set(keyword.kwlist) | set(dir(builtins)))


def _texts() -> Iterator[str]:
    """The text constants of the compiler; what is put into one of them is a placeholder."""
    for path in python_files(("pyaot",)):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr(values=values):
                    yield "".join(v.value if isinstance(v, ast.Constant) else _PLACEHOLDER for v in values)
