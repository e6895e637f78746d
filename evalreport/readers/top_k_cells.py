"""The most likely classes out of the cells of some rows, whatever form they are stored in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import FloatArray, IntArray
from evalreport.readers.bridge import mask_to_numpy, numbers_to_arrow, numbers_to_numpy
from evalreport.readers.cells import text_of
from evalreport.readers.elements import is_list, pair_columns, pair_fields, row_of_each
from evalreport.readers.interface import Chunk
from evalreport.readers.labels import as_text, canonical, distinct
from evalreport.readers.numbers import ABSENT, Kinds, is_narrow, read_numbers
from evalreport.readers.top_k_forms import TopKForm


@dataclass(frozen=True, slots=True)
class Run:
    """Entries that stand in one column: the row of each, its label and its probability."""

    column: str
    rows: IntArray
    labels: pa.Array | str
    """Text, or the one label that all of them have."""
    scores: pa.Array


@dataclass(frozen=True, slots=True)
class Listed:
    """What some rows list, in any order.

    Parameters
    ----------
    rows : int64 ndarray of shape (n_listed,)
        Row in the chunk.
    names : tuple of str
        Labels that occur.
    codes : int64 ndarray of shape (n_listed,)
        Index into `names`; -1 where there is no label.
    values : float64 ndarray of shape (n_listed,)
        NaN where `kinds` says that there is no number.
    kinds : uint8 ndarray of shape (n_listed,)
        What each cell is.
    is_narrow : bool
        Whether numbers carry rounding that shows in a sum.
    uneven : dict of int to (int, int)
        Rows with more labels than probabilities, or fewer, with both numbers.
    runs : tuple of Run
        Where the entries come from, one after the other.
    """

    rows: IntArray
    names: tuple[str, ...]
    codes: IntArray
    values: FloatArray
    kinds: Kinds
    is_narrow: bool
    uneven: dict[int, tuple[int, int]]
    runs: tuple[Run, ...]

    def column_of(self, entry: int) -> str:
        """Return the column that an entry stands in."""
        return self._run_of(entry)[0].column

    def text_of(self, entry: int) -> str:
        """Return the probability of an entry as it stands in the input."""
        run, at = self._run_of(entry)
        return text_of(run.scores, at)

    def _run_of(self, entry: int) -> tuple[Run, int]:
        for run in self.runs:
            if entry < len(run.rows):
                return run, entry
            entry -= len(run.rows)
        raise IndexError(entry)


def read_listed(chunk: Chunk, form: TopKForm, decimal: str) -> Listed:
    """Turn the cells of a chunk into what its rows list.

    Raises
    ------
    pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError
        If a column is of a type that can hold no labels or no numbers.
    """
    uneven: dict[int, tuple[int, int]] = {}
    runs = _runs(chunk, form, uneven)
    names: dict[str, int] = {}
    codes = [_codes(run, names) for run in runs]
    numbers = [read_numbers(run.scores, decimal) for run in runs]
    kinds = [np.zeros(len(v), np.uint8) if k is None else k for v, k in numbers]
    return Listed(
        rows=_joined([run.rows for run in runs], np.int64),
        names=tuple(names),
        codes=_joined(codes, np.int64),
        values=_joined([values for values, _ in numbers], np.float64),
        kinds=_joined(kinds, np.uint8),
        is_narrow=any(is_narrow(run.scores.type) for run in runs),
        uneven=uneven,
        runs=tuple(runs),
    )


def _joined(arrays: Sequence[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=kind)


def _codes(run: Run, names: dict[str, int]) -> IntArray:
    if isinstance(run.labels, str):
        return np.full(len(run.rows), names.setdefault(run.labels, len(names)), dtype=np.int64)
    numbers, texts = distinct(run.labels)
    known = [names.setdefault(text, len(names)) if text.strip() else -1 for text in texts]
    return np.array([*known, -1], dtype=np.int64)[numbers]


def _runs(chunk: Chunk, form: TopKForm, uneven: dict[int, tuple[int, int]]) -> list[Run]:
    columns = {name: chunk.cells.column(name) for name in (*form.labels, *form.probs)}
    if form.name == "pairs":
        return _pairs(form.probs[0], columns[form.probs[0]])
    if form.name == "record":
        return _record(form.probs[0], columns[form.probs[0]])
    if form.name == "lists":
        label, score = form.labels[0], form.probs[0]
        return _lists(score, columns[label], columns[score], uneven)
    if form.name == "wide":
        cells = zip(form.probs, form.classes, strict=True)
        return [_present(name, label, columns[name]) for name, label in cells]
    beside = zip(form.labels, form.probs, strict=True)
    return [_beside(score, columns[label], columns[score]) for label, score in beside]


def _pairs(name: str, cells: pa.Array) -> list[Run]:
    if pa.types.is_null(cells.type):
        return []
    if not is_list(cells.type) or pair_fields(cells.type) is None:
        if is_list(cells.type) and not len(pc.list_flatten(cells)):
            return []  # empty lists alone have no fields
        raise pa.ArrowInvalid("no pairs")
    labels, scores = pair_columns(cells)
    return [Run(name, row_of_each(cells), as_text(labels), scores)]


def _record(name: str, cells: pa.Array) -> list[Run]:
    if pa.types.is_null(cells.type):
        return []
    if not pa.types.is_struct(cells.type):
        raise pa.ArrowInvalid("no record")
    children = zip(cells.type, cells.flatten(), strict=True)
    return [
        _present(f"{name}.{field.name}", canonical(field.name), child) for field, child in children
    ]


def _present(name: str, label: str, cells: pa.Array) -> Run:
    """Return the entries of a column of one class: the rows that have something in it."""
    _, kinds = read_numbers(cells, ",") if pa.types.is_string(cells.type) else read_numbers(cells)
    rows = np.arange(len(cells)) if kinds is None else np.flatnonzero(kinds != ABSENT)
    return Run(name, rows.astype(np.int64), label, cells.take(numbers_to_arrow(rows)))


def _lists(
    name: str, labels: pa.Array, scores: pa.Array, uneven: dict[int, tuple[int, int]]
) -> list[Run]:
    if any(not (is_list(each.type) or pa.types.is_null(each.type)) for each in (labels, scores)):
        raise pa.ArrowInvalid("no lists")
    n_labels, n_scores = (_lengths(each) for each in (labels, scores))
    for row in np.flatnonzero(n_labels != n_scores).tolist():
        uneven[row] = (int(n_labels[row]), int(n_scores[row]))
    same = numbers_to_arrow(n_labels == n_scores)
    kept = np.flatnonzero(n_labels == n_scores)
    if not n_labels[kept].sum():
        return []
    labels, scores = labels.filter(same), scores.filter(same)
    rows = kept[row_of_each(labels)].astype(np.int64)
    return [Run(name, rows, as_text(pc.list_flatten(labels)), pc.list_flatten(scores))]


def _lengths(cells: pa.Array) -> IntArray:
    if pa.types.is_null(cells.type):
        return np.zeros(len(cells), dtype=np.int64)
    if pa.types.is_fixed_size_list(cells.type):
        valid = mask_to_numpy(cells.is_valid())
        return np.where(valid, cells.type.list_size, 0).astype(np.int64)
    return numbers_to_numpy(pc.fill_null(pc.list_value_length(cells), 0).cast(pa.int64()))


def _beside(name: str, labels: pa.Array, scores: pa.Array) -> Run:
    """Return the entries of a column of labels and one of scores; empty cells list nothing."""
    texts = as_text(labels)
    blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(texts), ""), True)
    _, kinds = read_numbers(scores, ",") if pa.types.is_string(scores.type) else (None, None)
    no_label = mask_to_numpy(blank)
    no_score = mask_to_numpy(scores.is_null()) if kinds is None else kinds == ABSENT
    rows = np.flatnonzero(~(no_label & no_score))
    taken = numbers_to_arrow(rows)
    return Run(name, rows.astype(np.int64), texts.take(taken), scores.take(taken))
