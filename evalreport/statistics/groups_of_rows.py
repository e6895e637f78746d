"""Which group a row belongs to, for statistics that can be asked for by the values of a column."""

from __future__ import annotations

import numpy as np

from evalreport.batch import IntArray
from evalreport.errors import InputError
from evalreport.task_batches import RowBatch


def groups_of(
    batch: RowBatch, column: str | None, everything: str
) -> tuple[IntArray, tuple[str, ...]]:
    """Return the group of each row, and what the groups are called.

    Parameters
    ----------
    batch : RowBatch
        The rows.
    column : str or None
        The column to group by; None for one group of all rows.
    everything : str
        What that one is called.
    """
    if column is None:
        return np.zeros(len(batch), dtype=np.int64), (everything,)
    found = next(each for each in batch.slices if each.name == column)
    return found.codes, found.values


def refuse_too_many(n_values: int, column: str | None, most: int) -> None:
    """Refuse a column that does not group the rows.

    Raises
    ------
    InputError
        If it has too many values.
    """
    if n_values > most:
        raise InputError(
            f"{n_values:,} different values are too many to report by (at most {most:,}).",
            column=column,
            hint="Is this an id or a number? Slice by a column that groups the rows.",
        )
