"""Errors and rejections for single rows: the place, the value, and the likely cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalreport.batch import Rejection
from evalreport.errors import InputError, clipped
from evalreport.readers.cells import text_of
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.faults import NOUNS, Fault, FaultyRow, Judged
from evalreport.readers.interface import Chunk
from evalreport.readers.labels import MISSING, canonical
from evalreport.readers.numbers import ABSENT
from evalreport.readers.odd_cells import hint_on_cell, is_truth, mend_or_drop
from evalreport.readers.odd_labels import HEADER_AGAIN
from evalreport.readers.other_kinds import hint_on_kind
from evalreport.readers.suspicions import look_alike, name_the_label, no_label_column, off_by_one
from evalreport.readers.wording import listed, near
from evalreport.voice import CALLER

_FACTS = {
    Fault.LABEL_MISSING: "the label is missing.",
    Fault.LABEL_UNKNOWN: "label '{value}' is none of the classes {classes}.",
    Fault.PROBABILITY_MISSING: "the {noun} is missing.",
    Fault.PROBABILITY_NO_NUMBER: "{noun} '{value}' is no number.",
    Fault.PROBABILITY_NAN: "the {noun} is NaN.",
    Fault.PROBABILITY_INFINITE: "the {noun} is infinite.",
    Fault.PROBABILITY_BELOW_ZERO: "{noun} {value} is below 0.",
    Fault.PROBABILITY_ABOVE_ONE: "{noun} {value} is above {most}.",
    Fault.SUM_NOT_ONE: "the {nouns} sum to {value}, not to {whole}.",
    Fault.WEIGHT_MISSING: "the weight is missing.",
    Fault.WEIGHT_NEGATIVE: "weight {value} is negative.",
    Fault.WEIGHT_NO_NUMBER: "weight '{value}' is no number.",
    Fault.WEIGHT_INFINITE: "the weight is infinite.",
    Fault.WEIGHT_TOO_LARGE: "weight {value} is above 1e300.",
    Fault.CLUSTER_MISSING: "the cluster is missing.",
    Fault.TARGET_MISSING: "the target is missing.",
    Fault.TARGET_NO_NUMBER: "target '{value}' is no number.",
    Fault.TARGET_NAN: "the target is NaN.",
    Fault.TARGET_INFINITE: "the target is infinite.",
    Fault.TARGET_NEGATIVE: "target {value} is below 0.",
    Fault.TARGET_ABOVE_ONE: "target {value} is above 1.",
    Fault.TARGETS_NOT_ONE: "the targets sum to {value}, not to 1.",
    Fault.TARGETS_ZERO: "the targets are all 0, so nothing happened.",
}
_TOTALS = ("total", "totals", "grand total", "sum", "mean", "average")
_SUMS = (Fault.SUM_NOT_ONE, Fault.TARGETS_NOT_ONE, Fault.TARGETS_ZERO)
_NO_NUMBERS = (Fault.PROBABILITY_NO_NUMBER, Fault.TARGET_NO_NUMBER, Fault.WEIGHT_NO_NUMBER)
_OUT_OF_RANGE = (Fault.PROBABILITY_BELOW_ZERO, Fault.PROBABILITY_ABOVE_ONE)


@dataclass(frozen=True, slots=True)
class Complaints:
    """Speaks of the faulty rows of one chunk."""

    chunk: Chunk
    judged: Judged
    plan: ColumnPlan
    path: str | None

    def error(self, faulty: FaultyRow) -> InputError:
        """Return the error that refuses the input because of this row."""
        value = self._value(faulty)
        return InputError(
            self._fact(faulty, value),
            path=self.path,
            row=self._row(faulty),
            column=None if faulty.fault in _SUMS else self._column(faulty),
            value=value,
            hint=self._hint(faulty, value),
        )

    def _fact(self, faulty: FaultyRow, value: str) -> str:
        nouns = NOUNS[self.judged.kind]
        if faulty.fault == Fault.PROBABILITY_INFINITE and self._is_nothing(faulty.row):
            return f"every {nouns['noun']} of the row is minus infinity, which leaves no class."
        classes = listed(self.plan.classes)
        return _FACTS[faulty.fault].format(value=clipped(value), classes=classes, **nouns)

    def _is_nothing(self, row: int) -> bool:
        values = self.judged.cells.values[:, row]
        return len(values) > 1 and bool(np.isneginf(values).all())

    def rejection(self, faulty: FaultyRow, kept_columns: Sequence[str]) -> Rejection:
        """Return the row as one that is left out, with some of its cells."""
        cells = self.chunk.cells
        return Rejection(
            reason=faulty.fault.reason(self.judged.kind),
            row=self._row(faulty),
            column=self._column(faulty),
            value=clipped(self._value(faulty)),
            cells=tuple((name, text_of(cells.column(name), faulty.row)) for name in kept_columns),
        )

    def _row(self, faulty: FaultyRow) -> int:
        return self.chunk.number_of(faulty.row)

    def _column(self, faulty: FaultyRow) -> str:
        if faulty.fault <= Fault.LABEL_UNKNOWN:
            return self.plan.label or ""
        if faulty.fault == Fault.SUM_NOT_ONE:
            return listed(self.plan.probs, limit=3)
        if faulty.fault >= Fault.TARGETS_NOT_ONE:
            return listed(self.plan.targets, limit=3)
        if faulty.fault >= Fault.TARGET_MISSING:
            return self.plan.targets[faulty.column]
        if faulty.fault == Fault.CLUSTER_MISSING:
            return self.plan.cluster or ""
        if faulty.fault > Fault.SUM_NOT_ONE:
            return self.plan.weight or ""
        return self.plan.probs[faulty.column]

    def _value(self, faulty: FaultyRow) -> str:
        if faulty.fault == Fault.SUM_NOT_ONE and self.judged.sums is not None:
            whole = float(NOUNS[self.judged.kind]["whole"])
            return f"{whole * self.judged.sums[faulty.row]:.6g}"
        targets = self.judged.cells.targets
        if faulty.fault >= Fault.TARGETS_NOT_ONE and targets is not None:
            return f"{targets.sums[faulty.row]:.6g}"
        return text_of(self.chunk.cells.column(self._column(faulty)), faulty.row)

    def _hint(self, faulty: FaultyRow, value: str) -> str:
        drop = f"Pass {CALLER.option('on_invalid', 'drop')} to leave such rows out."
        if faulty.fault == Fault.LABEL_MISSING:
            return self._hint_on_no_label(faulty.row) or drop
        if faulty.fault == Fault.LABEL_UNKNOWN:
            return self._hint_on_label(value) or drop
        if faulty.fault == Fault.PROBABILITY_MISSING and self._may_be_top_k():
            return f"{self._hint_on_rare_name(faulty.column)}{drop[:-1]}, or {_top_k()}."
        if faulty.fault == Fault.SUM_NOT_ONE:
            return self._hint_on_sum(faulty) or drop
        if faulty.fault == Fault.TARGETS_NOT_ONE:
            normalize = CALLER.flag("normalize_targets")
            return f"Pass {normalize} if these are counts: it divides them by their sum."
        if faulty.fault in _OUT_OF_RANGE:
            return self._likely_kind() or drop
        if faulty.fault in _NO_NUMBERS:
            is_forecast = faulty.fault == Fault.PROBABILITY_NO_NUMBER
            hints = (hint_on_cell(value, is_forecast), self._hint_on_text(faulty))
            # A whole column of truth values is no forecast that was written wrongly.
            return next(filter(None, reversed(hints) if is_truth(value) else hints), mend_or_drop())
        return drop

    def _hint_on_rare_name(self, column: int) -> str:
        """Return where to look if few rows name a class at all: the name may be a slip."""
        kinds = self.judged.cells.kinds
        if kinds is None or "." not in self.plan.probs[column]:
            return ""
        present = np.flatnonzero(kinds[column] != ABSENT)
        if not len(present) or 4 * len(present) > len(kinds[column]):
            return ""
        row = self.chunk.number_of(int(present[0]))
        return f"Few rows name that class, row {row} first: if the name is a slip, mend it there. "

    def _hint_on_text(self, faulty: FaultyRow) -> str | None:
        """Return what to do if a column among those of the probabilities holds no number at all."""
        kinds, columns = self.judged.cells.kinds, self.plan.probs
        if kinds is None or len(columns) < 3 or faulty.fault != Fault.PROBABILITY_NO_NUMBER:
            return None
        without = [name for name, kind in zip(columns, kinds, strict=True) if (kind == 0).any()]
        if not 2 <= len(without) < len(columns):
            return None
        option = CALLER.option("probs", without)
        return f"No cell of this column is a number; if it is no probability, pass {option}."

    def _hint_on_no_label(self, row: int) -> str | None:
        n_rows = len(self.judged.cells.codes)
        kinds = self.judged.cells.kinds
        labelled = (self.judged.cells.codes != MISSING).any()
        if labelled and kinds is not None and (kinds[:, row] == ABSENT).all():
            option = CALLER.option("on_invalid", "drop")
            return f"The row is empty: remove it, or pass {option} to leave such rows out."
        if n_rows < 2 or not (self.judged.cells.codes == MISSING).all():
            return None
        return f"None of the first {n_rows:,} rows has a label. {name_the_label()}"

    def _may_be_top_k(self) -> bool:
        """Tell whether rows could hold only their most likely classes; arrays hold all of them."""
        probs, nested = self.plan.probs, "." in self.plan.probs[0]
        if CALLER.arrays or self.judged.kind == "logits" or probs[0].endswith("]"):
            return False
        return len(probs) > 2 or nested

    def _hint_on_label(self, value: str) -> str | None:
        stripped = canonical(value.strip())
        alike = look_alike(stripped, self.plan.classes)
        if value == self.plan.label:
            return HEADER_AGAIN
        if stripped in self.plan.classes:
            return f"Without the blanks around it, it would be class '{stripped}'."
        if alike is not None:
            return alike
        if (self.judged.cells.codes < 0).all():
            labels = self.chunk.cells.column(self.plan.label)
            return no_label_column(labels) or self._hint_on_classes()
        shifted = off_by_one(stripped, self.plan.classes)
        if shifted is not None:
            return shifted
        if stripped.casefold() in _TOTALS:
            drop = CALLER.option("on_invalid", "drop")
            return f"If it is a line of totals, remove it, or pass {drop} to leave such rows out."
        meant = near(value, self.plan.classes)
        return None if meant is None else f"Did you mean '{meant}'?"

    def _hint_on_classes(self) -> str | None:
        """Return what to do if the columns are not named after the labels at all."""
        option = CALLER.option
        if self.plan.class_column is not None:
            return (
                f"No label here is among the classes in column '{self.plan.class_column}'. "
                f"{name_the_label()}"
            )
        if CALLER.arrays:
            return f"Pass {option('classes')} with the class of each column, in their order."
        if self.plan.classes == tuple(map(str, range(1, len(self.plan.classes) + 1))):
            return f"Pass {_top_k()}, each label beside its probability."
        return (
            f"No label here names a class: list the columns with {option('probs', ['A', 'B'])} "
            f"and the class of each with {option('classes', ['X', 'Y'])}."
        )

    def _likely_kind(self) -> str | None:
        return hint_on_kind(self.judged.cells.values, self.judged.sums, self.judged.kind)

    def _hint_on_sum(self, faulty: FaultyRow) -> str | None:
        option = CALLER.option
        if self.judged.sums is not None and not self.judged.sums[faulty.row]:
            return None  # zeros are no distribution at any scale
        return (
            self._likely_kind()
            or self.plan.likely_cause
            or (
                f"Pass {option('normalize', 'rescale')} to divide such rows by their sum, or "
                f"{option('normalize', 'as-is')} to score them as they are."
                f"{self._or_top_k(faulty)}"
            )
        )

    def _or_top_k(self, faulty: FaultyRow) -> str:
        """Return what else a sum below 1 can mean, in objects and pairs of label and score."""
        sums, nested = self.judged.sums, all("." in each for each in self.plan.probs)
        below = sums is not None and sums[faulty.row] < 1
        return f" Or pass {_top_k()}." if below and nested and self._may_be_top_k() else ""


def _top_k() -> str:
    return f"{CALLER.flag('top_k')} if rows hold only their most likely classes"
