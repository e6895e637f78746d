"""What is wrong with a label column as a whole, told when some label of it cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from evalreport.readers.labels import distinct
from evalreport.readers.wording import COMMAND_LINE, Voice

MANY_LABELS = 1000
"""So many different values are hardly classes."""
_FEW_ROWS = 20


def no_label_column(column: pa.Array, voice: Voice = COMMAND_LINE) -> str | None:
    """Return a hint if a column has nearly as many values as rows, as ids and numbers have."""
    _, texts = distinct(column)
    n_rows = len(column)
    if n_rows < _FEW_ROWS or len(texts) < min(n_rows, MANY_LABELS):
        return None
    return (
        f"There are {len(texts):,} different values in {n_rows:,} rows ({first_three(texts)}): "
        f"is it an id, or a number? {name_the_label(voice)}"
    )


def first_three(texts: Sequence[str]) -> str:
    """Return the first three of many values.

    Examples
    --------
    >>> first_three(["7", "19", "x", "y"])
    "'7', '19', 'x', …"
    """
    return ", ".join(f"'{each}'" for each in texts[:3]) + ", …"


def name_the_label(voice: Voice) -> str:
    """Return what to do about a label column that is none."""
    if voice.keywords:
        return "Pass the outcome of each row."
    return f"Name the column of what happened with {voice.option('label', 'COL')}."


def off_by_one(value: str, classes: Sequence[str]) -> str | None:
    """Return a hint if a whole number lies right beside the classes, which count from 0 or 1.

    Examples
    --------
    >>> off_by_one("3", ["0", "1", "2"])
    'Labels seem to count from 1 and the columns from 0: subtract 1, or rename the columns.'
    >>> off_by_one("3", ["a", "b"])
    """
    try:
        label, numbers = int(value), sorted(int(each) for each in classes)
    except ValueError:
        return None
    if numbers == list(range(len(numbers))) and label == len(numbers):
        return (
            "Labels seem to count from 1 and the columns from 0: subtract 1, or rename the columns."
        )
    if numbers == list(range(1, len(numbers) + 1)) and label == 0:
        return "Labels seem to count from 0 and the columns from 1: add 1, or rename the columns."
    return None
