"""Where a row of high loss stands: by its id, or by its place where there are no ids."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np

from evalreport.batch import FloatArray, IntArray, ObjectArray, SliceColumn

_RUN = 32


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


def highest(
    scores: FloatArray, limit: int, ids: ObjectArray | None, rows: IntArray | None
) -> IntArray:
    """Return the rows of the highest scores: `limit` of them, and more only if ids are shared.

    Of rows with the same score those with the first ids are taken, or else the first in their
    input. Millions of rows may have the same score, and few of them are looked at.

    Parameters
    ----------
    scores : float64 ndarray of shape (n_rows,)
        Infinity is allowed.
    limit : int
        How many to return.
    ids : object ndarray of str of shape (n_rows,), optional
        Row ids.
    rows : int64 ndarray of shape (n_rows,), optional
        Number of each row in its input.

    Examples
    --------
    >>> highest(np.array([0.5, 2.0, 0.5, 0.5]), 2, np.array(["d", "c", "b", "a"], object), None)
    array([1, 3])
    """
    if limit == 0 or len(scores) <= limit:
        return np.arange(min(len(scores), limit))
    least = _least_of_highest(scores, limit)
    above, tied = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
    n_tied = limit - len(above)
    if ids is not None:
        last = heapq.nsmallest(n_tied, ids[tied])[-1]
        tied = tied[np.array([each <= last for each in ids[tied]], dtype=bool)]
    elif rows is not None:
        tied = tied[np.argsort(rows[tied], kind="stable")[:n_tied]]
    return np.concatenate([above, tied])


def _least_of_highest(scores: FloatArray, limit: int) -> float:
    """Return the score of the last of the `limit` highest.

    Each of so many runs of rows has its highest; the last of those is a bound, and few rows reach
    it.
    """
    n_runs = len(scores) // _RUN
    if n_runs >= limit:
        tops = scores[: n_runs * _RUN].reshape(n_runs, _RUN).max(axis=1)
        scores = scores[np.flatnonzero(scores >= np.partition(tops, -limit)[-limit])]
    return float(np.partition(scores, -limit)[-limit])


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


def told_apart(identity: tuple[Any, ...], content: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what rows of the same loss are ordered by, whatever the order they came in."""
    if content["id"] is None:
        return identity
    # Rows may share an id: then all that is kept of them decides.
    text = json.dumps(content, sort_keys=True)
    return *identity, blake2b(text.encode(), digest_size=8).hexdigest()


def with_path(content: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """Return what an entry says, with the path of its input if there are several."""
    source = content["source"]
    place = paths[source] if len(paths) > 1 and source is not None else None
    return {key: value for key, value in content.items() if key != "source"} | {"path": place}
