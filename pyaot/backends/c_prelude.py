"""The head of a C file: only what the text below it uses.

A snippet stands for a family of names (`floordiv_int8` ... `floordiv_int64`, `minimum_float32` ...) or for
one name. `prelude(text)` finds the names in the text, and those that the snippets themselves use.
"""

import re
from collections.abc import Iterator

from pyaot.backends.c_blas_parts import BLAS_FAMILIES, BLAS_SINGLE
from pyaot.backends.c_flags import VECTOR_MATH
from pyaot.backends.c_lapack_parts import LAPACK_FAMILIES, LAPACK_SINGLE
from pyaot.backends.c_patience import PATIENCE_SINGLE
from pyaot.backends.c_prelude_families import FAMILIES
from pyaot.backends.c_prelude_parts import HEADERS, SIMD_FORMS
from pyaot.backends.c_prelude_parts import SINGLE as ARITHMETIC
from pyaot.backends.c_python import PYTHON_FAMILIES, PYTHON_SINGLE
from pyaot.backends.c_types import c_type
from pyaot.ir.types import DType

SINGLE = {**ARITHMETIC, **PYTHON_SINGLE, **BLAS_SINGLE, **LAPACK_SINGLE, **PATIENCE_SINGLE}
_ALL_FAMILIES = {**FAMILIES, **PYTHON_FAMILIES, **BLAS_FAMILIES, **LAPACK_FAMILIES}
_FAILING = frozenset(name for name, snippet in SINGLE.items() if "goto fail" in snippet)

_API_MARK = PYTHON_SINGLE["PyObject"].strip("\n")[:30]
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_OF_TYPE = re.compile(rf"(\w+?)_({'|'.join(dtype.value for dtype in DType)})")


def prelude(text: str, vector_math: bool = False) -> str:
    """Includes, declarations and functions that the text needs, in an order in which C takes them.

    With `vector_math` compilers may call functions on whole vectors, which are a little less exact.
    """
    snippets: dict[str, str] = {}
    _gather(text, snippets)
    ordered = list(dict.fromkeys(snippets.values()))
    declarations = [snippet for snippet in ordered if snippet.startswith("extern ")]
    others = [snippet for snippet in ordered if not snippet.startswith(("extern ", _API_MARK))]
    api = [snippet for snippet in ordered if snippet.startswith(_API_MARK)]
    heads = ["\n".join((*api, *declarations))] if api else []
    if vector_math:
        others = [*_vector_math(text + "".join(others)), *others, *_simd_forms(text)]
    body = "\n\n".join((*heads, *others))
    return "\n".join((*_includes(text + body), "", body)) if body else "\n".join(_includes(text))


def _vector_math(text: str) -> list[str]:
    """Declarations that tell gcc of the vector functions of glibc."""
    words = set(_WORD.findall(text))
    names = {name for name in VECTOR_MATH if not words.isdisjoint((name, f"{name}f"))}
    if not names:
        return []
    lines = []
    for name in sorted(names):
        count = 2 if name in ("pow", "atan2") else 1
        for type, suffix in (("double", ""), ("float", "f")):
            lines.append(f"VECTOR {type} {name}{suffix}({', '.join([type] * count)});")
    return ["\n".join((_VECTOR_HEAD, *lines, "#endif"))]


def _simd_forms(text: str) -> list[str]:
    """Functions in place of calls that would keep loops from SIMD registers."""
    words = set(_WORD.findall(text))
    return [form.strip("\n") for name, form in SIMD_FORMS.items() if name in words]


_VECTOR_HEAD = """\
/* these have versions for vectors in glibc, right to four units in the last place */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#if __GLIBC_PREREQ(2, 35)
#define VECTOR extern __attribute__((__simd__("notinbranch"), __const__))
#else
#define VECTOR extern
#endif"""


def is_claimed(name: str) -> bool:
    """Whether the name would bring in a snippet, so that no variable can have it."""
    return _snippet(name) is not None


def uses_fail(text: str) -> bool:
    """Whether the text jumps to `fail`, itself or by a macro."""
    words = set(_WORD.findall(_COMMENT.sub("", text)))
    return "fail" in words or bool(words & _FAILING) or any(word.startswith("POW_") for word in words)


def _includes(text: str) -> Iterator[str]:
    words = set(_WORD.findall(text))
    for header, names in HEADERS.items():
        if not names or words & names:
            yield f"#include <{header}>"


def _gather(text: str, snippets: dict[str, str]) -> None:
    """Adds the snippets of the names in the text, each after those that it uses itself."""
    for word in dict.fromkeys(_WORD.findall(_COMMENT.sub("", text))):
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
    template = _ALL_FAMILIES.get((match[1], dtype.kind)) or _ALL_FAMILIES.get((match[1], dtype.value))
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
