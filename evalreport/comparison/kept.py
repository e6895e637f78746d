"""What a comparison keeps of the rows of a batch: who they are, what happened, what they lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport import exact
from evalreport.batch import FloatArray, IntArray, ObjectArray, PredictionBatch, SliceColumn
from evalreport.scoring import ScoredBatch
from evalreport.statistics.buckets import buckets_of, cluster_keys
from evalreport.statistics.gaussian import ScoredGaussians
from evalreport.statistics.top_k_scores import ScoredTopK
from evalreport.task_batches import GaussianBatch, TokenBatch
from evalreport.top_k_batch import TopKBatch

NO_ID = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows:
    """Rows as far as comparing them needs; arrays have the shape (n_rows,).

    Parameters
    ----------
    ids : object ndarray of str
        What a row is told by in both runs; empty where it has none.
    losses : float64 ndarray
        In nats; infinite where there is no floor. Of rows between bounds the least.
    most : float64 ndarray, optional
        The most that each row can have lost, if only bounds are known.
    is_zero : bool ndarray
        Rows given zero probability.
    labels : SliceColumn, optional
        The class that happened, if that is what did.
    same : mapping of str to float64 ndarray
        What has to be equal in both runs for a row to be the same.
    entropies : float64 ndarray, optional
        Of the targets, if labels are soft: equal but for rounding.
    weights : float64 ndarray, optional
        Case weights.
    clusters : int64 ndarray, optional
        Hash bucket of the cluster of each row.
    slices : tuple of SliceColumn
        Columns to report by.
    """

    ids: ObjectArray
    losses: FloatArray
    is_zero: NDArray[np.bool_]
    most: FloatArray | None = None
    labels: SliceColumn | None = None
    same: dict[str, FloatArray] = field(default_factory=dict)
    entropies: FloatArray | None = None
    weights: FloatArray | None = None
    clusters: IntArray | None = None
    slices: tuple[SliceColumn, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


Keeper = Callable[[Any], KeptRows | None]
"""Takes a batch; returns nothing if nothing tells its rows apart."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How rows are scored and told apart.

    Parameters
    ----------
    floor : float or None
        Least probability scored.
    label_smoothing : float
        How much of equal odds is mixed into what happened.
    by_position : bool
        Whether rows without ids are told by their place in the input instead.
    """

    floor: float | None
    label_smoothing: float = 0.0
    by_position: bool = False

    def classes(self, batch: PredictionBatch) -> KeptRows | None:
        """Keep rows of predictive distributions over classes."""
        scored = ScoredBatch(batch, self.floor, self.label_smoothing)
        ids = self._ids(scored.batch)
        if ids is None:
            return None
        clusters = cluster_keys(scored)
        return KeptRows(
            ids=ids,
            losses=np.where(scored.is_zero & (scored.floor is None), np.inf, scored.excess),
            is_zero=scored.is_zero,
            labels=SliceColumn("", scored.observed, batch.classes),
            entropies=scored.target_entropies if scored.is_soft else None,
            weights=scored.weights,
            clusters=None if clusters is None else buckets_of(clusters),
            slices=scored.batch.slices,
        )

    def top_k(self, batch: TopKBatch) -> KeptRows | None:
        """Keep rows of most likely classes, whose loss may lie between two bounds."""
        scored = ScoredTopK(batch, self.floor)
        ids = self._ids(scored.batch)
        if ids is None:
            return None
        return KeptRows(
            ids=ids,
            losses=np.where(scored.is_zero & (self.floor is None), np.inf, scored.at_least),
            most=np.where(scored.may_be_infinite, np.inf, scored.at_most),
            is_zero=scored.is_zero,
            labels=SliceColumn("", scored.observed, scored.batch.classes),
            weights=scored.weights,
            slices=scored.batch.slices,
        )

    def gaussian(self, batch: GaussianBatch) -> KeptRows | None:
        """Keep Gaussian forecasts with the number that they were of."""
        scored = ScoredGaussians(batch.without_zero_weights())
        ids = self._ids(scored.batch)
        if ids is None:
            return None
        return KeptRows(
            ids=ids,
            losses=scored.losses,
            is_zero=np.zeros(len(scored), dtype=bool),
            same={"outcome": scored.batch.observed},
            weights=scored.batch.weights,
            slices=scored.batch.slices,
        )

    def tokens(self, batch: TokenBatch) -> KeptRows | None:
        """Keep what rows add to their documents: the sum of the losses of their tokens."""
        batch = batch.without_zero_weights()
        ids = self._documents(batch)
        if ids is None:
            return None
        return KeptRows(
            ids=ids,
            losses=_row_sums(batch),
            is_zero=np.bincount(batch.rows_of_tokens[batch.is_zero], minlength=len(batch)) > 0,
            same={"tokens": np.diff(batch.starts).astype(np.float64)},
            weights=batch.weights,
            slices=batch.slices,
        )

    def _documents(self, batch: TokenBatch) -> ObjectArray | None:
        if self.by_position:
            return None if batch.numbers is None else _places(batch.source, batch.numbers)
        if batch.documents is None:
            return None
        return np.array(batch.document_ids, dtype=object)[batch.documents]

    def _ids(self, batch: PredictionBatch | TopKBatch | GaussianBatch) -> ObjectArray | None:
        if not self.by_position:
            return batch.ids
        return None if batch.rows is None else _places(batch.source, batch.rows)


def _row_sums(batch: TokenBatch) -> FloatArray:
    """Return the loss of the tokens of each row, added up without rounding."""
    if len(batch) == len(batch.log_probs) and (np.diff(batch.starts) == 1).all():
        return batch.losses
    sums = exact.grouped_sums(batch.losses, batch.rows_of_tokens, len(batch))
    return np.asarray(np.ldexp(np.array([float(each) for each in sums]), exact.power_unit(1)))


def _places(source: int, rows: IntArray) -> ObjectArray:
    file = f"file {source + 1}, " if source else ""
    return np.array([f"{file}row {row}" for row in rows.tolist()], dtype=object)
