"""Programs run under the recorder in this process, and are annotated by what was seen."""

import builtins
import sys
from pathlib import Path
from types import ModuleType

from pyaot.annotate.annotation import Annotated, annotated
from pyaot.annotate.instrument import instrumented_code, names_for
from pyaot.annotate.recorder import MOST_KEPT, Recorder
from pyaot.annotate.samples import Samples, read_samples
from pyaot.annotate.writing import Style
from pyaot.base.source import SourceFile


def record(text: str, folder: Path, most_kept: int = MOST_KEPT, **given: object) -> Samples:
    """Runs the program as a module with these variables; what was seen, also where it divides by zero."""
    target, path = folder / "calls", folder / "prog.py"
    path.write_text(text, encoding="utf-8")
    recorder = Recorder(target, folder, most_kept)
    module = ModuleType("prog")
    module.__file__ = str(path)
    vars(module).update(given)
    names = names_for(text)
    setattr(builtins, names.entered, recorder.entered)
    setattr(builtins, names.left, recorder.left)
    code = instrumented_code(text.encode(), path, names, lambda line: recorder.register(path, line))
    before = sys.modules.get("prog")
    sys.modules["prog"] = module
    try:
        exec(code, module.__dict__)
    except ZeroDivisionError:
        pass
    finally:
        sys.modules.pop("prog")
        if before is not None:
            sys.modules["prog"] = before
        delattr(builtins, names.entered)
        delattr(builtins, names.left)
    return read_samples(target)


def annotate(text: str, folder: Path, style: Style = Style.NUMPY, **given: object) -> Annotated:
    """The program with the hints that its run shows; the target of the recorder is new each time."""
    (folder / "calls").unlink(missing_ok=True)
    calls = record(text, folder, **given).calls.get(str(folder / "prog.py"), {})
    return annotated(SourceFile(folder / "prog.py", text), text.encode(), calls, style)


def signatures(text: str, folder: Path, style: Style = Style.NUMPY) -> list[str]:
    """The lines of the annotated program that begin a `def`, without `def` and the colon."""
    lines = annotate(text, folder, style).content.decode().splitlines()
    return [line.strip().removeprefix("def ").removesuffix(":") for line in lines if "def " in line]
