"""Frozen results on where the loss lies: by probability, by forecast and by floor.

Losses are in nats; ``None`` stands for what is not defined, never NaN or infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ProbabilityBin:
    """Rows by the probability given to what happened: above `low`, up to and including `high`.

    The first bin is exactly zero (`low` = `high` = 0). `expected_n` is how many rows the model's
    own forecasts put there, None with soft labels: their probability is exp(-excess).
    """

    low: float
    high: float
    n: int
    expected_n: float | None
    mean_loss: float | None
    share_of_loss: float | None


@dataclass(frozen=True, slots=True)
class ForecastBin:
    """Rows by forecast: of the positive class, or of the top class with more than two.

    From `low` up to but not including `high`; the last bin includes 1. `n_observed` counts the
    rows in which that class happened, or sums its target probabilities. `expected_loss` is what
    the model would score here if its own probabilities were right. `n` is 0 in empty bins, and
    the means are None there.
    """

    low: float
    high: float
    n: int
    n_observed: float
    mean_forecast: float | None
    mean_loss: float | None
    expected_loss: float | None
    interval: Ends | None


@dataclass(frozen=True, slots=True)
class FloorResult:
    """The mean log loss another floor would give; `n` rows lie below that floor."""

    floor: float
    label: str
    n: int
    log_loss: float | None
