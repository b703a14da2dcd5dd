"""Hinted modules that a program imports from its folder or from `stdlib_models` are compiled on import."""

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from pyaot.base.source import SourceFile, is_own, read_source
from pyaot.cli.cached import Cache
from pyaot.cli.execute import code_of
from pyaot.output.cache import Cached

_HINTED_DEF = re.compile(r"^[ \t]*def[ \t]+\w+\([^)]*:", re.MULTILINE)
_LIBRARY = "stdlib_models"


class CompiledLoader(SourceFileLoader):
    """Loads a module whose code comes from the cache."""

    def __init__(self, name: str, path: str, entry: Cached) -> None:
        super().__init__(name, path)
        self._entry = entry

    def get_code(self, fullname: str) -> CodeType:
        """The compiled module's code, with the lines of the user's file."""
        return code_of(self._entry, self.path)


class SourceFinder(ABC):
    """Stands before Python's own finders; what it does not want is left to them."""

    @abstractmethod
    def loader(self, name: str, origin: str) -> SourceFileLoader | None:
        """What loads the module from this file of source text; None for those that are left to Python."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for the modules that are wanted."""
        spec = _source_spec(name, path, target)
        if spec is None or spec.origin is None:
            return None
        loader = self.loader(name, spec.origin)
        return None if loader is None else _with_loader(spec, loader)


class CompilingFinder(SourceFinder):
    """Finds the modules that get compiled functions."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self._folder = folder
        self._cache = cache

    def loader(self, name: str, origin: str) -> SourceFileLoader | None:
        """That of a module of the program's own, or of a model, with hints."""
        source = self._wanted(name, Path(origin))
        entry = None if source is None else self._cache.entry(source)
        return None if entry is None else CompiledLoader(name, origin, entry)

    def _wanted(self, name: str, path: Path) -> SourceFile | None:
        """The text, where the module is the program's own or a model, and has hints."""
        if not is_own(path, self._folder) and name.partition(".")[0] != _LIBRARY:
            return None
        try:
            source = read_source(path)
        except (OSError, SyntaxError, UnicodeDecodeError):
            return None
        return source if _HINTED_DEF.search(source.text) else None


def _source_spec(name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
    """The spec of a module that Python would load from a file of source text; None for other modules."""
    if path is None and name in sys.builtin_module_names:
        return None
    spec = PathFinder.find_spec(name, path, target)
    if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
        return None
    return spec


def _with_loader(spec: ModuleSpec, loader: SourceFileLoader) -> ModuleSpec | None:
    """The spec with another loader."""
    folders = spec.submodule_search_locations
    return spec_from_file_location(
        spec.name,
        spec.origin,
        loader=loader,
        submodule_search_locations=None if folders is None else [*folders],
    )
