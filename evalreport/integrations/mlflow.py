"""Evaluations in MLflow: the optional extra ``mlflow``.

Examples
--------
>>> import mlflow  # doctest: +SKIP
>>> from evalreport.integrations.mlflow import log  # doctest: +SKIP
>>> with mlflow.start_run():  # doctest: +SKIP
...     log(evaluation)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, TypeVar

from evalreport.errors import OutputError, SettingsError
from evalreport.evaluated import Evaluation
from evalreport.results import ClassResult, EvaluationResult, SliceResult

MOST_AT_ONCE = 1_000
"""Metrics that a tracking server takes in one request."""
_LONGEST_NAME = 100

ValueT = TypeVar("ValueT")


def log(evaluation: Evaluation, *, prefix: str = "", step: int | None = None) -> None:
    """Log an evaluation to the active MLflow run.

    Metrics are the numbers of `overall` by their names in the evaluation file (``log_loss``,
    ``accuracy``, …), the interval as ``interval_low`` and ``interval_high``, ``baseline_log_loss``,
    ``skill``, ``calibration_gap``, ``ece``, ``change_since_previous``, the numbers of errors and
    warnings among the findings, and ``class/NAME/log_loss`` and ``slice/COLUMN/VALUE/log_loss``.
    Losses are in nats. What is not defined is left out, as MLflow knows no missing numbers. Params
    say how the input was understood, tags tell band and digest, and the artifacts in the folder
    ``evalreport`` are the report and the evaluation file.

    Parameters
    ----------
    evaluation : Evaluation
        What `evalreport.evaluate`, `evaluate_file` or `read_evaluation` returned.
    prefix : str
        Stands before every name, to tell several evaluations of one run apart: ``"test_"``.
    step : int, optional
        The step of the training that the metrics belong to.

    Raises
    ------
    SettingsError
        If MLflow is not installed, or no run is active.
    OutputError
        If MLflow refuses, for instance because its server cannot be reached.
    """
    mlflow = _mlflow()
    if mlflow.active_run() is None:
        raise SettingsError(
            "no MLflow run is active, so there is nothing to log to.\n"
            "  Log inside 'with mlflow.start_run():'."
        )
    result = evaluation.result
    try:
        mlflow.log_params(_named(prefix, _params(result)))
        mlflow.set_tags(_named(prefix, _tags(result)))
        numbers = list(_named(prefix, metrics(result)).items())
        for start in range(0, len(numbers), MOST_AT_ONCE):
            mlflow.log_metrics(dict(numbers[start : start + MOST_AT_ONCE]), step=step)
        mlflow.log_text(evaluation.to_html(), f"{prefix}evalreport/report.html")
        mlflow.log_text(evaluation.to_json(), f"{prefix}evalreport/evaluation.json")
    except mlflow.exceptions.MlflowException as error:
        raise OutputError(f"MLflow refused the evaluation: {error}") from error


def metrics(result: EvaluationResult) -> dict[str, float]:
    """Return the numbers that MLflow gets, by their names."""
    found = {name: value for name, value in _overall(result) if value is not None}
    names = [
        *(f"class/{_plain(each.name)}" for each in result.classes),
        *(f"slice/{_plain(each.column)}/{_plain(each.value)}" for each in result.slices),
    ]
    groups: list[ClassResult | SliceResult] = [*result.classes, *result.slices]
    for group, each in zip(_distinct(names), groups, strict=True):
        kind = "cross_entropy" if each.log_loss is None else "log_loss"
        if each.cross_entropy is not None:
            found[f"{group}/{kind}"] = each.cross_entropy
    return {name: float(value) for name, value in found.items()}


_OF_OVERALL = (
    "log_loss",
    "cross_entropy",
    "target_entropy",
    "kl_divergence",
    "standard_error",
    "class_balanced_log_loss",
    "perplexity",
    "mean_probability",
    "accuracy",
    "brier_score",
    "n",
    "weight",
    "zero_probability_rows",
    "floored_rows",
)


def _overall(result: EvaluationResult) -> Iterator[tuple[str, float | None]]:
    yield from ((name, getattr(result.overall, name)) for name in _OF_OVERALL)
    if result.overall.interval is not None:
        yield from zip(("interval_low", "interval_high"), result.overall.interval, strict=True)
    yield "rows_rejected", result.input.rows_rejected
    yield "baseline_log_loss", result.baseline.class_frequencies
    yield "skill", result.baseline.skill
    yield "calibration_gap", result.calibration.gap
    yield "ece", None if result.calibration.ece is None else result.calibration.ece.value
    if result.comparison is not None:
        yield "change_since_previous", result.comparison.change
    for severity in ("error", "warning"):
        yield f"{severity}s", sum(each.severity == severity for each in result.findings)


def _params(result: EvaluationResult) -> dict[str, str | float]:
    """Return what was asked for: MLflow keeps a param as it was first said."""
    return {
        "evalreport_task": result.task,
        "evalreport_input_kind": result.input.input_kind,
        "evalreport_floor": "none" if result.input.floor is None else result.input.floor,
        "evalreport_normalize": result.input.normalize,
        "evalreport_label_smoothing": result.input.label_smoothing,
    }


def _tags(result: EvaluationResult) -> dict[str, str]:
    band = result.overall.band
    return {
        "evalreport_band": "none" if band is None else band.name,
        "evalreport_digest": result.digest,
        "evalreport_title": result.title,
        "evalreport_version": result.evalreport_version,
    }


def _named(prefix: str, values: dict[str, ValueT]) -> dict[str, ValueT]:
    return {f"{prefix}{name}": value for name, value in values.items()}


def _plain(name: str) -> str:
    """Return a name out of the data as a part of the name of a metric.

    Examples
    --------
    >>> _plain("refund"), _plain("a/b|c"), _plain(".."), _plain("")
    ('refund', 'a_b_c', '_', '_')
    """
    kept = re.sub(r"[^\w.\- ]", "_", name)[:_LONGEST_NAME].strip()
    return kept if kept.strip(".") else "_"


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names, with numbers where they are the same, so that nothing is replaced."""
    taken: dict[str, None] = {}
    for name in names:
        candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
        taken[next(each for each in candidates if each not in taken)] = None
    return list(taken)


def _mlflow() -> Any:
    try:
        import mlflow
    except ModuleNotFoundError as error:
        raise SettingsError(
            "MLflow is not installed.\n  Install it: pip install 'evalreport[mlflow]'."
        ) from error
    return mlflow
