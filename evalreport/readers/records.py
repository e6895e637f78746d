"""Python records as Arrow batches, for JSON that pyarrow does not take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.labels import canonical


def to_batch(records: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """Return records as a batch; a key that a record does not have is null there.

    Whole numbers too large for 64 bits, and columns of mixed types, become text as it stands.
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = [_column([record.get(name) for record in records]) for name in names]
    return pa.RecordBatch.from_arrays(columns, names)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, and refuse one that says a thing twice.

    Raises
    ------
    ValueError
        If a key stands in it twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key '{twice}' stands in it twice")
    return found


def key_orders(records: Iterable[Any]) -> set[tuple[str, ...]]:
    """Return the different orders in which records name their keys; inner ones with a point."""
    return {tuple(_names(each, "")) for each in records if isinstance(each, dict)}


def _names(record: dict[str, Any], outer: str) -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _names(value, f"{outer}{key}.")
        else:
            yield f"{outer}{key}"


def _column(values: list[Any]) -> pa.Array:
    present = [each for each in values if each is not None]
    if present and all(isinstance(each, dict) for each in present):
        return _struct(values)
    if present and all(isinstance(each, list) for each in present):
        return _list(values)
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if each is None else _text(each) for each in values], pa.string())


def _struct(values: list[dict[str, Any] | None]) -> pa.Array:
    names = list(dict.fromkeys(name for each in values if each for name in each))
    if not names:
        return pa.nulls(len(values))
    columns = [
        _column([None if each is None else each.get(name) for each in values]) for name in names
    ]
    missing = numbers_to_arrow(np.array([each is None for each in values]))
    return pa.StructArray.from_arrays(columns, names, mask=missing)


def _list(values: list[list[Any] | None]) -> pa.Array:
    lengths = np.array([len(each or ()) for each in values])
    offsets = numbers_to_arrow(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    missing = numbers_to_arrow(np.array([each is None for each in values]))
    inner = _column([item for each in values for item in each or ()])
    return pa.ListArray.from_arrays(offsets, inner, mask=missing)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else canonical(value)
