"""What is measured of rows that hold only their most likely classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evalreport.statistics.interface import Statistic
from evalreport.statistics.reliability import Reliability
from evalreport.statistics.row_ids import RowIds
from evalreport.statistics.rows import IntakeCounts, RejectedRows
from evalreport.statistics.states import PlanStates, refuse_other_version
from evalreport.statistics.top_k import BoundedLoss, ListLengths, TopCalibration, WorstBounds
from evalreport.statistics.top_k_scores import ScoredTopK
from evalreport.top_k_batch import TopKBatch

_ROWS_AT_A_TIME = 2**17


@dataclass(frozen=True)
class TopKPlan:
    """What to measure: nothing that needs a probability for every class.

    Parameters
    ----------
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored; None for none.
    slices : tuple of str
        Columns to report by.
    n_worst : int
        How many rows of the highest loss are kept.
    """

    weighted: bool = False
    floor: float | None = 2.0**-52
    slices: tuple[str, ...] = ()
    n_worst: int = 20

    overall: BoundedLoss = field(init=False, compare=False)
    by_class: BoundedLoss = field(init=False, compare=False)
    by_rank: BoundedLoss = field(init=False, compare=False)
    by_slice: tuple[BoundedLoss, ...] = field(init=False, compare=False)
    lengths: ListLengths = field(default=ListLengths(), init=False, compare=False)
    reliability: Reliability = field(init=False, compare=False)
    calibration_error: TopCalibration = field(init=False, compare=False)
    row_ids: RowIds = field(default=RowIds(), init=False, compare=False)
    worst_rows: WorstBounds = field(init=False, compare=False)
    intake: IntakeCounts = field(default=IntakeCounts(), init=False, compare=False)
    rejected: RejectedRows = field(default=RejectedRows(), init=False, compare=False)

    def __post_init__(self) -> None:
        weighted, floor = self.weighted, self.floor
        made: dict[str, Any] = {
            "overall": BoundedLoss("all", weighted, floor),
            "by_class": BoundedLoss("class", weighted, floor),
            "by_rank": BoundedLoss("rank", weighted, floor),
            "by_slice": tuple(
                BoundedLoss("slice", weighted, floor, column) for column in self.slices
            ),
            "reliability": Reliability(weighted),
            "calibration_error": TopCalibration(weighted),
            "worst_rows": WorstBounds(self.n_worst),
        }
        for name, statistic in made.items():
            object.__setattr__(self, name, statistic)

    @cached_property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        return (
            self.overall,
            self.by_class,
            self.by_rank,
            *self.by_slice,
            self.lengths,
            self.reliability,
            self.calibration_error,
            self.row_ids,
            self.worst_rows,
            self.intake,
            self.rejected,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""
        return {
            "task": "top-k",
            "weighted": self.weighted,
            "floor": self.floor,
            "slices": list(self.slices),
            "n_worst": self.n_worst,
        }

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that depend on places in the input."""
        return ("worst_rows", "row_ids", "intake", "rejected")

    def empty(self) -> TopKStates:
        """Return the states of no rows."""
        return TopKStates.empty(self)

    def from_batch(self, batch: TopKBatch) -> TopKStates:
        """Return the states of these rows."""
        states = self.empty()
        for start in range(0, max(len(batch), 1), _ROWS_AT_A_TIME):
            piece = batch[start : start + _ROWS_AT_A_TIME]
            states = states.merge(TopKStates.of(self, ScoredTopK(piece, self.floor)))
        return states


class TopKStates(PlanStates[TopKPlan]):
    """The state of every statistic of a plan of most likely classes."""

    __slots__ = ()

    @classmethod
    def from_json(cls, data: Any) -> TopKStates:
        """Return the states that `to_json` wrote."""
        refuse_other_version(data)
        settings = {key: value for key, value in data["settings"].items() if key != "task"}
        settings["slices"] = tuple(settings["slices"])
        return cls.from_statistics(TopKPlan(**settings), data["statistics"])
