"""Which statistics are made together, and their states side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any

from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.buckets import Buckets
from evalreport.statistics.calibration_error import BinnedCalibration
from evalreport.statistics.class_reliability import ClassReliability
from evalreport.statistics.classes import ByClass
from evalreport.statistics.cluster_plan import ClusterPlan
from evalreport.statistics.forecast import ByForecast
from evalreport.statistics.gap_spread import GapSpread
from evalreport.statistics.grid import ProbabilityGrid
from evalreport.statistics.interface import Statistic
from evalreport.statistics.label_noise import LabelNoise
from evalreport.statistics.off_sums import OffSums
from evalreport.statistics.overall import Overall
from evalreport.statistics.probability import ByProbability, Floors
from evalreport.statistics.reliability import Reliability
from evalreport.statistics.row_ids import RowIds
from evalreport.statistics.rows import IntakeCounts, RejectedRows, WorstRows
from evalreport.statistics.sample import HashSample
from evalreport.statistics.slices import BySlice
from evalreport.statistics.soft_skill import SoftBuckets
from evalreport.statistics.states import PlanStates, refuse_other_version
from evalreport.statistics.tails import LossTails

_CELLS_AT_A_TIME, _ROWS_AT_A_TIME = 4_000_000, 350_000
"""Probabilities and rows scored in one go: the scores of so many rows are some 60 MB."""
_KEPT_AT_A_TIME = 1_200_000
"""Probabilities where scores of every cell are kept, as with soft labels and with weights."""

_NOT_IN_DIGEST = ("buckets", "worst_rows", "row_ids", "intake", "rejected")
"""What depends on how rows are told apart, or tells of rows that were not scored."""


@dataclass(frozen=True)
class Plan:
    """What to measure of predictions: settings only, no data.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes, in the order of the probabilities.
    positive : int
        Index of the class that binary views speak of.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored; None for none.
    slices : tuple of str
        Columns to report by.
    n_worst : int
        How many rows of the highest loss are kept.
    soft : bool
        Whether labels are soft.
    label_smoothing : float
        How much of equal odds is mixed into what happened; above 0 it makes labels soft.
    clustered : bool
        Whether a column tells which rows belong together.
    """

    classes: tuple[str, ...]
    positive: int
    weighted: bool = False
    floor: float | None = 2.0**-52
    slices: tuple[str, ...] = ()
    n_worst: int = 20
    soft: bool = False
    label_smoothing: float = 0.0
    clustered: bool = False

    overall: Overall = field(init=False, compare=False)
    off_sums: OffSums = field(init=False, compare=False)
    by_class: ByClass = field(init=False, compare=False)
    by_forecast: ByForecast = field(init=False, compare=False)
    by_probability: ByProbability = field(init=False, compare=False)
    floors: Floors = field(init=False, compare=False)
    tails: LossTails = field(init=False, compare=False)
    label_noise: LabelNoise = field(init=False, compare=False)
    reliability: Reliability = field(init=False, compare=False)
    calibration_error: BinnedCalibration = field(init=False, compare=False)
    class_reliability: ClassReliability = field(init=False, compare=False)
    by_slice: tuple[BySlice, ...] = field(init=False, compare=False)
    grid: ProbabilityGrid = field(init=False, compare=False)
    buckets: Buckets = field(init=False, compare=False)
    row_ids: RowIds = field(init=False, compare=False)
    soft_buckets: SoftBuckets = field(init=False, compare=False)
    gap_spread: GapSpread = field(init=False, compare=False)
    clusters: ClusterPlan | None = field(init=False, compare=False)
    sample: HashSample = field(init=False, compare=False)
    worst_rows: WorstRows = field(init=False, compare=False)
    intake: IntakeCounts = field(init=False, compare=False)
    rejected: RejectedRows = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # A whole number would be the same smoothing with another digest.
        object.__setattr__(self, "label_smoothing", float(self.label_smoothing))
        if self.label_smoothing:
            object.__setattr__(self, "soft", True)
        weighted, floor, soft = self.weighted, self.floor, self.soft
        made: dict[str, Any] = {
            "overall": Overall(len(self.classes), weighted, floor, soft),
            "off_sums": OffSums(),
            "by_class": ByClass(self.classes, weighted, floor, soft),
            "by_forecast": ByForecast(weighted, floor, soft),
            "by_probability": ByProbability(weighted, soft),
            "floors": Floors(weighted, soft),
            "tails": LossTails(weighted, floor),
            "label_noise": LabelNoise(self.classes, soft),
            "reliability": Reliability(weighted, soft),
            "calibration_error": BinnedCalibration(weighted, soft),
            "class_reliability": ClassReliability(len(self.classes), weighted, soft),
            "by_slice": tuple(
                BySlice(column, len(self.classes), weighted, floor, soft) for column in self.slices
            ),
            "grid": ProbabilityGrid(self.positive if len(self.classes) == 2 else None),
            "buckets": Buckets(weighted, floor, self.clustered),
            "row_ids": RowIds(),
            "soft_buckets": SoftBuckets(len(self.classes), weighted),
            "gap_spread": GapSpread(weighted),
            "clusters": ClusterPlan(weighted, soft, self.slices) if self.clustered else None,
            "sample": HashSample(len(self.classes)),
            "worst_rows": WorstRows(self.n_worst),
            "intake": IntakeCounts(),
            "rejected": RejectedRows(),
        }
        for name, statistic in made.items():
            object.__setattr__(self, name, statistic)

    @cached_property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        return (
            self.overall,
            self.off_sums,
            self.by_class,
            self.by_forecast,
            self.gap_spread,
            self.by_probability,
            self.floors,
            self.tails,
            self.label_noise,
            self.reliability,
            self.calibration_error,
            self.class_reliability,
            *self.by_slice,
            *(self.clusters.statistics if self.clusters else ()),
            self.grid,
            self.buckets,
            self.row_ids,
            self.sample,
            self.worst_rows,
            self.intake,
            self.rejected,
            *((self.soft_buckets,) if self.soft else ()),
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""
        return {
            "classes": list(self.classes),
            "positive": self.positive,
            "weighted": self.weighted,
            "floor": self.floor,
            "slices": list(self.slices),
            "n_worst": self.n_worst,
            "soft": self.soft,
            "label_smoothing": self.label_smoothing,
            "clustered": self.clustered,
        }

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that depend on places in the input."""
        return (*_NOT_IN_DIGEST, self.soft_buckets.name) if self.soft else _NOT_IN_DIGEST

    def empty(self) -> States:
        """Return the states of no rows."""
        return States.empty(self)

    def from_batch(self, batch: PredictionBatch) -> States:
        """Return the states of these rows.

        Raises
        ------
        ValueError
            If the rows have soft labels and the plan is for hard ones.
        """
        if batch.targets is not None and not self.soft:
            raise ValueError("this plan is for hard labels, and the batch has targets")
        pieces = _pieces(batch, self.soft)
        scored = (ScoredBatch(each, self.floor, self.label_smoothing) for each in pieces)
        return reduce(States.merge, (States.of(self, each) for each in scored))


