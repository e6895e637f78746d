"""Frozen results on some of the rows: slices, and those that cost the most.

Others take them from `evalreport.results`. Losses are in nats, lower is better; ``None`` stands for
what is not defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evalreport.top_k_results import LossBounds

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SliceResult:
    """The rows that share a value of a named column."""

    column: str
    value: str
    n: int
    frequency: float
    log_loss: float | None
    cross_entropy: float | None
    interval: Interval | None
    share_of_loss: float | None
    zero_probability_rows: int
    baseline: float | None
    skill: float | None
    band: str | None
    worse_than_rest: bool | None
    """Whether the loss is above that of all other rows by more than chance, corrected for the
    number of slices, and by enough to matter; None if there are too few rows to tell."""
    rest_log_loss: float | None = None
    """Log loss of all other rows, or their excess with soft labels."""
    p_value: float | None = None
    """Of the one-sided test against all other rows, before the correction."""
    kl_divergence: float | None = None
    """Excess over the entropy of the targets; interval, skill and band are those of it."""
    standard_error: float | None = None
    """Of the mean that the interval is for; with clusters that of leaving out each in turn."""
    shrunken: float | None = None
    """The loss pulled towards the mean of its column, as far as chance may have pushed it away."""
    top_k: LossBounds | None = None
    """Where rows hold only their most likely classes."""

    @property
    def judged_loss(self) -> float | None:
        """The loss that a report speaks of; what is no classification has no excess."""
        return self.log_loss if self.kl_divergence is None else self.kl_divergence


SplitRole = Literal["training", "validation", "test"]


@dataclass(frozen=True, slots=True)
class SplitPart:
    """The rows of one split; the loss is the excess with soft labels."""

    role: SplitRole
    value: str
    n: int
    frequency: float
    loss: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class SplitGap:
    """How much more the rows of a split lose than the training rows; below 0 they lose less."""

    role: SplitRole
    gap: float | None
    interval: Interval | None
    """At 95 %, Welch's, or by clusters; None under ten rows, or ten clusters."""


@dataclass(frozen=True, slots=True)
class SplitsResult:
    """A column of slices that tells training rows from validation or test rows."""

    column: str
    parts: tuple[SplitPart, ...]
    gaps: tuple[SplitGap, ...]


@dataclass(frozen=True, slots=True)
class WorstRow:
    """One of the rows with the highest loss."""

    row: int | None
    """Counted from 1 without the header; None if rows have ids, so that their order is free."""
    path: str | None
    """The input the row is in; None if there is only one input, or if rows have ids."""
    id: str | None
    label: str
    probability: float
    loss: float | None
    predicted: str
    predicted_probability: float
    slices: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)
    """Contents of the columns that were asked for, by their names; cut after 1,000 letters."""
    outside_top_k: bool = False
    """Whether the row does not list its class: probability is the most, loss the least there is."""
