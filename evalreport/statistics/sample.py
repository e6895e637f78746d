"""A sample of rows that depends on nothing but what the rows say.

Kept are the rows with the smallest hashes of their content, all of them as long as they fit: the
same rows whatever the order, the chunks and the workers. The sample is never saved: an evaluation
file holds sums, not rows.

References
----------
Cohen & Kaplan (2007), "Summarizing data using bottom-k sketches". doi:10.1145/1281100.1281133
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import MergeError
from evalreport.hashing import HashArray, mixed
from evalreport.scoring import ScoredBatch
from evalreport.statistics.buckets import cluster_keys
from evalreport.statistics.interface import Transient

MOST_ROWS = 65_536
MOST_CELLS = 2**23
"""64 MiB of doubles, so that a thousand classes leave 8,388 rows."""
_FEW_CELLS = 2**22
"""Up to so many cells waiting costs less memory than sorting them costs time."""

_LEAST_SHARE = 0.98
"""Rows that stand for so many, told apart by what they say, are a fair sample of them."""

NOT_AT_HAND = "the rows are not at hand any more"
NO_FAIR_SAMPLE = "many rows are equal, and no ids tell them apart, so that no sample stands for all"
"""Why nothing is read off the rows."""

_FOLD = np.uint64(32)
_CLASS = np.uint64(0x9FB21C651E98DF25)
_WEIGHT = np.uint64(0xD6E8FEB86659FD93)
_LAST_BITS = np.uint64(40)


@dataclass(frozen=True, slots=True)
class SampledRows:
    """Some rows, each with how many like it there are.

    Parameters
    ----------
    hashes : uint64 ndarray of shape (n,)
        Of the content.
    cells : float64 ndarray of shape (n_classes, n)
        Probabilities, or their logarithms where the input tells logarithms.
    observed : int64 ndarray of shape (n,)
        What happened.
    losses : float64 ndarray of shape (n,)
        Loss as it was scored.
    counts : int64 ndarray of shape (n,)
        Rows of this content.
    weights : float64 ndarray of shape (n,), optional
        Case weights.
    clusters : uint64 ndarray of shape (n,), optional
        Hash of the cluster.
    targets : float64 ndarray of shape (n_classes, n), optional
        Soft labels.
    """

    hashes: HashArray
    cells: FloatArray
    observed: IntArray
    losses: FloatArray
    counts: IntArray
    weights: FloatArray | None = None
    clusters: HashArray | None = None
    targets: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.hashes)

    def taken(self, where: IntArray, counts: IntArray | None = None) -> SampledRows:
        """Return the rows at these places."""
        return SampledRows(
            self.hashes[where],
            np.take(self.cells, where, axis=1),
            self.observed[where],
            self.losses[where],
            self.counts[where] if counts is None else counts,
            None if self.weights is None else self.weights[where],
            None if self.clusters is None else self.clusters[where],
            None if self.targets is None else np.take(self.targets, where, axis=1),
        )

    @property
    def keys(self) -> HashArray:
        """What tells rows apart but for their weights, whose unit means nothing."""
        if self.weights is None:
            return self.hashes
        return mixed(content_keys(self.observed, self.cells, self.targets))

    def in_any_unit(self) -> SampledRows:
        """Return the rows in an order that is the same for weights in another unit."""
        if self.weights is None:
            return self
        return self.taken(np.lexsort((self.weights, self.keys)))

    @classmethod
    def joined(cls, parts: Sequence[SampledRows]) -> SampledRows:
        """Return the rows of all parts."""

        def together(name: str) -> Any:
            arrays = [getattr(each, name) for each in parts]
            return None if arrays[0] is None else np.concatenate(arrays, axis=-1)

        return cls(*(together(name) for name in cls.__dataclass_fields__))


class SampleState(Transient):
    """The rows of the smallest hashes.

    Rows wait until there are enough of them to be worth sorting.

    Parameters
    ----------
    limit : int
        How many distinct contents are kept.
    waiting : sequence of SampledRows
        Rows, of any hash up to `largest`.
    largest : int, optional
        No hash above this one can be among the smallest; None as long as all rows fit.
    n_rows : int
        Rows seen.
    is_log : bool
        Whether cells are logarithms.
    """

    __slots__ = ("_settled", "is_log", "largest", "limit", "n_rows", "waiting")

    def __init__(
        self,
        limit: int,
        waiting: Sequence[SampledRows] = (),
        largest: int | None = None,
        n_rows: int = 0,
        is_log: bool = False,
    ) -> None:
        self.limit = limit
        self.waiting = tuple(waiting)
        self.largest = largest
        self.n_rows = n_rows
        self.is_log = is_log
        self._settled: Self | None = None

    def merge(self, other: Self) -> Self:
        """Return the sample of both inputs together."""
        if self.limit != other.limit:
            raise MergeError(f"one side keeps {self.limit} rows, the other {other.limit}")
        bounds = [each for each in (self.largest, other.largest) if each is not None]
        largest = min(bounds, default=None)
        waiting = [*self._up_to(largest), *other._up_to(largest)]
        is_log = self.is_log or other.is_log
        both = type(self)(self.limit, waiting, largest, self.n_rows + other.n_rows, is_log)
        return both._thinned() if both._n_waiting > _most_waiting(self.limit, waiting) else both

    @property
    def _n_waiting(self) -> int:
        return sum(map(len, self.waiting))

    def _up_to(self, largest: int | None) -> Sequence[SampledRows]:
        if largest is None or largest == self.largest:
            return self.waiting
        chosen = (
            (each, np.flatnonzero(each.hashes <= np.uint64(largest))) for each in self.waiting
        )
        return [rows.taken(where) for rows, where in chosen if len(where)]

    def _thinned(self) -> Self:
        """Return the state without rows that cannot stay; in no order, unless rows are equal."""
        largest = self._largest_kept()
        thinned = type(self)(self.limit, self._up_to(largest), largest, self.n_rows, self.is_log)
        return thinned if thinned._n_waiting <= self.limit else thinned.settled()

    def settled(self) -> Self:
        """Return the state with its rows in order, equal ones as one, and no more than needed."""
        if not self.waiting:
            return self
        if self._settled is None:  # several results ask for the rows
            self._settled = self._thinned_and_sorted()
        return self._settled

    def _thinned_and_sorted(self) -> Self:
        largest = self._largest_kept()
        waiting = self._up_to(largest)
        rows = waiting[0] if len(waiting) == 1 else SampledRows.joined(waiting)
        order = np.argsort(rows.hashes)  # rows of one hash are equal, whichever comes first
        ordered = rows.hashes[order]
        is_new = np.ones(len(ordered), dtype=bool)
        np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
        starts = np.flatnonzero(is_new)
        counts = np.add.reduceat(rows.counts[order], starts)
        few = rows.taken(order[starts], counts)
        return type(self)(self.limit, (few,), largest, self.n_rows, self.is_log)

    def _largest_kept(self) -> int | None:
        """Return the largest hash that stays, so that no row is copied in vain."""
        if self._n_waiting <= self.limit:
            return self.largest
        hashes = np.concatenate([each.hashes for each in self.waiting])
        # Hashes are spread evenly: unless rows are equal, few have to be sorted.
        most, wanted = self.largest or 2**64 - 1, self.limit + self.limit // 16 + 64
        likely = np.uint64(most * min(wanted, len(hashes)) // len(hashes))
        for some in (hashes[hashes <= likely], hashes):
            ordered = np.sort(some)
            new = np.flatnonzero(ordered[1:] != ordered[:-1])
            if len(new) >= self.limit:
                return int(ordered[new[self.limit - 1]])
        return self.largest

    def rows(self) -> SampledRows | None:
        """Return the sampled rows in the order of their hashes; None if there are none."""
        settled = self.settled().waiting
        return settled[0] if settled else None

    @property
    def estimated_rows(self) -> float:
        """How many different rows there are, as the hashes of the sample tell."""
        rows = self.rows()
        if rows is None or (self.largest is None and len(rows) < self.limit):
            return 0.0 if rows is None else float(len(rows))
        largest = int(rows.hashes[-1])
        return (len(rows) - 1) * 2.0**64 / (largest + 1)

    @property
    def holds_all(self) -> bool:
        """Whether every row that was seen is in the sample."""
        return not self.n_rows or self.all_rows() is not None

    def all_rows(self) -> SampledRows | None:
        """Return the rows as `rows` does, if they are all that were seen; else None."""
        rows = self.rows() if self.largest is None else None
        return rows if rows is not None and int(rows.counts.sum()) == self.n_rows else None

    def fair_rows(self, most: int | None = None) -> SampledRows | None:
        """Return the rows of the sample if they stand for all that were seen; else None.

        All of them do. Fewer do if rows are told apart by what they say: of many equal ones, with
        no ids, the small hashes tell by chance.

        Parameters
        ----------
        most : int, optional
            How many rows are returned at most.
        """
        rows = self.rows()
        if rows is None:
            return None
        few = rows.in_any_unit()
        most = len(rows) if most is None else most
        if len(rows) <= most and self.holds_all:
            return few
        by_chance = 4.0 / math.sqrt(len(rows))  # how far the estimate can be off
        is_fair = self.estimated_rows >= (_LEAST_SHARE - by_chance) * self.n_rows
        return few.taken(np.arange(min(len(few), most))) if is_fair else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SampleState):
            return NotImplemented
        mine, its = self.settled(), other.settled()
        same = (mine.limit, mine.n_rows, mine.largest) == (its.limit, its.n_rows, its.largest)
        return same and _same_rows(mine.rows(), its.rows())

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __reduce__(self) -> tuple[Any, ...]:
        # What travels between processes is only what is needed.
        settled = self.settled()
        return type(self), tuple(
            getattr(settled, name) for name in ("limit", "waiting", "largest", "n_rows", "is_log")
        )

    def to_json(self) -> None:
        """Return nothing: rows are not saved."""


def _most_waiting(limit: int, waiting: Sequence[SampledRows]) -> int:
    n_classes = len(waiting[0].cells) if waiting else 1
    return max(2 * limit, min(4 * limit, _FEW_CELLS // n_classes))


def _same_rows(one: SampledRows | None, other: SampledRows | None) -> bool:
    if one is None or other is None:
        return one is other
    arrays = (
        (getattr(one, name), getattr(other, name)) for name in SampledRows.__dataclass_fields__
    )
    return all(a is b if a is None or b is None else np.array_equal(a, b) for a, b in arrays)


@dataclass(frozen=True, slots=True)
class HashSample:
    """A sample of the rows by a hash of their forecast, what happened, and their id if any.

    Parameters
    ----------
    n_classes : int
        Number of classes; with many of them fewer rows are kept.
    limit : int
        Rows that are kept; 65,536, or as many as 64 MiB hold, unless given.
    """

    n_classes: int
    limit: int = 0
    name: str = "sample"

    def __post_init__(self) -> None:
        if not self.limit:
            object.__setattr__(self, "limit", min(MOST_ROWS, MOST_CELLS // self.n_classes))

    def empty(self) -> SampleState:
        """Return the state of no rows."""
        return SampleState(self.limit)

    def from_json(self, data: Any) -> SampleState:
        """Return the state of no rows: none were saved."""
        return self.empty()

    def from_batch(self, scored: ScoredBatch) -> SampleState:
        """Return the state of these rows; nothing is copied yet."""
        n_rows = len(scored)
        if not n_rows:
            return self.empty()
        logs = scored.batch.log_probs
        cells = (scored.batch.probs if logs is None else logs).T
        rows = SampledRows(
            content_hashes(scored, cells),
            cells,
            scored.observed,
            scored.losses,
            np.ones(n_rows, dtype=np.int64),
            scored.weights,
            cluster_keys(scored),
            None if scored.batch.targets is None else scored.batch.targets.T,
        )
        return SampleState(self.limit, (rows,), None, n_rows, logs is not None)


def content_hashes(scored: ScoredBatch, cells: FloatArray) -> HashArray:
    """Return a hash of what each row says, the same on every machine.

    Rows that are told apart by ids, or belong to different clusters, are different rows.
    """
    targets = scored.batch.targets
    hashes = content_keys(scored.observed, cells, None if targets is None else targets.T)
    ids, weights = scored.id_hashes, scored.weights
    # Where ids tell rows apart, the unit of the weights does not decide which rows are sampled.
    if weights is not None and ids is None:
        hashes += _bits(weights) * _WEIGHT
    for keys in (ids, cluster_keys(scored)):
        if keys is not None:
            hashes = mixed(hashes) + keys
    hashes = mixed(hashes)
    if weights is not None and ids is not None:
        hashes ^= mixed(_bits(weights)) >> _LAST_BITS
    return hashes


def content_keys(observed: IntArray, cells: FloatArray, targets: FloatArray | None) -> HashArray:
    """Return a number for what was forecast and what happened, without weight and id.

    Parameters
    ----------
    observed : int64 ndarray of shape (n_rows,)
        What happened.
    cells : float64 ndarray of shape (n_classes, n_rows)
        Probabilities or their logarithms.
    targets : float64 ndarray of shape (n_classes, n_rows), optional
        Soft labels.
    """
    keys = (observed.astype(np.uint64) + np.uint64(1)) * _CLASS
    factors = mixed(np.arange(1, len(cells) + 1, dtype=np.uint64)) | np.uint64(1)
    for cell, factor in zip(cells, factors, strict=True):
        keys += _bits(cell) * factor
    if targets is not None:
        for target, factor in zip(targets, mixed(factors), strict=True):
            keys += _bits(target) * factor
    return np.asarray(keys)


def _bits(values: FloatArray) -> NDArray[np.uint64]:
    """Return the bits of doubles; the many that end in zeros are filled from above."""
    bits = values.view(np.uint64)
    return np.asarray(bits ^ (bits >> _FOLD))
