"""What is measured of rows that belong together, and the results that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evalreport.results import (
    Interval,
    SplitsResult,
)
from evalreport.statistics.cluster_cells import MOST_CLUSTERS, ByCluster, ClusterState
from evalreport.statistics.cluster_gaps import splits_by_cluster
from evalreport.statistics.cluster_surprises import SurprisesByCluster
from evalreport.statistics.clustered import (
    baseline_by_cluster,
    classes_by_cluster,
    clusters_result,
    forecasts_by_cluster,
    gap_by_cluster,
    overall_by_cluster,
    slices_by_cluster,
)
from evalreport.statistics.interface import Statistic
from evalreport.statistics.states import PlanStates
from evalreport.statistics.worse import flag_worse


@dataclass(frozen=True)
class ClusterPlan:
    """What to sum by cluster.

    Parameters
    ----------
    weighted, soft : bool
        Whether rows have weights, and whether labels are soft.
    slices : tuple of str
        Columns to report by.
    """

    weighted: bool
    soft: bool
    slices: tuple[str, ...]

    everything: ByCluster = field(init=False, compare=False)
    by_class: ByCluster = field(init=False, compare=False)
    by_forecast: ByCluster = field(init=False, compare=False)
    by_slice: tuple[ByCluster, ...] = field(init=False, compare=False)
    surprises: SurprisesByCluster | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        how = (self.weighted, self.soft)
        made: dict[str, Any] = {
            "everything": ByCluster("all", *how, limit=MOST_CLUSTERS),
            "by_class": ByCluster("class", *how),
            "by_forecast": ByCluster("forecast", *how),
            "by_slice": tuple(ByCluster("slice", *how, column) for column in self.slices),
            "surprises": None if self.soft else SurprisesByCluster(),
        }
        for name, statistic in made.items():
            object.__setattr__(self, name, statistic)

    @property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        surprises = () if self.surprises is None else (self.surprises,)
        return (self.everything, self.by_class, self.by_forecast, *self.by_slice, *surprises)

    def results(self, states: PlanStates[Any], parts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parts of an evaluation whose intervals have to allow for the clusters.

        Parameters
        ----------
        states : PlanStates
            With those of these statistics among them.
        parts : mapping
            The parts of the evaluation, by their names, as if all rows were independent.
        """
        everything: ClusterState = states[self.everything]
        slices = [
            each
            for statistic in self.by_slice
            for each in slices_by_cluster(
                states[statistic],
                everything,
                [part for part in parts["slices"] if part.column == statistic.column],
            )
        ]
        calibration = parts["calibration"]
        baseline = baseline_by_cluster(
            everything, states[self.by_class], parts["baseline"], self.soft
        )
        gap: tuple[float | None, Interval | None] = (None, None)
        if calibration.gap_z is not None:
            by_row = states.plan.by_forecast
            gap = gap_by_cluster(everything, by_row.gap(states[by_row]).standard_error)
        return {
            "overall": overall_by_cluster(everything, parts["overall"]),
            "clusters": clusters_result(everything, parts["overall"]),
            "baseline": baseline,
            "classes": classes_by_cluster(states[self.by_class], parts["classes"]),
            "slices": flag_worse(slices),
            "calibration": replace(calibration, gap_z=gap[0], gap_interval=gap[1]),
            "loss_by_forecast": forecasts_by_cluster(
                states[self.by_forecast], parts["loss_by_forecast"]
            ),
        }

    def splits(self, states: PlanStates[Any], splits: SplitsResult | None) -> SplitsResult | None:
        """Return training rows beside others, with the intervals that the clusters allow."""
        if splits is None:
            return None
        by_value = next(each for each in self.by_slice if each.column == splits.column)
        return splits_by_cluster(states[by_value], splits)
