"""What is measured of rows that hold only their most likely classes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from evalreport.statistics.interface import Statistic
from evalreport.statistics.reliability import Reliability
from evalreport.statistics.row_ids import RowIds
from evalreport.statistics.states import PlanStates
from evalreport.statistics.task_plan import TaskPlan
from evalreport.statistics.top_k import BoundedLoss, ListLengths, TopCalibration, WorstBounds
from evalreport.statistics.top_k_scores import ScoredTopK
from evalreport.top_k_batch import TopKBatch

_ROWS_AT_A_TIME = 2**17


@dataclass(frozen=True, kw_only=True)
class TopKPlan(TaskPlan):
    """What to measure: nothing that needs a probability for every class.

    Parameters
    ----------
    floor : float or None
        Least probability scored; None for none. For the other settings see `TaskPlan`.
    """

    floor: float | None = 2.0**-52

    task: ClassVar[str] = "top-k"

    @cached_property
    def overall(self) -> BoundedLoss:
        """All rows together."""
        return BoundedLoss("all", self.weighted, self.floor)

    @cached_property
    def by_class(self) -> BoundedLoss:
        """Rows by the observed class."""
        return BoundedLoss("class", self.weighted, self.floor)

    @cached_property
    def by_rank(self) -> BoundedLoss:
        """Rows by the rank of the observed class among those listed."""
        return BoundedLoss("rank", self.weighted, self.floor)

    @cached_property
    def by_slice(self) -> tuple[BoundedLoss, ...]:
        """One statistic a column to report by."""
        return tuple(BoundedLoss("slice", self.weighted, self.floor, each) for each in self.slices)

    @cached_property
    def lengths(self) -> ListLengths:
        """How many classes rows list."""
        return ListLengths()

    @cached_property
    def reliability(self) -> Reliability:
        """How often the most likely class is right."""
        return Reliability(self.weighted)

    @cached_property
    def calibration_error(self) -> TopCalibration:
        """How far that is from what it says."""
        return TopCalibration(self.weighted)

    @cached_property
    def row_ids(self) -> RowIds:
        """Which ids there are."""
        return RowIds()

    @cached_property
    def worst_rows(self) -> WorstBounds:
        """The rows that lose the most at least."""
        return WorstBounds(self.n_worst)

    @property
    def measures(self) -> tuple[Statistic[Any], ...]:
        """The statistics of the rows that are scored."""
        return (
            *(self.overall, self.by_class, self.by_rank, *self.by_slice),
            *(self.lengths, self.reliability, self.calibration_error),
            *(self.row_ids, self.worst_rows),
        )

    @property
    def tied_to_places(self) -> tuple[str, ...]:
        """Names of measures that depend on places in the input."""
        return (self.worst_rows.name, self.row_ids.name)

    def from_batch(self, batch: TopKBatch) -> TopKStates:
        """Return the states of these rows."""
        states: TopKStates = self.empty()
        for start in range(0, max(len(batch), 1), _ROWS_AT_A_TIME):
            piece = batch[start : start + _ROWS_AT_A_TIME]
            states = states.merge(PlanStates.of(self, ScoredTopK(piece, self.floor)))
        return states


TopKStates = PlanStates[TopKPlan]
