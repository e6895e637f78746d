"""The raw cells of some rows as arrays, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from evalreport.batch import FloatArray, IntArray, SliceColumn
from evalreport.errors import InputError
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.interface import Chunk
from evalreport.readers.labels import distinct, match
from evalreport.readers.numbers import Kinds, is_narrow, read_happened, read_numbers
from evalreport.readers.target_cells import TargetCells, target_cells
from evalreport.voice import CALLER

T = TypeVar("T")
NumberReader = Callable[[pa.Array], tuple[FloatArray, Kinds | None]]

_SINGLE = "Labels are text, whole numbers or truth values; probabilities are numbers."
NO_CLUSTER = -1


@dataclass(frozen=True, slots=True)
class Cells:
    """Some rows, column after column.

    Parameters
    ----------
    codes : int64 ndarray of shape (n_rows,)
        Index of the observed class, or MISSING or UNKNOWN; of targets the largest one.
    values : float64 ndarray of shape (n_columns, n_rows)
        Probabilities; NaN where `kinds` says that there is no number.
    kinds : uint8 ndarray of shape (n_columns, n_rows), optional
        What the cells are; None if all of them are numbers.
    weights, weight_kinds : ndarray of shape (n_rows,), optional
        The same for the case weights.
    tolerance : float
        How far a sum may be from 1 by the rounding of the storage alone.
    targets : TargetCells, optional
        What happened, where no label tells it.
    """

    codes: IntArray
    values: FloatArray
    kinds: Kinds | None
    weights: FloatArray | None
    weight_kinds: Kinds | None
    tolerance: float
    targets: TargetCells | None = None
    clusters: SliceColumn | None = None
    """Which rows belong together; the code -1 stands for a cell without a name."""


def read_cells(
    chunk: Chunk, plan: ColumnPlan, path: str | None, normalize_targets: bool = False
) -> Cells:
    """Turn the cells of a chunk into arrays.

    Raises
    ------
    InputError
        If a column is of a type that can hold no labels or no numbers.
    """
    values, kinds, tolerance = _numbers(chunk, plan.probs, _reader(plan), path)
    weights: tuple[FloatArray | None, Kinds | None] = (None, None)
    if plan.weight is not None:
        weights = column_of(chunk, plan.weight, _reader(plan), path)
    targets = read_targets(chunk, plan, path, normalize_targets) if plan.targets else None
    return Cells(
        codes=_observed(chunk, plan, path) if targets is None else targets.observed,
        values=values,
        kinds=kinds,
        weights=weights[0],
        weight_kinds=weights[1],
        tolerance=tolerance,
        targets=targets,
        clusters=None if plan.cluster is None else _clusters(chunk, plan.cluster, path),
    )


def _clusters(chunk: Chunk, column: str, path: str | None) -> SliceColumn:
    numbers, texts = column_of(chunk, column, distinct, path)
    named = [code if text.strip() else NO_CLUSTER for code, text in enumerate(texts)]
    codes = np.array([*named, NO_CLUSTER], dtype=np.int64)[numbers]
    return SliceColumn(column, codes, tuple(texts))


def read_targets(chunk: Chunk, plan: ColumnPlan, path: str | None, normalize: bool) -> TargetCells:
    """Turn the cells of the targets into distributions.

    Raises
    ------
    InputError
        If a column is of a type that can hold no numbers.
    """
    numbers = _numbers(chunk, plan.targets, lambda cells: read_happened(cells, plan.decimal), path)
    return target_cells(*numbers, normalize, plan.positive)


def _observed(chunk: Chunk, plan: ColumnPlan, path: str | None) -> IntArray:
    return column_of(chunk, plan.label or "", lambda column: match(column, plan.classes), path)


def _on_lists() -> str:
    return (
        f"Lists are read as probabilities with {CALLER.option('probs')}, or as what happened with "
        f"{CALLER.option('target_probs')}; all else is one value a row."
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
            hint=_on_lists() if pa.types.is_nested(cells.type) else _SINGLE,
        ) from error


def _reader(plan: ColumnPlan) -> NumberReader:
    return lambda column: read_numbers(column, plan.decimal)


def _numbers(
    chunk: Chunk, columns: Sequence[str], reader: NumberReader, path: str | None
) -> tuple[FloatArray, Kinds | None, float]:
    """Return the numbers in some columns, what else is there, and the tolerance of their sums."""
    values = np.empty((len(columns), chunk.cells.num_rows))
    kinds: Kinds | None = None
    for number, column in enumerate(columns):
        values[number], odd = column_of(chunk, column, reader, path)
        if odd is not None:
            kinds = np.zeros(values.shape, dtype=np.uint8) if kinds is None else kinds
            kinds[number] = odd
    narrow = any(is_narrow(chunk.cells.column(column).type) for column in columns)
    return values, kinds, 4e-4 if narrow else 1e-6


def text_of(column: pa.Array, row: int) -> str:
    """Return one cell as it stands in the input; nothing is the empty text."""
    cell = column.slice(row, 1)
    if pa.types.is_dictionary(cell.type):
        cell = cell.dictionary_decode()
    if pa.types.is_nested(cell.type) or pa.types.is_binary(cell.type):
        return str(cell[0].as_py())
    return str(cell.cast(pa.string())[0].as_py() or "")
