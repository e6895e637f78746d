"""Which statistics are made together, and their states side by side."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evalreport.batch import PredictionBatch
from evalreport.errors import MergeError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.calibration_error import BinnedCalibration
from evalreport.statistics.class_order import ClassOrder
from evalreport.statistics.classes import ByClass
from evalreport.statistics.forecast import ByForecast
from evalreport.statistics.grid import ProbabilityGrid
from evalreport.statistics.interface import State, Statistic
from evalreport.statistics.overall import Overall
from evalreport.statistics.probability import ByProbability, Floors
from evalreport.statistics.reliability import Reliability
from evalreport.statistics.row_ids import RowIds
from evalreport.statistics.rows import IntakeCounts, RejectedRows, WorstRows
from evalreport.statistics.slices import BySlice

STATE_VERSION = 1

_CELLS_AT_A_TIME = 2**19
"""Probabilities scored in one go: the scores of so many stay in a few megabytes."""

_NOT_IN_DIGEST = ("worst_rows", "row_ids", "intake", "rejected")
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
    """

    classes: tuple[str, ...]
    positive: int
    weighted: bool = False
    floor: float | None = 2.0**-52
    slices: tuple[str, ...] = ()
    n_worst: int = 20
    soft: bool = False
    label_smoothing: float = 0.0

    overall: Overall = field(init=False, compare=False)
    by_class: ByClass = field(init=False, compare=False)
    by_forecast: ByForecast = field(init=False, compare=False)
    by_probability: ByProbability = field(init=False, compare=False)
    floors: Floors = field(init=False, compare=False)
    reliability: Reliability = field(init=False, compare=False)
    calibration_error: BinnedCalibration = field(init=False, compare=False)
    by_slice: tuple[BySlice, ...] = field(init=False, compare=False)
    class_order: ClassOrder = field(init=False, compare=False)
    grid: ProbabilityGrid = field(init=False, compare=False)
    row_ids: RowIds = field(init=False, compare=False)
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
            "by_class": ByClass(self.classes, weighted, floor, soft),
            "by_forecast": ByForecast(weighted, floor, soft),
            "by_probability": ByProbability(weighted, soft),
            "floors": Floors(weighted, soft),
            "reliability": Reliability(weighted, soft),
            "calibration_error": BinnedCalibration(weighted, soft),
            "by_slice": tuple(
                BySlice(column, len(self.classes), weighted, floor, soft) for column in self.slices
            ),
            "class_order": ClassOrder(self.classes, floor),
            "grid": ProbabilityGrid(self.positive if len(self.classes) == 2 else None),
            "row_ids": RowIds(),
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
            self.by_class,
            self.by_forecast,
            self.by_probability,
            self.floors,
            self.reliability,
            self.calibration_error,
            *self.by_slice,
            self.class_order,
            self.grid,
            self.row_ids,
            self.worst_rows,
            self.intake,
            self.rejected,
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
        }

    def empty(self) -> States:
        """Return the states of no rows."""
        return States(self, {each.name: each.empty() for each in self.statistics})

    def from_batch(self, batch: PredictionBatch) -> States:
        """Return the states of these rows.

        Raises
        ------
        ValueError
            If the rows have soft labels and the plan is for hard ones.
        """
        if batch.targets is not None and not self.soft:
            raise ValueError("this plan is for hard labels, and the batch has targets")
        states = self.empty()
        for piece in _pieces(batch):
            scored = ScoredBatch(piece, self.floor, self.label_smoothing)
            states = states.merge(
                States(self, {each.name: each.from_batch(scored) for each in self.statistics})
            )
        return states


def _pieces(batch: PredictionBatch) -> Iterator[PredictionBatch]:
    step = max(1, _CELLS_AT_A_TIME // len(batch.classes))
    for start in range(0, max(len(batch), 1), step):
        yield batch[start : start + step]


@dataclass(frozen=True, slots=True)
class States:
    """The state of every statistic of a plan."""

    plan: Plan
    by_name: Mapping[str, State]

    def __getitem__(self, statistic: Statistic[Any]) -> Any:
        return self.by_name[statistic.name]

    @property
    def n_read(self) -> int:
        """Rows read, scored or not."""
        return int(self[self.plan.intake].row("read")[0])

    def merge(self, other: States) -> States:
        """Return the states of both inputs together."""
        if self.plan != other.plan:
            raise MergeError(_difference(self.plan.settings, other.plan.settings))
        merged = {name: state.merge(other.by_name[name]) for name, state in self.by_name.items()}
        return States(self.plan, merged)

    def digest(self) -> str:
        """Return a fingerprint of the statistics: the same digest means the same statistics."""
        document = self.to_json()
        document["statistics"] = {
            name: state
            for name, state in document["statistics"].items()
            if name not in _NOT_IN_DIGEST
        }
        text = json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the states in terms of JSON."""
        return {
            "version": STATE_VERSION,
            "settings": self.plan.settings,
            "statistics": {name: state.to_json() for name, state in self.by_name.items()},
        }

    @classmethod
    def from_json(cls, data: Any) -> States:
        """Return the states that `to_json` wrote."""
        if data.get("version") != STATE_VERSION:
            raise MergeError(
                f"the state has version {data.get('version')}, and {STATE_VERSION} is expected"
            )
        settings = dict(data["settings"])
        for name in ("classes", "slices"):
            settings[name] = tuple(settings[name])
        plan = Plan(**settings)
        states = {
            each.name: each.from_json(data["statistics"][each.name]) for each in plan.statistics
        }
        return cls(plan, states)


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    name = next(key for key in one if one[key] != other[key])
    return f"these states differ in their {name}: {one[name]} and {other[name]}"
