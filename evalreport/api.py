"""The Python interface: evaluate arrays or files, read evaluations back, and show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

import evalreport
from evalreport.bands import using
from evalreport.bands_file import scale_from
from evalreport.batch import PredictionBatch
from evalreport.created import creation_time
from evalreport.earlier import EarlierRun
from evalreport.errors import SettingsError
from evalreport.evaluated import Evaluation as Evaluation
from evalreport.evaluation import (
    EvaluateSettings,
    evaluate_predictions,
    refuse_if_nothing_was_scored,
)
from evalreport.evaluation_file import refuse_saved
from evalreport.readers import open_predictions, predictions_in_memory
from evalreport.readers.interface import Predictions, ReadSettings
from evalreport.results import EvaluationResult, Floor, InputKind
from evalreport.task_results import TaskColumns
from evalreport.training import parse_frequencies
from evalreport.voice import ARRAYS, KEYWORDS, speaking


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
    top_k: bool = False,
    top_labels: Any = None,
    texts: Any = None,
    n_chars: Any = None,
    n_bytes: Any = None,
    mean: Any = None,
    std: Any = None,
    on_invalid: Literal["error", "drop"] = "error",
    normalize: Literal["error", "rescale", "as-is"] = "error",
    floor: Floor = "auto",
    worst: int = 20,
    show: Mapping[str, Any] | None = None,
    title: str = "predictions",
    verify: bool = False,
    bands: str | Path | None = None,
    training_frequencies: str | Mapping[str, float] | None = None,
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
        of a data frame, or what these do not share, as in ``prob_cat``; without names the sorted
        distinct observations if there are as many.
    positive : optional
        The class that a one-dimensional `probs` speaks of.
    input_kind : {"probabilities", "percentages", "logits", "log-probabilities", "tokens", \
"gaussian"}
        What the numbers in `probs` are. For tokens `probs` is an array of the log-probabilities of
        the tokens that came, or a sequence with one such array a document, and nothing is passed
        as `observed`. For Gaussian forecasts there is no `probs`, but `mean` and `std`.
    weights : array_like of shape (n_rows,), optional
        Case weights, >= 0.
    slices : mapping of str to array_like, optional
        Columns to report by.
    ids : array_like of shape (n_rows,), optional
        Row ids.
    clusters : array_like of shape (n_rows,), optional
        What rows belong to, as a patient or a page: rows of the same name are not independent, and
        intervals allow for it. With tokens the document of each row.
    top_k : bool
        Whether rows hold only their most likely classes. `probs` are then mappings of labels to
        probabilities, lists of records with label and score, a data frame with a column for each
        class and nothing in it where a row does not list the class, or lists of numbers.
    top_labels : array_like of shape (n_rows, k), optional
        With `top_k`, the labels of the numbers in `probs`; rows may be of different lengths.
    texts, n_chars, n_bytes : array_like of shape (n_rows,), optional
        The text of each row of tokens, or how many characters and UTF-8 bytes it has.
    mean, std : array_like of shape (n_rows,), optional
        Gaussian forecasts of the numbers in `observed`.
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
    verify : bool
        Whether the log loss is computed once more by scikit-learn.
    bands : str or Path, optional
        A TOML file with own names and edges of bands; see the README.
    training_frequencies : mapping or str, optional
        How frequent each class was in training, as shares or counts: the report then says what
        always predicting these would score.

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
    >>> tokens = evalreport.evaluate(probs=[[-0.5, -1.5], [-4.0]], input_kind="tokens")
    >>> tokens.log_loss, tokens.result.tokens.document_mean.value
    (2.0, 2.5)
    """
    given = locals()
    with speaking(ARRAYS), using(scale_from(bands)):
        settings = EvaluateSettings(
            floor,
            normalize,
            worst,
            1,
            label_smoothing,
            verify,
            parse_frequencies(training_frequencies),
        )
        return _evaluated(predictions_in_memory(given), settings, title)


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
    top_k: bool = False,
    top_labels: str | Sequence[str] = (),
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
    verify: bool = False,
    workers: int = 1,
    previous: str | Path | EvaluationResult | None = None,
    pair_by_position: bool = False,
    bands: str | Path | None = None,
    training_frequencies: str | Mapping[str, float] | None = None,
) -> Evaluation:
    """Evaluate predictions that are in files, without ever holding all of them in memory.

    Parameters
    ----------
    paths, *more_paths : str or Path, or a sequence of them
        Files of one format, a directory of them, a pattern with stars, or addresses with a scheme.
    format, label, probs, target_probs, normalize_targets, positive, classes, input_kind, weight, id
        As the options of ``evalreport report``: names of columns and classes. What is left out
        is found by name; ``evaluation.result.input.readings`` says how.
    slices, show, top_k, top_labels, class_column, delimiter, decimal
        As the options ``--slice``, ``--show``, ``--top-k``, ``--top-labels`` and so on.
    header : bool
        Whether the first line of a text file names the columns; else they are called 1, 2, 3, ….
    cluster
        Column of what rows belong to; intervals allow for it.
    text, n_chars, n_bytes
        Columns of token files (``input_kind="tokens"``).
    mean, std
        Columns of Gaussian forecasts (``input_kind="gaussian"``).
    label_smoothing, on_invalid, normalize, floor, worst, title, verify, bands, training_frequencies
        As in `evaluate`.
    workers : int
        How many processes may read large inputs.
    previous : str, Path or EvaluationResult, optional
        An earlier run to compare with: predictions, an evaluation file, or what one holds.
    pair_by_position : bool
        Whether rows without ids are compared by their order.

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
    with speaking(KEYWORDS):
        shares = parse_frequencies(training_frequencies)
    how = EvaluateSettings(floor, normalize, worst, workers, label_smoothing, verify, shares)
    title = title or Path(files[0]).name.split(".")[0]
    before = previous if isinstance(previous, EvaluationResult | None) else str(previous)
    with speaking(KEYWORDS), using(scale_from(bands)):
        refuse_saved(files)
        predictions = open_predictions(files, settings)
        if before is None:
            return _evaluated(predictions, how, title)
        with EarlierRun(before, settings, how, predictions, pair_by_position) as earlier:
            keep = earlier.keep if earlier.wants_rows else None
            now = _evaluated(predictions, how, title, keep)
            return Evaluation(earlier.compared(now.result))


def _evaluated(
    predictions: Predictions,
    settings: EvaluateSettings,
    title: str,
    on_batch: Callable[[PredictionBatch], None] | None = None,
) -> Evaluation:
    result = evaluate_predictions(
        predictions,
        settings,
        title=title,
        created=creation_time(predictions.modified),
        version=evalreport.__version__,
        on_batch=on_batch,
    )
    refuse_if_nothing_was_scored(result)
    return Evaluation(result)


def _read_settings(given: Mapping[str, Any]) -> ReadSettings:
    """Return the arguments of `evaluate_file` that say how to read, most of them as they are."""
    same = {each.name: given[each.name] for each in fields(ReadSettings) if each.name in given}
    several = {it: given[it] for it in ("probs", "target_probs", "top_labels", "slices", "show")}
    classes = given["classes"]
    if isinstance(classes, str):
        raise SettingsError(f"classes takes the names of all classes, not {classes!r}.")
    task_columns = {each.name: given[each.name] for each in fields(TaskColumns)}
    changed = {
        **{name: (it,) if isinstance(it, str) else tuple(it) for name, it in several.items()},
        "classes": None if classes is None else tuple(classes),
        "task_columns": TaskColumns(**task_columns),
    }
    return ReadSettings(**(same | changed))


def _listed(paths: str | Path | Sequence[str | Path], more: Sequence[str | Path]) -> list[str]:
    if not isinstance(paths, str | Path | Iterable):
        raise SettingsError(
            f"paths takes the names of files, not {paths!r}.\n"
            "  Predictions that are in memory go to evaluate."
        )
    first = [paths] if isinstance(paths, str | Path) else list(paths)
    if not (first or more):
        raise SettingsError("no input was named.\n  Pass a file, a directory or a pattern.")
    return [str(path) for path in (*first, *more)]
