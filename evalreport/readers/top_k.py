"""Rows that hold only their most likely classes, in any of the forms that tools write them in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evalreport.batch import FloatArray, Intake, IntArray
from evalreport.errors import InputError, SettingsError
from evalreport.kinds import probability_view
from evalreport.readers.cells import column_of
from evalreport.readers.checks import row_ids, slice_columns
from evalreport.readers.columns import ID_NAMES, find_column, find_label, named, other_readings
from evalreport.readers.crossings import columns_of
from evalreport.readers.elements import is_list
from evalreport.readers.faults import MOST_ABOVE_ONE
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import Chunk, ReadSettings
from evalreport.readers.labels import distinct, is_missing_word
from evalreport.readers.shards import PartShard
from evalreport.readers.shown import shown_column
from evalreport.readers.task_rows import (
    RowColumns,
    RowFault,
    kept_rows,
    read_weights,
    refuse_or_reject,
    weight_and_slices,
)
from evalreport.readers.top_k_cells import Listed, read_listed
from evalreport.readers.top_k_faults import ListedFaults
from evalreport.readers.top_k_forms import TopKForm, find_form
from evalreport.results import ColumnUse
from evalreport.top_k_batch import TopKBatch, in_order
from evalreport.voice import CALLER

_ROWS_AT_A_TIME = 16_384
_KINDS = ("probabilities", "percentages", "log-probabilities")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopKColumns(RowColumns):
    """Which column is what, where rows hold only their most likely classes."""

    label: str
    form: TopKForm

    @property
    def own(self) -> tuple[str | None, ...]:
        """The columns of what happened, and of what rows list."""
        return (self.label, *self.form.labels, *self.form.probs)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that tell what stands before the decimals in text."""
        return self.form.probs if self.form.is_text else ()

    def as_column_use(self) -> ColumnUse:
        """Return the columns as the results name them."""
        return ColumnUse(
            *(self.label, self.form.probs, self.id, self.weight, self.slices),
            shown=self.shown,
            top=self.form.labels,
        )


def plan_top_k(glimpse: Glimpse, settings: ReadSettings) -> TopKColumns:
    """Decide which column is what.

    Raises
    ------
    InputError
        If a column is not there, or there are two ways to understand them.
    SettingsError
        If options contradict each other, or say nothing about rows of this kind.
    """
    _refuse_options(settings)
    common = weight_and_slices(glimpse, settings)
    weight, slices = common["weight"], common["slices"]
    row_id = None if settings.id is None else find_column(glimpse, settings.id, "id")
    others = (weight, row_id, *columns_of(slices, common["pairs"]))
    taken = {each for each in others if each is not None}
    label, reading = find_label(glimpse, settings, taken | _lists(glimpse, settings))
    free = [name for name in glimpse.header if name not in taken | {label}]
    form = find_form(glimpse, free, settings)
    if row_id is None:
        ids = named(ID_NAMES, [each for each in free if each not in (*form.labels, *form.probs)])
        row_id = ids[0] if ids else None
    return TopKColumns(
        label=label,
        form=form,
        id=row_id,
        **common,
        readings=(
            *reading,
            f"Most likely classes: {form}. What a row leaves of 1 belongs to classes that it does "
            "not list.",
            *other_readings(weight, row_id, slices),
        ),
    )


def _lists(glimpse: Glimpse, settings: ReadSettings) -> set[str]:
    """Return columns named like labels that hold lists: no one thing happened there."""
    if settings.label is not None:
        return set()
    plural = [each for each in glimpse.header if each.casefold() in ("labels", "targets")]
    return {each for each in plural if is_list(glimpse.first_rows(each).type)}


def _refuse_options(settings: ReadSettings) -> None:
    kind = settings.input_kind
    given = {
        "positive": settings.positive,
        "classes": settings.classes,
        "class_column": settings.class_column,
        "target_probs": settings.target_probs,
        "normalize": settings.normalize != "error",
    }
    options = [CALLER.option(name) for name, is_given in given.items() if is_given]
    options += [CALLER.option(name) for name in settings.task_columns.given()]
    if kind not in _KINDS:
        options.insert(0, CALLER.option("input_kind", kind))
    if options:
        beside = CALLER.flag("top_k")
        raise SettingsError(f"{options[0]} has no meaning with {beside}.\n  {_why(settings)}")


def _why(settings: ReadSettings) -> str:
    if settings.input_kind == "logits":
        return "Logits become probabilities only beside those of all other classes."
    return (
        "Every row names the classes that it lists, any class may happen, and what rows leave of 1 "
        "belongs to others."
    )


