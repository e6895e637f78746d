"""Tokens, Gaussian forecasts and most likely classes in memory: the same columns as in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np
import pyarrow as pa

from evalreport.errors import InputError, SettingsError
from evalreport.readers.arrays import ArrayPart, common_length, predictions_from_arrays
from evalreport.readers.interface import Predictions, ReadSettings, Source
from evalreport.readers.labels import canonical
from evalreport.readers.memory import ColumnOfCells, as_column, named_columns
from evalreport.readers.opening import Stamp, understand, understood
from evalreport.readers.task_rows import refuse_task_columns
from evalreport.readers.tasks import TASK_READERS, TOP_K, TaskReader
from evalreport.readers.top_k_arrays import listed_columns
from evalreport.readers.values import as_arrow
from evalreport.task_results import TaskColumns

_SETTINGS = {"observed": "label", "weights": "weight", "ids": "id"}
"""Arrays by the setting that names their column in a file; those of `TaskColumns` are here:"""
_TASK_COLUMNS = {
    **{"clusters": "cluster", "texts": "text"},
    **{each: each for each in ("n_chars", "n_bytes", "mean", "std")},
}


def predictions_in_memory(given: Mapping[str, Any]) -> Predictions:
    """Take what is in memory, whatever it is.

    Parameters
    ----------
    given : mapping of str to anything
        The arguments of `evalreport.evaluate`, by their names.

    Raises
    ------
    InputError
        If the predictions cannot be understood.
    SettingsError
        If the arguments contradict each other.
    """
    if given["input_kind"] in TASK_READERS:
        return _task_predictions(given)
    if given["top_k"]:
        return _top_k_predictions(given)
    if given["top_labels"] is not None:
        raise SettingsError("top_labels= names the most likely classes: add top_k=True.")
    only_tasks = {name: given[name] for name in _TASK_COLUMNS if name != "clusters"}
    refuse_task_columns({name: name for name, each in only_tasks.items() if each is not None})
    names = signature(predictions_from_arrays).parameters
    return predictions_from_arrays(**{name: given[name] for name in names})


def _task_predictions(given: Mapping[str, Any]) -> Predictions:
    """Take tokens or Gaussian forecasts; the same checks apply as to a file."""
    kind = given["input_kind"]
    refuse_task_columns({} if given["top_labels"] is None else {"top_labels": "top_labels"})
    _refuse_absent(given, ("probs",) if kind == "tokens" else ("observed", "mean", "std"))
    probs = {} if given["probs"] is None else {"probs": token_lists(given["probs"])}
    return _read_as_file(given, probs, {}, TASK_READERS[kind])


def _top_k_predictions(given: Mapping[str, Any]) -> Predictions:
    _refuse_absent(given, ("observed", "probs"))
    return _read_as_file(given, *listed_columns(given), TOP_K)


def _refuse_absent(given: Mapping[str, Any], needed: Sequence[str]) -> None:
    absent = [f"{name}=" for name in needed if given[name] is None]
    if absent:
        raise SettingsError(
            f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing."
        )


def _read_as_file(
    given: Mapping[str, Any],
    probs: Mapping[str, ColumnOfCells],
    labels: Mapping[str, ColumnOfCells],
    reader: TaskReader,
) -> Predictions:
    """Put the arrays side by side, as a file has them, with settings that name their columns."""
    slices = named_columns(given["slices"], "slices")
    forecasts = {_free(name, slices): column for name, column in (*probs.items(), *labels.items())}
    shown = named_columns(given["show"], "show")
    taken = {**slices, **forecasts}
    names = {each: _free(each, taken) for each in (*_SETTINGS, *_TASK_COLUMNS)}
    names = {each: name for each, name in names.items() if given[each] is not None}
    columns = forecasts | {name: as_column(given[each], each) for each, name in names.items()}
    columns |= {name: as_column(each, f"slice '{name}'") for name, each in slices.items()}
    show = {name: _free(name, columns) for name in shown}
    columns |= {show[name]: as_column(each, name) for name, each in shown.items()}
    part = ArrayPart(columns, common_length(columns, next(iter(columns))))

    def named(arrays: Mapping[str, str]) -> dict[str, str]:
        return {to: names[each] for each, to in arrays.items() if each in names}

    settings = ReadSettings(
        input_kind=given["input_kind"],
        top_k=given["top_k"],
        probs=tuple(forecasts)[: len(probs)],
        top_labels=tuple(forecasts)[len(probs) :],
        target_probs=() if given["targets"] is None else ("targets",),
        classes=None if given["classes"] is None else tuple(map(canonical, given["classes"])),
        positive=None if given["positive"] is None else canonical(given["positive"]),
        slices=tuple(slices),
        show=tuple(show.values()),
        task_columns=TaskColumns(**named(_TASK_COLUMNS)),
        **named(_SETTINGS),  # type: ignore[arg-type]  # all of them are names of columns
        **{each: given[each] for each in ("on_invalid", "normalize", "normalize_targets")},
    )
    source = Source(None, tuple(columns), True, (part,))
    plan = understand([source], settings, reader.plan)
    return understood([source], plan, settings, "arrays", Stamp(), reader.shard)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name += "'"
    return name


def token_lists(given: Any) -> ColumnOfCells:
    """Return log-probabilities as a column: one a row, or a list of them a row.

    Parameters
    ----------
    given : array-like of shape (n_tokens,), or a sequence of array-likes
        A sequence of sequences, an array of two dimensions, a pandas or Arrow column of lists: a
        row is a document then.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if isinstance(given, pa.Array | pa.ChunkedArray):
        return given if isinstance(given, pa.ChunkedArray) else pa.chunked_array([given])
    first = next((each for each in _items(given) if each is not None), None)
    if first is None or isinstance(first, str | bytes | dict) or np.ndim(first) == 0:
        return as_column(given, "probs")
    lists = [None if each is None else _as_list(each) for each in _items(given)]
    try:
        return pa.chunked_array([as_arrow(lists)])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(
            f"probs cannot be read as lists of log-probabilities: {error}.",
            hint="Pass an array with one number a token, or a list with one such array a document.",
        ) from error


def _items(given: Any) -> Sequence[Any]:
    """Return the rows of what holds them; nothing if it cannot be gone through."""
    if isinstance(given, Mapping | str | bytes):
        return ()
    try:
        return list(given)
    except TypeError:
        return ()


def _as_list(each: Any) -> list[Any]:
    """Return one list of tokens; a first token may have no number, and tokens may be records."""
    return list(each) if isinstance(each, list | tuple) else np.asarray(each).tolist()
