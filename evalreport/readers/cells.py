"""The raw cells of some rows as arrays, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import InputError
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.interface import Chunk
from evalreport.readers.labels import match
from evalreport.readers.numbers import Kinds, is_narrow, read_numbers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cells:
    """Some rows, column after column.

    Parameters
    ----------
    codes : int64 ndarray of shape (n_rows,)
        Index of the observed class, or MISSING or UNKNOWN.
    values : float64 ndarray of shape (n_columns, n_rows)
        Probabilities; NaN where `kinds` says that there is no number.
    kinds : uint8 ndarray of shape (n_columns, n_rows), optional
        What the cells are; None if all of them are numbers.
    weights, weight_kinds : ndarray of shape (n_rows,), optional
        The same for the case weights.
    tolerance : float
        How far a sum may be from 1 by the rounding of the storage alone.
    """

    codes: IntArray
    values: FloatArray
    kinds: Kinds | None
    weights: FloatArray | None
    weight_kinds: Kinds | None
    tolerance: float


def read_cells(chunk: Chunk, plan: ColumnPlan, path: str | None) -> Cells:
    """Turn the cells of a chunk into arrays.

    Raises
    ------
    InputError
        If a column is of a type that can hold no labels or no numbers.
    """
    batch = chunk.cells

    def read(column: str, reader: Callable[[pa.Array], T]) -> T:
        return column_of(chunk, column, reader, path)

    def numbers(column: pa.Array) -> tuple[FloatArray, Kinds | None]:
        return read_numbers(column, plan.decimal)

    values = np.empty((len(plan.probs), batch.num_rows))
    kinds: Kinds | None = None
    for number, column in enumerate(plan.probs):
        values[number], odd = read(column, numbers)
        if odd is not None:
            kinds = np.zeros(values.shape, dtype=np.uint8) if kinds is None else kinds
            kinds[number] = odd
    narrow = any(is_narrow(batch.column(column).type) for column in plan.probs)
    weights = (None, None) if plan.weight is None else read(plan.weight, numbers)
    return Cells(
        codes=read(plan.label, lambda column: match(column, plan.classes)),
        values=values,
        kinds=kinds,
        weights=weights[0],
        weight_kinds=weights[1],
        tolerance=4e-4 if narrow else 1e-6,
    )


def column_of(chunk: Chunk, column: str, reader: Callable[[pa.Array], T], path: str | None) -> T:
    """Return what a reader makes of one column of a chunk.

    Raises
    ------
    InputError
        If the cells are of a type that it cannot read.
    """
    cells = chunk.cells.column(column)
    try:
        return reader(cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"cells of type {cells.type} cannot be read here.",
            path=path,
            column=column,
            hint="Labels are text, whole numbers or truth values; probabilities are numbers.",
        ) from error


def text_of(column: pa.Array, row: int) -> str:
    """Return one cell as it stands in the input; nothing is the empty text."""
    cell = column.slice(row, 1)
    if pa.types.is_dictionary(cell.type):
        cell = cell.dictionary_decode()
    if pa.types.is_nested(cell.type) or pa.types.is_binary(cell.type):
        return str(cell[0].as_py())
    return str(cell.cast(pa.string())[0].as_py() or "")
