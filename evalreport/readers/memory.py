"""Columns out of whatever holds them in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evalreport.errors import InputError, SettingsError
from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.elements import Elements, Pairs, is_list, pair_fields
from evalreport.readers.labels import canonical, in_order
from evalreport.readers.tensors import without_gradient
from evalreport.readers.values import as_arrow, as_words, holds_truth

_DISTRIBUTIONS = ("probs", "targets")
"""What may be given as records, or as a mapping of classes to columns."""

ColumnOfCells: TypeAlias = "NDArray[Any] | pa.ChunkedArray"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table; `names` are None if the table had none."""

    columns: tuple[ColumnOfCells, ...]
    shown: tuple[str, ...]
    names: tuple[str, ...] | None = None


def as_column(given: Any, what: str) -> ColumnOfCells:
    """Return one-dimensional data as a column.

    Raises
    ------
    InputError
        If it has another shape, or cannot be read.
    """
    columns = as_columns(given, what).columns
    if len(columns) != 1:
        raise InputError(f"{what} has {len(columns)} columns, and one is needed.")
    return columns[0]


def as_columns(given: Any, what: str) -> Columns:
    """Return one- or two-dimensional data as columns.

    Raises
    ------
    InputError
        If it has another shape, or cannot be read.
    """
    if _is_pandas(given):
        return _from_pandas(given, what)
    if isinstance(given, (pa.Array, pa.ChunkedArray)):
        return _from_chunked(_chunked(given), what)
    if hasattr(given, "__arrow_c_stream__"):
        return _from_stream(given, what)
    if what in _DISTRIBUTIONS and isinstance(given, Mapping):
        names = tuple(canonical(each) for each in given)
        columns = (as_column(each, f"{what}[{name!r}]") for name, each in given.items())
        return Columns(tuple(columns), names, names)
    if what in _DISTRIBUTIONS and isinstance(given, Sequence) and holds_records(given):
        return _from_records(given, what)
    return _from_numpy(_as_numpy(given, what), what)


def named_columns(given: Any, what: str) -> Mapping[str, Any]:
    """Return a mapping of names to columns, or a data frame, and nothing for None.

    Raises
    ------
    SettingsError
        If it has no names.
    """
    if given is None:
        return {}
    if not hasattr(given, "items"):
        raise SettingsError(
            f"{what} takes columns by their names, not {type(given).__name__}.\n"
            f"  Pass a mapping, as {what}={{'language': [...]}}, or a data frame."
        )
    return {str(name): each for name, each in given.items()}


def cells_of(column: ColumnOfCells, start: int, stop: int) -> pa.Array:
    """Return some rows of a column for the common checks."""
    if isinstance(column, pa.ChunkedArray):
        cells = column.slice(start, stop - start).combine_chunks()
        return cells if isinstance(cells, pa.Array) else pa.concat_arrays(cells.chunks)
    part = column[start:stop]
    if isinstance(part, np.ma.MaskedArray):
        return pa.array(part.data, mask=np.ma.getmaskarray(part))
    if part.dtype.kind == "O":
        return _mixed(part)
    return numbers_to_arrow(part) if part.dtype.kind in "biuf" else pa.array(part)


def _mixed(part: NDArray[Any]) -> pa.Array:
    """Return Python objects as one type, as text if they have no other type in common."""
    try:
        found = pa.array(part, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return as_words(part)
    return as_words(part) if pa.types.is_floating(found.type) and holds_truth(part) else found


def _is_pandas(given: Any) -> bool:
    return type(given).__module__.partition(".")[0] == "pandas"


def _from_pandas(given: Any, what: str) -> Columns:
    if getattr(given, "ndim", 0) == 1:
        column = _pandas_column(given)
        is_arrow = isinstance(column, pa.ChunkedArray)
        return _from_chunked(column, what) if is_arrow else Columns((column,), (what,))
    names = tuple(canonical(each) for each in given.columns)
    columns = tuple(_pandas_column(given.iloc[:, number]) for number in range(len(names)))
    return Columns(columns, names, names)


def _pandas_column(series: Any) -> ColumnOfCells:
    try:
        found = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return np.asarray(series, dtype=object)
    if series.dtype == object and pa.types.is_floating(found.type) and holds_truth(series):
        return np.asarray(series, dtype=object)
    return _chunked(found)


def _from_stream(given: Any, what: str) -> Columns:
    try:
        table = pa.RecordBatchReader.from_stream(given).read_all()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        # A single column streams values that are no records.
        return _from_chunked(pa.chunked_array(given), what)
    if table.num_columns == 1:
        return _from_chunked(table.column(0), what)
    names = tuple(canonical(each) for each in table.column_names)
    return Columns(tuple(table.columns), names, names)


def holds_records(given: Sequence[Any]) -> bool:
    """Tell whether rows are mappings of classes to numbers, or lists of such records."""
    first = next((each for each in given if each is not None), None)
    return isinstance(first, Mapping) or (
        isinstance(first, Sequence) and len(first) > 0 and isinstance(first[0], Mapping)
    )


def _from_records(given: Sequence[Any], what: str) -> Columns:
    try:
        found = _from_chunked(_chunked(as_arrow(given)), what)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"{what} cannot be read as records: {error}.") from error
    # The keys of a record have no order that would mean anything.
    names = in_order(found.shown)
    columns = tuple(found.columns[found.shown.index(name)] for name in names)
    return Columns(columns, names, names)


