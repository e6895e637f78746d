"""What a file in long form holds: its classes, and whether the rows of an id stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalreport.errors import InputError
from evalreport.readers.bridge import mask_to_numpy
from evalreport.readers.interface import Part
from evalreport.readers.labels import distinct, in_order
from evalreport.readers.rows_apart import rows_of
from evalreport.readers.spelling import spelled
from evalreport.readers.wording import listed
from evalreport.voice import CALLER

MOST_CLASSES = 10_000


@dataclass(frozen=True, slots=True)
class Survey:
    """The classes in their order, the number of rows, and whether ids have to be sorted."""

    classes: tuple[str, ...]
    n_rows: int
    apart: bool


def survey(parts: Sequence[Part], id_: str, class_: str, path: str | None) -> Survey:
    """Look at every id and class once.

    Raises
    ------
    InputError
        If an id or a class is missing, or there are too many classes or only one.
    """
    looker = _Looker(id_, class_, path)
    for chunk in rows_of(parts, (id_, class_)):
        looker.look(chunk.cells, chunk.first_row)
    return looker.result()


class _Looker:
    """Goes through the rows.

    Rows stand together if ids change only where a whole number of ids, with a row for each class,
    lies behind: if the number of classes divides the places of all changes.
    """

    def __init__(self, id_: str, class_: str, path: str | None) -> None:
        self._id, self._class, self._path = id_, class_, path
        self._classes: dict[str, None] = {}
        self._n_rows = 0
        self._divisor = 0
        self._last: str | None = None

    def look(self, cells: pa.RecordBatch, first_row: int) -> None:
        """Take in some more rows."""
        ids = spelled(cells.column(self._id))
        numbers, classes = distinct(cells.column(self._class))
        self._refuse_missing(mask_to_numpy(_is_missing(ids)), self._id, first_row)
        self._refuse_missing(
            np.array([*(not each.strip() for each in classes), True])[numbers],
            self._class,
            first_row,
        )
        self._classes.update(dict.fromkeys(classes))
        if len(self._classes) > MOST_CLASSES:
            raise self._refused(
                f"there are over {MOST_CLASSES:,} different classes.",
                f"Name the column of the class with {CALLER.option('class_column')}.",
            )
        changes = np.flatnonzero(_changes(ids, self._last)) + self._n_rows
        self._divisor = math.gcd(self._divisor, int(np.gcd.reduce(changes, initial=0)))
        self._last = ids[-1].as_py()
        self._n_rows += len(ids)

    def result(self) -> Survey:
        """Return what was seen.

        Raises
        ------
        InputError
            If there is only one class.
        """
        classes = in_order(self._classes)
        if len(classes) < 2:
            raise self._refused(
                f"every row speaks of class '{listed(classes)}', and it takes two or more.",
                "In the long form each class has a row of its own for every id, all in one file.",
            )
        divisor = math.gcd(self._divisor, self._n_rows)
        return Survey(classes, self._n_rows, apart=divisor % len(classes) != 0)

    def _refuse_missing(self, absent: NDArray[np.bool_], column: str, first_row: int) -> None:
        if absent.any():
            raise InputError(
                f"the {'id' if column == self._id else 'class'} is missing.",
                path=self._path,
                row=first_row + int(absent.argmax()),
                column=column,
                hint="In the long form every row has an id and a class.",
            )

    def _refused(self, fact: str, hint: str) -> InputError:
        return InputError(fact, path=self._path, column=self._class, hint=hint)


def _is_missing(texts: pa.Array) -> pa.Array:
    return pc.fill_null(pc.equal(pc.utf8_trim_whitespace(texts), ""), True)


def _changes(ids: pa.Array, last: str | None) -> NDArray[np.bool_]:
    """Tell of each row whether its id is another than that of the row before."""
    other = mask_to_numpy(pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)))
    return np.concatenate([[ids[0].as_py() != last], other])
