"""From predictions to the evaluation: batches become states, states become results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from evalreport.bands import scale
from evalreport.distributions import happened_and_forecast
from evalreport.engines import fold
from evalreport.errors import InputError, SettingsError
from evalreport.findings import find
from evalreport.rarity import with_fair_bands
from evalreport.readers.interface import Predictions
from evalreport.results import (
    MOST_WORST,
    AuditResult,
    BaselineResult,
    DataQualityResult,
    EvaluationResult,
    Floor,
    InputKind,
    InputResult,
    OverallResult,
    TailsResult,
)
from evalreport.scoring import FLOOR
from evalreport.statistics import data_quality
from evalreport.statistics.calibrated import calibration_of
from evalreport.statistics.class_order import class_order_of
from evalreport.statistics.plan import Plan, States
from evalreport.statistics.recoverable import recoverable_of
from evalreport.statistics.shrinkage import with_shrunken
from evalreport.statistics.splits import splits_of
from evalreport.statistics.surprises import surprises_of
from evalreport.statistics.worse import flag_worse
from evalreport.tasks import TASKS, Task, refuse_without_meaning
from evalreport.training import Frequencies, refuse_other_classes, with_training
from evalreport.verification import verification_of
from evalreport.voice import CALLER


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
        How many rows of the highest loss are kept, 1,000 at most.
    workers : int
        How many processes to use at most.
    label_smoothing : float
        How much of equal odds is mixed into what happened, from 0 to below 1.
    verify : bool
        Whether the log loss is computed once more by scikit-learn.
    training_frequencies : Frequencies
        How frequent the classes were in training, if known; see `training.parse_frequencies`.

    Raises
    ------
    SettingsError
        If the floor, the label smoothing or the number of worst rows is no such number.
    """

    floor: Floor = "auto"
    normalize: str = "error"
    n_worst: int = 20
    workers: int = 1
    label_smoothing: float = 0.0
    verify: bool = False
    training_frequencies: Frequencies = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.label_smoothing < 1.0:
            raise SettingsError(
                "label smoothing is a number from 0 to below 1, as 0.1; "
                f"not {self.label_smoothing:g}."
            )
        if not 0 <= self.n_worst <= MOST_WORST:
            raise SettingsError(
                f"the worst rows are 0 to {MOST_WORST:,} in number, not {self.n_worst:,}."
            )
        floor = self.floor
        if floor is None or floor == "auto":
            return
        if not isinstance(floor, float) or not 0.0 < floor < 1.0:
            raise SettingsError(
                f"floor takes a probability above 0 and below 1, None or 'auto', not {floor!r}."
            )

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
    on_batch: Callable[[Any], None] | None = None,
    on_read: Callable[[int, int], None] | None = None,
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
    on_read : callable, optional
        Told how many more rows were read, as the work goes on, and of how many bytes the parts
        are that are done.

    Raises
    ------
    InputError
        If a row cannot be scored and was not to be dropped.
    """
    task = TASKS.get(predictions.task)
    if task is not None:
        said = _Said(title, created, version)
        return _evaluate_task(task, predictions, settings, said, on_batch, on_read)
    refuse_other_classes(settings.training_frequencies, predictions.classes)
    plan = Plan(
        classes=predictions.classes,
        positive=predictions.positive,
        weighted=predictions.columns.weight is not None,
        floor=settings.floor_for(predictions.input_kind),
        slices=predictions.columns.slices,
        n_worst=settings.n_worst,
        soft=predictions.soft,
        label_smoothing=settings.label_smoothing,
        clustered=predictions.columns.cluster is not None,
    )
    if settings.verify and plan.soft:
        raise SettingsError(
            f"{CALLER.flag('verify')} needs labels: scikit-learn's log loss takes no soft ones."
        )
    states = fold(
        plan, predictions.shards, workers=settings.workers, on_batch=on_batch, on_read=on_read
    )
    result = EvaluationResult(
        evalreport_version=version,
        title=title,
        created=created,
        input=_input_result(predictions, settings, states),
        **results_of(states, predictions.paths),
        verification=verification_of(states) if settings.verify else None,
    )
    result = with_training(result, settings.training_frequencies)
    return replace(result, findings=find(result))


def _check_columns() -> str:
    return f"Check the columns that {CALLER.option('label')} and {CALLER.option('probs')} name."


class _Said(NamedTuple):
    """What the head of the report is told from outside."""

    title: str
    created: str | None
    version: str


def _evaluate_task(
    task: Task[Any],
    predictions: Predictions,
    settings: EvaluateSettings,
    said: _Said,
    on_batch: Callable[[Any], None] | None,
    on_read: Callable[[int, int], None] | None,
) -> EvaluationResult:
    """Evaluate what is no classification: the same fold, other statistics."""
    has_floor = settings.floor != "auto" and not task.takes_floor
    has_bands = not scale().is_built_in and not task.takes_floor
    given = {"floor": has_floor, "verify": settings.verify, "bands": has_bands}
    given["label_smoothing"] = settings.label_smoothing > 0
    given["training_frequencies"] = bool(settings.training_frequencies)
    refuse_without_meaning(predictions, given)
    floor = settings.floor_for(predictions.input_kind) if task.takes_floor else None
    plan = task.plan(predictions, settings.n_worst, floor)
    states = fold(
        plan, predictions.shards, workers=settings.workers, on_batch=on_batch, on_read=on_read
    )
    parts = task.results(states, predictions.paths)
    quality = parts["data_quality"]
    result = EvaluationResult(
        evalreport_version=said.version,
        title=said.title,
        created=said.created,
        input=replace(_input_of(predictions, settings, quality, states.n_read), floor=floor),
        **parts,
    )
    return replace(result, findings=find(result))


def results_of(states: States, paths: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the parts of an evaluation that follow from the states, by their names."""
    plan, written = states.plan, states.to_json()
    by_class = states[plan.by_class]
    overall = replace(
        plan.overall.result(states[plan.overall]),
        class_balanced_log_loss=plan.by_class.balanced_loss(by_class),
    )
    classes = plan.by_class.results(by_class)
    by_probability = plan.by_probability.results(states[plan.by_probability])
    slices = (each.results(states[each]) for each in plan.by_slice)
    parts: dict[str, Any] = {
        "task": "soft" if plan.soft else "binary" if len(plan.classes) == 2 else "multiclass",
        "digest": states.digest_of(written),
        "overall": overall,
        "baseline": _baseline(states, overall),
        "classes": classes,
        "slices": flag_worse([result for column in slices for result in column]),
        "calibration": replace(calibration_of(states, classes), **recoverable_of(states, overall)),
        "loss_by_probability": by_probability,
        "loss_by_forecast": plan.by_forecast.results(states[plan.by_forecast]),
        "floors": plan.floors.results(states[plan.floors], overall),
        "worst_rows": plan.worst_rows.results(states[plan.worst_rows], paths),
        "comparison": None,
        "findings": (),
        "limits": (),
        "bands": scale().result(),
        "data_quality": _data_quality(states, overall),
        "audit": _audit(states),
        "distributions": happened_and_forecast(classes),
        "tails": TailsResult(
            quantiles=plan.tails.quantiles(states[plan.tails]),
            shares=plan.tails.shares(states[plan.tails]),
            surprises=surprises_of(states, by_probability),
        ),
        "state": written,
    }
    # Rows that belong together tell less than as many independent ones.
    parts |= plan.clusters.results(states, parts) if plan.clusters else {}
    parts["slices"] = with_shrunken(parts["slices"])
    parts["classes"] = with_fair_bands(parts["classes"], parts["overall"], parts["baseline"])
    noise = plan.label_noise.result(states[plan.label_noise], overall.n, parts["slices"])
    splits = splits_of(states, parts["slices"])
    splits = plan.clusters.splits(states, splits) if plan.clusters else splits
    return parts | {"splits": splits, "label_noise": noise}


