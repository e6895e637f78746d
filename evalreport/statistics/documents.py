"""Tokens and their loss by document, and by document within the values of a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalreport.batch import IntArray
from evalreport.statistics.clusters import MOST_DOCUMENTS, N_BUCKETS, ClusterSums, bucket_of
from evalreport.statistics.groups_of_rows import groups_of
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.statistics.tokens import times_weight
from evalreport.task_batches import TokenBatch

N, N_INFINITE, MASS, LOSS, CHARS, BYTES = range(6)
_BUCKETS_A_SLICE = 256


@dataclass(frozen=True, slots=True)
class ByDocument:
    """Tokens, their weight, their loss, characters and bytes of each document.

    Parameters
    ----------
    limit : int
        More groups than this are not told apart any more.
    weighted : bool
        Whether rows have weights.
    column : str, optional
        With a column, a group is what a document has of one of its values.
    """

    limit: int = MOST_DOCUMENTS
    weighted: bool = False
    column: str | None = None

    @property
    def name(self) -> str:
        """Name of the statistic: one for every column."""
        return "documents" if self.column is None else f"documents by {self.column}"

    @property
    def n_buckets(self) -> int:
        """How many hash buckets stand in for documents that are too many."""
        return N_BUCKETS if self.column is None else _BUCKETS_A_SLICE

    @property
    def units(self) -> tuple[int, ...]:
        """Log2 of the unit of each column."""
        one = mass_unit(self.weighted)
        return (0, 0, one, sum_unit(self.weighted), one, one)

    def empty(self) -> ClusterSums:
        """Return the state of no rows."""
        return ClusterSums(self.limit, Sums(self.units), Sums(self.units))

    def from_json(self, data: Any) -> ClusterSums:
        """Return the state that was written as JSON."""
        documents = None if data["documents"] is None else Sums.from_json(data["documents"])
        return ClusterSums(data["limit"], Sums.from_json(data["buckets"]), documents)

    def from_batch(self, batch: TokenBatch) -> ClusterSums:
        """Return the sums over these rows."""
        if batch.documents is None:
            return self.empty()
        values, names = groups_of(batch, self.column, "")
        n_ids = max(len(batch.document_ids), 1)
        used, codes = np.unique(values * n_ids + batch.documents, return_inverse=True)
        pairs = [divmod(each, n_ids) for each in used.tolist()]
        ids = [(names[value], batch.document_ids[document]) for value, document in pairs]
        documents = self.sums(batch, codes, [self._key(*each) for each in ids])
        in_buckets = self._in_buckets(documents, ids)
        too_many = len(documents.rows) > self.limit
        return ClusterSums(self.limit, in_buckets, None if too_many else documents)

    def _key(self, value: str, document: str) -> Key:
        return document if self.column is None else f"{len(value)} {value}{document}"

    def _in_buckets(self, documents: Sums, ids: Sequence[tuple[str, str]]) -> Sums:
        """Add up the documents of each hash bucket."""
        rows: dict[Key, tuple[int, ...]] = {}
        for value, document in ids:
            bucket = bucket_of(document) * self.n_buckets // N_BUCKETS
            key: Key = bucket if self.column is None else self._key(value, str(bucket))
            row = documents.row(self._key(value, document))
            if any(row):
                rows[key] = tuple(map(int.__add__, rows.get(key, (0,) * len(row)), row))
        return Sums(self.units, rows)

    def sums(self, batch: TokenBatch, rows: IntArray, keys: Sequence[Key]) -> Sums:
        """Return the sums of rows within groups; `rows` has the number of the group of each."""
        n, weights = len(keys), batch.token_weights
        groups = rows[batch.rows_of_tokens]
        columns = [
            counts(groups, n),
            counts(groups, n, batch.is_zero),
            mass(weights, groups, n),
            grouped(batch.losses, weights, groups, n),
            times_weight(batch.n_chars, batch.weights, rows, n),
            times_weight(batch.n_bytes, batch.weights, rows, n),
        ]
        return Sums.from_columns(self.units, keys, columns)


def by_value(sums: Sums) -> dict[str, Sums]:
    """Return the sums of each value of a column, by document or bucket."""
    parts: dict[str, dict[Key, tuple[int, ...]]] = {}
    for key, row in sums.rows.items():
        length, rest = str(key).split(" ", 1)
        cut = int(length)
        parts.setdefault(rest[:cut], {})[rest[cut:]] = row
    return {value: Sums(sums.units, rows) for value, rows in parts.items()}
