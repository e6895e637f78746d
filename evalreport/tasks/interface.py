"""What a task has to say for itself, and what all of them leave empty."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from evalreport.readers.interface import Predictions
from evalreport.results import BaselineResult, CalibrationResult

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

    def plan(self, predictions: Predictions, n_worst: int) -> Any:
        """Return what to measure of an opened input; see `engines.interface.FoldPlan`."""

    def results(self, states: StatesT_contra, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""

    @property
    def hint(self) -> str:
        """What to check if no row at all could be scored."""


def nothing_else() -> dict[str, Any]:
    """Return the parts of an evaluation that only classes have, empty."""
    return {
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
    }
