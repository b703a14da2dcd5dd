"""The build hook of hatchling, found by its entry point `hatch`.

    [tool.hatch.build.hooks.pyaot]
    modules = ["waves/steps.py"]

A wheel gets the drop-ins in place of the modules, and their kernels beside them. Source distributions and
editable installations keep the modules as they are.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl
from packaging.tags import sys_tags

from pyaot.shipping.modules import CompiledModule, compile_modules
from pyaot.shipping.settings import check_dependencies, settings_of

_TABLE = "[tool.hatch.build.hooks.pyaot]"


class PyaotBuildHook(BuildHookInterface[Any]):
    """Compiles modules for the wheel that is built."""

    PLUGIN_NAME = "pyaot"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is written."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        settings = settings_of(self.config, root, _TABLE)
        check_dependencies(self.metadata.core.dependencies)
        # Not below the project's folder: hatchling would take the files there for the project's own.
        self._folder = tempfile.mkdtemp(prefix="pyaot-")
        modules = list(compile_modules(settings, root, Path(self._folder)))
        for module in modules:
            build_data["force_include"] |= self._places(module)
        if any(module.is_native for module in modules):
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """After the wheel is written."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _places(self, module: CompiledModule) -> dict[str, str]:
        """For each file its place in the wheel: that of the module."""
        place = Path(self.build_config.get_distribution_path(str(module.source)))
        return {str(file): str(place.with_name(file.name)) for file in module.files}


def _platform() -> str:
    """This machine's, as wheels name it; what the system's libraries are like a repair tool may say later."""
    names = (tag.platform for tag in sys_tags())
    return next(name for name in names if not name.startswith(("manylinux", "musllinux")))


@hookimpl
def hatch_register_build_hook() -> type[PyaotBuildHook]:
    """Tells hatchling of the hook."""
    return PyaotBuildHook
