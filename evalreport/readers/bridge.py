"""Between Arrow and NumPy without pandas, which pyarrow's own conversions take long to load.

Only numbers take these ways; text has to go through pyarrow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalreport.batch import FloatArray

_ARROW_TYPES = {
    np.dtype(name): getattr(pa, name)()
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
} | {
    np.dtype(np.float16): pa.float16(),
    np.dtype(np.float32): pa.float32(),
    np.dtype(np.float64): pa.float64(),
}


def numbers_to_numpy(column: pa.Array) -> NDArray[Any]:
    """Return numbers without nulls as a read-only view."""
    numbers: NDArray[Any] = np.from_dlpack(column)
    return numbers


def floats_to_numpy(column: pa.Array) -> FloatArray:
    """Return float64 numbers; nulls become NaN."""
    if column.null_count:
        column = pc.coalesce(column, numbers_to_arrow(np.full(len(column), np.nan)))
    return numbers_to_numpy(column)


def mask_to_numpy(column: pa.Array) -> NDArray[np.bool_]:
    """Return truth values without nulls."""
    return numbers_to_numpy(column.cast(pa.uint8())).view(np.bool_)


def numbers_to_arrow(numbers: NDArray[Any]) -> pa.Array:
    """Return numbers or truth values as an Arrow array, without a copy if they lie densely.

    Raises
    ------
    KeyError
        If Arrow has no such type of number.
    """
    native = np.ascontiguousarray(numbers, dtype=numbers.dtype.newbyteorder("="))
    if native.dtype == np.bool_:
        return numbers_to_arrow(native.view(np.uint8)).cast(pa.bool_())
    kind = _ARROW_TYPES[native.dtype]
    return pa.Array.from_buffers(kind, len(native), [None, pa.py_buffer(native)])
