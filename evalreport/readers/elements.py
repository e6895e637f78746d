"""A column of lists as columns of numbers: by position, or by the label beside each score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import IntArray
from evalreport.readers.bridge import mask_to_numpy, numbers_to_arrow, numbers_to_numpy
from evalreport.readers.labels import as_text, canonical, in_order
from evalreport.voice import CALLER

Refusal = Callable[[int, str, str, str], Exception]
"""Makes an error out of row in the chunk, column, fact and hint."""

_LABEL_FIELDS = ("label", "class", "key", "name", "token")
_SCORE_FIELDS = ("score", "prob", "probability", "value", "p", "logprob")
MOST_CLASSES = 10_000


def all_classes_hint() -> str:
    """Return what to do about a row that holds others than the first rows."""
    if CALLER.arrays:
        return "Give every row all the classes."
    top_k = CALLER.flag("top_k")
    return f"Give every row all the classes, or pass {top_k} if rows hold only the most likely."


def is_list(kind: pa.DataType) -> bool:
    """Tell whether cells of this type hold any number of values."""
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_map(kind)
    )


def pair_fields(kind: pa.DataType) -> tuple[str, str] | None:
    """Return the names of label and score if the lists hold such pairs, or None."""
    inner = (
        pa.struct([kind.key_field, kind.item_field]) if pa.types.is_map(kind) else (kind.value_type)
    )
    if not pa.types.is_struct(inner):
        return None
    names = [inner.field(number).name for number in range(inner.num_fields)]
    label = next((each for each in names if each in _LABEL_FIELDS), None)
    score = next((each for each in names if each in _SCORE_FIELDS), None)
    return None if label is None or score is None else (label, score)


@dataclass(frozen=True, slots=True)
class Elements:
    """Lists of numbers that mean something by their position."""

    path: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: tuple[str, ...], cells: pa.Array) -> Elements:
        """Return as many positions as the first list has."""
        lengths = pc.drop_null(_lengths(cells))
        n_places = lengths[0].as_py() if len(lengths) else 0
        return cls(path, tuple(str(each) for each in range(min(n_places, MOST_CLASSES))))

    def columns_of(self, cells: pa.Array, refuse: Refusal) -> Callable[[int], pa.Array]:
        """Return a function that gives the column of a position."""
        starts, values = _starts(cells)
        lengths = numbers_to_numpy(pc.fill_null(_lengths(cells), len(self.names)).cast(pa.int64()))
        odd = np.flatnonzero(lengths != len(self.names))
        if len(odd):
            row = int(odd[0])
            raise refuse(
                row,
                ".".join(self.path),
                f"the list holds {lengths[row]} number{'' if lengths[row] == 1 else 's'}, and the "
                f"first one holds {len(self.names)}.",
                "Give every row the probabilities of all classes.",
            )
        return lambda place: _take(values, np.where(starts < 0, -1, starts + place))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Lists of pairs of a label and a score, in any order."""

    path: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: tuple[str, ...], cells: pa.Array) -> Pairs:
        """Return the labels that the first rows hold, sorted: in a row they stand by score."""
        labels = as_text(pair_columns(cells)[0]).drop_null().unique().to_pylist()
        return cls(path, in_order({canonical(each) for each in labels}))

    def columns_of(self, cells: pa.Array, refuse: Refusal) -> Callable[[int], pa.Array]:
        """Return a function that gives the column of a label."""
        labels, scores = pair_columns(cells)
        codes = self._codes(labels)
        rows = row_of_each(cells)
        column = ".".join(self.path)
        strange = np.flatnonzero(codes < 0)
        if len(strange):
            at = int(strange[0])
            raise refuse(
                int(rows[at]),
                column,
                f"'{labels[at].as_py()}' stands here, and in none of the first rows.",
                all_classes_hint(),
            )
        place = np.full((len(self.names), len(cells)), -1, dtype=np.int64)
        counts = np.zeros(place.shape, dtype=np.int64)
        np.add.at(counts, (codes, rows), 1)
        if counts.max(initial=0) > 1:
            code, row = np.argwhere(counts > 1)[0]
            raise refuse(
                int(row),
                column,
                f"'{self.names[code]}' stands here twice.",
                "Give each class once.",
            )
        place[codes, rows] = np.arange(len(codes))
        return lambda number: _take(scores, place[number])

    def _codes(self, labels: pa.Array) -> IntArray:
        encoded = as_text(labels).dictionary_encode()
        index = {name: code for code, name in enumerate(self.names)}
        known = [index.get(canonical(each), -1) for each in encoded.dictionary.to_pylist()]
        indices = pc.fill_null(encoded.indices, len(known))
        codes: IntArray = np.array([*known, -1], dtype=np.int64)[numbers_to_numpy(indices)]
        return codes


def _take(values: pa.Array, places: IntArray) -> pa.Array:
    """Return the values at some places; null where the place is negative."""
    if places.min(initial=0) >= 0:
        return values.take(numbers_to_arrow(places))
    indices = pc.if_else(numbers_to_arrow(places >= 0), numbers_to_arrow(places), None)
    return values.take(indices.cast(pa.int64()))


def _lengths(cells: pa.Array) -> pa.Array:
    if pa.types.is_fixed_size_list(cells.type):
        size = pa.array(np.full(len(cells), cells.type.list_size, dtype=np.int64))
        return pc.if_else(cells.is_valid(), size, None)
    return pc.list_value_length(_as_list(cells))


def _as_list(cells: pa.Array) -> pa.Array:
    if not pa.types.is_map(cells.type):
        return cells
    pairs = pa.struct([("key", cells.type.key_type), ("value", cells.type.item_type)])
    return cells.cast(pa.list_(pairs))


def _starts(cells: pa.Array) -> tuple[IntArray, pa.Array]:
    """Return where the list of each row starts among all values, -1 for a null; and the values."""
    lengths = numbers_to_numpy(pc.fill_null(_lengths(cells), 0).cast(pa.int64()))
    starts = np.cumsum(lengths) - lengths
    valid = mask_to_numpy(cells.is_valid())
    return np.where(valid, starts, -1), pc.list_flatten(_as_list(cells))


def row_of_each(cells: pa.Array) -> IntArray:
    """Return the row that each value in a column of lists stands in."""
    lengths = numbers_to_numpy(pc.fill_null(_lengths(cells), 0).cast(pa.int64()))
    return np.repeat(np.arange(len(cells)), lengths)


def pair_columns(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the labels and the scores of all pairs in a column, one row after the other."""
    fields = pair_fields(cells.type)
    flat = pc.list_flatten(_as_list(cells))
    if fields is None or not pa.types.is_struct(flat.type):
        return pa.nulls(len(flat), pa.string()), pa.nulls(len(flat))
    columns = flat.flatten()
    label, score = (flat.type.get_field_index(each) for each in fields)
    return columns[label], columns[score]
