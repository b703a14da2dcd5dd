"""The head of a C file: only what the text below it uses.

A snippet stands for a family of names (`floordiv_int8` ... `floordiv_int64`, `minimum_float32` ...) or for one
name. `prelude(text)` finds the names in the text, and those that the snippets themselves use.
"""

import re
from collections.abc import Iterator

from pyaot.backends.c_prelude_families import FAMILIES
from pyaot.backends.c_prelude_parts import HEADERS, SINGLE
from pyaot.backends.c_types import c_type
from pyaot.ir.types import DType

_WORD = re.compile(r"[A-Za-z_]\w*")
_OF_TYPE = re.compile(rf"(\w+?)_({'|'.join(dtype.value for dtype in DType)})")


def prelude(text: str) -> str:
    """Includes, declarations and functions that the text needs, in an order in which C takes them."""
    snippets: dict[str, str] = {}
    _gather(text, snippets)
    body = "\n\n".join(snippets.values())
    return "\n".join((*_includes(text + body), "", body)) if body else "\n".join(_includes(text))


def _includes(text: str) -> Iterator[str]:
    words = set(_WORD.findall(text))
    for header, names in HEADERS.items():
        if not names or words & names:
            yield f"#include <{header}>"


def _gather(text: str, snippets: dict[str, str]) -> None:
    """Adds the snippets of the names in the text, each after those that it uses itself."""
    for word in dict.fromkeys(_WORD.findall(text)):
        snippet = None if word in snippets else _snippet(word)
        if snippet is not None:
            snippets[word] = ""
            _gather(snippet, snippets)
            del snippets[word]
            snippets[word] = snippet


def _snippet(word: str) -> str | None:
    if word in SINGLE:
        return SINGLE[word].strip("\n")
    match = _OF_TYPE.fullmatch(word)
    if match is None:
        return None
    dtype = DType(match[2])
    template = FAMILIES.get((match[1], dtype.kind)) or FAMILIES.get((match[1], "*"))
    return None if template is None else _filled(template.strip("\n"), dtype)


def _filled(template: str, dtype: DType) -> str:
    """$T the type, $N its NumPy name, $U unsigned and as wide, at least an int, $B its bits,
    $R and $M type and name of the real part, $f the suffix of math.h."""
    values = {
        "$T": c_type(dtype),
        "$U": f"uint{max(32, dtype.bits)}_t",
        "$R": c_type(dtype.real),
        "$N": dtype.value,
        "$M": dtype.real.value,
        "$f": "f" if dtype.real is DType.FLOAT32 else "",
        "$B": str(dtype.bits),
    }
    for mark, value in values.items():
        template = template.replace(mark, value)
    return template
