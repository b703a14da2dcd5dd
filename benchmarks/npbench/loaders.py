"""The functions of each contestant for one program, compiled as NPBench does, in its own environment.

A loader gives the variants by name, each a function of the arguments by name.
"""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.npbench.checkout import Program

Call = Callable[[dict[str, Any]], Any]
NUMBA_VARIANTS = ("o", "op", "opr", "n", "np", "npr")
JAX_VARIANTS = ("", "_lib")


def load_numpy(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """NumPy's version, as it is shipped."""
    return {"numpy": positional(program, program.imported("numpy"))}


def load_pyaot(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """What we made of NumPy's version, which the main process has compiled into the folder."""
    return {"pyaot": positional(program, compiled(program, folder))}


def load_numba(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """Every variant that is shipped; they compile at their first call."""
    return _shipped(program, {variant: f"numba_{variant}" for variant in NUMBA_VARIANTS})


def load_pythran(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """The version that is shipped, with NPBench's flags."""
    made = Path(tempfile.mkdtemp(dir=folder), f"{program.module}_pythran.so")
    compiler = Path(sys.executable).with_name("pythran")
    flags = ["-DUSE_XSIMD", "-fopenmp", "-march=native", "-ffast-math"]
    done = subprocess.run(
        [compiler, *flags, program.version("pythran"), "-o", made],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pythran: {done.stderr.strip().splitlines()[-1:]}")
    return {"pythran": positional(program, _entry_of(made, f"{program.module}_pythran", program.entry))}


def load_dace(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """The version that is shipped, simplified and optimised by DaCe itself."""
    os.chdir(folder)  # DaCe writes its build there
    import dace
    from dace.transformation.auto import auto_optimize

    graph = program.imported("dace").to_sdfg(simplify=False)
    graph.simplify()
    auto_optimize.auto_optimize(graph, dace.DeviceType.CPU)
    run = graph.compile()
    others = [name for name in program.info["parameters"][preset] if name not in program.inputs]
    sizes = {name: program.info["parameters"][preset][name] for name in others}
    return {"auto": lambda arguments: run(**arguments, **sizes)}


def load_jax(program: Program, preset: str, folder: Path) -> dict[str, Call]:
    """Every variant that is shipped, in double precision; waits for the result."""
    import jax

    jax.config.update("jax_enable_x64", True)
    calls = _shipped(program, {f"jax{variant}": f"jax{variant}" for variant in JAX_VARIANTS})
    return {name: _waiting(call, jax.block_until_ready) for name, call in calls.items()}


LOADERS = {
    "numpy": load_numpy,
    "pyaot": load_pyaot,
    "numba": load_numba,
    "pythran": load_pythran,
    "dace": load_dace,
    "jax": load_jax,
}


def compiled(program: Program, folder: Path) -> Any:
    """The entry of our version, from a fresh import."""
    path = folder / "out" / f"{program.module}_numpy.py"
    return _entry_of(path, f"{program.module}_numpy", program.entry)


def positional(program: Program, function: Any) -> Call:
    """The function called with the arguments in their order."""
    return lambda arguments: function(*(arguments[name] for name in program.inputs))


def _shipped(program: Program, postfixes: dict[str, str]) -> dict[str, Call]:
    """The variants whose files are there and have the entry function, as not all have."""
    calls, broken = {}, None
    for variant, postfix in postfixes.items():
        if program.version(postfix).exists():
            try:
                calls[variant] = positional(program, program.imported(postfix))
            except Exception as error:
                broken = error
    if broken is not None and not calls:
        raise broken
    return calls


def _waiting(call: Call, wait: Callable[[Any], Any]) -> Call:
    return lambda arguments: wait(call(arguments))


def _entry_of(path: Path, name: str, entry: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported (suffix {sysconfig.get_config_var('EXT_SUFFIX')})")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, entry)
