"""Exact sums over pairs of rows: what the change of the mean loss is told by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.comparison.documents import SEVERAL
from evalreport.comparison.matching import Pairs
from evalreport.exact import FLOAT_UNIT
from evalreport.intervals import Moments
from evalreport.statistics.buckets import N_BUCKETS
from evalreport.statistics.clusters import RatioError, ratio_error
from evalreport.statistics.interface import Entry, FirstEntries, Key, Sums
from evalreport.statistics.moments import (
    WEIGHTED_POWERS,
    PowerSums,
    counts,
    grouped,
    mass,
    mass_unit,
    moment_units,
    sum_unit,
)
from evalreport.statistics.signed import n_powers, power_columns, power_sums, signed_sums

NameT = TypeVar("NameT")
Group = tuple[str, Key]
"""A grouping, and the class or value in it."""

ALL, CLASSES, CLUSTERS = "", "class", "cluster"
MOST_CHANGED = 20
MOST_GROUPS_WITH_CLUSTERS = 64
"""Of classes, or values of a column: more of them have no interval where rows belong together."""

N, N_WAS_ZERO, N_IS_ZERO, N_WAS_INFINITE, N_IS_INFINITE, MASS, PREVIOUS, CURRENT, ZEROS_UP, \
    ZEROS_DOWN, MOMENTS = range(11)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums over pairs: of all, by class, and by the values of each slice column.

    `sums` are by grouping, and in it by class or slice value. `changed` holds the rows whose loss
    changed most. `wide` sums take losses of any sign and size, as those of densities.
    """

    weighted: bool
    wide: bool = False
    sums: Mapping[str, Sums] = field(default_factory=dict)
    changed: FirstEntries = field(default_factory=lambda: FirstEntries(MOST_CHANGED))
    by_cluster: Mapping[Group, Sums] = field(default_factory=dict)
    """Rows, previous and current loss of each group, by bucket of clusters."""
    several: frozenset[str] = frozenset()
    """Slice columns of which a pair holds more than one value: they group nothing."""

    def merge(self, other: PairSums) -> PairSums:
        """Return the sums over both sets of pairs."""
        merged = _merged(self.sums, other.sums)
        return PairSums(
            self.weighted,
            self.wide,
            merged,
            self.changed.merge(other.changed),
            _merged(self.by_cluster, other.by_cluster),
            self.several | other.several,
        )

    @classmethod
    def of(
        cls,
        pairs: Pairs,
        classes: Sequence[str],
        slice_values: Mapping[str, Sequence[str]],
        wide: bool = False,
    ) -> PairSums:
        """Return the sums over these pairs."""
        totals = _Totals(pairs, wide)
        zeros = np.zeros(len(pairs), dtype=np.int64)
        sums = {ALL: totals.by(zeros, [""])}
        if pairs.clusters is not None:
            sums[CLUSTERS] = totals.by(pairs.clusters, range(N_BUCKETS))
        several = {name for name, codes in pairs.slices.items() if (codes == SEVERAL).any()}
        groups = {
            slice_grouping(name): (pairs.slices[name], slice_values[name])
            for name in slice_values.keys() - several
        }
        if pairs.labels is not None:
            groups[CLASSES] = (pairs.labels, classes)
        by_cluster = {
            (grouping, name): part
            for grouping, (codes, names) in groups.items()
            if pairs.clusters is not None and len(names) <= MOST_GROUPS_WITH_CLUSTERS
            for name, part in totals.by_cluster(codes, names).items()
        }
        return cls(
            weighted=pairs.weights is not None,
            wide=wide,
            sums=sums | {name: totals.by(*each) for name, each in groups.items()},
            changed=_most_changed(pairs, classes),
            by_cluster=by_cluster,
            several=frozenset(several),
        )

    def row(self, grouping: str, key: Key) -> tuple[int, ...]:
        """Return the integers of a group; zeros if nothing was seen of it."""
        return self._of(grouping).row(key)

    def mean(self, grouping: str, key: Key, column: int) -> float | None:
        """Return the mean loss of one run, or a part of the change; None over no weight."""
        sums = self._of(grouping)
        whole = sums.value(key, MASS)
        return float(sums.value(key, column) / whole) if whole else None

    def zero_part(self) -> float | None:
        """Return the part of the change that rows of zero probability in either run make."""
        up, down = self.mean(ALL, "", ZEROS_UP), self.mean(ALL, "", ZEROS_DOWN)
        return None if up is None or down is None else up - down

    @property
    def clustered(self) -> bool:
        """Whether rows belong together."""
        return CLUSTERS in self.sums

    def cluster_error(self) -> RatioError | None:
        """Return the mean change with its error, by clusters; None for fewer than two."""
        sums = self.sums[CLUSTERS]
        keys = sums.ordered_keys()
        moved = [float(sums.value(key, CURRENT) - sums.value(key, PREVIOUS)) for key in keys]
        return ratio_error(moved, [float(sums.value(key, MASS)) for key in keys])

    def group_error(self, grouping: str, key: Key) -> RatioError | None:
        """Return the mean change of a group with its error, by clusters.

        None for fewer than two of them, or if there are too many groups to tell.
        """
        sums = self.by_cluster.get((grouping, key))
        if sums is None:
            return None
        keys = sums.ordered_keys()
        moved = [float(sums.value(each, 2) - sums.value(each, 1)) for each in keys]
        return ratio_error(moved, [float(sums.value(each, 0)) for each in keys])

    def moments(self, grouping: str, key: Key) -> Moments | None:
        """Return mean, spread and skewness of the change of a row; None over no rows."""
        row = self.row(grouping, key)
        if self.wide and not self.weighted:
            return power_sums(row[N], row[MOMENTS:]).moments()
        return PowerSums.from_row(row[N], row[MOMENTS:], self.weighted).moments()

    def _of(self, grouping: str) -> Sums:
        """Return the sums of a grouping; none at all of one that would mislead."""
        if grouping in map(slice_grouping, self.several):
            return Sums(_units(self.weighted, self.wide))
        return self.sums.get(grouping, Sums(_units(self.weighted, self.wide)))


