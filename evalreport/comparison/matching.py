"""The rows of two runs, brought together by their ids, one partition after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.comparison.rows import N_PARTITIONS, RowStore
from evalreport.results import RowMatch

_SAME_ENTROPY = 1e-9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows that are in both runs, once each, with what happened in them.

    Arrays have the shape (n_pairs,). Losses are in nats, infinite where there is no floor.
    """

    ids: pa.Array
    labels: IntArray | None
    """Index of the class of this run; None if what happened is no class."""
    previous: FloatArray
    current: FloatArray
    most: tuple[FloatArray, FloatArray] | None
    """The most that a row can have lost, previous and current, where losses are the least."""
    outcomes: FloatArray | None
    """What happened, if that is a number."""
    was_zero: NDArray[np.bool_]
    is_zero: NDArray[np.bool_]
    weights: FloatArray | None
    clusters: IntArray | None
    """Bucket of the cluster that a row belongs to; None if rows are independent."""
    slices: dict[str, IntArray]
    """Codes of the values, by column."""

    def __len__(self) -> int:
        return len(self.previous)

    @property
    def n_open(self) -> int:
        """Pairs of which a loss is only known to lie between two bounds."""
        if self.most is None:
            return 0
        is_open = (self.most[0] != self.previous) | (self.most[1] != self.current)
        return int(np.count_nonzero(is_open))

    def ends(self) -> tuple[Pairs, Pairs]:
        """Return the pairs at the least change that can be, and at the greatest."""
        if self.most is None:
            return self, self
        before, now = self.most
        return replace(self, previous=before), replace(self, current=now)


class Matching:
    """The pairs of two stores, and what became of all other rows.

    The counts are whole once all pairs have been taken.
    """

    def __init__(self, previous: RowStore, current: RowStore) -> None:
        self._previous, self._current = previous, current
        index = current.class_codes
        # A class that only the previous run knows is none of the labels of this one.
        self._labels = np.array([index.get(each, -1) for each in previous.classes], dtype=np.int64)
        self._counts = dict.fromkeys(
            ("only_previous", "only_current", "repeated", "other_label", "other_weight"), 0
        )
        self._examples: dict[str, str] = {}

    def pairs(self) -> Iterator[Pairs]:
        """Yield the pairs, a partition at a time."""
        for number in range(N_PARTITIONS):
            before, now = self._previous.partition(number), self._current.partition(number)
            if before is None or now is None:
                self._counts["only_previous"] += 0 if before is None else len(before)
                self._counts["only_current"] += 0 if now is None else len(now)
            else:
                yield self._matched(before, now)

    def result(self) -> RowMatch:
        """Return what became of the rows that are in no pair."""
        return RowMatch(
            **self._counts,
            without_id=self._previous.n_without_id + self._current.n_without_id,
            example_other_label=self._examples.get("other_label"),
            example_repeated=self._examples.get("repeated"),
        )

    def _matched(self, before: pa.Table, now: pa.Table) -> Pairs:
        codes = pa.chunked_array([*before["id"].chunks, *now["id"].chunks])
        numbers = codes.combine_chunks().dictionary_encode().indices.to_numpy()
        old, new = numbers[: len(before)], numbers[len(before) :]
        n_ids = int(numbers.max()) + 1
        n_old, n_new = np.bincount(old, minlength=n_ids), np.bincount(new, minlength=n_ids)
        self._count_unpaired(n_old, n_new, old, before)
        place = np.full(n_ids, -1, dtype=np.int64)
        place[old] = np.arange(len(old))
        chosen = np.flatnonzero((n_old[new] == 1) & (n_new[new] == 1))
        return self._agreeing(before.take(place[new[chosen]]), now.take(chosen))

    def _count_unpaired(
        self, n_old: IntArray, n_new: IntArray, old: IntArray, before: pa.Table
    ) -> None:
        self._counts["only_previous"] += int(n_old[n_new == 0].sum())
        self._counts["only_current"] += int(n_new[n_old == 0].sum())
        is_repeated = (n_old > 0) & (n_new > 0) & ((n_old > 1) | (n_new > 1))
        self._counts["repeated"] += int((n_old + n_new)[is_repeated].sum())
        if is_repeated.any():
            where = np.flatnonzero(is_repeated[old])
            self._see("repeated", before["id"].take(where))

    def _agreeing(self, before: pa.Table, now: pa.Table) -> Pairs:
        """Return the pairs of which the same happened in both runs."""
        same = np.ones(len(now), dtype=bool)
        if "label" in now.column_names:
            same = self._labels[_numbers(before, "label")] == _numbers(now, "label")
        if "entropy" in now.column_names:
            same &= np.abs(_numbers(now, "entropy") - _numbers(before, "entropy")) < _SAME_ENTROPY
        for name in now.column_names:
            if name.startswith("same "):
                same &= _numbers(now, name) == _numbers(before, name)
        self._counts["other_label"] += int(len(same) - np.count_nonzero(same))
        if not same.all():
            self._see("other_label", now["id"].take(np.flatnonzero(~same)))
        kept = np.flatnonzero(same)
        return self._pairs(before.take(kept), now.take(kept))

    def _pairs(self, before: pa.Table, now: pa.Table) -> Pairs:
        weights = _optional(now, "weight")
        if weights is not None:
            differ = weights != _numbers(before, "weight")
            self._counts["other_weight"] += int(np.count_nonzero(differ))
        is_bounded = "most" in now.column_names
        return Pairs(
            ids=now["id"].combine_chunks(),
            labels=_optional(now, "label", np.int64),
            previous=_numbers(before, "loss"),
            current=_numbers(now, "loss"),
            most=(_numbers(before, "most"), _numbers(now, "most")) if is_bounded else None,
            outcomes=_optional(now, "same outcome"),
            was_zero=_numbers(before, "zero"),
            is_zero=_numbers(now, "zero"),
            weights=weights,
            clusters=_optional(now, "cluster", np.int64),
            slices={
                name.removeprefix("slice "): _numbers(now, name).astype(np.int64)
                for name in now.column_names
                if name.startswith("slice ")
            },
        )

    def _see(self, kind: str, ids: pa.ChunkedArray) -> None:
        """Remember the first id in the order of text, so that the order of rows is free."""
        first = str(pc.min(ids).as_py())
        self._examples[kind] = min(first, self._examples.get(kind, first))


def _numbers(table: pa.Table, column: str) -> NDArray[Any]:
    return np.asarray(table[column].to_numpy())


def _optional(table: pa.Table, column: str, kind: Any = np.float64) -> NDArray[Any] | None:
    return _numbers(table, column).astype(kind) if column in table.column_names else None