def _baseline(states: States, overall: OverallResult) -> BaselineResult:
    plan = states.plan
    baseline = plan.by_class.baseline(states[plan.by_class], overall)
    if not plan.soft or baseline.skill is None:
        return baseline
    soft = plan.soft_buckets
    return replace(baseline, skill_interval=soft.skill_interval(states[soft], states[plan.buckets]))


def _data_quality(states: States, overall: OverallResult) -> DataQualityResult:
    plan = states.plan
    ids = plan.row_ids.result(states[plan.row_ids])
    return replace(
        data_quality(states[plan.intake], states[plan.rejected]),
        duplicate_ids=None if ids is None else ids.repeated,
        rescaling_adds=plan.off_sums.rescaling_adds(states[plan.off_sums], overall.weight),
    )


def _audit(states: States) -> AuditResult:
    plan = states.plan
    return AuditResult(
        class_order=class_order_of(states),
        grid=plan.grid.result(states[plan.grid]),
        row_ids=plan.row_ids.result(states[plan.row_ids]),
    )


def _input_result(
    predictions: Predictions, settings: EvaluateSettings, states: States
) -> InputResult:
    plan = states.plan
    quality = data_quality(states[plan.intake], states[plan.rejected])
    given = _input_of(predictions, settings, quality, states.n_read)
    # Rows of weight zero are read, not rejected, and not scored.
    return replace(
        given,
        rows_scored=states[plan.overall].total()[0],
        floor=plan.floor,
        label_smoothing=plan.label_smoothing,
    )


def _input_of(
    predictions: Predictions, settings: EvaluateSettings, quality: DataQualityResult, n_read: int
) -> InputResult:
    n_rejected = sum(reason.n for reason in quality.invalid)
    return InputResult(
        paths=predictions.paths,
        format=predictions.format,
        bytes=predictions.n_bytes,
        rows_read=n_read,
        rows_scored=n_read - n_rejected - quality.zero_weight_rows,
        rows_rejected=n_rejected,
        columns=predictions.columns,
        classes=predictions.classes,
        positive=predictions.classes[predictions.positive]
        if len(predictions.classes) == 2
        else None,
        input_kind=predictions.input_kind,
        floor=None,
        normalize=settings.normalize,
        readings=predictions.readings,
    )


def refuse_if_nothing_was_scored(result: EvaluationResult) -> None:
    """Make sure that some row was scored: a verdict on nothing is none.

    Raises
    ------
    InputError
        If every row was left out, or all of them weigh nothing.
    """
    if result.overall.n:
        return
    path = result.input.paths[0] if result.input.paths else None
    task = TASKS.get(result.task)
    quality = result.data_quality
    if task is not None and not quality.invalid and not quality.zero_weight_rows:
        return  # nothing was wrong with the rows, they were empty: a finding says so
    if not result.data_quality.invalid:
        raise InputError(
            f"all {result.input.rows_read:,} rows have the weight 0, so nothing is left to score.",
            path=path,
            column=result.input.columns.weight,
            hint="Rows of weight 0 are counted and not scored.",
        )
    first = result.data_quality.invalid[0]
    example = first.examples[0]
    raise InputError(
        f"every one of the {result.input.rows_read:,} rows was left out, so nothing is left to "
        f"score; most often because {first.reason} (first: '{example.value}').",
        path=path,
        row=example.row,
        column=example.column,
        hint=_check_columns() if task is None else task.hint,
    )
