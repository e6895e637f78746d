"""Scoring rules: predictive distributions and observations in, one score per row out."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport import exact
from evalreport.batch import FloatArray, IntArray, PredictionBatch, without_zero_weights
from evalreport.cell_losses import minus_log, minus_log_of_rest
from evalreport.cells import blocks, first_largest, given_to, smoothed
from evalreport.hashing import HashArray, hashes_of

FLOOR = 2.0**-52
"""Least probability scored unless another is asked for; scikit-learn's floor for doubles."""


def log_loss(probs: FloatArray, observed: IntArray) -> FloatArray:
    r"""Log loss of each row, in nats; the smaller the better, zero is perfect.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions. Rows are not renormalised here.
    observed : int64 ndarray of shape (n_rows,)
        Index of the class that occurred.

    Returns
    -------
    float64 ndarray of shape (n_rows,)
        :math:`-\ln p_{\text{observed}}`; ``inf`` where the observed class was given probability
        zero. Nothing is clipped.

    Raises
    ------
    ValueError
        If `probs` and `observed` disagree in their number of rows.

    References
    ----------
    Gneiting & Raftery (2007). doi:10.1198/016214506000001437

    Examples
    --------
    >>> log_loss(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 0])).round(4)
    array([0.6931,    inf])
    """
    return -exact.log(given_to(probs, observed))


def brier_score(probs: FloatArray, observed: IntArray) -> FloatArray:
    r"""Brier score of each row in its multiclass form, 0 to 2; the smaller the better.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions.
    observed : int64 ndarray of shape (n_rows,)
        Index of the class that occurred.

    Returns
    -------
    float64 ndarray of shape (n_rows,)
        :math:`\sum_k (p_k - 1\{k = \text{observed}\})^2`. With two classes it is twice the form
        that looks at one class only.

    References
    ----------
    Brier (1950). doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> brier_score(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1]))
    array([0.5  , 0.125])
    """
    given, scores = given_to(probs, observed), np.empty(len(probs))
    for block in blocks(probs):
        squares = probs[block] * probs[block]
        squares[np.arange(len(squares)), observed[block]] = (1.0 - given[block]) ** 2
        scores[block] = exact.row_sums(squares)
    return scores


def squared_distance(probs: FloatArray, targets: FloatArray) -> FloatArray:
    """Brier score of each row against soft labels, 0 to 2; with one-hot rows `brier_score`.

    Parameters
    ----------
    probs, targets : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions, and the distributions of what happened.
    """
    return exact.row_sums((probs - targets) ** 2)


def entropy(probs: FloatArray) -> FloatArray:
    r"""Entropy of each row, in nats: the log loss the model itself expects.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions.

    Returns
    -------
    float64 ndarray of shape (n_rows,)
        :math:`-\sum_k p_k \ln p_k` with :math:`0 \ln 0 = 0`.

    Examples
    --------
    >>> entropy(np.array([[0.5, 0.5], [0.0, 1.0]])).round(4).tolist()
    [0.6931, 0.0]
    """
    return exact.row_sums(probs * _loss_of(probs, None)) + 0.0


MOST_NATS = 2048.0
"""No row costs more: a cap that only logits and log-probabilities can reach."""


def _loss_of(probs: FloatArray, floor: float | None) -> FloatArray:
    """Return -log of probabilities not below the floor; without a floor, 0 where they are 0."""
    raised = np.where(probs == 0.0, 1.0, probs) if floor is None else np.maximum(probs, floor)
    losses = -exact.log(raised)
    losses += 0.0  # no negative zeros
    return losses


def _loss_of_log(log_probs: FloatArray, floor: float | None) -> FloatArray:
    """Return the loss of log-probabilities as `_loss_of` does that of probabilities."""
    most = MOST_NATS if floor is None else -exact.log_of(floor)
    losses = np.minimum(-log_probs, most)
    if floor is None:
        losses[np.isneginf(log_probs)] = 0.0
    losses += 0.0
    return losses


