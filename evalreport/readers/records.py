"""Python records as Arrow batches, for JSON that pyarrow does not take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from evalreport.readers.values import as_cells


def to_batch(records: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """Return records as a batch; a key that a record does not have is null there.

    Whole numbers too large for 64 bits, and columns of mixed types, become text as it stands.
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = [as_cells([record.get(name) for record in records]) for name in names]
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
