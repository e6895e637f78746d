"""Where a row of high loss stands: by its id, or by its place where there are no ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from evalreport.batch import FloatArray, IntArray, ObjectArray, SliceColumn


class PlacedRows(Protocol):
    """Rows that know where they come from."""

    @property
    def source(self) -> int:
        """Number of the input."""

    @property
    def ids(self) -> ObjectArray | None:
        """Row ids."""

    @property
    def rows(self) -> IntArray | None:
        """Number of each row in its input, counted from 1."""

    @property
    def slices(self) -> tuple[SliceColumn, ...]:
        """Columns to report by."""


def highest(losses: FloatArray, limit: int) -> list[int]:
    """Return the rows that may be among the `limit` of the highest loss, ties and all."""
    if len(losses) <= limit:
        return list(range(len(losses)))
    least = np.partition(losses, -limit)[-limit] if limit else np.inf
    return [int(row) for row in np.flatnonzero(losses >= least)]


def place_of(rows: PlacedRows, row: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what a row is told by, and what an entry says about its place.

    Rows with ids are told by their id alone, so that the order of the rows does not matter.
    """
    content: dict[str, Any] = {
        "slices": {each.name: each.values[int(each.codes[row])] for each in rows.slices}
    }
    if rows.ids is not None:
        name = str(rows.ids[row])
        return (name,), {"source": None, "row": None, "id": name} | content
    number = None if rows.rows is None else int(rows.rows[row])
    return (rows.source, number), {"source": rows.source, "row": number, "id": None} | content


def with_path(content: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """Return what an entry says, with the path of its input if there are several."""
    source = content["source"]
    place = paths[source] if len(paths) > 1 and source is not None else None
    return {key: value for key, value in content.items() if key != "source"} | {"path": place}
