"""What the plans of all tasks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from evalreport.statistics.interface import Statistic
from evalreport.statistics.rows import IntakeCounts, RejectedRows
from evalreport.statistics.states import PlanStates, refuse_other_version


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """What to measure of anything that is no classification: settings only, no data.

    Parameters
    ----------
    weighted : bool
        Whether rows have weights.
    slices : tuple of str
        Columns to report by.
    n_worst : int
        How many rows, or documents, of the highest loss are kept.
    """

    weighted: bool = False
    slices: tuple[str, ...] = ()
    n_worst: int = 20

    intake: IntakeCounts = field(default=IntakeCounts(), init=False, compare=False)
    rejected: RejectedRows = field(default=RejectedRows(), init=False, compare=False)

    task: ClassVar[str]

    @property
    def measures(self) -> tuple[Statistic[Any], ...]:
        """The statistics of the rows that are scored."""
        raise NotImplementedError

    @property
    def tied_to_places(self) -> tuple[str, ...]:
        """Names of measures that depend on places in the input, or on a library."""
        return ()

    @property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        return (*self.measures, self.intake, self.rejected)

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that stay out of the digest."""
        return (*self.tied_to_places, self.intake.name, self.rejected.name)

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""
        named = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        return {"task": self.task, **named, "slices": list(self.slices)}

    def empty(self) -> PlanStates[Self]:
        """Return the states of no rows."""
        return PlanStates.empty(self)

    def from_batch(self, batch: Any) -> PlanStates[Self]:
        """Return the states of these rows."""
        return PlanStates.of(self, self.scored(batch.without_zero_weights()))

    def scored(self, batch: Any) -> Any:
        """Return the rows in the form that the statistics take."""
        return batch

    @classmethod
    def states_from_json(cls, data: Mapping[str, Any]) -> PlanStates[Self]:
        """Return the states of such a plan that `to_json` wrote."""
        refuse_other_version(data)
        settings = {key: value for key, value in data["settings"].items() if key != "task"}
        plan = cls(**settings | {"slices": tuple(settings["slices"])})
        return PlanStates.from_statistics(plan, data["statistics"])
