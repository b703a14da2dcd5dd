"""The one exception that pyaot raises on purpose: a diagnostic of severity ERROR on its way to the user."""

from pyaot.base.diagnostics import Diagnostic


class PyaotError(Exception):
    """No output can be written, for the reason that the diagnostic gives."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(f"{diagnostic.code.number}: {diagnostic.message}")
        self.diagnostic = diagnostic
