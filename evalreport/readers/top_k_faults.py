"""What can be wrong with rows that hold only their most likely classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evalreport.batch import FloatArray
from evalreport.errors import clipped
from evalreport.readers.faults import MOST_ABOVE_ONE, MOST_OFF_ONE, NOUNS
from evalreport.readers.numbers import ABSENT, NO_NUMBER
from evalreport.readers.odd_cells import hint_on_cell, mend_or_drop
from evalreport.readers.task_rows import RowFault, drop_hint
from evalreport.readers.top_k_cells import Listed
from evalreport.readers.top_k_forms import TopKForm
from evalreport.results import InputKind
from evalreport.voice import CALLER


@dataclass(frozen=True, slots=True)
class ListedFaults:
    """Finds what is wrong with what rows list.

    Parameters
    ----------
    listed : Listed
        What the rows of a chunk list.
    view : float64 ndarray of shape (n_listed,)
        Every entry as a probability.
    form : TopKForm
        Where they stand.
    kind : str
        What the numbers are.
    n_rows : int
        Rows in the chunk.
    """

    listed: Listed
    view: FloatArray
    form: TopKForm
    kind: InputKind
    n_rows: int

    def find(self) -> Iterator[RowFault]:
        """Yield what is wrong with each row; the first of a row counts."""
        yield from self._uneven()
        yield from self._empty()
        yield from self._unnamed()
        yield from self._entries()
        yield from self._twice()
        yield from self._sums()

    def _uneven(self) -> Iterator[RowFault]:
        for row, (n_labels, n_scores) in self.listed.uneven.items():
            labels = f"{n_labels} label{' stands' if n_labels == 1 else 's stand'}"
            scores = f"{n_scores} probabilit{'y' if n_scores == 1 else 'ies'}"
            fact = f"{labels} beside {scores}."
            value = f"{n_labels} and {n_scores}"
            reason = "labels and probabilities differ in number"
            yield RowFault(row, self.form.labels[0], value, reason, fact)

    def _empty(self) -> Iterator[RowFault]:
        counts = np.bincount(self.listed.rows, minlength=self.n_rows)
        for row in np.flatnonzero(counts == 0).tolist():
            if row not in self.listed.uneven:
                yield RowFault(
                    row, self.form.probs[0], "", "no class is listed", "the row lists no class."
                )

    def _unnamed(self) -> Iterator[RowFault]:
        for entry in np.flatnonzero(self.listed.codes < 0).tolist():
            value = self.listed.text_of(entry)
            fact = f"probability {value} has no label beside it."
            yield self._fault(entry, value, "a listed class has no label", fact)

    def _entries(self) -> Iterator[RowFault]:
        healthy = (self.view >= 0) & (self.view <= 1 + MOST_ABOVE_ONE)
        for entry in np.flatnonzero(~healthy).tolist():
            value = self.listed.text_of(entry)
            reason, fact, hint = self._what_is_wrong(entry, value)
            yield self._fault(entry, value, reason, fact, hint)

    def _what_is_wrong(self, entry: int, value: str) -> tuple[str, str, str]:
        noun, most = NOUNS[self.kind]["noun"], NOUNS[self.kind]["most"]
        number, kind = self.listed.values[entry], self.listed.kinds[entry]
        if kind == ABSENT:
            name = self.listed.names[self.listed.codes[entry]]
            return f"{noun} is missing", f"the {noun} of '{name}' is missing.", drop_hint()
        if kind == NO_NUMBER:
            fact = f"{noun} '{clipped(value)}' is no number."
            return f"{noun} is no number", fact, hint_on_cell(value) or mend_or_drop()
        if np.isnan(number):
            return f"{noun} is NaN", f"the {noun} is NaN.", drop_hint()
        if np.isinf(number):
            return f"{noun} is infinite", f"the {noun} is infinite.", drop_hint()
        other = _likely_kind(self.kind, float(number))
        hint = drop_hint()
        if other is not None:
            hint = f"If these are {other}, pass {CALLER.option('input_kind', other)}."
        if number < 0:
            return f"{noun} is below 0", f"{noun} {value} is below 0.", hint
        return f"{noun} is above {most}", f"{noun} {value} is above {most}.", hint

    def _twice(self) -> Iterator[RowFault]:
        n_names = len(self.listed.names)
        keys = self.listed.rows * n_names + self.listed.codes
        order = np.argsort(keys, kind="stable")
        again = order[1:][(np.diff(keys[order]) == 0) & (self.listed.codes[order[1:]] >= 0)]
        for entry in np.sort(again).tolist():
            name = self.listed.names[self.listed.codes[entry]]
            fact = f"'{name}' stands here twice."
            yield self._fault(entry, name, "a class is listed twice", fact, "Give each class once.")

    def _sums(self) -> Iterator[RowFault]:
        whole = float(NOUNS[self.kind]["whole"])
        finite = np.nan_to_num(self.view, nan=0.0, posinf=0.0, neginf=0.0)
        sums = np.bincount(self.listed.rows, weights=finite, minlength=self.n_rows)
        nouns = NOUNS[self.kind]["nouns"]
        for row in np.flatnonzero(sums > 1 + MOST_OFF_ONE).tolist():
            value = f"{whole * sums[row]:.6g}"
            fact = f"the {nouns} sum to {value}, above {whole:g}."
            reason = f"{nouns} sum to more than {whole:g}"
            yield RowFault(row, self.form.probs[0], value, reason, fact)
        counts = np.bincount(self.listed.rows, minlength=self.n_rows)
        for row in np.flatnonzero((sums == 0) & (counts > 0)).tolist():
            fact = f"the listed {nouns} are all 0."
            yield RowFault(row, self.form.probs[0], "0", f"{nouns} are all 0", fact)

    def _fault(
        self, entry: int, value: str, reason: str, fact: str, hint: str | None = None
    ) -> RowFault:
        row, column = int(self.listed.rows[entry]), self.listed.column_of(entry)
        return RowFault(row, column, value, reason, fact, hint or drop_hint())


def _likely_kind(kind: InputKind, number: float) -> InputKind | None:
    if kind != "probabilities":
        return None
    if number < 0:
        return "log-probabilities"
    return "percentages" if number <= 100 else None
