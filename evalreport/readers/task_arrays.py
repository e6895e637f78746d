"""Tokens and Gaussian forecasts out of memory: the same columns as in a file, by other names."""

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
from evalreport.readers.tasks import TASK_READERS
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
    only_tasks = {name: given[name] for name in _TASK_COLUMNS if name != "clusters"}
    refuse_task_columns({name: name for name, each in only_tasks.items() if each is not None})
    names = signature(predictions_from_arrays).parameters
    return predictions_from_arrays(**{name: given[name] for name in names})


def _task_predictions(given: Mapping[str, Any]) -> Predictions:
    """Take tokens or Gaussian forecasts; the same checks apply as to a file."""
    kind = given["input_kind"]
    needed = ("probs",) if kind == "tokens" else ("observed", "mean", "std")
    absent = [f"{name}=" for name in needed if given[name] is None]
    if absent:
        raise SettingsError(
            f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing."
        )
    columns: dict[str, ColumnOfCells] = {}
    slices = named_columns(given["slices"], "slices")
    names = {each: _free(each, slices) for each in ("probs", *_SETTINGS, *_TASK_COLUMNS)}
    for each, name in names.items():
        if given[each] is not None:
            columns[name] = (
                token_lists(given[each]) if each == "probs" else as_column(given[each], each)
            )
    columns |= {name: as_column(each, f"slice '{name}'") for name, each in slices.items()}
    part = ArrayPart(columns, common_length(columns, names[needed[0]]))

    def named(arrays: Mapping[str, str]) -> dict[str, str]:
        return {to: names[each] for each, to in arrays.items() if given[each] is not None}

    settings = ReadSettings(
        input_kind=kind,
        probs=(names["probs"],) if given["probs"] is not None else (),
        target_probs=() if given["targets"] is None else ("targets",),
        classes=None if given["classes"] is None else tuple(map(canonical, given["classes"])),
        positive=None if given["positive"] is None else canonical(given["positive"]),
        slices=tuple(slices),
        show=tuple(given["show"] or ()),
        task_columns=TaskColumns(**named(_TASK_COLUMNS)),
        **named(_SETTINGS),  # type: ignore[arg-type]  # all of them are names of columns
        **{each: given[each] for each in ("on_invalid", "normalize", "normalize_targets")},
    )
    source = Source(None, tuple(columns), True, (part,))
    reader = TASK_READERS[kind]
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
        return pa.chunked_array([pa.array(lists)])
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
    return each if isinstance(each, list) else np.asarray(each).tolist()
