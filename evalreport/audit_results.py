"""Frozen results on what the input means; others take them from `evalreport.results`.

Losses are in nats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ClassOrderResult:
    """Whether reading the probability columns as other classes would be far better.

    Losses are over a sample of the rows, all of them if they fit, each counted once whatever its
    weight, with the floor in force.
    """

    log_loss: float
    """As the columns are read, over the same rows as `log_loss_read_so`."""
    read_as: tuple[str, ...] | None
    """For each column, in the order of the classes, the class it fits; None: as it is read."""
    log_loss_read_so: float | None
    rows: int = 0
    """Rows that were looked at; 0 in evaluations from before that was told."""


@dataclass(frozen=True, slots=True)
class GridResult:
    """A coarse grid that holds every probability; one of the two fields says which."""

    denominator: int | None
    """All are whole multiples of 1 / `denominator`."""
    number_format: Literal["float16", "bfloat16"] | None
    """All have no more digits than numbers of this format."""


@dataclass(frozen=True, slots=True)
class RowIdsResult:
    """How far the row ids tell rows apart."""

    n: int
    """Rows scored that have an id."""
    distinct: int
    repeated: int
    """Rows whose id stands in another row before."""
    repeated_at_least: int
    """Such rows that were counted for sure."""
    is_exact: bool
    """False if there are so many ids that `distinct` and `repeated` are estimates."""
    equal_to_label: int
    """Rows whose id is the label."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Signs that the input means something else than it was read as; nothing was changed."""

    class_order: ClassOrderResult | None
    """None if there are too few rows, or too many classes, to tell, or too many equal rows."""
    grid: GridResult | None
    """None if the probabilities are on no coarse grid."""
    row_ids: RowIdsResult | None
    """None if rows have no ids."""


@dataclass(frozen=True, slots=True)
class DistributionsResult:
    """Two discrete distributions, P and Q, in nats; None stands for infinity.

    In an evaluation P is how often each class happened, and Q the mean forecast.
    """

    entropy_p: float
    entropy_q: float
    cross_entropy_pq: float | None
    """H(P,Q): what forecasting Q costs where P happens."""
    cross_entropy_qp: float | None
    kl_pq: float | None
    """KL(P||Q): how much of that is lost by forecasting Q instead of P."""
    kl_qp: float | None


@dataclass(frozen=True, slots=True)
class DistributionPair:
    """Two distributions over the same named outcomes, with what they say about each other."""

    title: str
    names: tuple[str, ...]
    p: tuple[float, ...]
    q: tuple[float, ...]
    numbers: DistributionsResult


@dataclass(frozen=True, slots=True)
class InvalidExample:
    """Where a row that could not be scored went wrong."""

    row: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class InvalidReason:
    """Rows left out for one reason, with the first few of them."""

    reason: str
    n: int
    examples: tuple[InvalidExample, ...]


@dataclass(frozen=True, slots=True)
class DataQualityResult:
    """What was checked at the door and what was done about it, as counts of rows."""

    invalid: tuple[InvalidReason, ...]
    duplicate_ids: int | None
    rows_not_summing_to_one: int
    """Off by more than storage rounding and at most 0.01; scored as they are unless rescaled."""
    rows_rescaled: int
    rows_scored_as_is: int
    """Off by more than 0.01 and scored as they are, because that was asked for."""
    rows_lowered_to_one: int
    zero_weight_rows: int
    rows_like_probabilities: int = 0
    """Read as logits or percentages, and probabilities as they stand."""
    rows_like_percentages: int = 0
    """Read as logits, and percentages as they stand."""
    rescaling_adds: float | None = None
    """What dividing rows by their sums adds to the log loss, in nats, whether that was done or not;
    None if every sum is 1, but for rounding."""
