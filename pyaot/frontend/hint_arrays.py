"""jaxtyping's element types and dimensions, laid over what its array type says.

Float[NDArray[np.float32], "m n"]       ArrayHint(FLOAT32, 2, (NamedDim("m"), NamedDim("n")))
"""

from pyaot.frontend.hint_dims import rank_of
from pyaot.frontend.hint_dtypes import DTypes
from pyaot.frontend.hint_types import ArrayHint, DimHint, Hint, ScalarHint, UnknownHint, join


def narrowed(inner: Hint, dtypes: DTypes, dims: tuple[DimHint, ...], text: str) -> Hint:
    """The inner hint, of one of these element types and with these dimensions; `text` is the whole hint's."""
    match inner:
        case ArrayHint(dtype, rank, inner_dims):
            shape = dims if inner_dims is None else (*dims, *inner_dims)
            found = rank_of(shape)
        case ScalarHint() if not dims:
            return inner
        case UnknownHint():
            return inner
        case _:
            return UnknownHint(text, "has an array type that is not an array")
    if inner_dims is None and rank is not None and found not in (None, rank):
        reason = f"has {found} dimensions in its text and {rank} in its array type"
        return UnknownHint(text, reason, is_contradiction=True)
    if dtype is not None and dtypes != (None,) and dtype not in dtypes:
        reason = f"has elements of type {dtype.value} by its array type"
        return UnknownHint(text, reason, is_contradiction=True)
    chosen = dtypes if dtype is None else (dtype,)
    return join(tuple(ArrayHint(d, rank if found is None else found, shape) for d in chosen))
