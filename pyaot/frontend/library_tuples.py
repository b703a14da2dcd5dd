"""The named tuples that functions of NumPy give.

values, vectors = np.linalg.eigh(a)         np.linalg.eigh(a).eigenvalues
"""

from pyaot.frontend.values import TupleValue, Value
from pyaot.ir.nodes import Maker

FIELDS = {
    "EighResult": ("eigenvalues", "eigenvectors"),
    "EigResult": ("eigenvalues", "eigenvectors"),
    "QRResult": ("Q", "R"),
    "SVDResult": ("U", "S", "Vh"),
    "SlogdetResult": ("sign", "logabsdet"),
}


def named_tuple(name: str, items: tuple[Value, ...]) -> TupleValue:
    """The result of a function of numpy.linalg."""
    return TupleValue(items, maker=Maker(f"numpy.linalg.{name}", FIELDS[name]))
