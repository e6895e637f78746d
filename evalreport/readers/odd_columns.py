"""Columns that are named like probabilities and hold something else: lists as text, or classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.errors import InputError, clipped
from evalreport.readers.bridge import mask_to_numpy
from evalreport.readers.elements import is_list
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.labels import distinct, is_missing_word
from evalreport.readers.numbers import has_number
from evalreport.voice import CALLER

_STARTS_OF_LISTS = r"^\s*[\[{(]"
_WRITE_LISTS = (
    "Store it as such, in Parquet or in JSON without quotes around it; in CSV, give each class a "
    "column of its own."
)
_WRITE_NUMBERS = 'Write a number for each class, in one list: "probs": [0.8, 0.2].'


def refuse_odd_cells(glimpse: Glimpse, column: str, labels: Sequence[str]) -> None:
    """Make sure that a column that is to hold probabilities does not hold lists or classes.

    Raises
    ------
    InputError
        If it does, with the first row that shows it.
    """
    cells = glimpse.first_rows(column)
    cells = cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells
    cells = cells.cast(pa.string()) if pa.types.is_boolean(cells.type) else cells
    found = _fault(cells, labels)
    if found is None:
        return
    row, fact, hint = found
    value = str(cells[row].as_py())
    raise InputError(
        fact.format(clipped(value)),
        path=glimpse.path,
        row=row + 1,
        column=column,
        value=value,
        hint=hint,
    )


def _fault(cells: pa.Array, labels: Sequence[str]) -> tuple[int, str, str] | None:
    """Return row, fact and hint if the cells are no numbers; all of them are looked at."""
    if is_list(cells.type):
        return _fault_of_lists(cells)
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return None
    lists = pc.fill_null(pc.match_substring_regex(cells, _STARTS_OF_LISTS), False)
    if pc.any(lists).as_py():
        return _first(lists), "'{}' is a list or record that was stored as text.", _WRITE_LISTS
    texts = [each for each in distinct(cells)[1] if not is_missing_word(each)]
    if not texts or not set(texts) <= set(labels) or has_number(cells):
        return None
    hint = (
        "These look like predicted classes; name the probabilities with "
        f"{CALLER.option('probs', 'COL')}. Log loss cannot be told from classes alone."
    )
    return _first(cells.is_valid()), "'{}' is a class, not a probability.", hint


def _fault_of_lists(cells: pa.Array) -> tuple[int, str, str] | None:
    kind = cells.type
    if not pa.types.is_map(kind) and is_list(kind.value_type):
        return _first(cells.is_valid()), "the list {} holds lists, not numbers.", _WRITE_NUMBERS
    if not pa.types.is_map(kind) and _is_text(kind.value_type):
        return _first(cells.is_valid()), "the list {} holds texts, not numbers.", _WRITE_NUMBERS
    empty = pc.fill_null(pc.equal(pc.list_value_length(cells), 0), False)
    if pc.any(empty).as_py():
        return _first(empty), "the list is empty.", _WRITE_NUMBERS
    return None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _first(where: pa.Array) -> int:
    found = np.flatnonzero(mask_to_numpy(where))
    return int(found[0]) if len(found) else 0
