"""Single columns of numbers or names out of files."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from evalreport.errors import InputError
from evalreport.readers.cells import text_of
from evalreport.readers.formats import format_of
from evalreport.readers.inputs import find_inputs
from evalreport.readers.interface import MAX_ROWS, Chunk, ReadSettings, Source
from evalreport.readers.labels import as_text
from evalreport.readers.numbers import read_numbers
from evalreport.readers.wording import did_you_mean

MOST_VALUES = 100_000
"""A distribution over more outcomes than this was meant to be something else."""


def read_vector(path: str, column: str) -> tuple[float, ...]:
    """Return a column of probabilities.

    Raises
    ------
    InputError
        If the file or the column is not there, or a cell is no number between 0 and 1.
    """
    values: list[float] = []
    for chunk in _chunks(path, column):
        cells = chunk.cells.column(column)
        numbers, _ = read_numbers(cells)
        for row in np.flatnonzero(~((numbers >= 0.0) & (numbers <= 1.0))):
            raise InputError(
                f"'{text_of(cells, int(row))}' is no probability.",
                path=path,
                row=chunk.first_row + int(row),
                column=column,
                value=text_of(cells, int(row)),
                hint="Give a column of numbers between 0 and 1 that sum to 1.",
            )
        values += numbers.tolist()
    return tuple(values)


def read_names(path: str, column: str) -> tuple[str, ...]:
    """Return a column of names; a missing one is empty."""
    return tuple(
        text or "" for chunk in _chunks(path, column) for text in _texts(chunk.cells.column(column))
    )


def shared_names(first: str, second: str) -> str | None:
    """Return the column that names the same outcomes in two files, each once; None if none does."""
    headers = [_sources(path)[0].header for path in (first, second)]
    for column in headers[0]:
        if column not in headers[1]:
            continue
        names = read_names(first, column)
        is_named = len(set(names)) == len(names) and not any(map(_is_number, names))
        if is_named and sorted(names) == sorted(read_names(second, column)):
            return column
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _texts(cells: pa.Array) -> list[str | None]:
    texts: list[str | None] = as_text(cells).to_pylist()
    return texts


def _chunks(path: str, column: str) -> Iterator[Chunk]:
    n_rows = 0
    for source in _sources(path):
        if column not in source.header:
            raise InputError(
                f"there is no column '{column}'.",
                path=path,
                value=column,
                hint=did_you_mean(column, source.header, "columns"),
            )
        for part in source.parts:
            for chunk in part.chunks((column,), MAX_ROWS):
                n_rows += len(chunk.cells)
                if n_rows > MOST_VALUES:
                    raise InputError(
                        f"there are more than {MOST_VALUES:,} rows.",
                        path=path,
                        column=column,
                        hint="A distribution has one row for each outcome; to score predictions, "
                        "use evalreport report.",
                    )
                yield chunk


def _sources(path: str) -> list[Source]:
    inputs = find_inputs([path], None)
    return list(format_of(inputs[0], None).open(inputs, ReadSettings()))
