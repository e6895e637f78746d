"""Rows of token files and of Gaussian forecasts: checked once, frozen, read-only."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, Intake, IntArray, ObjectArray, ShownColumn, SliceColumn


@dataclass(frozen=True, kw_only=True)
class RowBatch:
    """What rows of every task have.

    Parameters
    ----------
    weights : float64 ndarray of shape (n_rows,), optional
        Case weights, finite and >= 0.
    source : int
        Number of the input that the rows come from.
    slices : tuple of SliceColumn
        Columns to report by.
    intake : Intake
        What happened at the door.
    n_zero_weight : int
        Rows of weight zero that were taken out: they are counted, not scored.
    """

    weights: FloatArray | None = None
    source: int = 0
    slices: tuple[SliceColumn, ...] = ()
    intake: Intake = field(default_factory=Intake)
    n_zero_weight: int = 0

    @property
    def batch(self) -> Self:
        """The batch itself, as statistics ask for it."""
        return self

    def __len__(self) -> int:
        raise NotImplementedError

    def where(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the rows that a mask of shape (n_rows,) chooses, without the intake."""
        return self._take(chosen, Intake())

    def __getitem__(self, rows: slice) -> Self:
        """Return some of the rows; the intake stays with the part that starts at the first row."""
        return self._take(rows, self.intake if not rows.start else Intake())

    def without_zero_weights(self) -> Self:
        """Return the rows that are scored: 0 times an infinite loss would be no number."""
        if self.weights is None or (self.weights > 0).all():
            return self
        kept = self._take(self.weights > 0, self.intake)
        return replace(kept, n_zero_weight=len(self) - len(kept))

    def _take(self, rows: slice | NDArray[np.bool_], intake: Intake, **others: Any) -> Self:
        """Return a copy of which every array that has an entry a row is cut down."""
        arrays: dict[str, Any] = {k: each[rows] for k, each in self._row_arrays().items()}
        slices = tuple(replace(each, codes=each.codes[rows]) for each in self.slices)
        return replace(self, **arrays, **others, slices=slices, intake=intake)

    def _row_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that have an entry a row, by their names."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: each for name, each in named.items() if isinstance(each, np.ndarray)}

    def _freeze(self) -> None:
        """Make sure that the shapes agree, and that nothing changes any more."""
        codes = (each.codes for each in self.slices)
        for array in (*self._row_arrays().values(), *codes):
            if len(array) != len(self):
                raise ValueError(f"{len(array)} values for {len(self)} rows")
            array.setflags(write=False)


@dataclass(frozen=True)
class TokenBatch(RowBatch):
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
    numbers : int64 ndarray of shape (n_rows,), optional
        Number of each row in its input, counted from 1.
    stretch : tuple of int, optional
        Where the rows were found: from the first number up to but not including the second, rows
        that are not here among them.
    weights, source, slices, intake, n_zero_weight
        As for every task; the weight of a row is that of each of its tokens.
    """

    log_probs: FloatArray
    starts: IntArray
    documents: IntArray | None = None
    document_ids: tuple[str, ...] = ()
    n_chars: IntArray | None = None
    n_bytes: IntArray | None = None
    in_order: bool = False
    n_skipped: IntArray | None = None
    numbers: IntArray | None = None
    stretch: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.starts[0] != 0 or self.starts[-1] != len(self.log_probs):
            raise ValueError("the rows do not hold all of the tokens")
        self.log_probs.setflags(write=False)
        self.starts.setflags(write=False)
        self._freeze()

    def __len__(self) -> int:
        return len(self.starts) - 1

    def _row_arrays(self) -> dict[str, NDArray[Any]]:
        arrays = super()._row_arrays()
        return {name: each for name, each in arrays.items() if name not in ("log_probs", "starts")}

    def _take(self, rows: slice | NDArray[np.bool_], intake: Intake, **others: Any) -> Self:
        chosen = np.zeros(len(self), dtype=bool)
        chosen[rows] = True
        lengths = np.diff(self.starts)[chosen]
        tokens = {
            "log_probs": self.log_probs[chosen[self.rows_of_tokens]],
            "starts": np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        }
        return super()._take(rows, intake, **tokens, **others)

    def __getitem__(self, rows: slice) -> Self:
        """Return some neighbouring rows, found in a part of the stretch."""
        part, (first, stop) = super().__getitem__(rows), self.span
        start, end, _ = rows.indices(len(self))

        def edge(row: int) -> int:
            # What was left out before the first row belongs to it, and the rest to the row before.
            return first if row == 0 else stop if row >= len(self) else self._number(row)

        return replace(part, stretch=(edge(start), edge(max(start, end))))

    @property
    def span(self) -> tuple[int, int]:
        """Where the rows were found; right behind each other unless it is known better."""
        return self.stretch or (1, len(self) + 1)

    def _number(self, row: int) -> int:
        return self.span[0] + row if self.numbers is None else int(self.numbers[row])

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

    @property
    def token_weights(self) -> FloatArray | None:
        """Weight of each token: that of its row."""
        return None if self.weights is None else self.weights[self.rows_of_tokens]


@dataclass(frozen=True)
class GaussianBatch(RowBatch):
    """Numeric outcomes with the mean and the standard deviation that were forecast.

    Parameters
    ----------
    observed, means, stds : float64 ndarray of shape (n_rows,)
        Finite; `stds` above zero.
    ids : object ndarray of str of shape (n_rows,), optional
        Row ids.
    rows : int64 ndarray of shape (n_rows,), optional
        Number of each row in its input, counted from 1.
    shown : tuple of ShownColumn
        Columns whose contents are shown with the worst rows.
    weights, source, slices, intake, n_zero_weight
        As for every task.
    """

    observed: FloatArray
    means: FloatArray
    stds: FloatArray
    ids: ObjectArray | None = None
    rows: IntArray | None = None
    shown: tuple[ShownColumn, ...] = ()

    def __post_init__(self) -> None:
        if not (self.stds > 0).all():
            raise ValueError("a standard deviation is not above zero")
        self._freeze()

    def __len__(self) -> int:
        return len(self.observed)

    def _take(self, rows: slice | NDArray[np.bool_], intake: Intake, **others: Any) -> Self:
        shown = tuple(replace(each, rows=each.rows[rows]) for each in self.shown)
        return super()._take(rows, intake, **others, shown=shown)
