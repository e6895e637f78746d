"""Sums of the loss by hash buckets of the rows: what comparing two runs in pairs needs of them.

Which bucket a row falls into depends on its key alone, so two evaluations of the same rows have
the same rows in each bucket, and the differences of the buckets' sums tell how much the difference
of two means can be trusted. No row has to be kept for that.

References
----------
Chamandy et al. (2012), "Estimating uncertainty for massive data streams", for hashing the unit of
sampling, which may be scattered over files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from evalreport.batch import IntArray
from evalreport.errors import MergeError
from evalreport.exact import FLOAT_UNIT, power_unit
from evalreport.hashing import HashArray, hashes_of, hashes_of_places, mixed
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import State, Sums
from evalreport.statistics.moments import counts, grouped, mass
from evalreport.statistics.packing import pack, unpack

N_BUCKETS = 1024
_BUCKET_SHIFT = np.uint64(64 - 10)
_BUCKET_SEED = np.uint64(0xA0761D6478BD642F)
_CHECK_SEED = np.uint64(0xE7037ED1A0B428DB)
_HALF = np.uint64(32)
_AT_A_TIME = 2**20
"""Halves of hashes that doubles add up exactly."""

N, N_INFINITE, CHECKSUM, LOSS, WEIGHT = range(5)


@dataclass(frozen=True, slots=True)
class BucketState(State):
    """Rows, their loss and a checksum of their keys, in each of 1,024 buckets.

    Parameters
    ----------
    sums : Sums
        By bucket: rows, rows of infinite loss, the sum of a second hash of the keys of the rows,
        the sum of the losses above the entropy of the targets; and with weights that of these.
    told_by : tuple of str
        What rows were told apart by: "id" or "place"; both if the inputs differ in that.
    clustered : bool
        Whether rows of one cluster fall into the same bucket.
    """

    sums: Sums
    told_by: tuple[str, ...] = ()
    clustered: bool = False

    def merge(self, other: Self) -> Self:
        """Return the state of both inputs together."""
        if self.clustered != other.clustered:
            raise MergeError("only one side has clusters")
        told_by = tuple(sorted({*self.told_by, *other.told_by}))
        return type(self)(self.sums.merge(other.sums), told_by, self.clustered)

    def to_json(self) -> dict[str, Any]:
        """Return the state in terms of JSON: some 30 kB, whatever the number of rows."""
        told_by = list(self.told_by)
        return {"told_by": told_by, "clustered": self.clustered, **pack(self.sums)}


@dataclass(frozen=True, slots=True)
class Buckets:
    """Sums of the loss by hash bucket.

    A row is told by its id, or by its place in the input if rows have no ids. With clusters the
    bucket of a row is that of its cluster.

    Parameters
    ----------
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    clustered : bool
        Whether rows belong to clusters.
    """

    weighted: bool
    floor: float | None
    clustered: bool = False
    name: str = "buckets"

    @property
    def _units(self) -> tuple[int, ...]:
        sums = (FLOAT_UNIT, FLOAT_UNIT) if self.weighted else (power_unit(1),)
        return (0, 0, 0, *sums)

    def empty(self) -> BucketState:
        """Return the state of no rows."""
        return BucketState(Sums(self._units), clustered=self.clustered)

    def from_json(self, data: Any) -> BucketState:
        """Return the state that was written as JSON."""
        return BucketState(unpack(data), tuple(data["told_by"]), data["clustered"])

    def from_batch(self, scored: ScoredBatch) -> BucketState:
        """Return the sums over these rows; nothing if nothing tells them apart."""
        keys = row_keys(scored)
        if keys is None or not len(scored):
            return self.empty()
        clusters = cluster_keys(scored) if self.clustered else None
        buckets = buckets_of(keys if clusters is None else clusters)
        infinite = scored.is_zero if self.floor is None else np.zeros(len(scored), dtype=bool)
        columns = [
            counts(buckets, N_BUCKETS),
            counts(buckets, N_BUCKETS, infinite),
            _hash_sums(mixed(keys ^ _CHECK_SEED), buckets),
            grouped(scored.excess, scored.weights, buckets, N_BUCKETS),
        ]
        if self.weighted:
            columns.append(mass(scored.weights, buckets, N_BUCKETS))
        told_by = "place" if scored.batch.ids is None else "id"
        sums = Sums.from_columns(self._units, range(N_BUCKETS), columns)
        return BucketState(sums, (told_by,), self.clustered)


def row_keys(scored: ScoredBatch) -> HashArray | None:
    """Return a hash of what tells each row from others: its id, or else its place in the input."""
    if scored.id_hashes is not None:
        return scored.id_hashes
    rows = scored.batch.rows
    return None if rows is None else hashes_of_places(scored.batch.source, rows)


def cluster_keys(scored: ScoredBatch) -> HashArray | None:
    """Return a hash of the cluster of each row; None if rows have none."""
    clusters = scored.batch.clusters
    if clusters is None:
        return None
    return hashes_of(np.array(clusters.values, dtype=object))[clusters.codes]


def buckets_of(keys: HashArray) -> IntArray:
    """Return the bucket of each key, from 0 to 1,023."""
    return (mixed(keys ^ _BUCKET_SEED) >> _BUCKET_SHIFT).astype(np.int64)


def _hash_sums(hashes: HashArray, buckets: IntArray) -> Sequence[int]:
    """Sum hashes within buckets, exactly."""
    totals = [0] * N_BUCKETS
    for start in range(0, len(hashes), _AT_A_TIME):
        part, where = hashes[start : start + _AT_A_TIME], buckets[start : start + _AT_A_TIME]
        halves = ((part >> _HALF).astype(np.float64), part.astype(np.uint32).astype(np.float64))
        high, low = (np.bincount(where, half, N_BUCKETS).tolist() for half in halves)
        totals = [
            total + (int(upper) << 32) + int(lower)
            for total, upper, lower in zip(totals, high, low, strict=True)
        ]
    return totals