def _merged(one: Mapping[NameT, Sums], other: Mapping[NameT, Sums]) -> dict[NameT, Sums]:
    merged = dict(one)
    for name, sums in other.items():
        merged[name] = merged[name].merge(sums) if name in merged else sums
    return merged


def slice_grouping(column: str) -> str:
    """Return the name of the grouping by a slice column."""
    return f"slice {column}"


def _units(weighted: bool, wide: bool) -> tuple[int, ...]:
    if wide:
        sums = (FLOAT_UNIT,) * (4 + n_powers(weighted))
        return (0, 0, 0, 0, 0, mass_unit(weighted), *sums)
    parts = (sum_unit(weighted),) * 4
    return (0, 0, 0, 0, 0, mass_unit(weighted), *parts, *moment_units(weighted))


class _Totals:
    """What is added up of pairs, whatever they are grouped by."""

    def __init__(self, pairs: Pairs, wide: bool) -> None:
        self._pairs, self._wide = pairs, wide
        self._was_infinite, self._is_infinite = np.isinf(pairs.previous), np.isinf(pairs.current)
        self._previous = np.where(self._was_infinite, 0.0, pairs.previous)
        self._current = np.where(self._is_infinite, 0.0, pairs.current)
        self._change = self._current - self._previous
        of_zeros = np.where(pairs.was_zero | pairs.is_zero, self._change, 0.0)
        self._up, self._down = np.maximum(of_zeros, 0.0), np.maximum(-of_zeros, 0.0)

    def by(self, groups: IntArray, names: Sequence[Key]) -> Sums:
        """Return the sums within groups."""
        pairs, n = self._pairs, len(names)
        chosen = (pairs.was_zero, pairs.is_zero, self._was_infinite, self._is_infinite)
        add = signed_sums if self._wide else _plain_sums
        moments = power_columns if self._wide else _signed_moments
        columns = [
            counts(groups, n),
            *(counts(groups, n, each) for each in chosen),
            mass(pairs.weights, groups, n),
            *(
                add(values, groups, n, pairs.weights)
                for values in (self._previous, self._current, self._up, self._down)
            ),
            *moments(self._change, groups, n, pairs.weights),
        ]
        return Sums.from_columns(_units(pairs.weights is not None, self._wide), names, columns)

    def by_cluster(self, groups: IntArray, names: Sequence[Key]) -> dict[Key, Sums]:
        """Return rows and losses of each group by bucket of clusters."""
        pairs, weighted = self._pairs, self._pairs.weights is not None
        assert pairs.clusters is not None
        used, codes = np.unique(groups * N_BUCKETS + pairs.clusters, return_inverse=True)
        n = len(used)
        losses = (grouped(it, pairs.weights, codes, n) for it in (self._previous, self._current))
        parts: dict[Key, dict[Key, tuple[int, ...]]] = {}
        columns = zip(mass(pairs.weights, codes, n), *losses, strict=True)
        for each, row in zip(used.tolist(), columns, strict=True):
            parts.setdefault(names[each // N_BUCKETS], {})[each % N_BUCKETS] = row
        units = (mass_unit(weighted), sum_unit(weighted), sum_unit(weighted))
        return {name: Sums(units, rows) for name, rows in parts.items()}


def _plain_sums(
    values: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray | None
) -> list[int]:
    return grouped(values, weights, groups, n_groups)


def _signed_moments(
    change: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray | None
) -> list[list[int]]:
    """Sum the powers of changes, which have signs: what is above zero less what is below."""
    powers = WEIGHTED_POWERS if weights is not None else ((1, 1), (1, 2), (1, 3))
    return [_signed(change, weights, groups, n_groups, *each) for each in powers]


def _signed(
    change: FloatArray,
    weights: FloatArray | None,
    groups: IntArray,
    n_groups: int,
    weight_power: int,
    power: int,
) -> list[int]:
    """Sum a power of changes times a power of weights; of even powers both sides are above 0."""
    if power == 0:
        return grouped(np.ones(len(change)), weights, groups, n_groups, 1, weight_power)
    above, below = (
        grouped(np.maximum(side, 0.0) ** power, weights, groups, n_groups, power, weight_power)
        for side in (change, -change)
    )
    sign = 1 if power % 2 == 0 else -1
    return [plus + sign * minus for plus, minus in zip(above, below, strict=True)]


def _most_changed(pairs: Pairs, classes: Sequence[str]) -> FirstEntries:
    with np.errstate(invalid="ignore"):  # infinite in both runs is no change
        changes = pairs.current - pairs.previous
    sizes = np.abs(np.nan_to_num(changes, nan=0.0, posinf=1e9, neginf=-1e9))
    candidates = np.flatnonzero(sizes > 0)
    if len(candidates) > MOST_CHANGED:
        least = np.partition(sizes[candidates], -MOST_CHANGED)[-MOST_CHANGED]
        candidates = candidates[sizes[candidates] >= least]
    entries = [_changed(pairs, classes, int(i), float(sizes[i])) for i in candidates]
    return FirstEntries.pick(MOST_CHANGED, "", entries)


def _changed(pairs: Pairs, classes: Sequence[str], i: int, size: float) -> Entry:
    name = str(pairs.ids[i].as_py())
    previous, current = float(pairs.previous[i]), float(pairs.current[i])
    content = {
        "id": name,
        "label": _what_happened(pairs, classes, i),
        "previous": _finite(previous),
        "current": _finite(current),
        "change": _finite(current - previous),
    }
    return (-size, name), content


def _what_happened(pairs: Pairs, classes: Sequence[str], i: int) -> str | None:
    if pairs.labels is not None:
        return classes[int(pairs.labels[i])]
    return None if pairs.outcomes is None else repr(float(pairs.outcomes[i]))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
