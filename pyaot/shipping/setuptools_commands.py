"""The commands of setuptools that compile the modules of a package.

`build_py` puts drop-ins and kernels over the modules that it has copied; `bdist_wheel` names the machine that
they are for. Editable installations keep the modules as they are.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

from pyaot.shipping.modules import CompiledModule, compile_modules
from pyaot.shipping.settings import check_dependencies, settings_of

_TABLE = "[tool.pyaot]"


def install(distribution: Any, table: Mapping[str, Any]) -> None:
    """Puts our commands behind those that the distribution has."""
    build: type[build_py] = distribution.cmdclass.get("build_py", build_py)
    wheel: type[bdist_wheel] = distribution.cmdclass.get("bdist_wheel", bdist_wheel)
    distribution.cmdclass |= {"build_py": _building(build, table), "bdist_wheel": _tagging(wheel)}


def _building(base: type[build_py], table: Mapping[str, Any]) -> type[build_py]:
    class BuildPy(base):  # type: ignore[misc]
        """Compiles the copied modules."""

        def run(self) -> None:
            """Copies, then compiles."""
            super().run()
            if not self.editable_mode:
                self._compile()

        def _compile(self) -> None:
            root = Path.cwd()
            settings = settings_of(table, root, _TABLE)
            check_dependencies(self.distribution.install_requires)
            places = self._places()
            with tempfile.TemporaryDirectory(prefix="pyaot-") as folder:
                for module in compile_modules(settings, root, Path(folder)):
                    _copy(module, places)
                    if module.is_native:
                        self.distribution.pyaot_is_native = True

        def _places(self) -> dict[Path, Path]:
            """For each module of the project where its copy is."""
            return {
                Path(file): Path(self.get_module_outfile(self.build_lib, package.split("."), module))
                for package, module, file in self.find_all_modules()
            }

    return BuildPy


def _copy(module: CompiledModule, places: Mapping[Path, Path]) -> None:
    place = places.get(module.source)
    if place is None:
        raise ValueError(f"{_TABLE}: '{module.source}' is no module of a package that setuptools builds")
    for file in module.files:
        shutil.copyfile(file, place.with_name(file.name))


def _tagging(base: type[bdist_wheel]) -> type[bdist_wheel]:
    class BdistWheel(base):  # type: ignore[misc]
        """Names the machine that kernels are for; they are for every Python 3."""

        def get_tag(self) -> tuple[str, str, str]:
            """The tag in the wheel's name."""
            if not getattr(self.distribution, "pyaot_is_native", False):
                tag: tuple[str, str, str] = super().get_tag()
                return tag
            self.root_is_pure = False
            platform: str = super().get_tag()[2]
            return "py3", "none", platform

    return BdistWheel
