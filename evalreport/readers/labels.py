"""Labels in one spelling, whatever a file stores them as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import IntArray
from evalreport.readers.bridge import numbers_to_arrow, numbers_to_numpy
from evalreport.readers.spelling import as_text as as_text
from evalreport.readers.spelling import canonical as canonical

MISSING, UNKNOWN = -1, -2
"""Codes of labels that are absent, and of labels that name no class."""

MISSING_WORDS = frozenset({"", "na", "n/a", "<na>", "nan", "null", "none"})
_POSITIVE_OF = {"0": "1", "-1": "1", "false": "true", "no": "yes", "n": "y"}
_SAY_YES = frozenset(_POSITIVE_OF.values())
_COUNTERPART = {**_POSITIVE_OF, **{high: low for low, high in _POSITIVE_OF.items()}, "1": "0"}


def is_missing_word(text: str) -> bool:
    """Tell whether the text says that there is no value."""
    return text.strip().lower() in MISSING_WORDS


def distinct(column: pa.Array) -> tuple[IntArray, list[str]]:
    """Return a number for each row, and the canonical texts that the numbers stand for.

    The number -1 stands for a null.
    """
    encoded = as_text(column).dictionary_encode()
    texts: dict[str, int] = {}
    numbers = [
        texts.setdefault(canonical(each), len(texts)) for each in encoded.dictionary.to_pylist()
    ]
    # A null has no index: it is sent to the entry behind the last.
    lookup = np.array([*numbers, -1], dtype=np.int64)
    behind = numbers_to_arrow(np.full(len(column), len(numbers), dtype=np.int32))
    return lookup[numbers_to_numpy(pc.coalesce(encoded.indices, behind))], list(texts)


def match(column: pa.Array, classes: Sequence[str]) -> IntArray:
    """Return the index of the class of each row, or MISSING or UNKNOWN."""
    numbers, texts = distinct(column)
    index = {name: code for code, name in enumerate(classes)}
    codes = [index.get(text, MISSING if is_missing_word(text) else UNKNOWN) for text in texts]
    return np.array([*codes, MISSING], dtype=np.int64)[numbers]


def found_labels(columns: Iterable[pa.Array], limit: int) -> tuple[str, ...]:
    """Return the distinct labels in the order they occur, and stop once there are `limit`.

    Words like NA are labels only if there are not two others: in a column of 0, 1 and NA they
    say that the label is missing.
    """
    labels: dict[str, None] = {}
    for column in columns:
        labels.update(dict.fromkeys(distinct(column)[1]))
        if sum(not is_missing_word(each) for each in labels) >= limit:
            break
    present = [each for each in labels if not is_missing_word(each)]
    words = [each for each in labels if each.strip() and each not in present]
    return tuple(present if len(present) >= 2 else present + words)[:limit]


def first_row_with(column: pa.Array, label: str) -> int | None:
    """Return the first row of a label in its canonical spelling, or None if it is in none."""
    numbers, texts = distinct(column)
    if label not in texts:
        return None
    return int(np.argmax(numbers == texts.index(label)))


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Return labels sorted: as numbers if all of them are numbers, else as text."""
    names = list(labels)
    try:
        return tuple(sorted(names, key=float))
    except ValueError:
        return tuple(sorted(names))


def usual_positive(pair: Sequence[str]) -> str | None:
    """Return the one of two classes that everybody calls positive, or None if there is none.

    Examples
    --------
    >>> usual_positive(["1", "0"]), usual_positive(["No", "Yes"]), usual_positive(["1", "2"])
    ('1', 'Yes', None)
    """
    first, second = pair
    for negative, positive in ((first, second), (second, first)):
        if _POSITIVE_OF.get(negative.lower()) == positive.lower():
            return positive
    named = [each for each in pair if each.lower() in _SAY_YES]
    sure = [each for each in named if each.lower() in ("true", "yes")]
    # Two words that both say yes, such as yes and y, are a mistake and no pair.
    return sure[0] if len(sure) == len(named) == 1 else None


def counterpart(label: str) -> str:
    """Return the other class of a pair of which only one was seen.

    Examples
    --------
    >>> counterpart("1"), counterpart("Yes"), counterpart("spam")
    ('0', 'No', 'not spam')
    """
    other = _COUNTERPART.get(label.lower())
    if other is None:
        return f"not {label}"
    if label.isupper():
        return other.upper()
    return other.capitalize() if label[:1].isupper() else other
