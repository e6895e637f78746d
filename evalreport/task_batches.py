"""Rows of token files and of Gaussian forecasts: checked once, frozen, read-only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, Intake, IntArray, ObjectArray, SliceColumn


@dataclass(frozen=True)
class TokenBatch:
    """Log-probabilities of observed tokens, in rows of one token or of many.

    Parameters
    ----------
    log_probs : float64 ndarray of shape (n_tokens,)
        Natural logarithms of the probability given to each token, in [-2048, 0] or ``-inf``.
    starts : int64 ndarray of shape (n_rows + 1,)
        The tokens of row i are those from ``starts[i]`` up to but not including ``starts[i + 1]``.
    documents : int64 ndarray of shape (n_rows,), optional
        Index into `document_ids` of the document that each row belongs to.
    document_ids : tuple of str
        What documents are told by, each once.
    n_chars, n_bytes : int64 ndarray of shape (n_rows,), optional
        Characters and UTF-8 bytes of the text of each row.
    in_order : bool
        Whether the tokens of a row stand in the order of the text.
    n_skipped : int64 ndarray of shape (n_rows,), optional
        1 for rows whose first token came without a log-probability.
    source : int
        Number of the input that the rows come from.
    intake : Intake
        What happened at the door.
    """

    log_probs: FloatArray
    starts: IntArray
    documents: IntArray | None = None
    document_ids: tuple[str, ...] = ()
    n_chars: IntArray | None = None
    n_bytes: IntArray | None = None
    in_order: bool = False
    n_skipped: IntArray | None = None
    source: int = 0
    intake: Intake = field(default_factory=Intake)

    n_zero_weight = 0

    def __post_init__(self) -> None:
        if self.starts[0] != 0 or self.starts[-1] != len(self.log_probs):
            raise ValueError("the rows do not hold all of the tokens")
        for array in (self.documents, self.n_chars, self.n_bytes, self.n_skipped):
            if array is not None and array.shape != (len(self),):
                raise ValueError(f"{len(array)} values for {len(self)} rows")
        self.log_probs.setflags(write=False)
        self.starts.setflags(write=False)

    @property
    def batch(self) -> TokenBatch:
        """The batch itself: there is nothing to score first."""
        return self

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, rows: slice) -> TokenBatch:
        """Return some neighbouring rows; the intake stays with the first."""
        start, stop, _ = rows.indices(len(self))
        first, last = self.starts[start], self.starts[max(start, stop)]

        def cut(array: IntArray | None) -> IntArray | None:
            return None if array is None else array[start:stop]

        return replace(
            self,
            log_probs=self.log_probs[first:last],
            starts=self.starts[start : max(start, stop) + 1] - first,
            documents=cut(self.documents),
            n_chars=cut(self.n_chars),
            n_bytes=cut(self.n_bytes),
            n_skipped=cut(self.n_skipped),
            intake=self.intake if start == 0 else Intake(),
        )

    @property
    def is_zero(self) -> NDArray[np.bool_]:
        """Tokens that were given probability zero."""
        return np.asarray(np.isneginf(self.log_probs))

    @property
    def losses(self) -> FloatArray:
        """Loss of each token in nats; 0 where it is infinite, so that sums stay finite."""
        losses = np.where(self.is_zero, 0.0, -self.log_probs)
        losses += 0.0  # no negative zeros
        return losses

    @property
    def rows_of_tokens(self) -> IntArray:
        """Index of the row that each token belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))


@dataclass(frozen=True)
class GaussianBatch:
    """Numeric outcomes with the mean and the standard deviation that were forecast.

    Parameters
    ----------
    observed, means, stds : float64 ndarray of shape (n_rows,)
        Finite; `stds` above zero.
    ids : object ndarray of str of shape (n_rows,), optional
        Row ids.
    rows : int64 ndarray of shape (n_rows,), optional
        Number of each row in its input, counted from 1.
    source : int
        Number of the input that the rows come from.
    slices : tuple of SliceColumn
        Columns to report by.
    intake : Intake
        What happened at the door.
    """

    observed: FloatArray
    means: FloatArray
    stds: FloatArray
    ids: ObjectArray | None = None
    rows: IntArray | None = None
    source: int = 0
    slices: tuple[SliceColumn, ...] = ()
    intake: Intake = field(default_factory=Intake)

    n_zero_weight = 0

    def __post_init__(self) -> None:
        if not (self.stds > 0).all():
            raise ValueError("a standard deviation is not above zero")
        for array in (self.observed, self.means, self.stds):
            if array.shape != self.observed.shape:
                raise ValueError(f"{len(array)} values for {len(self)} rows")
            array.setflags(write=False)

    @property
    def batch(self) -> GaussianBatch:
        """The batch itself, as statistics ask for it."""
        return self

    def __len__(self) -> int:
        return len(self.observed)

    def __getitem__(self, rows: slice) -> GaussianBatch:
        """Return some of the rows; the intake stays with the part that starts at the first row."""

        def cut(array: NDArray[Any] | None) -> Any:
            return None if array is None else array[rows]

        return replace(
            self,
            observed=cut(self.observed),
            means=cut(self.means),
            stds=cut(self.stds),
            ids=cut(self.ids),
            rows=cut(self.rows),
            slices=tuple(replace(each, codes=cut(each.codes)) for each in self.slices),
            intake=self.intake if not rows.start else Intake(),
        )
