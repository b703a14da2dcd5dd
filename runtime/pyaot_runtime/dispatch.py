"""Binding the versions of a function: what stands behind the name of a compiled function.

A compiled module says, after the user's def of `smooth`:

    @_pyaot.versions(smooth)
    def smooth(_pyaot_bind):
        ...                                     # the guard and the call of the kernels
        def _pyaot_run_smooth(a, w=None): ...   # the user's signature; runs a kernel or the original
        return _pyaot_run_smooth

The text between is written once; tracing, counting and forcing a version are decided here, when the name is
bound, by wrapping what the text calls. With none of them nothing is wrapped, so nothing is paid.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, TypeAlias

from pyaot_runtime.trace import Mode, mode_of_environment

# A kernel takes the values of the IR's parameters as one tuple and answers (path, flags, leaf, leaf, ...).
Kernel: TypeAlias = Callable[[tuple[Any, ...]], Any]
# None where the kernels are right for these values, else the reason.
Guard: TypeAlias = Callable[..., str | None]
Factory: TypeAlias = Callable[["Binder"], FunctionType]


class _Declined:
    """The type of DECLINED."""

    def __repr__(self) -> str:
        return "DECLINED"


# What a call gives whose attempt failed: nothing has changed, the original is to run.
DECLINED: Final = _Declined()

_COPIED = ("__module__", "__name__", "__qualname__", "__doc__")


class Binder:
    """What a factory is given: the original, and the choice of a kernel for each instance."""

    def __init__(self, original: FunctionType, mode: Mode) -> None:
        self._recorder = mode.recorder(original.__qualname__, original.__code__.co_filename)
        self._forced = mode.forced
        self.original: Callable[..., Any] = original
        self.compiled = False  # whether any instance has a kernel
        if self._recorder is not None:
            self.original = self._recorder.original(original)

    def choose(self, guard: Guard, **kernels: Kernel | None) -> tuple[Guard, Kernel]:
        """The guard, and the first of the kernels that is there and wanted; they come fastest first."""
        for name, kernel in kernels.items():
            if kernel is not None and self._forced in ("", name):
                self.compiled = True
                if self._recorder is None:
                    return guard, kernel
                return self._recorder.guard(name, guard), self._recorder.kernel(name, kernel)
        if self._forced == "original":
            return self._nothing("PYAOT_VERSION=original")
        if self._forced:
            return self._nothing(f"it has no {self._forced} version, and PYAOT_VERSION={self._forced}")
        return self._nothing("its kernels could not be loaded")

    def choose_if_forced(self, guard: Guard, **kernels: Kernel | None) -> tuple[Guard, Kernel]:
        """As `choose`, for an instance that is so short that only PYAOT_VERSION makes it run."""
        if self._forced:
            return self.choose(guard, **kernels)
        return self._nothing("it has no work that would pay for the start of a kernel")

    def around(self, dispatcher: FunctionType, *regions: Any) -> FunctionType:
        """The dispatcher of a function of which only these regions have versions."""
        self.compiled = any("__wrapped__" in region.__dict__ for region in regions)
        return dispatcher

    def _nothing(self, reason: str) -> tuple[Guard, Kernel]:
        """A guard that is always false."""
        guard = _never(reason)
        return (guard if self._recorder is None else self._recorder.guard("", guard)), _fail


def versions(original: Any) -> Callable[[Factory], Any]:
    """Decorates a factory of dispatchers; gives what the user's name is to be bound to."""

    def bind(factory: Factory) -> Any:
        return _bound(original, factory, mode_of_environment())

    return bind


def _bound(original: Any, factory: Factory, mode: Mode) -> Any:
    if isinstance(original, staticmethod | classmethod):
        inner = _bound(original.__func__, factory, mode)
        return original if inner is original.__func__ else type(original)(inner)
    if not _is_plain(original, factory.__name__):
        return original
    binder = Binder(original, mode)
    dispatcher = factory(binder)
    is_needed = binder.compiled or mode.tells
    if not is_needed or not _same_signature(dispatcher, original):
        return original
    return _dressed(dispatcher, original)


def _is_plain(original: Any, name: str) -> bool:
    """Whether it is the user's def itself, not what a decorator made of it."""
    return (
        type(original) is FunctionType
        and original.__code__.co_name == name
        and "__wrapped__" not in original.__dict__
    )


def _same_signature(dispatcher: FunctionType, original: FunctionType) -> bool:
    return _signature(dispatcher) == _signature(original)


def _signature(function: FunctionType) -> tuple[object, ...]:
    code = function.__code__
    varying = code.co_flags & 0x0C  # *args, **kwargs
    count = code.co_argcount + code.co_kwonlyargcount + varying.bit_count()
    return code.co_posonlyargcount, code.co_argcount, varying, code.co_varnames[:count]


def _dressed(dispatcher: FunctionType, original: FunctionType) -> FunctionType:
    """The dispatcher with all that can be asked of the original."""
    for name in _COPIED:
        setattr(dispatcher, name, getattr(original, name))
    dispatcher.__defaults__ = original.__defaults__
    dispatcher.__kwdefaults__ = original.__kwdefaults__
    dispatcher.__annotations__ = original.__annotations__
    dispatcher.__dict__.update(original.__dict__)
    dispatcher.__dict__["__wrapped__"] = original
    return dispatcher


def _never(reason: str) -> Guard:
    return lambda *values: reason


def _fail(values: tuple[Any, ...]) -> tuple[int, int]:
    return -1, 0
