"""From predictions to the evaluation: batches become states, states become results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from evalreport.batch import PredictionBatch
from evalreport.engines import fold
from evalreport.errors import InputError
from evalreport.findings import find
from evalreport.readers.interface import Predictions
from evalreport.results import (
    CalibrationResult,
    EvaluationResult,
    Floor,
    InputKind,
    InputResult,
    ReliabilityResult,
)
from evalreport.scoring import FLOOR
from evalreport.statistics import data_quality
from evalreport.statistics.plan import Plan, States
from evalreport.statistics.worse import flag_worse


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """How to evaluate, whatever the input.

    Parameters
    ----------
    floor : float, None or "auto"
        Least probability scored; None for none. "auto" is 2**-52, and none for logits and
        log-probabilities, which tell the loss of a row however large it is.
    normalize : str
        What was done with rows that do not sum to 1, for the record.
    n_worst : int
        How many rows of the highest loss are kept.
    workers : int
        How many processes to use at most.
    """

    floor: Floor = "auto"
    normalize: str = "error"
    n_worst: int = 20
    workers: int = 1

    def floor_for(self, kind: InputKind) -> float | None:
        """Return the floor to score numbers of this kind with."""
        if self.floor != "auto":
            return self.floor
        return None if kind in ("logits", "log-probabilities") else FLOOR


def evaluate_predictions(
    predictions: Predictions,
    settings: EvaluateSettings = EvaluateSettings(),
    *,
    title: str,
    created: str | None,
    version: str,
    on_batch: Callable[[PredictionBatch], None] | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> EvaluationResult:
    """Score every row of the predictions and return all that is to be said about them.

    Parameters
    ----------
    predictions : Predictions
        The opened input.
    settings : EvaluateSettings
        How to evaluate.
    title, created, version : str
        For the head of the report; clock and version are inputs, so that the same input gives
        the same bytes.
    on_batch : callable, optional
        Told of every batch that was read.
    on_rows : callable, optional
        Told how many more rows were read, as the work goes on.

    Raises
    ------
    InputError
        If a row cannot be scored and was not to be dropped, or no row is left.
    """
    plan = Plan(
        classes=predictions.classes,
        positive=predictions.positive,
        weighted=predictions.columns.weight is not None,
        floor=settings.floor_for(predictions.input_kind),
        slices=predictions.columns.slices,
        n_worst=settings.n_worst,
    )
    states = fold(
        plan, predictions.shards, workers=settings.workers, on_batch=on_batch, on_rows=on_rows
    )
    _refuse_nothing_left(predictions, states)
    result = EvaluationResult(
        evalreport_version=version,
        title=title,
        created=created,
        input=_input_result(predictions, settings, states),
        **results_of(states, predictions.paths),
    )
    return replace(result, findings=find(result))


def results_of(states: States, paths: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the parts of an evaluation that follow from the states, by their names."""
    plan = states.plan
    overall = plan.by_class.overall(states[plan.by_class])
    slices = (each.results(states[each]) for each in plan.by_slice)
    return {
        "task": "binary" if len(plan.classes) == 2 else "multiclass",
        "digest": states.digest(),
        "overall": overall,
        "baseline": plan.by_class.baseline(states[plan.by_class]),
        "classes": plan.by_class.results(states[plan.by_class]),
        "slices": flag_worse([result for column in slices for result in column]),
        "calibration": _calibration(states),
        "loss_by_probability": plan.by_probability.results(states[plan.by_probability]),
        "loss_by_forecast": plan.by_forecast.results(states[plan.by_forecast]),
        "floors": plan.floors.results(states[plan.floors], overall),
        "worst_rows": plan.worst_rows.results(states[plan.worst_rows], paths),
        "comparison": None,
        "findings": (),
        "limits": (),
        "data_quality": data_quality(states[plan.intake], states[plan.rejected]),
        "state": states.to_json(),
    }


def _calibration(states: States) -> CalibrationResult:
    plan = states.plan
    gap = plan.by_forecast.gap(states[plan.by_forecast])
    binary = len(plan.classes) == 2
    view = "binary" if binary else "top-label"
    points = plan.reliability.points(states[plan.reliability])
    reliability = ReliabilityResult(
        view=view,
        class_=plan.classes[plan.positive] if binary else None,
        points=points,
    )
    return CalibrationResult(
        method="isotonic regression on a grid of 32 cells per factor of two",
        gap=gap.gap,
        gap_z=gap.z,
        mean_confidence=plan.by_class.mean_confidence(states[plan.by_class]),
        recoverable=None,
        ece=plan.calibration_error.error(states[plan.calibration_error], view),
        decomposition=None,
        reliability=(reliability,) if points else (),
    )


def _input_result(
    predictions: Predictions, settings: EvaluateSettings, states: States
) -> InputResult:
    plan = states.plan
    counts = states[plan.intake]
    quality = data_quality(counts, states[plan.rejected])
    scored = states[plan.by_class].total()[0]
    return InputResult(
        paths=predictions.paths,
        format=predictions.format,
        bytes=predictions.n_bytes,
        rows_read=states.n_read,
        rows_scored=scored,
        rows_rejected=sum(reason.n for reason in quality.invalid),
        columns=predictions.columns,
        classes=predictions.classes,
        positive=predictions.classes[predictions.positive]
        if len(predictions.classes) == 2
        else None,
        input_kind=predictions.input_kind,
        floor=plan.floor,
        normalize=settings.normalize,
        readings=predictions.readings,
    )


def _refuse_nothing_left(predictions: Predictions, states: States) -> None:
    plan = states.plan
    quality = data_quality(states[plan.intake], states[plan.rejected])
    n_read = states.n_read
    if n_read and n_read == sum(reason.n for reason in quality.invalid):
        first = quality.invalid[0]
        example = first.examples[0]
        raise InputError(
            f"every one of the {n_read:,} rows was left out, so nothing is left to score; "
            f"most often because {first.reason} (first: '{example.value}').",
            path=predictions.paths[0] if predictions.paths else None,
            row=example.row,
            column=example.column,
            hint="Check the columns that --label and --probs name.",
        )
