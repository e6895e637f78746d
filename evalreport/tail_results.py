"""Frozen results on the tail of the losses; others take them from `evalreport.results`.

Losses are in nats, lower is better; ``None`` stands for what is not defined.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LossQuantile:
    """The loss that a share of the rows stays at or below; within 3 %."""

    level: float
    loss: float | None
    """None if it is infinite."""


@dataclass(frozen=True, slots=True)
class WorstShare:
    """What the rows of the highest loss hold of it; with case weights, of the weight."""

    share_of_rows: float
    share_of_loss: float | None
    """None if the share is less than a row, or the loss is 0 or infinite."""
    least_loss: float | None
    """About the smallest loss among them."""
    loss_of_the_rest: float | None
    """Mean loss of all other rows."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """How often something happened that had been given little, beside how often it should."""

    at_most: float
    """Rows count in which what happened was given this probability or less."""
    observed: int
    expected: float
    """Sum of all probabilities of at most this much, whatever class they speak of."""
    ratio: float | None
    """Observed over expected; None if none is expected."""
    p_value: float | None
    """How likely so many or more would be by chance, if the forecasts were right; what is exactly
    as many counts half. None if rows belong to under ten clusters: nothing can be said then."""
    far_too_often: bool
    """More than three times as often as expected, and so many or more have a chance below 0.001."""


@dataclass(frozen=True, slots=True)
class TailsResult:
    """How the loss is spread over the rows, and how often the forecasts were surprised."""

    quantiles: tuple[LossQuantile, ...]
    shares: tuple[WorstShare, ...]
    surprises: tuple[Surprise, ...]
    """Empty with soft labels: nothing can be said of how many are expected."""
