"""The Python interface: evaluate arrays or files, read evaluations back, and show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import evalreport
from evalreport.created import creation_time
from evalreport.evaluation import (
    EvaluateSettings,
    evaluate_predictions,
    refuse_if_nothing_was_scored,
)
from evalreport.evaluation_file import dumps, read_result
from evalreport.limits import NO_LIMITS, Limits, judge_limits
from evalreport.readers import open_predictions, predictions_from_arrays
from evalreport.readers.interface import Predictions, ReadSettings
from evalreport.results import EvaluationResult, Floor, InputKind, Interval
from evalreport.task_results import TaskColumns
from evalreport.write import StagedFiles

if TYPE_CHECKING:
    import pandas as pd

    from evalreport.report.model import Report


class Evaluation:
    """What evalreport found out about some predictions.

    Shows itself in a notebook. ``result`` holds every number, as in the evaluation file; the
    properties are the headline and the tables. Losses are in nats, lower is better.
    """

    def __init__(self, result: EvaluationResult) -> None:
        self.result = result

    def __repr__(self) -> str:
        from evalreport.renderers.terminal import TerminalRenderer

        return TerminalRenderer().render(self._report())

    @property
    def log_loss(self) -> float | None:
        """Mean log loss in nats; None if it is infinite, labels are soft or nothing was scored."""
        return self.result.overall.log_loss

    @property
    def cross_entropy(self) -> float | None:
        """Mean cross-entropy in nats: the log loss with hard labels."""
        return self.result.overall.cross_entropy

    @property
    def kl_divergence(self) -> float | None:
        """Cross-entropy above the entropy of the targets, in nats; the band is judged on it."""
        return self.result.overall.kl_divergence

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the log loss, or of the excess with soft labels."""
        return self.result.overall.interval

    @property
    def band(self) -> str | None:
        """Name of the score band. Read it together with the baseline."""
        return None if self.result.overall.band is None else self.result.overall.band.name

    @property
    def baseline(self) -> float | None:
        """Log loss of always predicting the class frequencies."""
        return self.result.baseline.class_frequencies

    @property
    def skill(self) -> float | None:
        """1 - log loss / baseline: 1 is perfect, 0 knows nothing, below 0 does harm."""
        return self.result.baseline.skill

    @property
    def digest(self) -> str:
        """Fingerprint of the statistics."""
        return self.result.digest

    @property
    def classes(self) -> pd.DataFrame:
        """One row a class."""
        return _frame(self.result.classes)

    @property
    def slices(self) -> pd.DataFrame:
        """One row a value of a slice column."""
        return _frame(self.result.slices)

    @property
    def worst_rows(self) -> pd.DataFrame:
        """The rows with the highest loss, worst first."""
        return _frame(self.result.worst_rows)

    @property
    def findings(self) -> pd.DataFrame:
        """What needs attention."""
        return _frame(self.result.findings)

    @property
    def loss_by_forecast(self) -> pd.DataFrame:
        """Observed and expected loss in bins of the forecast."""
        return _frame(self.result.loss_by_forecast)

    @property
    def loss_by_probability(self) -> pd.DataFrame:
        """Rows and loss by the probability given to what happened."""
        return _frame(self.result.loss_by_probability)

    @property
    def limits(self) -> pd.DataFrame:
        """What became of each limit; empty if none was set."""
        return _frame(self.result.limits)

    def with_limits(self, limits: Limits | None = None, **each: Any) -> Evaluation:
        """Return the evaluation with limits judged, as ``with_limits(max_loss=0.3)``.

        The keywords are the fields of `evalreport.Limits`.
        """
        judged = judge_limits(self.result, replace(limits or NO_LIMITS, **each))
        return Evaluation(replace(self.result, limits=judged))

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as one self-contained page, and write it to `path` if given."""
        from evalreport.renderers import html_renderer

        return _written(html_renderer().render(self._report()), path)

    def to_markdown(self, path: str | Path | None = None) -> str:
        """Return the summary in Markdown, and write it to `path` if given."""
        from evalreport.renderers import markdown_renderer

        return _written(markdown_renderer().render(self._report()), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the evaluation file, and write it to `path` if given."""
        return _written(dumps(self.result), path)

    def _report(self) -> Report:
        from evalreport.report import build_report

        return build_report(self.result)

    def _repr_html_(self) -> str:
        from evalreport.renderers.html import render_fragment

        return render_fragment(self._report())


