"""The compiler: type-hinted sequential Python and NumPy in, parallel drop-in replacements out.

`pyaot.compile_function(f)` compiles a function of the running program, `%load_ext pyaot` brings `%%pyaot`.
Both are loaded when they are asked for: each start of `pyaot` imports this module.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which takes milliseconds to load
if TYPE_CHECKING:
    from pyaot.live.compilation import compile_function

__all__ = ["compile_function"]


def __getattr__(name: str) -> object:
    if name == "compile_function":
        return import_module("pyaot.live.compilation").compile_function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: object) -> None:
    """What `%load_ext pyaot` calls."""
    import_module("pyaot.live.magic").load(shell)
