"""Many sums as little text: integers of one width side by side, or byte by byte, in base 64."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import IntArray
from evalreport.statistics.interface import Sums

_KEY_BYTES = 2


def pack(sums: Sums) -> dict[str, Any]:
    """Return sums whose groups are whole numbers below 65,536 in terms of JSON.

    Trailing zero bits that a whole column shares are left out, because sums of weights stand in a
    unit far below any weight.

    Examples
    --------
    >>> unpack(pack(Sums((0, -64), {3: (1, 1 << 60), 900: (2, 0)}))).rows
    {3: (1, 1152921504606846976), 900: (2, 0)}
    """
    keys = [int(key) for key in sums.ordered_keys()]
    columns = [[sums.rows[key][i] for key in keys] for i in range(len(sums.units))]
    return {
        "units": list(sums.units),
        "keys": _joined(keys, _KEY_BYTES),
        "columns": pack_columns(columns),
    }


def unpack(data: Any) -> Sums:
    """Return the sums that `pack` wrote."""
    keys = _parted(data["keys"], _KEY_BYTES)
    rows = zip(*unpack_columns(data["columns"]), strict=True) if keys else ()
    return Sums(tuple(data["units"]), dict(zip(keys, rows, strict=True)))


def pack_columns(columns: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    """Return columns of whole numbers of 0 or more in terms of JSON."""
    return [_packed(column) for column in columns]


def unpack_columns(data: Any) -> list[list[int]]:
    """Return the columns that `pack_columns` wrote."""
    return [
        [value << column["shift"] for value in _parted(column["data"], column["width"])]
        for column in data
    ]


def _packed(column: Sequence[int]) -> dict[str, Any]:
    shift = min(((value & -value).bit_length() - 1 for value in column if value), default=0)
    shifted = [value >> shift for value in column]
    width = max(1, (max(shifted, default=0).bit_length() + 7) // 8)
    return {"shift": shift, "width": width, "data": _joined(shifted, width)}


def pack_array(values: IntArray) -> list[list[str]]:
    """Return whole numbers of 0 or more in terms of JSON: few bytes where most of them are small.

    Lowest bytes first: for each byte a bit for every number that is left, whether it is above 0,
    then the bytes of those that are; what is left is a 256th of these.

    Examples
    --------
    >>> unpack_array(pack_array(np.array([0, 7, 300])), 3).tolist()
    [0, 7, 300]
    """
    planes = []
    while values.any():
        more = values > 0
        values = values[more]
        planes.append([_text(np.packbits(more)), _text((values & 255).astype(np.uint8))])
        values = values >> 8
    return planes


def unpack_array(planes: Sequence[Sequence[str]], n_values: int) -> IntArray:
    """Return the numbers that `pack_array` wrote."""
    values, where = np.zeros(n_values, dtype=np.int64), np.arange(n_values)
    for i, (bits, letters) in enumerate(planes):
        more = np.unpackbits(_letters(bits), count=len(where)).astype(bool)
        where = where[more]
        values[where] += _letters(letters).astype(np.int64) << (8 * i)
    return values


def _text(letters: NDArray[np.uint8]) -> str:
    return base64.b64encode(letters.tobytes()).decode()


def _letters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8)


def _joined(values: Sequence[int], width: int) -> str:
    return base64.b64encode(b"".join(each.to_bytes(width, "little") for each in values)).decode()


def _parted(text: str, width: int) -> list[int]:
    data = base64.b64decode(text)
    return [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]