class TopKShard(PartShard[TopKColumns, TopKBatch]):
    """A part of an input together with how to understand it."""

    __slots__ = ()

    def _most_rows(self, n_columns: int) -> int:
        return _ROWS_AT_A_TIME

    def _admit(self, chunk: Chunk) -> TopKBatch:
        plan, kind = self.plan, self.settings.input_kind
        listed = self._listed(chunk)
        view = probability_view(listed.values[np.newaxis], kind)[0]
        observed, label_faults = self._observed(chunk, listed)
        weights, more_faults = read_weights(chunk, plan, self.path)
        found = ListedFaults(listed, view, plan.form, kind, chunk.cells.num_rows).find()
        rejections = refuse_or_reject(
            [*label_faults, *found, *more_faults], chunk, self.settings, self.path
        )
        rows = kept_rows(rejections, chunk)
        lowered = (view > 1) & (view <= 1 + MOST_ABOVE_ONE)
        parts = _Parts(listed, np.minimum(view, 1.0), observed, rows, kind == "log-probabilities")
        return parts.batch(
            weights=None if weights is None else weights[rows],
            ids=None if plan.id is None else row_ids(chunk, plan.id, self.path)[rows],
            rows=chunk.numbers()[rows],
            source=self.source,
            slices=slice_columns(chunk, plan.slices, plan.pairs, rows, self.path),
            shown=tuple(shown_column(chunk, each, rows) for each in plan.shown),
            intake=Intake(
                rejections,
                n_not_summing_to_one=parts.n_above_one,
                n_lowered_to_one=len(np.intersect1d(listed.rows[lowered], rows)),
            ),
        )

    def _listed(self, chunk: Chunk) -> Listed:
        try:
            return read_listed(chunk, self.plan.form, self.plan.decimal)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            column = self.plan.form.probs[0]
            raise InputError(
                f"cells of type {chunk.cells.column(column).type} hold no most likely classes as "
                "the first rows do.",
                path=self.path,
                row=chunk.first_row,
                column=column,
                hint="Labels are text, whole numbers or truth values; probabilities are numbers.",
            ) from error

    def _observed(self, chunk: Chunk, listed: Listed) -> tuple[list[str], list[RowFault]]:
        """Return the label of each row; words for nothing are labels only where rows list them."""
        numbers, texts = column_of(chunk, self.plan.label, distinct, self.path)
        known = set(listed.names)
        absent = [is_missing_word(text) and text not in known for text in texts]
        faults = [
            RowFault(row, self.plan.label, "", "label is missing", "the label is missing.")
            for row in np.flatnonzero(np.array([*absent, True])[numbers]).tolist()
        ]
        return [[*texts, ""][each] for each in numbers.tolist()], faults


class _Parts:
    """The rows that are kept, in the order of a batch."""

    def __init__(
        self, listed: Listed, probs: FloatArray, observed: list[str], rows: IntArray, is_log: bool
    ) -> None:
        self._tolerance = 4e-4 if listed.is_narrow else 1e-6
        self._observed = [observed[row] for row in rows.tolist()]
        self._classes = tuple(sorted({*self._observed, *listed.names}))
        index = {name: code for code, name in enumerate(self._classes)}
        new_codes = np.array([index[name] for name in listed.names], dtype=np.int64)
        self._codes_observed = np.array([index[name] for name in self._observed], dtype=np.int64)
        new_row = np.full(int(max(listed.rows.max(initial=-1), rows.max(initial=-1))) + 1, -1)
        new_row[rows] = np.arange(len(rows))
        kept = np.flatnonzero(new_row[listed.rows] >= 0)
        codes = new_codes[listed.codes[kept]] if len(kept) else np.empty(0, dtype=np.int64)
        logs = np.minimum(listed.values, 0.0) if is_log else None
        by = probs if logs is None else logs
        order = in_order(new_row[listed.rows[kept]], codes, by[kept])
        taken = kept[order]
        self._row_of = new_row[listed.rows[taken]]
        self._listed, self._probs = codes[order], probs[taken]
        self._logs = None if logs is None else logs[taken]

    @property
    def n_above_one(self) -> int:
        """Rows that sum to more than 1 by more than rounding."""
        sums = np.bincount(self._row_of, weights=self._probs)
        return int(np.count_nonzero(sums > 1 + self._tolerance))

    def batch(self, **others: object) -> TopKBatch:
        """Return the batch."""
        lengths = np.bincount(self._row_of, minlength=len(self._observed))
        return TopKBatch(
            classes=self._classes,
            observed=self._codes_observed,
            listed=self._listed,
            probs=self._probs,
            starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
            log_probs=self._logs,
            tolerance=self._tolerance,
            **others,  # type: ignore[arg-type]  # the fields of a batch by their names
        )
