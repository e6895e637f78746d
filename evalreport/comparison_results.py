"""Frozen results of comparing a run with a previous one, in the shape of the evaluation file.

Changes are this run minus the previous one, in nats: above zero is more loss now, which is worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Interval = tuple[float, float]
ChangeOutcome = Literal["worse", "better", "no clear change"]


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """The run that is compared with, over all of its own rows."""

    title: str
    paths: tuple[str, ...]
    created: str | None
    digest: str
    is_saved: bool
    """Whether it was a saved evaluation; else predictions, that were scored again."""
    n: int
    log_loss: float | None
    """The loss that a report speaks of: with soft labels the excess."""
    baseline: float | None
    skill: float | None
    band: str | None
    gap: float | None
    zero_probability_rows: int


@dataclass(frozen=True, slots=True)
class RowMatch:
    """How the rows of the two runs were brought together, by id or by place.

    Only rows that are in both, once each and with the same label, are compared.
    """

    only_previous: int
    only_current: int
    repeated: int
    """Rows of either run whose id is in both and stands more than once."""
    other_label: int
    """Pairs with another label in each run."""
    without_id: int
    """Rows of either run that have no id."""
    other_weight: int
    """Pairs with another weight in each run: they are compared with that of this run."""
    example_other_label: str | None = None
    """The first id among those of another label."""
    example_repeated: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeBounds:
    """Losses that are known only to lie between two values: the least, and the most.

    None stands for infinity: without a floor nothing bounds a loss from above.
    """

    previous: tuple[float | None, float | None]
    current: tuple[float | None, float | None]
    change: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """A class or a slice in both runs; `name` is the class, or the value of the slice.

    The interval is for this group alone; the outcome is corrected for looking at many groups.
    """

    kind: Literal["class", "slice"]
    column: str | None
    name: str
    n: int
    """Rows compared; of this run if they are not compared in pairs."""
    previous: float | None
    current: float | None
    change: float | None
    interval: Interval | None
    p_value: float | None
    outcome: ChangeOutcome
    zero_probability_rows: tuple[int, int]
    """Rows given zero probability: previous, current."""
    bounds: ChangeBounds | None = None
    """Where rows that list only their most likely classes leave losses open."""
    one_sided: Interval | None = None
    """Limits that the change is above, and below, with 95 % confidence each."""
    is_constant: bool = False
    """Whether every row changed by the same: there is no interval then."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One of the rows whose loss changed most."""

    id: str
    label: str | None
    """What happened: a class, or a number; None for documents, in which many things do."""
    previous: float | None
    """Loss in nats; None if it is infinite."""
    current: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class ClassShare:
    """How often a class happened in each run."""

    name: str
    previous: float
    current: float


@dataclass(frozen=True, slots=True)
class ChangeCauses:
    """What the change is made of."""

    zero_probability: float | None
    """Part of the change that comes from rows given zero probability in either run."""
    other_rows: float | None
    """The rest of the change: all other rows together."""
    gap: tuple[float | None, float | None]
    """Loss above what the model's own probabilities expect: previous, current; all rows each."""
    baseline: tuple[float | None, float | None]
    """Loss of always predicting the class frequencies: previous, current. Higher is harder."""
    mix: float | None
    """Difference of all rows that other class frequencies alone would make."""
    class_shares: tuple[ClassShare, ...]


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """How a run differs from a previous one."""

    previous: PreviousRun
    paired: bool
    """Whether the same rows were compared with each other; else two separate means."""
    method: Literal["rows", "buckets", "unpaired"]
    """Row by row; by the sums of hash buckets of the same rows; or as two sets of rows."""
    why: str
    """How it was compared, or why not in pairs, as a sentence."""
    n_common: int | None
    """Rows compared in pairs; None if it is not known how many are in both."""
    n: int
    """Rows of this run."""
    previous_loss: float | None
    """Mean loss of the previous run over the rows compared; likewise `current_loss`."""
    current_loss: float | None
    change: float | None
    standard_error: float | None
    interval: Interval | None
    """95 % interval of the change."""
    one_sided: Interval | None
    """Limits that the change is above, and below, with 95 % confidence each."""
    outcome: ChangeOutcome
    least_detectable: float | None
    """Least regression that this many rows would show four times in five."""
    zero_probability_rows: tuple[int, int]
    """Among the rows compared, rows given zero probability: previous, current."""
    is_constant: bool
    """Whether every row changed by the same, as if the runs are one: there is no interval then."""
    rows: RowMatch | None
    groups: tuple[ComparedGroup, ...]
    changed_rows: tuple[ChangedRow, ...]
    causes: ChangeCauses
    only_previous_classes: tuple[str, ...] = ()
    """Classes that only the previous run has a forecast for; likewise `only_current_classes`."""
    only_current_classes: tuple[str, ...] = ()
    bounds: ChangeBounds | None = None
    """Where rows that list only their most likely classes leave losses open; the change is None,
    and its interval reaches from the lower end for the least to the upper end for the most."""
    counted: Literal["row", "document"] = "row"
    """What `n_common` and `rows` count: rows, or with tokens documents."""
