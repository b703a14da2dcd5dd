"""NumPy's `multiply` rounds complex products once less where the CPU can; `*` of two numbers does not.

Under strict both are told apart: a function is compiled only where its products round as the original's do.
"""

from pathlib import Path

import numpy as np
import pytest
from pyaot_runtime import trace

from pyaot.base.options import Options
from tests.equivalence.compiled import compile_text, load

HEAD = """
import numpy as np

V = np.ndarray[tuple[int], np.dtype[np.complex128]]

"""
LOOP = """
def loop_{0}(z: V, w: V) -> V:
    out = np.zeros_like(z)
    for i in range(z.shape[0]):
        out[i] = {1}
    return out

"""
WHOLE = """
def whole_{0}(z: V, w: V):
    return {1}

"""
ELEMENTS = (
    "z[i] * w[i]",
    "z[i] * w[i].conjugate()",
    "np.multiply(z[i], w[i])",
    "np.multiply(z[i], 2.5)",
    "np.dot(z[i], w[i])",
    "np.square(z[i])",
    "np.power(z[i], 2)",
    "z[i] ** 2",
    "z[i] / w[i]",
)
ARRAYS = (
    "z * w",
    "z * w.real",
    "z ** 2",
    "np.outer(z, w)",
    "np.multiply.outer(z, w)",
    "np.kron(z, w)",
    "np.cross(z[:3], w[:3])",
    "np.polyval(z[:5], w)",
    "np.polyval(z[:5], w.real)",
    "np.polyval(z[:5].real, w)",
    "np.cumprod(z)",
    "np.vander(z, 4)",
)


@pytest.mark.parametrize("version", ["native", "numpy"])
def test_products_are_those_of_the_original(version: str, tmp_path: Path) -> None:
    text = HEAD + "".join(LOOP.format(n, e) for n, e in enumerate(ELEMENTS))
    text += "".join(WHOLE.format(n, e) for n, e in enumerate(ARRAYS))
    path = compile_text(text, tmp_path, Options(strict=True))
    compiled, original = load(path, version), load(path, "original")
    parts = np.random.default_rng(1).normal(size=(4, 99))
    z, w = parts[0] + 1j * parts[1], parts[2] + 1j * parts[3]
    for kind, exprs in (("loop", ELEMENTS), ("whole", ARRAYS)):
        for n, expr in enumerate(exprs):
            ours, theirs = (getattr(module, f"{kind}_{n}")(z, w) for module in (compiled, original))
            np.testing.assert_array_equal(ours, theirs, err_msg=expr, strict=True)
    assert any("native ran" in line and "loop_0 " in line for line in trace.summary())
