"""What happened as sums: whole rows with hard labels, target probabilities with soft ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.scoring import ScoredBatch
from evalreport.statistics.moments import grouped, mass, mass_unit, sum_unit


def outcome_unit(weighted: bool, soft: bool) -> int:
    """Return log2 of the unit that `came_true` and `class_masses` count in."""
    return sum_unit(weighted) if soft else mass_unit(weighted)


def came_true(scored: ScoredBatch, groups: IntArray, n_groups: int, soft: bool) -> list[int]:
    """Sum within groups how far the forecast came true: the mass of what it speaks of."""
    if soft:
        return grouped(scored.forecast_targets, scored.weights, groups, n_groups)
    return mass(scored.weights, groups, n_groups, scored.forecast_came_true)


def was_right(scored: ScoredBatch, groups: IntArray, n_groups: int, soft: bool) -> list[int]:
    """Sum within groups how far the predicted class was right."""
    if soft:
        return grouped(scored.predicted_targets, scored.weights, groups, n_groups)
    return mass(scored.weights, groups, n_groups, scored.predicted == scored.observed)


def class_masses(
    scored: ScoredBatch, groups: IntArray, n_groups: int, soft: bool
) -> list[list[int]]:
    """Sum within groups how much of each class happened: one list of groups a class."""
    n_classes = scored.n_classes
    if soft:
        return [
            grouped(scored.targets[:, k], scored.weights, groups, n_groups)
            for k in range(n_classes)
        ]
    by_both = mass(scored.weights, groups * n_classes + scored.observed, n_groups * n_classes)
    return [by_both[k::n_classes] for k in range(n_classes)]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Everything that happened, one entry a row, or a row and class of a soft label.

    Parameters
    ----------
    rows : int64 ndarray
        In which row.
    classes : int64 ndarray
        What happened.
    weights : float64 ndarray, optional
        How much of it: the case weight times the target probability.
    losses : float64 ndarray
        What the forecast lost on it.
    is_zero : bool ndarray
        Whether it had been given probability zero.
    """

    rows: IntArray
    classes: IntArray
    weights: FloatArray | None
    losses: FloatArray
    is_zero: NDArray[np.bool_]


def occurrences(scored: ScoredBatch, soft: bool) -> Occurrences:
    """Return what happened in these rows; classes with a target of 0 did not."""
    if not soft:
        rows = np.arange(len(scored))
        return Occurrences(rows, scored.observed, scored.weights, scored.losses, scored.is_zero)
    shares = scored.targets
    if scored.weights is not None:
        shares = shares * scored.weights[:, None]
    happened = shares > 0
    rows, classes = np.nonzero(happened)
    return Occurrences(
        rows.astype(np.int64),
        classes.astype(np.int64),
        shares[happened],
        scored.floored_cell_losses[happened],
        scored.is_zero_cell[happened],
    )
