"""Rows in memory that hold only their most likely classes: as lists, or with names inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from evalreport.errors import InputError, SettingsError
from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.memory import ColumnOfCells, as_columns, holds_records
from evalreport.readers.tensors import without_gradient
from evalreport.readers.values import as_arrow


def listed_columns(
    given: Mapping[str, Any],
) -> tuple[dict[str, ColumnOfCells], dict[str, ColumnOfCells]]:
    """Return the columns of the probabilities, and those of the labels beside them.

    Parameters
    ----------
    given : mapping of str to anything
        The arguments of `evalreport.evaluate`: `probs` are mappings of labels to probabilities,
        lists of label and score, a data frame with a column for each class, or lists of numbers
        with `top_labels` of the same shape.

    Raises
    ------
    InputError
        If something cannot be read.
    SettingsError
        If nothing says which classes the numbers are of.
    """
    probs, labels = given["probs"], given["top_labels"]
    if labels is not None:
        return {"probs": _lists(probs, "probs")}, {"top_labels": _lists(labels, "top_labels")}
    if isinstance(probs, Sequence) and holds_records(probs):
        return {"probs": _records(probs)}, {}
    if isinstance(probs, pa.Array | pa.ChunkedArray):
        return {"probs": _lists(probs, "probs")}, {}
    found = as_columns(probs, "probs")
    if found.names is None:
        raise SettingsError(
            "nothing says which classes these probabilities are of.\n"
            "  Pass top_labels= in the shape of probs, or rows as mappings of labels to numbers."
        )
    return dict(zip(found.names, found.columns, strict=True)), {}


def _records(rows: Sequence[Any]) -> pa.ChunkedArray:
    try:
        return pa.chunked_array([as_arrow(rows)])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"probs cannot be read as records: {error}.") from error


def _lists(given: Any, what: str) -> pa.ChunkedArray:
    """Return a list for each row, of as many items as it has."""
    if isinstance(given, pa.ChunkedArray):
        return given
    if isinstance(given, pa.Array):
        return pa.chunked_array([given])
    given = without_gradient(given)
    if not isinstance(given, list | tuple) and np.ndim(given) == 2:
        table = np.asarray(given)
        if table.dtype.kind in "biuf":
            values = numbers_to_arrow(np.ascontiguousarray(table).reshape(-1))
            return pa.chunked_array([pa.FixedSizeListArray.from_arrays(values, table.shape[1])])
        given = table.tolist()
    try:
        rows = [None if each is None else np.asarray(each, dtype=object).tolist() for each in given]
        column = as_arrow(rows)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as error:
        raise InputError(f"{what} cannot be read as lists: {error}.") from error
    if not pa.types.is_list(column.type):
        raise InputError(f"{what} has one dimension, and two are needed: a list for each row.")
    return pa.chunked_array([column])