def _pieces(batch: PredictionBatch, soft: bool = False) -> Iterator[PredictionBatch]:
    """Cut a batch into pieces of about the same size, at least one.

    Their number is odd: columns a power of two apart would share few places in the cache.
    """
    keeps_cells = soft or batch.weights is not None or batch.log_probs is not None
    most_cells = _KEPT_AT_A_TIME if keeps_cells else _CELLS_AT_A_TIME
    n_rows, most = len(batch), max(1, min(most_cells // len(batch.classes), _ROWS_AT_A_TIME))
    n_pieces = -(-n_rows // most) | 1
    for i in range(n_pieces):
        yield batch[n_rows * i // n_pieces : n_rows * (i + 1) // n_pieces].compact()


class States(PlanStates[Plan]):
    """The state of every statistic of a plan of classes."""

    __slots__ = ()

    @classmethod
    def from_json(cls, data: Any) -> States:
        """Return the states that `to_json` wrote."""
        return cls.from_statistics(_saved_plan(data), data["statistics"])

    @classmethod
    def to_compare(cls, data: Any) -> States:
        """Return of the states that `to_json` wrote those that two runs are compared by.

        These are the oldest, and stay: files in which other statistics are missing, or were summed
        in another way, can be compared.
        """
        plan = _saved_plan(data)
        wanted: tuple[Statistic[Any], ...]
        wanted = (plan.overall, plan.by_class, *plan.by_slice, plan.buckets)
        return cls.from_statistics(plan, data["statistics"], wanted)


def _saved_plan(data: Any) -> Plan:
    refuse_other_version(data)
    settings = dict(data["settings"])
    for name in ("classes", "slices"):
        settings[name] = tuple(settings[name])
    return Plan(**settings)
