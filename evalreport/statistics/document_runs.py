"""Documents beyond what can be told apart, as long as the rows of each stand together.

A document whose rows stand together is done as soon as the next begins: its mean goes into sums.
Only the first and the last document of a stretch of rows stay open, because the stretches before
and after may go on with them. So the mean over documents, and the worst of them, need no room for
documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evalreport.errors import MergeError
from evalreport.hashing import hashes_of
from evalreport.statistics.documents import LOSS, MASS, N_INFINITE, ByDocument, N
from evalreport.statistics.interface import Entry, FirstEntries, Sums
from evalreport.statistics.moments import PowerSums, moment_columns, moment_units
from evalreport.task_batches import TokenBatch

SAMPLED = 8192
"""Documents that are watched for coming back: those of the smallest hashes. If one document in a
thousand does, that goes unseen with a chance of 0.0003."""
_ALL = "all"

Run = tuple[str, tuple[int, ...]]
"""A document, and the sums over a run of its rows."""
Stretch = tuple[int, int, int, tuple[Run, ...]]
"""Source, first row, row after the last, and the runs at its ends: none if no row is scored, one,
or the first and the last."""


@dataclass(frozen=True, slots=True)
class DocumentRuns:
    """Stretches of rows with their open ends, and the documents that are done.

    Parameters
    ----------
    weighted : bool
        Whether rows have weights.
    done : Sums
        Documents that are done, and the powers of their means.
    worst : FirstEntries
        Those of the highest means.
    watched : mapping of int to int
        Hashes of some documents, and how often each was done: more than once if it came back.
    stretches : tuple
        In order; neighbours are joined.
    """

    weighted: bool
    done: Sums
    worst: FirstEntries
    watched: Mapping[int, int] = field(default_factory=dict)
    stretches: tuple[Stretch, ...] = ()

    def merge(self, other: DocumentRuns) -> DocumentRuns:
        """Return both together; documents between neighbouring stretches are done then."""
        if self.weighted != other.weighted:
            raise MergeError("one side has weights, the other has none")
        stretches, closed = _joined(sorted((*self.stretches, *other.stretches)))
        both = DocumentRuns(
            self.weighted,
            self.done.merge(other.done),
            self.worst.merge(other.worst),
            _first(_added(self.watched, other.watched)),
            stretches,
        )
        return both.with_done(closed) if closed else both

    def with_done(self, runs: Sequence[Run]) -> DocumentRuns:
        """Return the state with documents that are done."""
        scored = [(name, row) for name, row in runs if row[N]]
        units = ByDocument(weighted=self.weighted).units
        sums = Sums(units, {i: row for i, (_, row) in enumerate(scored)})
        means = [float(sums.value(i, LOSS) / sums.value(i, MASS)) for i in range(len(scored))]
        weights = None
        if self.weighted:
            weights = np.array([float(sums.value(i, MASS) / sums.row(i)[N]) for i in sums.rows])
        together = np.zeros(len(scored), dtype=np.int64)
        columns = [[len(scored)], *moment_columns(np.array(means), weights, together, 1)]
        entries = [
            _entry(name, row, mean, float(sums.value(i, LOSS)))
            for i, ((name, row), mean) in enumerate(zip(scored, means, strict=True))
        ]
        hashes = hashes_of(np.array([name for name, _ in scored], dtype=object)).tolist()
        return DocumentRuns(
            self.weighted,
            self.done.merge(Sums.from_columns(self.done.units, [_ALL], columns)),
            self.worst.merge(FirstEntries.pick(self.worst.limit, "", entries)),
            _first(_added(self.watched, _counted(hashes))),
            self.stretches,
        )

    def all_done(self) -> DocumentRuns:
        """Return the state with the open ends done too: there are no more rows."""
        ends: dict[str, tuple[int, ...]] = {}
        for _, _, _, runs in self.stretches:
            for name, row in runs:
                ends[name] = _sum(ends[name], row) if name in ends else row
        closed = DocumentRuns(self.weighted, self.done, self.worst, self.watched)
        return closed.with_done(list(ends.items()))

    @property
    def came_back(self) -> bool:
        """Whether a document that was done came back, so that no number here is right."""
        return any(n > 1 for n in self.watched.values())

    @property
    def n_done(self) -> int:
        """Documents that are done."""
        return self.done.row(_ALL)[0]

    def means(self) -> PowerSums:
        """Return the powers of the means of the documents that are done."""
        n, *moments = self.done.row(_ALL)
        return PowerSums.from_row(n, moments, self.weighted)

    def to_json(self) -> dict[str, Any]:
        """Return the state in terms of JSON."""
        return {
            "weighted": self.weighted,
            "done": self.done.to_json(),
            "worst": self.worst.to_json(),
            "watched": [[f"{key:016x}", self.watched[key]] for key in sorted(self.watched)],
            "stretches": [
                [*place, [[name, list(map(str, row))] for name, row in runs]]
                for *place, runs in self.stretches
            ],
        }


@dataclass(frozen=True, slots=True)
class ByRun:
    """The documents whose rows stand together, however many there are."""

    weighted: bool = False
    n_worst: int = 20
    name: str = "document runs"

    def empty(self) -> DocumentRuns:
        """Return the state of no rows."""
        units = (0, *moment_units(self.weighted))
        return DocumentRuns(self.weighted, Sums(units), FirstEntries(self.n_worst))

    def from_json(self, data: Any) -> DocumentRuns:
        """Return the state that was written as JSON."""
        return DocumentRuns(
            data["weighted"],
            Sums.from_json(data["done"]),
            FirstEntries.from_json(data["worst"]),
            {int(key, 16): n for key, n in data["watched"]},
            tuple(
                (*place, tuple((name, tuple(map(int, row))) for name, row in runs))
                for *place, runs in data["stretches"]
            ),
        )

    def from_batch(self, batch: TokenBatch) -> DocumentRuns:
        """Return the stretch that these rows are."""
        first, stop = batch.span
        if batch.documents is None or first == stop:
            return self.empty()
        runs = self._runs(batch) if len(batch) else []
        empty = self.empty()
        stretch = DocumentRuns(
            self.weighted, empty.done, empty.worst, {}, ((batch.source, first, stop, _ends(runs)),)
        )
        return stretch.with_done(runs[1:-1])

    def _runs(self, batch: TokenBatch) -> list[Run]:
        """Return the runs of rows of one document each, in order."""
        assert batch.documents is not None
        starts = np.concatenate(([0], np.flatnonzero(np.diff(batch.documents)) + 1))
        lengths = np.diff(np.concatenate((starts, [len(batch)])))
        rows = np.repeat(np.arange(len(starts)), lengths)
        sums = ByDocument(weighted=self.weighted).sums(batch, rows, range(len(starts)))
        names = [batch.document_ids[each] for each in batch.documents[starts].tolist()]
        return [(name, sums.row(i)) for i, name in enumerate(names)]


def _joined(stretches: Iterable[Stretch]) -> tuple[tuple[Stretch, ...], list[Run]]:
    """Join neighbouring stretches, and return what is done because of it."""
    joined: list[Stretch] = []
    closed: list[Run] = []
    for each in stretches:
        if joined and joined[-1][0] == each[0] and joined[-1][2] == each[1]:
            source, first, _, before = joined.pop()
            runs = _meet(before, each[3])
            closed += runs[1:-1]
            joined.append((source, first, each[2], _ends(runs)))
        else:
            joined.append(each)
    return tuple(joined), closed


def _ends(runs: Sequence[Run]) -> tuple[Run, ...]:
    return (runs[0], runs[-1]) if len(runs) > 1 else tuple(runs)


def _meet(before: tuple[Run, ...], after: tuple[Run, ...]) -> list[Run]:
    """Return the runs at the ends of two neighbours; a document may go on from one to the other."""
    if not before or not after:
        return [*before, *after]
    (name, row), (next_name, next_row) = before[-1], after[0]
    if name != next_name:
        return [*before, *after]
    return [*before[:-1], (name, _sum(row, next_row)), *after[1:]]


def _sum(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int.__add__, one, other))


def _entry(name: str, row: tuple[int, ...], mean: float, loss: float) -> Entry:
    infinite = bool(row[N_INFINITE])
    content = {"id": name, "n": row[N], "mean": None if infinite else mean, "loss": loss}
    return (not infinite, -mean, name), content


def _counted(hashes: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for each in hashes:
        counts[each] = counts.get(each, 0) + 1
    return counts


def _added(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    both = dict(one)
    for key, n in other.items():
        both[key] = both.get(key, 0) + n
    return both


def _first(counts: dict[int, int]) -> dict[int, int]:
    if len(counts) <= SAMPLED:
        return counts
    return {key: counts[key] for key in sorted(counts)[:SAMPLED]}
