"""What can be wrong with log-probabilities of tokens."""

from __future__ import annotations

import numpy as np

from evalreport.batch import IntArray
from evalreport.errors import clipped
from evalreport.readers.cells import text_of
from evalreport.readers.interface import Chunk
from evalreport.readers.numbers import ABSENT, NO_NUMBER
from evalreport.readers.odd_cells import NO_FORECAST, hint_on_cell, is_truth, mend_or_drop
from evalreport.readers.task_rows import RowFault, drop_hint
from evalreport.readers.token_cells import TokenCells, token_text

_MOST_ABOVE_ZERO = 1e-6
_LEAST = -2048.0
"""A token of a lower log-probability is most likely no token, but the sum over a document."""
_SHOWN = 40


def find_faults(
    chunk: Chunk, column: str, cells: TokenCells, skipped: IntArray, *, lists: bool
) -> list[RowFault]:
    """Return the rows that cannot be scored, each with the first of its tokens that cannot be.

    Parameters
    ----------
    chunk : Chunk
        The rows as they stand in the input.
    column : str
        The column that `cells` was read from.
    cells : TokenCells
        The tokens.
    skipped : int64 ndarray of shape (n_rows,)
        1 for rows whose first token may be absent.
    lists : bool
        Whether a row holds many tokens, so that messages have to say which.
    """
    faults = [_row_fault(chunk, column, row) for row in np.flatnonzero(cells.row_kinds).tolist()]
    values = cells.values
    healthy = (values <= _MOST_ABOVE_ZERO) & ((values >= _LEAST) | np.isneginf(values))
    healthy[cells.starts[:-1][skipped == 1]] = True
    bad = np.flatnonzero(~healthy)
    rows, first = np.unique(np.searchsorted(cells.starts, bad, side="right") - 1, return_index=True)
    for row, token in zip(rows.tolist(), bad[first].tolist(), strict=True):
        number = token - int(cells.starts[row]) + 1 if lists else None
        faults.append(_token_fault(chunk, column, cells, row, token, number))
    return faults


def _row_fault(chunk: Chunk, column: str, row: int) -> RowFault:
    value = text_of(chunk.cells.column(column), row)
    if not value.strip():
        reason = "list of log-probabilities is missing"
        return RowFault(row, column, value, reason, f"the {reason}.")
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return RowFault(
        row,
        column,
        value,
        "text is no list of log-probabilities",
        f"'{shown}' is no list of log-probabilities.",
        "Write lists as JSON: [-0.1, -2.3].",
    )


def _token_fault(
    chunk: Chunk, column: str, cells: TokenCells, row: int, token: int, number: int | None
) -> RowFault:
    noun, of = "log-probability", "" if number is None else f" of token {number}"
    value, kind = float(cells.values[token]), int(cells.kinds[token])
    shown = f"{value!r}" if number is not None else text_of(chunk.cells.column(column), row)
    if kind == ABSENT:
        return RowFault(row, column, "", f"{noun} is missing", f"the {noun}{of} is missing.")
    if kind == NO_NUMBER:
        if number is not None:
            shown = token_text(chunk.cells.column(column), row, number - 1)
        hint = NO_FORECAST if is_truth(shown) else hint_on_cell(shown, is_forecast=False)
        fact, hint = f"{noun} '{clipped(shown)}'{of} is no number.", hint or mend_or_drop()
        return RowFault(row, column, shown, f"{noun} is no number", fact, hint)
    if np.isnan(value):
        return RowFault(row, column, shown, f"{noun} is NaN", f"the {noun}{of} is NaN.")
    if value > 0:
        fact = f"{noun} {shown}{of} is above 0."
        return RowFault(row, column, shown, f"{noun} is above 0", fact, _sign_hint(cells))
    fact = f"{noun} {shown}{of} is below {_LEAST:.0f}."
    hint = "A token hardly ever is: if this is the sum over a document, it is no token file."
    return RowFault(row, column, shown, f"{noun} is below {_LEAST:.0f}", fact, hint)


def _sign_hint(cells: TokenCells) -> str:
    finite = cells.values[np.isfinite(cells.values)]
    if not (finite >= 0).all():
        return drop_hint()
    if (finite <= 1).all():
        return "All values are between 0 and 1: if they are probabilities, take their logarithms."
    return "All values are 0 or above: if they are losses, change their sign."