class ScoredBatch:
    """A batch with its scores, each computed once and only if some statistic asks for it.

    Rows of weight zero are left out here. Without a floor the loss of a row that gave probability
    zero to what happened is infinite; it stands as 0 in `losses`, so that sums stay finite, and
    `is_zero` tells those rows.

    With soft labels the loss of a row is its cross-entropy ``-sum_k P_k ln Q_k``. What is left of
    it without the entropy of the targets is the Kullback-Leibler divergence, in `excess`; with
    hard labels both are the log loss.

    Parameters
    ----------
    batch : PredictionBatch
        The rows.
    floor : float or None
        Least probability scored; None for none.
    smoothing : float
        Label smoothing: how much of equal odds is mixed into the targets.
    """

    def __init__(
        self, batch: PredictionBatch, floor: float | None = FLOOR, smoothing: float = 0.0
    ) -> None:
        self.intake = batch.intake
        batch, self.n_zero_weight = without_zero_weights(batch)
        self.batch = batch
        self.floor = floor
        self.smoothing = smoothing
        self.observed = batch.observed
        self.weights = batch.weights
        self.notes: dict[str, Any] = {}  # what statistics work out together, so that it is once

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.batch.classes)

    @property
    def is_soft(self) -> bool:
        """Whether what happened is a distribution, and not one class."""
        return self.batch.targets is not None or self.smoothing > 0

    @cached_property
    def id_hashes(self) -> HashArray | None:
        """A 64-bit hash of each row id; None if rows have none."""
        return None if self.batch.ids is None else hashes_of(self.batch.ids)

    @cached_property
    def targets(self) -> FloatArray:
        """Distribution of what happened, shape (n_rows, n_classes); one-hot for hard labels."""
        targets = self.batch.targets
        if targets is None:
            targets = np.zeros(self.batch.probs.shape)
            targets[np.arange(len(self)), self.observed] = 1.0
        return smoothed(targets, self.smoothing)

    @cached_property
    def given(self) -> FloatArray:
        """Probability given to what happened."""
        return given_to(self.batch.probs, self.observed)

    @cached_property
    def log_given(self) -> FloatArray | None:
        """Logarithm of `given`, if the input tells logarithms."""
        logs = self.batch.log_probs
        return None if logs is None else given_to(logs, self.observed)

    @cached_property
    def is_zero(self) -> NDArray[np.bool_]:
        """Rows that gave probability zero to what happened, or to a part of it."""
        if self.is_soft:
            return np.asarray((self.is_zero_cell & (self.targets > 0)).any(axis=1))
        if self.log_given is not None:
            return np.asarray(np.isneginf(self.log_given))
        return np.asarray(self.given == 0.0)

    @cached_property
    def is_zero_cell(self) -> NDArray[np.bool_]:
        """Classes that were given probability zero; shape (n_rows, n_classes)."""
        logs = self.batch.log_probs
        return np.asarray(self.batch.probs == 0.0 if logs is None else np.isneginf(logs))

    @cached_property
    def is_floored(self) -> NDArray[np.bool_]:
        """Rows that gave what happened a probability above zero and below the floor."""
        return self.is_below(self.floor or 0.0) & ~self.is_zero

    @cached_property
    def is_tiny(self) -> NDArray[np.bool_]:
        """Rows that gave what happened more than zero and less than `FLOOR`, floored or not."""
        if self.floor == FLOOR:
            return self.is_floored
        return self.is_below(FLOOR) & ~self.is_zero

    @cached_property
    def is_capped(self) -> NDArray[np.bool_]:
        """Rows that lose more than `MOST_NATS`, and are scored as that; no row of infinite loss."""
        logs = self.batch.log_probs
        if logs is None or self.floor is not None:
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self._are_below(-MOST_NATS, logs) & ~self.is_zero)

    def is_below(self, floor: float) -> NDArray[np.bool_]:
        """Return which rows gave what happened, or a part of it, less than `floor`."""
        logs = self.batch.log_probs
        if logs is None:
            return self._are_below(floor, self.batch.probs)
        return self._are_below(exact.log_of(floor) if floor else -np.inf, logs)

    def _are_below(self, least: float, cells: FloatArray) -> NDArray[np.bool_]:
        if self.is_soft:
            return np.asarray(((cells < least) & (self.targets > 0)).any(axis=1))
        return np.asarray((self.given if self.log_given is None else self.log_given) < least)

    @cached_property
    def losses(self) -> FloatArray:
        """Log loss with the floor in force, in nats; of soft labels the cross-entropy."""
        if self.is_soft:
            sums = exact.row_sums(self.targets * self.floored_cell_losses)
            return np.minimum(sums, MOST_NATS)
        if self.log_given is not None:
            return _loss_of_log(self.log_given, self.floor)
        return _loss_of(self.given, self.floor)

    @cached_property
    def target_entropies(self) -> FloatArray:
        """Entropy of the targets: no forecast can score less; 0 for hard labels."""
        return entropy(self.targets) if self.is_soft else np.zeros(len(self))

    @cached_property
    def excess(self) -> FloatArray:
        """Loss above the entropy of the targets: their divergence from the forecast."""
        # Rounding, or the floor, can bring the difference below the 0 that it never is.
        return np.maximum(self.losses - self.target_entropies, 0.0) if self.is_soft else self.losses

    @cached_property
    def brier_scores(self) -> FloatArray:
        """Brier score in its multiclass form."""
        if self.is_soft:
            return squared_distance(self.batch.probs, self.targets)
        return brier_score(self.batch.probs, self.observed)

    @cached_property
    def floored_cell_losses(self) -> FloatArray:
        """Loss if class k happened, with the floor in force; shape (n_rows, n_classes)."""
        if self.batch.log_probs is not None:
            return _loss_of_log(self.batch.log_probs, self.floor)
        return _loss_of(self.batch.probs, self.floor)

    @cached_property
    def finite_losses(self) -> FloatArray:
        """Log loss without any floor; 0 where it is infinite."""
        if self.log_given is not None:
            return _loss_of_log(self.log_given, None)
        if self.is_soft:
            return _loss_of(self.given, None)
        low = np.flatnonzero(self.given < (self.floor or 0.0))
        if not len(low):
            return self.losses
        finite = self.losses.copy()
        finite[low] = _loss_of(self.given[low], None)
        return finite

    def cell_losses(self, rows: slice = slice(None)) -> FloatArray:
        """Return minus log of every probability, 0 where it is zero; shape (n_rows, n_classes)."""
        if self.batch.log_probs is not None:
            return _loss_of_log(self.batch.log_probs[rows], None)
        return minus_log(self.batch.probs[rows])

    @property
    def entropies(self) -> FloatArray:
        """Loss that the model itself expects, row by row."""
        return self._expected[0]

    @property
    def entropy_variances(self) -> FloatArray:
        """Variance of the loss that the model itself expects, row by row."""
        return self._expected[1]

    @cached_property
    def _expected(self) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of the loss that the model itself expects."""
        probs, means, squares = self.batch.probs, np.empty(len(self)), np.empty(len(self))
        for block in blocks(probs):
            losses = self.cell_losses(block)  # not kept: they are as large as the batch
            terms = probs[block] * losses
            means[block] = exact.row_sums(terms)
            terms *= losses
            squares[block] = exact.row_sums(terms)
        return means, np.maximum(squares - means**2, 0.0)

    @cached_property
    def one_vs_rest_losses(self) -> FloatArray:
        """Log loss of the question "did class k happen?"; shape (n_rows, n_classes)."""
        if self.batch.log_probs is None:
            cells = minus_log_of_rest(self.batch.probs, self.floor)
        else:
            complements = 1.0 - self.batch.probs
            complements[np.arange(len(self)), self.predicted] = self.left_of_top
            cells = minus_log(complements, self.floor)
        if self.is_soft:
            return self.targets * self.floored_cell_losses + (1.0 - self.targets) * cells
        cells[np.arange(len(self)), self.observed] = self.losses
        return cells

    @cached_property
    def left_of_top(self) -> FloatArray:
        """What the predicted class leaves of 1; from logits, however near 1 it is."""
        if self.batch.log_probs is None:
            return 1.0 - self.confidences
        others = self.batch.probs.copy()
        others[np.arange(len(self)), self.predicted] = 0.0
        return exact.row_sums(others)

    @cached_property
    def predicted(self) -> IntArray:
        """Index of the class with the largest probability; the first one in a tie."""
        return first_largest(self.batch.probs)

    @cached_property
    def confidences(self) -> FloatArray:
        """Probability given to the predicted class."""
        return given_to(self.batch.probs, self.predicted)

    @cached_property
    def forecasts(self) -> FloatArray:
        """Probability that reliability is read by: of the positive class, or of the top class."""
        if self.n_classes == 2:
            return self.batch.probs[:, self.batch.positive]
        return self.confidences

    @property
    def _spoken_of(self) -> IntArray:
        if self.n_classes == 2:
            return np.full(len(self), self.batch.positive)
        return self.predicted

    @cached_property
    def forecast_came_true(self) -> NDArray[np.bool_]:
        """Whether the class that `forecasts` speaks of happened."""
        return np.asarray(self.observed == self._spoken_of)

    @cached_property
    def forecast_targets(self) -> FloatArray:
        """Target probability of the class that `forecasts` speaks of."""
        return given_to(self.targets, self._spoken_of)

    @cached_property
    def predicted_targets(self) -> FloatArray:
        """Target probability of the predicted class: how far it was right."""
        return given_to(self.targets, self.predicted)
