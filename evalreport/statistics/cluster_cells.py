"""Loss by cluster within groups of rows, in bounded memory.

A cluster is told by a 64-bit hash of its name. When there are too many cells of cluster and group,
only the first 10 bits tell clusters apart, then 6: clusters that share them count as one, which
costs little, because a bucket of independent clusters is as independent of other buckets.

References
----------
Chamandy et al. (2012), "Estimating uncertainty for massive data streams".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import MergeError
from evalreport.hashing import HashArray, hashes_of
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Key, State, Sums
from evalreport.statistics.loss_moments import forecast_bins
from evalreport.statistics.moments import grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import occurrences
from evalreport.statistics.packing import pack_columns, unpack_columns

MOST_CLUSTERS = 100_000
MOST_CELLS = 20_000
"""Cells of cluster and group that are told apart."""
ALL_BITS = 64
BUCKET_BITS = 10
_LEVELS = (ALL_BITS, BUCKET_BITS, 6, 0)
_HASH_LETTERS = 16

MASS = 0
"""The column of the weights; then come losses, and over all rows what is beside them."""

By = Literal["all", "class", "forecast", "slice"]


class ClusterSums(NamedTuple):
    """Weight, loss, expected loss and entropy of the targets of one cluster in one group."""

    mass: float
    loss: float
    expected: float = 0.0
    target_entropy: float = 0.0


@dataclass(frozen=True, slots=True)
class ClusterState(State):
    """Sums by cluster and group.

    Parameters
    ----------
    limit : int
        Most cells that are kept.
    sums : Sums
        Weight and loss by cluster and group: a key is the hash of the cluster in 16 hexadecimal
        letters, and then the group.
    bits : int
        How many bits of the hash tell clusters apart; 0 if there are too many cells at any rate,
        and then there are no sums.
    """

    limit: int
    sums: Sums
    bits: int = ALL_BITS

    def merge(self, other: Self) -> Self:
        """Return the sums over both inputs."""
        if self.limit != other.limit:
            raise MergeError(f"one side keeps {self.limit} cells, the other {other.limit}")
        bits = min(self.bits, other.bits)
        both = self.at(bits).sums.merge(other.at(bits).sums)
        return type(self)(self.limit, both, bits).bounded()

    def bounded(self) -> Self:
        """Return the state with as many bits as the limit allows.

        A union that is too large stays too large, so the order of merging cannot matter.
        """
        state = self
        while len(state.sums.rows) > state.limit:
            state = state.at(_LEVELS[_LEVELS.index(state.bits) + 1])
        return state

    def at(self, bits: int) -> Self:
        """Return the state in which so many bits tell clusters apart."""
        if bits == self.bits:
            return self
        rows: dict[Key, tuple[int, ...]] = {}
        for key, row in self.sums.rows.items() if bits else ():
            cluster, group = split_key(str(key))
            coarse = join_key(cluster >> (self.bits - bits), group)
            mine = rows.get(coarse)
            rows[coarse] = row if mine is None else tuple(map(int.__add__, mine, row))
        return type(self)(self.limit, Sums(self.sums.units, rows), bits)

    def cells(self) -> dict[str, dict[int, ClusterSums]]:
        """Return the sums of each cluster, by group and then by cluster.

        They are shares of the whole weight: weights may be beyond every double, shares are not.
        """
        units, whole = self.sums.units, self.sums.total()[MASS]
        wholes = [whole << (units[MASS] - unit) for unit in units]
        groups: dict[str, dict[int, ClusterSums]] = {}
        for key in self.sums.ordered_keys():
            cluster, group = split_key(str(key))
            # A quotient of integers is rounded once, however large they are.
            row = (value / each for value, each in zip(self.sums.rows[key], wholes, strict=True))
            groups.setdefault(group, {})[cluster] = ClusterSums(*row)
        return groups

    def to_json(self) -> dict[str, Any]:
        """Return the sums in terms of JSON."""
        keys = self.sums.ordered_keys()
        columns = [[self.sums.rows[key][i] for key in keys] for i in range(len(self.sums.units))]
        return {
            "limit": self.limit,
            "bits": self.bits,
            "units": list(self.sums.units),
            "keys": keys,
            "columns": pack_columns(columns),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the sums that `to_json` wrote."""
        rows = zip(*unpack_columns(data["columns"]), strict=True) if data["keys"] else ()
        sums = Sums(tuple(data["units"]), dict(zip(data["keys"], rows, strict=True)))
        return cls(data["limit"], sums, data["bits"])


def join_key(cluster: int, group: str) -> str:
    """Return the key of a cell.

    Examples
    --------
    >>> join_key(255, "a b"), split_key("00000000000000ffa b")
    ('00000000000000ffa b', (255, 'a b'))
    """
    return f"{cluster:016x}{group}"


