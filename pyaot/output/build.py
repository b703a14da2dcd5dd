"""From a plan and its C text to the files of a module: compile, assemble, report, write, put in place.

Without a C compiler, or where it fails, the native versions are left out, with a warning that says why.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyaot.backends.emitted import Emitted
from pyaot.base.catalogue import COMPILER_FAILED, COMPILER_HUNG, NO_COMPILER, NOTHING_TO_COMPILE
from pyaot.base.cores import usable_cores
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.options import Options
from pyaot.base.source import NOWHERE, SourceFile
from pyaot.output.assemble import assemble
from pyaot.output.bundle import Bundle, Kernels
from pyaot.output.c_compiler import CompileResult, compile_library, find_compiler, library_suffix
from pyaot.output.c_parts import side_by_side
from pyaot.output.report import report
from pyaot.output.runtime_names import Wording
from pyaot.output.write import encoded, publish, staging, write_files
from pyaot.plan.plan import Plan, restrict


def build(
    source: SourceFile,
    options: Options,
    plan: Plan,
    native: Emitted | None,
    numpy: Mapping[str, Emitted],
    wording: Wording,
    diagnostics: Iterable[Diagnostic],
    folder: Path,
    beside: str,
) -> Bundle:
    """Writes the files of one module into the folder; `beside` is where the module looks for its kernels."""
    said = list(diagnostics)
    name = source.path.stem
    with staging(folder) as stage:
        kernels, problem = _kernels(native, f"{name}_kernels", stage, options)
        if problem is not None:
            plan = restrict(plan, "native", frozenset())
            said += [problem, *(d for d in plan.diagnostics if d not in said)]
        if not plan.entries and not any(d.code == NOTHING_TO_COMPILE for d in said):
            said.append(nothing_to_compile(source))
        module = assemble(source, plan, numpy, kernels, wording, beside)
        data = report(source, plan.entries, said, options)
        files = {
            f"{name}.report.json": (json.dumps(data, indent=2) + "\n").encode(),
            source.path.name: encoded(source, module.text),
        }
        write_files(files, stage)
        paths = publish(stage, folder)
    return Bundle(source, module, data, tuple(said), folder / source.path.name, paths)


def nothing_to_compile(source: SourceFile) -> Diagnostic:
    """No function of the file has a version."""
    message = f"No function of '{source.path.name}' has a compiled version."
    return Diagnostic(
        NOTHING_TO_COMPILE, message, NOWHERE, hints=("Hints are what most files lack: see PA203.",)
    )


def _kernels(
    native: Emitted | None, stem: str, stage: Path, options: Options
) -> tuple[Kernels | None, Diagnostic | None]:
    """The library, compiled into the stage; or why there is none."""
    if native is None:
        return None, None
    text, library = stage / f"{stem}.c", stage / f"{stem}{library_suffix()}"
    write_files({text.name: native.text.encode()}, stage)
    compiler = find_compiler()
    if compiler is None:
        return None, _no_compiler()
    parts = side_by_side(native.weights, options.jobs or usable_cores())
    result = compile_library(text, library, compiler, options, parts=parts)
    if not result.ok:
        return None, _compiler_failed(result, " ".join(compiler.command))
    return Kernels(stem, hashlib.sha256(library.read_bytes()).hexdigest()), None


def _no_compiler() -> Diagnostic:
    return Diagnostic(
        NO_COMPILER,
        "No C compiler was found, so nothing becomes native code.",
        NOWHERE,
        hints=("Install gcc or clang, or: pip install 'pyaot[cc]'",),
    )


def _compiler_failed(result: CompileResult, command: str) -> Diagnostic:
    hung = "did not finish" in result.message
    how = "did not finish" if hung else "failed"
    return Diagnostic(
        COMPILER_HUNG if hung else COMPILER_FAILED,
        f"The C compiler '{command}' {how}, so nothing becomes native code.",
        NOWHERE,
        notes=(result.message,),
        hints=("'pyaot doctor' shows the compilers that are there.",),
    )
