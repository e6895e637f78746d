"""Predictions as they travel through evalreport: checked once, frozen, read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ObjectArray = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that could not be scored, and why.

    ``reason`` is a short stable phrase that rows are counted by (``"probability is missing"``);
    ``value`` is the offending value as it stands in the input. ``cells`` holds column and text
    of every cell of the row, and only when the caller asked for the rows to be kept.
    """

    reason: str
    row: int
    column: str
    value: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """What happened at the door, beside the rows that got in."""

    rejections: tuple[Rejection, ...] = ()
    n_not_summing_to_one: int = 0
    """Rows whose sum was off by more than the storage format explains, and by 0.01 at most."""
    n_rescaled: int = 0
    n_as_is: int = 0
    """Rows off by more than 0.01 and scored as they are, because ``normalize="as-is"``."""
    n_lowered_to_one: int = 0
    """Rows with a probability above 1 by rounding only (at most 1e-6), read as 1."""
    n_like_probabilities: int = 0
    """Rows of logits or percentages that are probabilities as they stand."""
    n_like_percentages: int = 0
    """Rows of logits that are percentages as they stand."""


@dataclass(frozen=True, slots=True)
class SliceColumn:
    """A named column to report by: ``values[codes[i]]`` is the value in row i."""

    name: str
    codes: IntArray
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A named column whose contents may be asked for: ``text_at(rows[i])`` is that of row i.

    Nothing is turned into text before somebody asks, because few rows are ever looked at.
    """

    name: str
    rows: IntArray
    text_at: Callable[[int], str]

    def text(self, row: int) -> str:
        """Return the contents in a row of the batch."""
        return self.text_at(int(self.rows[row]))


@dataclass(frozen=True)
class PredictionBatch:
    """Some rows of predictions with their outcomes, ready to be scored.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes, in the order of the columns of `probs`; two or more.
    observed : int64 ndarray of shape (n_rows,)
        Index of the class that occurred.
    probs : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions, each value in [0, 1].
    log_probs : float64 ndarray of shape (n_rows, n_classes), optional
        Natural logarithms of `probs`, where the input tells them better than `probs` can: losses
        are taken from them then.
    targets : float64 ndarray of shape (n_rows, n_classes), optional
        Soft labels: the distribution of what happened. `observed` is then the class of the largest
        target.
    weights : float64 ndarray of shape (n_rows,), optional
        Case weights, finite and >= 0; a row of weight zero is counted but not scored.
    ids : object ndarray of str of shape (n_rows,), optional
        Row ids.
    rows : int64 ndarray of shape (n_rows,), optional
        Number of each row in its input, counted from 1 without the header.
    positive : int, optional
        Index of the class that binary views speak of; the last class unless given.
    source : int
        Number of the input that the rows come from, counted from 0.
    slices : tuple of SliceColumn
        Columns to report by.
    clusters : SliceColumn, optional
        Which rows belong together.
    intake : Intake
        What happened at the door.
    shown : tuple of ShownColumn
        Columns whose contents are shown with the worst rows.
    sums : float64 ndarray of shape (n_rows,), optional
        What the probabilities of each row summed to as they came, and 1 where rounding explains
        that it is not 1; None if that is so in every row.

    Raises
    ------
    ValueError
        If the shapes disagree, or `observed` holds something that is no class index. The readers
        check the values; what arrives here is only checked for what would break arithmetic.
    """

    classes: tuple[str, ...]
    observed: IntArray
    probs: FloatArray
    log_probs: FloatArray | None = None
    targets: FloatArray | None = None
    weights: FloatArray | None = None
    ids: ObjectArray | None = None
    rows: IntArray | None = None
    positive: int = -1
    source: int = 0
    slices: tuple[SliceColumn, ...] = ()
    clusters: SliceColumn | None = None
    intake: Intake = field(default_factory=Intake)
    shown: tuple[ShownColumn, ...] = ()
    sums: FloatArray | None = None

    def __post_init__(self) -> None:
        n_rows, n_classes = self.probs.shape
        if n_classes != len(self.classes) or n_classes < 2:
            raise ValueError(f"{n_classes} probability columns for {len(self.classes)} classes")
        if self.observed.shape != (n_rows,):
            raise ValueError(f"{len(self.observed)} observations for {n_rows} distributions")
        if n_rows and (self.observed.min() < 0 or self.observed.max() >= n_classes):
            raise ValueError("an observation is not the index of a class")
        if self.targets is not None and self.targets.shape != self.probs.shape:
            raise ValueError(f"targets of shape {self.targets.shape} for {self.probs.shape}")
        if self.positive < 0:
            object.__setattr__(self, "positive", n_classes - 1)
        for array in self._arrays():
            if len(array) != n_rows:
                raise ValueError(f"{len(array)} values for {n_rows} rows")
            array.setflags(write=False)

    def _arrays(self) -> Iterable[NDArray[Any]]:
        optional = (self.log_probs, self.targets, self.weights, self.ids, self.rows, self.sums)
        yield from (self.observed, self.probs)
        yield from (array for array in optional if array is not None)
        yield from (column.codes for column in self.slices)
        yield from (column.rows for column in self.shown)
        yield from () if self.clusters is None else (self.clusters.codes,)

    def __len__(self) -> int:
        return len(self.observed)

    def __getitem__(self, rows: slice) -> PredictionBatch:
        """Return some of the rows; the intake stays with the part that starts at the first row."""
        return self._take(rows, self.intake if not rows.start else Intake())

    def compact(self) -> PredictionBatch:
        """Return the same rows with their probabilities side by side in memory.

        Part of a larger array keeps its distances, and columns that are a power of two apart share
        few places in the processor's cache.
        """
        if self.probs.flags.forc:
            return self
        return replace(self, probs=self.probs.copy(order="K"))

    def where(self, chosen: NDArray[np.bool_]) -> PredictionBatch:
        """Return the rows that a mask of shape (n_rows,) chooses, without the intake."""
        return self._take(chosen, Intake())

    def _take(self, rows: slice | NDArray[np.bool_], intake: Intake) -> PredictionBatch:
        def cut(array: NDArray[Any] | None) -> Any:
            return None if array is None else array[rows]

        return replace(
            self,
            observed=cut(self.observed),
            probs=cut(self.probs),
            log_probs=cut(self.log_probs),
            targets=cut(self.targets),
            weights=cut(self.weights),
            ids=cut(self.ids),
            rows=cut(self.rows),
            slices=tuple(replace(column, codes=cut(column.codes)) for column in self.slices),
            clusters=None
            if self.clusters is None
            else replace(self.clusters, codes=cut(self.clusters.codes)),
            intake=intake,
            shown=tuple(replace(column, rows=cut(column.rows)) for column in self.shown),
            sums=cut(self.sums),
        )


class Weighed(Protocol):
    """Rows that may have weights."""

    @property
    def weights(self) -> FloatArray | None:
        """Case weights of shape (n_rows,)."""

    def __len__(self) -> int: ...

    def where(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the rows that a mask chooses."""


WeighedT = TypeVar("WeighedT", bound=Weighed)


def without_zero_weights(batch: WeighedT) -> tuple[WeighedT, int]:
    """Return the rows that are scored, and how many others there are.

    Rows of weight zero are left out, because 0 times an infinite loss would be no number.
    """
    if batch.weights is None or (batch.weights > 0).all():
        return batch, 0
    scored = batch.where(batch.weights > 0)
    return scored, len(batch) - len(scored)