def _frame(results: Sequence[Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([asdict(each) for each in results])


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        with StagedFiles() as files:
            files.write(Path(path), text)
            files.commit()
    return text


def evaluate(
    observed: Any = None,
    probs: Any = None,
    *,
    targets: Any = None,
    normalize_targets: bool = False,
    label_smoothing: float = 0.0,
    classes: Sequence[Any] | None = None,
    positive: Any = None,
    input_kind: InputKind = "probabilities",
    weights: Any = None,
    slices: Mapping[str, Any] | None = None,
    ids: Any = None,
    clusters: Any = None,
    on_invalid: Literal["error", "drop"] = "error",
    normalize: Literal["error", "rescale", "as-is"] = "error",
    floor: Floor = "auto",
    worst: int = 20,
    show: Mapping[str, Any] | None = None,
    title: str = "predictions",
) -> Evaluation:
    """Evaluate predictions that are in memory.

    Parameters
    ----------
    observed : array_like of shape (n_rows,)
        What happened: class names, integers or booleans.
    probs : array_like of shape (n_rows,) or (n_rows, n_classes)
        Predictive distributions; one dimension holds the probability of the positive class.
        NumPy arrays, lists, pandas objects, anything with the Arrow C stream interface, tensors.
    targets : array_like of shape (n_rows,) or (n_rows, n_classes), optional
        Soft labels instead of `observed`: distributions of what happened. Columns are matched to
        those of `probs` by name if both are data frames, else by position.
    normalize_targets : bool
        Whether `targets` are counts, to be divided by their sum.
    label_smoothing : float
        How much of equal odds is mixed into what happened, from 0 to below 1.
    classes : sequence, optional
        Names of the classes in the order of the columns of `probs`; by default the column names
        of a data frame, or the sorted distinct observations if there are as many.
    positive : optional
        The class that a one-dimensional `probs` speaks of.
    input_kind : {"probabilities", "percentages", "logits", "log-probabilities"}
        What the numbers in `probs` are.
    weights : array_like of shape (n_rows,), optional
        Case weights, >= 0.
    slices : mapping of str to array_like, optional
        Columns to report by.
    ids : array_like of shape (n_rows,), optional
        Row ids.
    clusters : array_like of shape (n_rows,), optional
        What rows belong to, as a patient or a page: rows of the same name are not independent, and
        intervals allow for it.
    on_invalid : {"error", "drop"}
        What to do with a row that cannot be scored.
    normalize : {"error", "rescale", "as-is"}
        What to do with rows that do not sum to 1 within 0.01.
    floor : float, None or "auto"
        Least probability scored; None for none. "auto" is 2**-52, and none for logits and
        log-probabilities.
    worst : int
        How many of the rows of the highest loss to keep, 1,000 at most.
    show : mapping of str to array_like, optional
        Columns whose contents are shown with the worst rows.
    title : str
        Title of the report.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If the predictions are refused; the message names row, column and value.
    SettingsError
        If what happened is told in two ways or none, or a setting is out of range.

    Examples
    --------
    >>> import evalreport
    >>> evaluation = evalreport.evaluate(
    ...     [1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [0.8, 0.9, 0.9, 0.6, 0.8, 0.1, 0.4, 0.2, 0.1, 0.3]
    ... )
    >>> round(evaluation.log_loss, 3), evaluation.band
    (0.247, 'can probably improve')
    """
    predictions = predictions_from_arrays(
        observed,
        probs,
        targets=targets,
        normalize_targets=normalize_targets,
        classes=classes,
        positive=positive,
        input_kind=input_kind,
        weights=weights,
        slices=slices,
        ids=ids,
        clusters=clusters,
        on_invalid=on_invalid,
        normalize=normalize,
        show=show,
    )
    settings = EvaluateSettings(
        floor=floor, normalize=normalize, n_worst=worst, label_smoothing=label_smoothing
    )
    return _evaluated(predictions, settings, title)


def evaluate_file(
    paths: str | Path | Sequence[str | Path],
    *more_paths: str | Path,
    format: str | None = None,
    label: str | None = None,
    probs: str | Sequence[str] = (),
    target_probs: str | Sequence[str] = (),
    normalize_targets: bool = False,
    label_smoothing: float = 0.0,
    positive: str | None = None,
    classes: Sequence[str] | None = None,
    input_kind: InputKind = "probabilities",
    class_column: str | None = None,
    delimiter: str | None = None,
    decimal: Literal[".", ","] | None = None,
    header: bool = True,
    weight: str | None = None,
    id: str | None = None,
    slices: Sequence[str] = (),
    cluster: str | None = None,
    text: str | None = None,
    n_chars: str | None = None,
    n_bytes: str | None = None,
    mean: str | None = None,
    std: str | None = None,
    on_invalid: Literal["error", "drop"] = "error",
    normalize: Literal["error", "rescale", "as-is"] = "error",
    floor: Floor = "auto",
    worst: int = 20,
    show: Sequence[str] = (),
    title: str | None = None,
    workers: int = 1,
) -> Evaluation:
    """Evaluate predictions that are in files, without ever holding all of them in memory.

    Parameters
    ----------
    paths, *more_paths : str or Path, or a sequence of them
        Files of one format, a directory of them, a pattern with stars, or addresses with a scheme.
    format, label, probs, target_probs, normalize_targets, positive, classes, input_kind, weight, id
        As the options of ``evalreport report``: names of columns and classes. What is left out
        is found by name; ``evaluation.result.input.readings`` says how.
    slices, show, class_column, delimiter, decimal
        As the options ``--slice``, ``--show``, ``--class-column``, ``--delimiter``, ``--decimal``.
    header : bool
        Whether the first line of a text file names the columns; else they are called 1, 2, 3, ….
    cluster
        Column of what rows belong to; intervals allow for it.
    text, n_chars, n_bytes
        Columns of token files (``input_kind="tokens"``).
    mean, std
        Columns of Gaussian forecasts (``input_kind="gaussian"``).
    label_smoothing, on_invalid, normalize, floor, worst, title
        As in `evaluate`.
    workers : int
        How many processes may read large inputs.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        If the input is refused; the message names file, row, column and value.
    """
    settings = _read_settings(locals())
    files = _listed(paths, more_paths)
    predictions = open_predictions(files, settings)
    how = EvaluateSettings(
        floor=floor,
        normalize=normalize,
        n_worst=worst,
        workers=workers,
        label_smoothing=label_smoothing,
    )
    return _evaluated(predictions, how, title or Path(files[0]).name.split(".")[0])


def _evaluated(predictions: Predictions, settings: EvaluateSettings, title: str) -> Evaluation:
    result = evaluate_predictions(
        predictions,
        settings,
        title=title,
        created=creation_time(predictions.modified),
        version=evalreport.__version__,
    )
    refuse_if_nothing_was_scored(result)
    return Evaluation(result)


def _read_settings(given: Mapping[str, Any]) -> ReadSettings:
    """Return the arguments of `evaluate_file` that say how to read, most of them as they are."""
    same = {each.name: given[each.name] for each in fields(ReadSettings) if each.name in given}
    several = {name: given[name] for name in ("probs", "target_probs", "slices", "show")}
    classes = given["classes"]
    task_columns = {each.name: given[each.name] for each in fields(TaskColumns)}
    changed = {
        **{name: (it,) if isinstance(it, str) else tuple(it) for name, it in several.items()},
        "classes": None if classes is None else tuple(classes),
        "task_columns": TaskColumns(**task_columns),
    }
    return ReadSettings(**(same | changed))


def _listed(paths: str | Path | Sequence[str | Path], more: Sequence[str | Path]) -> list[str]:
    first = [paths] if isinstance(paths, str | Path) else list(paths)
    return [str(path) for path in (*first, *more)]


def read_evaluation(path: str | Path) -> Evaluation:
    """Read an evaluation that was written with ``--json`` or `Evaluation.to_json`.

    Raises
    ------
    InputError
        If the file is missing or no evaluation file that can be read here.
    """
    return Evaluation(read_result(str(path)))
