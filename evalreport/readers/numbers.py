"""Cells as float64, with a word for each cell that is no number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalreport.batch import FloatArray
from evalreport.readers.bridge import floats_to_numpy, mask_to_numpy
from evalreport.readers.labels import MISSING_WORDS, as_text

Kinds = NDArray[np.uint8]
NUMBER, ABSENT, NO_NUMBER = 0, 1, 2

_NUMBER_WITH_COMMA = r"^\s*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?\s*$"
_WHOLE_OR_ABSENT = r"(?i)^\s*([+-]?[0-9]+([eE][+-]?[0-9]+)?|na|n/a|<na>|nan|null|none|)\s*$"
_PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def read_numbers(column: pa.Array, decimal: str = ".") -> tuple[FloatArray, Kinds | None]:
    """Return the cells as float64, and what each cell is unless all of them are numbers.

    In text, `decimal` stands before the decimals. Cells that are no numbers are NaN, and so are
    truth values: nobody who writes one means a forecast of 1 or 0. Narrow floats are widened before
    anything is computed.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError
        If cells of this type cannot hold numbers, as lists cannot.
    """
    kind = column.type
    if pa.types.is_boolean(kind):
        absent = mask_to_numpy(pc.is_null(column))
        return np.full(len(column), np.nan), np.where(absent, ABSENT, NO_NUMBER).astype(np.uint8)
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        # Decimals go through text too: it is the only way that rounds them correctly.
        texts = as_text(column)
        if decimal == "," and not pa.types.is_decimal(kind):
            # A point groups thousands here, or is a mistake: either way the cell is no probability.
            texts = pc.replace_substring(pc.replace_substring(texts, ".", "'"), ",", ".")
        return _numbers_in_text(texts)
    if not column.null_count:
        return _float64(column), None
    return _float64(column), mask_to_numpy(pc.is_null(column)).astype(np.uint8) * np.uint8(ABSENT)


def read_happened(column: pa.Array, decimal: str = ".") -> tuple[FloatArray, Kinds | None]:
    """Return what happened as numbers, like `read_numbers`: true is 1 there, and false is 0."""
    if pa.types.is_boolean(column.type):
        return read_numbers(column.cast(pa.uint8()))
    values, kinds = read_numbers(column, decimal)
    if kinds is None or not (kinds == NO_NUMBER).any():
        return values, kinds
    words = pc.index_in(_told(column), _truth_words())
    is_truth = mask_to_numpy(pc.is_valid(words))
    said = floats_to_numpy(words.cast(pa.float64()))
    return np.where(is_truth, said, values), np.where(is_truth, NUMBER, kinds).astype(np.uint8)


def holds_truth_values(column: pa.Array) -> bool:
    """Tell whether any cell of a column is true or false, be it as text."""
    if pa.types.is_boolean(column.type):
        return bool(column.null_count < len(column))
    if pa.types.is_nested(column.type) or not len(column):
        return False
    return bool(pc.any(pc.is_in(_told(column), _truth_words())).as_py())


def _told(column: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(as_text(column)))


@cache
def _truth_words() -> pa.Array:
    return pa.array(["false", "true"])


def has_number(column: pa.Array) -> bool:
    """Tell whether any cell of a column of text is a number."""
    return bool((~np.isnan(read_numbers(column)[0])).any())


def has_decimal_commas(columns: Iterable[pa.Array]) -> bool:
    """Tell whether text holds numbers with a decimal comma, and none with a decimal point."""
    found = False
    for column in columns:
        kind = column.type
        if pa.types.is_null(kind):
            continue
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            return False
        texts = pc.drop_null(as_text(column))
        fits = pc.match_substring_regex(texts, _NUMBER_WITH_COMMA)
        if not pc.all(pc.or_(fits, pc.match_substring_regex(texts, _WHOLE_OR_ABSENT))).as_py():
            return False
        found = found or bool(pc.any(fits).as_py())
    return found


def is_narrow(kind: pa.DataType) -> bool:
    """Tell whether numbers of this type carry rounding that shows in a sum."""
    return bool(pa.types.is_float32(kind) or pa.types.is_float16(kind))


def _float64(column: pa.Array) -> FloatArray:
    # Whole numbers too large for a double are no probabilities; the checks say so.
    return floats_to_numpy(column.cast(pa.float64(), safe=False))


@cache
def _absent_words() -> pa.Array:
    # NaN is a number that somebody computed, not a word for a missing one.
    return pa.array(sorted(MISSING_WORDS - {"nan"}))


def _numbers_in_text(texts: pa.Array) -> tuple[FloatArray, Kinds | None]:
    if not texts.null_count:
        try:
            return _float64(texts), None
        except pa.ArrowInvalid:
            pass
    trimmed = pc.utf8_trim_whitespace(texts)
    absent = pc.or_(
        pc.is_null(trimmed), pc.is_in(pc.utf8_lower(trimmed), value_set=_absent_words())
    )
    present = pc.if_else(absent, pa.nulls(len(texts), pa.string()), trimmed)
    kinds = mask_to_numpy(absent).astype(np.uint8) * np.uint8(ABSENT)
    try:
        numbers = _float64(present)
    except pa.ArrowInvalid:
        numbers = _numbers_one_by_one(present, kinds)
    return numbers, kinds if kinds.any() else None


def _numbers_one_by_one(texts: pa.Array, kinds: Kinds) -> FloatArray:
    """Return the numbers, and mark in `kinds` the cells that are none."""
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN_NUMBER), False)
    numbers = np.array(_float64(pc.if_else(plain, texts, pa.nulls(len(texts), pa.string()))))
    odd = ~mask_to_numpy(plain) & (kinds == NUMBER)
    for row in np.flatnonzero(odd):
        try:
            numbers[row] = texts[int(row)].cast(pa.float64()).as_py()
        except pa.ArrowInvalid:
            kinds[row] = NO_NUMBER
    return numbers
