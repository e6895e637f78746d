"""What a task has to say for itself, and what all of them leave empty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from evalreport.bands import scale
from evalreport.errors import SettingsError
from evalreport.readers.interface import Predictions
from evalreport.results import BaselineResult, CalibrationResult, OverallResult
from evalreport.statistics.moments import PowerSums
from evalreport.statistics.rows import data_quality
from evalreport.statistics.states import PlanStates
from evalreport.voice import CALLER

StatesT_contra = TypeVar("StatesT_contra", contravariant=True)

NO_BASELINE = BaselineResult(
    class_frequencies=None, uniform=None, skill=None, skill_interval=None, band=None
)
NO_CALIBRATION = CalibrationResult(
    method="none",
    gap=None,
    gap_z=None,
    mean_confidence=None,
    recoverable=None,
    ece=None,
    decomposition=None,
    reliability=(),
)


class Task(Protocol[StatesT_contra]):
    """How one kind of input is measured."""

    @property
    def takes_floor(self) -> bool:
        """Whether there is a least probability to score."""

    def plan(self, predictions: Predictions, n_worst: int, floor: float | None) -> Any:
        """Return what to measure of an opened input; see `engines.interface.FoldPlan`."""

    def results(self, states: StatesT_contra, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""

    @property
    def hint(self) -> str:
        """What to check if no row at all could be scored."""


def check_columns(*options: str) -> str:
    """Return what to look at if nothing could be scored: the columns that options name."""
    *first, last = (CALLER.option(each) for each in options)
    if not first:
        return f"Check the column that {last} names."
    return f"Check the columns that {', '.join(first)} and {last} name."


def refuse_without_meaning(predictions: Predictions, given: Mapping[str, bool]) -> None:
    """Refuse options that say nothing about this task.

    Parameters
    ----------
    predictions : Predictions
        What is to be measured.
    given : mapping of str to bool
        Names of options, and whether they were given.

    Raises
    ------
    SettingsError
        If one of them was.
    """
    kind = CALLER.option("input_kind", predictions.input_kind)
    beside = CALLER.flag("top_k") if predictions.top_k else kind
    for option, is_given in given.items():
        if is_given:
            raise SettingsError(f"{CALLER.option(option)} has no meaning with {beside}.")


def common_parts(states: PlanStates[Any]) -> dict[str, Any]:
    """Return the parts of an evaluation that are the same for all tasks, by their names.

    What only classes have is empty.
    """
    plan = states.plan
    return {
        "digest": states.digest(),
        "data_quality": data_quality(states[plan.intake], states[plan.rejected]),
        "state": states.to_json(),
        "baseline": NO_BASELINE,
        "classes": (),
        "slices": (),
        "calibration": NO_CALIBRATION,
        "loss_by_probability": (),
        "loss_by_forecast": (),
        "floors": (),
        "worst_rows": (),
        "comparison": None,
        "findings": (),
        "limits": (),
        "bands": scale().result(),
    }


def overall_of(losses: PowerSums, mean: float | None) -> OverallResult:
    """Return the headline as far as every task has one: rows or tokens, their weight, the loss.

    Parameters
    ----------
    losses : PowerSums
        Of the loss.
    mean : float or None
        The loss in nats; None if it is infinite, or there is nothing to take the mean of.
    """
    return OverallResult(
        n=losses.n,
        weight=float(losses.weight),
        log_loss=mean,
        cross_entropy=mean,
        target_entropy=None,
        kl_divergence=None,
        standard_error=None,
        interval=None,
        interval_is_approximate=False,
        bits=None if mean is None else mean / math.log(2.0),
        perplexity=None,
        mean_probability=None,
        accuracy=None,
        brier_score=None,
        brier_score_binary=None,
        zero_probability_rows=0,
        floored_rows=0,
        zero_probability_share_of_loss=None,
        band=None,
        effective_n=losses.effective_n,
    )
