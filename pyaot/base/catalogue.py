"""Every code that a message can carry. The first digit is the stage:

    1 reading the file          4 dependences and schedule    7 files and the C compiler
    2 hints and types           5 versions and guards         9 internal
    3 lowering                  6 backends

Each code has a page (`pyaot explain PA401`) in `base/pages/` and a pinned example in `tests/diagnostics/`.
"""

from pathlib import Path

from pyaot.base.diagnostics import Code, Severity

_ERROR, _WARNING, _REMARK = Severity.ERROR, Severity.WARNING, Severity.REMARK

# ---- 1 reading the file

SYNTAX_ERROR = Code("PA101", "syntax-error", _ERROR, "The file is not valid Python")
UNREADABLE_FILE = Code("PA102", "unreadable-file", _ERROR, "The file cannot be read")
UNDECODABLE_FILE = Code("PA103", "undecodable-file", _ERROR, "The file's bytes are not text in its encoding")

# ---- 2 hints and types

UNKNOWN_HINT = Code("PA201", "unknown-hint", _REMARK, "A hint names a type that kernels do not have")
CONTRADICTORY_HINTS = Code("PA202", "contradictory-hints", _REMARK, "Hints contradict each other or the code")
NO_HINTS = Code("PA203", "no-hints", _REMARK, "A function has parameters without hints")
TOO_MANY_ALTERNATIVES = Code(
    "PA204", "too-many-alternatives", _REMARK, "The hints allow too many combinations of types"
)

ALTERNATIVE_LEFT_OUT = Code(
    "PA205", "alternative-left-out", _REMARK, "An alternative of a hint has no version, others have"
)
LEFT_UNHINTED = Code("PA206", "left-unhinted", _REMARK, "A parameter or result gets no hint from a run")

# ---- 3 lowering

UNSUPPORTED_STATEMENT = Code("PA301", "unsupported-statement", _REMARK, "A statement has no compiled form")
UNKNOWN_FUNCTION = Code(
    "PA302", "unknown-function", _REMARK, "A called function is not known to the compiler"
)
UNSUPPORTED_TYPE_CHANGE = Code("PA303", "unsupported-type-change", _REMARK, "A variable changes its type")
RECURSIVE_HELPER = Code("PA304", "recursive-helper", _REMARK, "A helper calls itself")
UNSUPPORTED_EXPRESSION = Code(
    "PA305", "unsupported-expression", _REMARK, "An expression has no compiled form"
)
UNSUPPORTED_ARGUMENT = Code(
    "PA306", "unsupported-argument", _REMARK, "A known function is called in an unknown way"
)
UNKNOWN_NAME = Code("PA307", "unknown-name", _REMARK, "A name has no value that the compiler can know")
NOT_A_FUNCTION_OF_VALUES = Code(
    "PA308", "not-a-function-of-values", _REMARK, "A generator, coroutine or decorated function stays Python"
)
COMPILED_IN_REGIONS = Code("PA309", "compiled-in-regions", _REMARK, "A function is compiled in regions")

# ---- 4 dependences and schedule

CARRIED_DEPENDENCE = Code("PA401", "carried-dependence", _REMARK, "A loop carries a dependence")
DATA_DEPENDENT_LOOP = Code("PA403", "data-dependent-loop", _REMARK, "How often a loop runs depends on data")
LOOP_MADE_PARALLEL = Code("PA404", "loop-made-parallel", _REMARK, "A loop runs in parallel")
LOOP_VECTORISED = Code("PA405", "loop-vectorised", _REMARK, "A loop runs in SIMD registers")
LOOPS_FUSED = Code("PA406", "loops-fused", _REMARK, "Loops became one")
LIBRARY_CALL_FOUND = Code("PA407", "library-call-found", _REMARK, "Loops became a library call")
REDUCTION_KEPT_IN_ORDER = Code(
    "PA408", "reduction-kept-in-order", _REMARK, "A reduction keeps its order under --fp strict"
)
LOOPS_REORDERED = Code("PA410", "loops-reordered", _REMARK, "Loops were interchanged or tiled")
ARRAY_CONTRACTED = Code("PA411", "array-contracted", _REMARK, "A temporary array became smaller or vanished")

# ---- 5 versions and guards

STRICT_REFUSES = Code("PA501", "strict-refuses", _REMARK, "--fp strict refuses a version")
NO_VERSION = Code("PA502", "no-version", _REMARK, "A function has no compiled version")

# ---- 6 backends

NO_NUMPY_FORM = Code("PA601", "no-numpy-form", _REMARK, "A function has no NumPy version")

# ---- 7 files and the C compiler

NO_COMPILER = Code("PA701", "no-compiler", _WARNING, "There is no C compiler")
COMPILER_FAILED = Code("PA702", "compiler-failed", _WARNING, "The C compiler failed")
CANNOT_WRITE = Code("PA703", "cannot-write", _ERROR, "An output file cannot be written")
CACHE_UNWRITABLE = Code("PA704", "cache-unwritable", _WARNING, "The cache cannot be written")
COMPILER_HUNG = Code("PA705", "compiler-hung", _WARNING, "The C compiler did not finish")
CACHE_DAMAGED = Code("PA706", "cache-damaged", _WARNING, "A cache entry was damaged and is rebuilt")
NOTHING_TO_COMPILE = Code(
    "PA707", "nothing-to-compile", _WARNING, "No function of the file could be compiled"
)

# ---- 9 internal

INTERNAL_ERROR = Code(
    "PA901", "internal-error", _WARNING, "The compiler has a bug; the function stays Python"
)

CATALOGUE: dict[str, Code] = {
    code.number: code for code in tuple(globals().values()) if isinstance(code, Code)
}


def find_code(text: str) -> Code | None:
    """The code of that number or slug, in whatever case; None if there is none."""
    wanted = text.lower()
    return next((c for c in CATALOGUE.values() if wanted in (c.number.lower(), c.slug)), None)


def explanation(code: Code) -> str:
    """The code's page, in Markdown: what it means, an example, the way out."""
    page = Path(__file__).parent / "pages" / f"{code.number}.md"
    return page.read_text(encoding="utf-8")