def split_key(key: str) -> tuple[int, str]:
    """Return cluster and group of a cell."""
    return int(key[:_HASH_LETTERS], 16), key[_HASH_LETTERS:]


def told_apart(hashes: HashArray, codes: IntArray, bits: int) -> tuple[list[int], IntArray]:
    """Return the clusters that so many bits tell apart, and which of them each row belongs to.

    Parameters
    ----------
    hashes : uint64 ndarray of shape (n_names,)
        Of the names of clusters.
    codes : int64 ndarray of shape (n_rows,)
        The name of each row.
    bits : int
        How many of the first bits count, at least 1.

    Examples
    --------
    >>> told_apart(np.array([0, 2**62, 2**63], dtype=np.uint64), np.array([2, 0, 1, 2]), 1)
    ([0, 1], array([1, 0, 0, 1]))
    """
    tags, places = np.unique(hashes >> np.uint64(ALL_BITS - bits), return_inverse=True)
    return tags.tolist(), places[codes]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is summed: one entry a row, or a row and class of a soft label."""

    rows: IntArray
    groups: IntArray
    names: Sequence[str]
    weights: FloatArray | None
    losses: FloatArray
    beside: tuple[FloatArray, ...] = ()


@dataclass(frozen=True, slots=True)
class ByCluster:
    """Weight and loss of each cluster, over all rows or within groups of them.

    Parameters
    ----------
    by : {"all", "class", "forecast", "slice"}
        The groups: the class that happened, the bin of the forecast, or the value of a column.
    weighted, soft : bool
        Whether rows have weights, and whether labels are soft.
    column : str
        Of a slice.
    """

    by: By
    weighted: bool
    soft: bool = False
    column: str = ""
    limit: int = MOST_CELLS

    @property
    def name(self) -> str:
        """Name of the statistic: one for every kind of groups and every column."""
        return f"clusters by {self.by} {self.column}".strip()

    @property
    def units(self) -> tuple[int, ...]:
        """Return log2 of the units of weight and loss; over all rows of what is beside them, too.

        That is the expected loss, and the entropy of soft targets.
        """
        has_masses = self.weighted or (self.soft and self.by == "class")
        both = mass_unit(has_masses), sum_unit(has_masses)
        n_beside = (2 if self.soft else 1) if self.by == "all" else 0
        return (*both, *(sum_unit(self.weighted),) * n_beside)

    def empty(self) -> ClusterState:
        """Return the state of no rows."""
        return ClusterState(self.limit, Sums(self.units))

    def from_json(self, data: Any) -> ClusterState:
        """Return the state that was written as JSON."""
        return ClusterState.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> ClusterState:
        """Return the sums over these rows; nothing if they have no clusters."""
        clusters = scored.batch.clusters
        if clusters is None or not len(scored):
            return self.empty()
        found = self._rows(scored)
        hashes = hashes_of(np.array(clusters.values, dtype=object))
        for bits in _LEVELS[:-1]:
            tags, codes = told_apart(hashes, clusters.codes, bits)
            cells = codes[found.rows] * len(found.names) + found.groups
            used, places = np.unique(cells, return_inverse=True)
            if len(used) <= self.limit:
                return ClusterState(self.limit, self._sums(found, tags, used, places), bits)
        return self.empty().at(0)

    def _sums(self, found: _Rows, tags: Sequence[int], used: IntArray, places: IntArray) -> Sums:
        """Return the sums of the cells that are used; `places` says in which a row is."""
        columns = [
            mass(found.weights, places, len(used)),
            *(
                grouped(each, found.weights, places, len(used))
                for each in (found.losses, *found.beside)
            ),
        ]
        pairs = (divmod(cell, len(found.names)) for cell in used.tolist())
        keys = [join_key(tags[cluster], found.names[group]) for cluster, group in pairs]
        return Sums.from_columns(self.units, keys, columns)

    def _rows(self, scored: ScoredBatch) -> _Rows:
        rows, weights = np.arange(len(scored)), scored.weights
        if self.by == "all":
            nowhere = np.zeros(len(scored), dtype=np.int64)
            targets = (scored.target_entropies,) if self.soft else ()
            beside = (scored.entropies, *targets)
            return _Rows(rows, nowhere, ("",), weights, scored.excess, beside)
        if self.by == "class":
            happened = occurrences(scored, self.soft)
            names = tuple(str(k) for k in range(scored.n_classes))
            return _Rows(happened.rows, happened.classes, names, happened.weights, happened.losses)
        if self.by == "forecast":
            bins, n_bins = forecast_bins(scored)
            names = tuple(str(number) for number in range(n_bins))
            return _Rows(rows, bins, names, weights, scored.losses)
        column = next(each for each in scored.batch.slices if each.name == self.column)
        return _Rows(rows, column.codes, column.values, weights, scored.excess)