def _from_chunked(column: pa.ChunkedArray, what: str) -> Columns:
    """Return a column as it is; lists and records of numbers as one column for each class."""
    if not pa.types.is_nested(column.type):
        return Columns((column,), (what,))
    cells = column.combine_chunks()
    cells = cells if isinstance(cells, pa.Array) else pa.concat_arrays(cells.chunks)
    if pa.types.is_struct(cells.type):
        names = tuple(canonical(cells.type.field(k).name) for k in range(cells.type.num_fields))
        return Columns(tuple(map(_chunked, cells.flatten())), names, names)
    if not is_list(cells.type):
        raise InputError(f"{what} cannot be read as an array: its cells are {cells.type}.")

    def refuse(row: int, column: str, fact: str, hint: str) -> InputError:
        return InputError(fact, row=row + 1, column=column, hint=hint)

    if pair_fields(cells.type) is not None:
        pairs = Pairs.of((what,), cells)
        score = pairs.columns_of(cells, refuse)
        columns = tuple(_chunked(score(k)) for k in range(len(pairs.names)))
        return Columns(columns, pairs.names, pairs.names)
    elements = Elements.of((what,), cells)
    place = elements.columns_of(cells, refuse)
    shown = tuple(f"{what}[:, {number}]" for number in range(len(elements.names)))
    return Columns(tuple(_chunked(place(k)) for k in range(len(shown))), shown)


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _as_numpy(given: Any, what: str) -> NDArray[Any]:
    try:
        given = without_gradient(given)
        array = given if isinstance(given, np.ma.MaskedArray) else np.asarray(given)
        if isinstance(given, Sequence) and _is_of_mixed_kinds(given, array):
            array = np.asarray(given, dtype=object)
    except (TypeError, ValueError, RuntimeError) as error:
        _refuse_other_lengths(given, what)
        raise InputError(f"{what} cannot be read as an array: {str(error).rstrip('.')}.") from error
    if array.dtype.kind == "c":
        raise InputError(f"{what} holds complex numbers, which are neither labels nor forecasts.")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)  # everything is computed in 64 bits
    if array.dtype.kind not in "OUSbiuf" and array.dtype.itemsize <= 2:
        # Narrow floats that are no NumPy type of their own: exact in single precision.
        array = array.astype(np.float32)
    return array


def _is_of_mixed_kinds(given: Sequence[Any], array: NDArray[Any]) -> bool:
    """Tell whether NumPy made words of numbers and words, or numbers of numbers and truth."""
    return array.dtype.kind in "US" or (array.dtype.kind in "iuf" and holds_truth(given))


def _refuse_other_lengths(given: Any, what: str) -> None:
    """Refuse lists of different lengths, with the first that differs."""
    rows = given if isinstance(given, Sequence) else ()
    lengths = [len(each) for each in rows if hasattr(each, "__len__")]
    row = next((row for row, n in enumerate(lengths) if n != lengths[0]), None)
    if row is not None and len(lengths) == len(rows):
        n = lengths[row]
        raise InputError(
            f"the list holds {n} number{'' if n == 1 else 's'}, and the first one holds "
            f"{lengths[0]}.",
            row=row + 1,
            column=what,
            hint="Give every row the probabilities of all classes.",
        )


def _from_numpy(array: NDArray[Any], what: str) -> Columns:
    if array.ndim == 1:
        return Columns((array,), (what,))
    if array.ndim != 2:
        raise InputError(f"{what} has {array.ndim} dimensions, and one or two are needed.")
    numbers = range(array.shape[1])
    return Columns(
        tuple(array[:, number] for number in numbers),
        tuple(f"{what}[:, {number}]" for number in numbers),
    )
