"""Tensors of torch as what NumPy can read, without importing torch."""

from __future__ import annotations

from typing import Any

_NUMPY_FLOATS = ("float16", "float32", "float64")


def is_tensor(given: Any) -> bool:
    """Tell whether an object is a tensor of torch, or a kind of one."""
    return any(
        kind.__module__.partition(".")[0] == "torch" and kind.__name__ == "Tensor"
        for kind in type(given).__mro__
    )


def without_gradient(given: Any) -> Any:
    """Return a tensor, or a list of them, in a form that NumPy can read; all else as it is.

    Gradients are left behind, and narrow floats that are no NumPy type, as bfloat16, are widened
    to single precision, which holds each of their values exactly.

    Parameters
    ----------
    given : object
        What a caller passed as an array.
    """
    if isinstance(given, (list, tuple)) and any(map(is_tensor, given)):
        return [without_gradient(each) for each in given]
    if not is_tensor(given):
        return given
    plain = given.detach().cpu().resolve_conj().resolve_neg()
    kind = str(plain.dtype).rpartition(".")[2]
    is_narrow = plain.is_floating_point() and kind not in _NUMPY_FLOATS
    return plain.float() if is_narrow else plain
