"""Contents of columns that are shown with the worst rows, looked up when a row is one of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from evalreport.batch import IntArray, ShownColumn
from evalreport.readers.cells import text_of
from evalreport.readers.interface import Chunk
from evalreport.readers.spelling import spelled

MOST_LETTERS = 1000
"""Longer texts are cut: a row that is kept takes no more memory than this."""


def shown_column(chunk: Chunk, name: str, kept: IntArray | slice) -> ShownColumn:
    """Return a column to look up, over the rows that are kept; nothing is turned into text yet."""
    cells = chunk.cells.column(name)
    rows = np.arange(len(cells), dtype=np.int64)[kept]
    return ShownColumn(name, rows, partial(cell_text, cells))


def cell_text(cells: pa.Array, row: int) -> str:
    """Return one cell in the one spelling of its value, cut if it is long.

    Examples
    --------
    >>> cell_text(pa.array([1.0, None]), 0), cell_text(pa.array([1.0, None]), 1)
    ('1', '')
    """
    try:
        text = spelled(cells.slice(row, 1))[0].as_py() or ""
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # lists, records, bytes
        text = text_of(cells, row)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
