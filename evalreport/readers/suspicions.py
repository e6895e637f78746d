"""What is wrong with a label column as a whole, told when some label of it cannot be used."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pyarrow as pa

from evalreport.errors import clipped
from evalreport.readers.labels import distinct
from evalreport.voice import CALLER

MANY_LABELS = 1000
"""So many different values are hardly classes."""
_FEW_ROWS = 20
_HIDDEN = "one of the two holds U+{:04X}, which does not show."


def no_label_column(column: pa.Array) -> str | None:
    """Return a hint if a column has nearly as many values as rows, as ids and numbers have."""
    _, texts = distinct(column)
    n_rows = len(column)
    if n_rows < _FEW_ROWS or len(texts) < min(n_rows, MANY_LABELS):
        return None
    return (
        f"There are {len(texts):,} different values in {n_rows:,} rows ({first_three(texts)}): "
        f"is it an id, or a number? {name_the_label()}"
    )


def first_three(texts: Sequence[str]) -> str:
    """Return the first three of many values.

    Examples
    --------
    >>> first_three(["7", "19", "x", "y"])
    "'7', '19', 'x', …"
    """
    return ", ".join(f"'{clipped(each)}'" for each in texts[:3]) + ", …"


def name_the_label() -> str:
    """Return what to do about a label column that is none."""
    if CALLER.arrays:
        return "Pass the outcome of each row."
    return f"Name the column of what happened with {CALLER.option('label', 'COL')}."


def look_alike(value: str, names: Sequence[str]) -> str | None:
    r"""Return a hint if a label looks like a name, but is made of other characters.

    Examples
    --------
    >>> look_alike("cafe\u0301", ["th\u00e9", "caf\u00e9"])  # doctest: +ELLIPSIS
    "It looks like class 'café', but the two are spelled with different code points...
    >>> look_alike("cat\u200b", ["cat"])
    "It looks like class 'cat', but one of the two holds U+200B, which does not show."
    >>> look_alike("cat", ["dog"])
    """
    for name in names:
        if unicodedata.normalize("NFC", value) == unicodedata.normalize("NFC", name):
            return (
                f"It looks like class '{name}', but the two are spelled with different code "
                "points: write labels and columns in one form, for instance with "
                "unicodedata.normalize('NFC', text)."
            )
        hidden = [each for each in (*value, *name) if not _shows(each)]
        if hidden and _visible(value) == _visible(name):
            return f"It looks like class '{_visible(name)}', but {_HIDDEN.format(ord(hidden[0]))}"
    return None


def _visible(text: str) -> str:
    return "".join(each for each in text if _shows(each)).strip()


def _shows(letter: str) -> bool:
    # Characters that steer the layout, and blanks other than the plain one.
    return letter == " " or unicodedata.category(letter) not in ("Cf", "Cc", "Zs")


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
