"""Log-probabilities of tokens out of cells: one number a cell, or a list of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import FloatArray, IntArray
from evalreport.readers.bridge import mask_to_numpy, numbers_to_numpy
from evalreport.readers.labels import as_text
from evalreport.readers.numbers import ABSENT, NO_NUMBER, NUMBER, Kinds, read_numbers

_FIELD = "logprob"
"""Where a token is a record, the field that holds its log-probability."""
NO_LIST = 3
"""Kind of a row whose text is no list."""

_PYTHON_WORDS = ((r"\bNone\b", "null"), (r"\binf\b", "Infinity"), (r"\bnan\b", "NaN"))


@dataclass(frozen=True, slots=True)
class TokenCells:
    """The tokens of some rows, row after row.

    Parameters
    ----------
    values : float64 ndarray of shape (n_tokens,)
        NaN where `kinds` says that there is no number.
    kinds : uint8 ndarray of shape (n_tokens,)
        What each token is.
    starts : int64 ndarray of shape (n_rows + 1,)
        Where the tokens of each row start.
    row_kinds : uint8 ndarray of shape (n_rows,)
        ABSENT for rows without a list, NO_LIST for text that is none; else NUMBER.
    """

    values: FloatArray
    kinds: Kinds
    starts: IntArray
    row_kinds: Kinds

    def taken(self, rows: IntArray, tokens: IntArray) -> tuple[FloatArray, IntArray]:
        """Return the values of some rows, only the tokens at these places, and their starts."""
        row_of = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        wanted = np.isin(row_of[tokens], rows)
        lengths = np.bincount(row_of[tokens], minlength=len(self.starts) - 1)[rows]
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        return self.values[tokens][wanted], starts


def holds_lists(column: pa.Array) -> bool:
    """Tell whether the cells of a column are lists, as such or as text."""
    if is_list(column.type):
        return True
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    texts = (each.as_py() for each in column)
    first = next((each.strip() for each in texts if each and each.strip()), "")
    return bool(first.startswith("["))


def is_list(kind: pa.DataType) -> bool:
    """Tell whether cells of this type are lists."""
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def read_tokens(column: pa.Array, *, lists: bool, decimal: str = ".") -> TokenCells:
    """Return the tokens of a column of numbers or of lists.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError
        If cells of this type hold neither.
    """
    n_rows = len(column)
    if not lists:
        values, kinds = read_numbers(column, decimal)
        plain = np.zeros(n_rows, np.uint8) if kinds is None else kinds
        return TokenCells(values, plain, np.arange(n_rows + 1), np.zeros(n_rows, np.uint8))
    if not is_list(column.type):
        return _from_texts(as_text(column))
    row_kinds = mask_to_numpy(pc.is_null(column)).astype(np.uint8) * np.uint8(ABSENT)
    lengths = numbers_to_numpy(pc.coalesce(pc.list_value_length(column).cast(pa.int64()), 0))
    tokens = pc.list_flatten(column)
    if pa.types.is_struct(tokens.type):
        tokens = pc.struct_field(tokens, _FIELD)
    values, kinds = read_numbers(tokens)
    plain = np.zeros(len(values), np.uint8) if kinds is None else kinds
    return TokenCells(values, plain, _starts(lengths), row_kinds)


def _starts(lengths: Any) -> IntArray:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _from_texts(texts: pa.Array) -> TokenCells:
    rows = [_parsed(text) for text in texts.to_pylist()]
    tokens = [_token(each) for row in rows if isinstance(row, list) for each in row]
    lengths = [len(row) if isinstance(row, list) else 0 for row in rows]
    row_kinds = [row if isinstance(row, int) else NUMBER for row in rows]
    return TokenCells(
        np.array([value for value, _ in tokens], dtype=np.float64),
        np.array([kind for _, kind in tokens], dtype=np.uint8),
        _starts(lengths),
        np.array(row_kinds, dtype=np.uint8),
    )


def _parsed(text: str | None) -> list[Any] | int:
    """Return the list that a text holds, or what kind of cell it is instead."""
    if text is None or not text.strip():
        return ABSENT
    try:
        found = _json(text)
    except ValueError:
        return NO_LIST
    return found if isinstance(found, list) else NO_LIST


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        # Tables written from Python hold lists in Python's own spelling.
        for word, spelling in _PYTHON_WORDS:
            text = re.sub(word, spelling, text)
        return json.loads(text)


def token_text(column: pa.Array, row: int, number: int) -> str:
    """Return the token of this number, counted from 0, in a row that holds a list."""
    found = column[row].as_py()
    tokens = found if isinstance(found, list) else _json(str(found))
    token = tokens[number]
    token = token.get(_FIELD, "") if isinstance(token, dict) else token
    return token if isinstance(token, str) else json.dumps(token)


def _token(found: Any) -> tuple[float, int]:
    if isinstance(found, dict):
        found = found.get(_FIELD, "")
    if found is None:
        return np.nan, ABSENT
    if isinstance(found, bool) or not isinstance(found, int | float):
        return np.nan, NO_NUMBER
    return float(found), NUMBER
