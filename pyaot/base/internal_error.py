"""A bug of ours as a message: it costs the user what could not be compiled, and nothing else."""

import traceback
from pathlib import Path

from pyaot.base.catalogue import INTERNAL_ERROR
from pyaot.base.diagnostics import Diagnostic
from pyaot.base.source import Span


def internal_error(subject: str, span: Span, error: Exception, so: str = "it stays Python") -> Diagnostic:
    """'The compiler failed on <subject>, so <so>.', with the place in the compiler."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return Diagnostic(
        INTERNAL_ERROR,
        f"The compiler failed on {subject}, so {so}.",
        span,
        notes=(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})",),
        hints=("Please report this with the program's text.",),
    )
