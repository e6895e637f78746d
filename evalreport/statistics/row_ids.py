"""Whether row ids tell rows apart: repeated ids, counted in bounded memory.

References
----------
Bar-Yossef et al. (2002), "Counting distinct elements in a data stream", for the idea to keep the
smallest hashes: they are a fair sample of the distinct ids, whatever the order of the rows.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evalreport.errors import MergeError
from evalreport.hashing import HashArray, hashes_of
from evalreport.results import RowIdsResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import State

MOST_IDS = 8_192
"""Distinct ids that are kept; with more the numbers are estimates from this many."""


@dataclass(frozen=True, slots=True)
class IdSketch(State):
    """The ids with the smallest hashes, and how often each of them stands.

    Parameters
    ----------
    limit : int
        How many are kept.
    hashes, counts : bytes
        64-bit integers, least byte first; the hashes in order.
    n_rows : int
        Rows with an id.
    n_like_label : int
        Rows whose id is the label.
    """

    limit: int
    hashes: bytes = b""
    counts: bytes = b""
    n_rows: int = 0
    n_like_label: int = 0

    @classmethod
    def of(cls, limit: int, hashes: HashArray, n_like_label: int) -> IdSketch:
        """Return the sketch of rows with these hashes."""
        ordered = np.sort(_candidates(hashes, limit))
        starts = _starts(ordered)
        if len(starts) < limit:  # ids are repeated
            ordered = np.sort(hashes)
            starts = _starts(ordered)
        counts = np.diff(starts, append=len(ordered))
        return cls(
            limit,
            ordered[starts][:limit].astype("<u8").tobytes(),
            counts[:limit].astype("<i8").tobytes(),
            len(hashes),
            n_like_label,
        )

    def merge(self, other: Self) -> Self:
        """Return the sketch of both inputs together."""
        if self.limit != other.limit:
            raise MergeError(f"one side keeps {self.limit} ids, the other {other.limit}")
        if not other.n_rows:
            return self
        if not self.n_rows:
            return other
        hashes = np.frombuffer(self.hashes + other.hashes, "<u8")
        counts = np.frombuffer(self.counts + other.counts, "<i8")
        order = np.argsort(hashes, kind="stable")  # two runs in order: merging takes one pass
        starts = _starts(hashes[order])
        return type(self)(
            self.limit,
            hashes[order][starts][: self.limit].tobytes(),
            np.add.reduceat(counts[order], starts)[: self.limit].tobytes(),
            self.n_rows + other.n_rows,
            self.n_like_label + other.n_like_label,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the sketch in terms of JSON; only counts that are not 1 are written out."""
        counts = np.frombuffer(self.counts, "<i8")
        repeated = np.flatnonzero(counts != 1)
        return {
            "limit": self.limit,
            "n_rows": self.n_rows,
            "n_like_label": self.n_like_label,
            "hashes": base64.b64encode(self.hashes).decode(),
            "repeated": [[int(i), int(counts[i])] for i in repeated],
        }


@dataclass(frozen=True, slots=True)
class RowIds:
    """How many row ids there are, and how many rows repeat one."""

    limit: int = MOST_IDS
    name: str = "row_ids"

    def empty(self) -> IdSketch:
        """Return the state of no rows."""
        return IdSketch(self.limit)

    def from_json(self, data: Any) -> IdSketch:
        """Return the state that was written as JSON."""
        hashes = base64.b64decode(data["hashes"])
        counts = np.ones(len(hashes) // 8, "<i8")
        for i, count in data["repeated"]:
            counts[i] = count
        return IdSketch(
            data["limit"], hashes, counts.tobytes(), data["n_rows"], data["n_like_label"]
        )

    def from_batch(self, scored: ScoredBatch) -> IdSketch:
        """Return the sketch of the ids of these rows; rows without an id have none."""
        hashes = scored.id_hashes
        if hashes is None or not len(hashes):
            return self.empty()
        labels = hashes_of(np.array(scored.batch.classes, dtype=object))[scored.observed]
        n_like_label = int(np.count_nonzero(hashes == labels))
        is_none = hashes == _NO_ID
        return IdSketch.of(self.limit, hashes[~is_none] if is_none.any() else hashes, n_like_label)

    def result(self, state: IdSketch) -> RowIdsResult | None:
        """Return the counts; None if no row has an id."""
        if not state.n_rows:
            return None
        counts = np.frombuffer(state.counts, "<i8")
        n_kept, n_repeating = len(counts), int(counts.sum()) - len(counts)
        is_exact = n_kept < state.limit
        n_distinct, n_estimated = n_kept, n_repeating
        if not is_exact:
            largest = int(np.frombuffer(state.hashes, "<u8")[-1])
            n_distinct = max(n_kept, (n_kept - 1) * 2**64 // (largest + 1))
            n_estimated = round(n_repeating * n_distinct / n_kept)
        return RowIdsResult(
            n=state.n_rows,
            distinct=n_distinct,
            repeated=n_estimated,
            repeated_at_least=n_repeating,
            is_exact=is_exact,
            equal_to_label=state.n_like_label,
        )


_NO_ID = int(hashes_of(np.array([""], dtype=object))[0])


def _candidates(hashes: HashArray, limit: int) -> HashArray:
    """Return the smallest hashes, more than asked for unless they are repeated: few to sort."""
    wanted = limit + limit // 4
    if len(hashes) <= wanted:
        return hashes
    return hashes[hashes <= np.uint64(2**64 // len(hashes) * wanted)]


def _starts(ordered: HashArray) -> NDArray[np.int64]:
    """Return where each distinct value begins."""
    is_new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return np.flatnonzero(is_new)
