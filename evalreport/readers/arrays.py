"""Predictions out of memory: arrays, lists, data frames, tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from evalreport.errors import InputError, SettingsError
from evalreport.readers.classes import Settled, names_without_shared_parts, settle_classes
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.glimpse import Labels
from evalreport.readers.interface import (
    Chunk,
    Normalize,
    OnInvalid,
    Predictions,
    ReadSettings,
    Source,
)
from evalreport.readers.labels import canonical, first_row_with, found_labels, in_order
from evalreport.readers.layout import Layout
from evalreport.readers.memory import (
    ColumnOfCells,
    Columns,
    as_column,
    as_columns,
    cells_of,
    named_columns,
)
from evalreport.readers.opening import Stamp, understood
from evalreport.readers.targets import refuse_contradictions, settle_targets
from evalreport.readers.wording import listed
from evalreport.results import InputKind

_ANY = 1_000_000


@dataclass(frozen=True, slots=True)
class ArrayPart:
    """Columns in memory, all of the same length."""

    columns: Mapping[str, ColumnOfCells]
    n_rows: int
    n_bytes: int = 0

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order."""
        for start in range(0, self.n_rows, max_rows):
            stop = min(start + max_rows, self.n_rows)
            cells = [cells_of(self.columns[name], start, stop) for name in columns]
            yield Chunk(start + 1, pa.RecordBatch.from_arrays(cells, list(columns)))


def predictions_from_arrays(
    observed: Any,
    probs: Any,
    *,
    targets: Any = None,
    normalize_targets: bool = False,
    classes: Sequence[object] | None = None,
    positive: object | None = None,
    input_kind: InputKind = "probabilities",
    weights: Any = None,
    slices: Mapping[str, Any] | None = None,
    ids: Any = None,
    clusters: Any = None,
    on_invalid: OnInvalid = "error",
    normalize: Normalize = "error",
    show: Mapping[str, Any] | None = None,
) -> Predictions:
    """Take predictions that are in memory; the same checks apply as to a file.

    Parameters
    ----------
    observed : array-like of shape (n_rows,)
        Labels of what happened: text, whole numbers or truth values.
    probs : array-like of shape (n_rows,) or (n_rows, n_classes)
        Probabilities of the positive class, or predictive distributions.
    targets : array-like of shape (n_rows,) or (n_rows, n_classes), optional
        Soft labels instead of `observed`: distributions of what happened, in the order of `probs`
        unless both have column names.
    normalize_targets : bool
        Whether `targets` are counts, to be divided by their sum.
    classes : sequence, optional
        The class of each column of `probs`. Unless given: the column names, or what these do not
        share, if the labels are among them; without names the sorted labels if there are as many.
    positive : object, optional
        The class that a single probability, and binary views, speak of.
    input_kind : {"probabilities", "percentages", "logits", "log-probabilities"}
        What the numbers in `probs` are.
    weights, ids : array-like of shape (n_rows,), optional
        Case weights, and row ids.
    slices : mapping of str to array-like of shape (n_rows,), optional
        Columns to report by.
    clusters : array-like of shape (n_rows,), optional
        Names of what rows belong to: rows of the same name are not independent.
    on_invalid : {"error", "drop"}
        Whether a row that cannot be scored is an error or left out and told about.
    normalize : {"error", "rescale", "as-is"}
        What becomes of rows whose probabilities do not sum to 1.
    show : mapping of str to array-like of shape (n_rows,), optional
        Columns whose contents are shown with the worst rows.

    Returns
    -------
    Predictions
        NumPy arrays, lists, pandas objects, objects with ``__arrow_c_stream__`` (polars, DuckDB)
        and with ``__array__`` (torch) are all understood. Index labels are not: rows belong
        together by position.

    Raises
    ------
    InputError
        If the shapes disagree, or nothing tells the classes.
    SettingsError
        If `classes` or `positive` contradict the rest.
    """
    if classes is not None and (isinstance(classes, str) or not isinstance(classes, Iterable)):
        raise SettingsError(f"classes takes the names of all classes, not {classes!r}.")
    refuse_contradictions(targets is not None, observed is not None, normalize_targets)
    if probs is None or (observed is None and targets is None):
        raise SettingsError(
            f"{'probs=' if probs is None else 'observed='} is missing.\n"
            "  Pass probs= and what happened: observed=, or targets= for soft labels."
        )
    settings = ReadSettings(
        classes=None if classes is None else tuple(canonical(each) for each in classes),
        positive=None if positive is None else canonical(positive),
        input_kind=input_kind,
        on_invalid=on_invalid,
        normalize=normalize,
        normalize_targets=normalize_targets,
    )
    happened = as_columns(*((observed, "observed") if targets is None else (targets, "targets")))
    if targets is None and len(happened.columns) != 1:
        raise InputError(f"observed has {len(happened.columns)} columns, and one is needed.")
    others = {"weights": weights, "ids": ids, "clusters": clusters}
    table = _table(happened, as_columns(probs, "probs"), others, slices, show)
    if targets is not None:
        table = replace(table, label=None)
    return _understood(table, settings, _categories_of(observed))


def _categories_of(observed: Any) -> tuple[str, ...]:
    """Return the categories of a pandas categorical, in their order; none for all else."""
    categories = getattr(getattr(observed, "dtype", None), "categories", None)
    return () if categories is None else tuple(canonical(each) for each in categories)


@dataclass(frozen=True, slots=True)
class _Table:
    """The arrays as named columns; the names are what messages call them."""

    part: ArrayPart
    label: str | None
    """None if `happened` are targets."""
    happened: tuple[str, ...]
    happened_classes: tuple[str, ...] | None
    probs: tuple[str, ...]
    prob_classes: tuple[str, ...] | None
    weight: str | None
    id: str | None
    cluster: str | None
    slices: tuple[str, ...]
    shown: tuple[str, ...]


def _table(
    happened: Columns,
    probs: Columns,
    others: Mapping[str, Any],
    slices: Mapping[str, Any] | None,
    show: Mapping[str, Any] | None,
) -> _Table:
    asked, seen = named_columns(slices, "slices"), named_columns(show, "show")
    columns = {name: as_column(each, f"slice '{name}'") for name, each in asked.items()}
    n_slices = len(columns)

    def add(name: str, column: ColumnOfCells) -> str:
        while name in columns:
            name += "'"
        columns[name] = column
        return name

    what = tuple(add(*each) for each in zip(happened.shown, happened.columns, strict=True))
    names = tuple(add(*each) for each in zip(probs.shown, probs.columns, strict=True))
    given = (
        None if each is None else add(name, as_column(each, name)) for name, each in others.items()
    )
    weight, row_id, cluster = given
    shown = tuple(add(name, as_column(each, name)) for name, each in seen.items())
    return _Table(
        part=ArrayPart(columns, common_length(columns, what[0])),
        label=what[0],
        happened=what,
        happened_classes=happened.names,
        probs=names,
        prob_classes=probs.names,
        weight=weight,
        id=row_id,
        cluster=cluster,
        slices=(*columns,)[:n_slices],
        shown=shown,
    )


def _understood(table: _Table, settings: ReadSettings, categories: tuple[str, ...]) -> Predictions:
    settled, targets = _settled(table, settings, categories)
    plan = ColumnPlan(
        label=table.label,
        probs=settled.columns,
        classes=settled.classes,
        positive=settled.positive,
        weight=table.weight,
        id=table.id,
        slices=table.slices,
        cluster=table.cluster,
        readings=settled.readings,
        targets=targets,
        shown=table.shown,
    )
    source = Source(None, tuple(table.part.columns), True, (table.part,))
    return understood([source], plan, settings, "arrays", Stamp())


def _settled(
    table: _Table, settings: ReadSettings, categories: tuple[str, ...]
) -> tuple[Settled, tuple[str, ...]]:
    """Return the classes with their columns, and the columns of targets if there are any."""
    if table.label is None:
        probs = _soft_layout(table, settings)
        targets = Layout(table.happened, table.happened_classes or probs.names)
        soft = settle_targets(targets, probs, settings, None)
        return soft.settled, soft.targets
    column = table.part.columns[table.label]
    cells = cells_of(column, 0, len(column))

    def row_of(label: str) -> int | None:
        row = first_row_with(cells, label)
        return None if row is None else row + 1

    labels = Labels(lambda limit: found_labels([cells], limit), _ANY, row_of)
    found = _Labels(labels, categories, pa.types.is_string(cells.type))
    layout, note = _layout(table.prob_classes, table.probs, settings, found)
    settled = settle_classes(layout, settings, labels, None, table.label)
    return replace(settled, readings=(*note, *settled.readings)), ()


def _soft_layout(table: _Table, settings: ReadSettings) -> Layout:
    """Return the columns of the probabilities; no label tells what their classes are called."""
    if len(table.probs) == 1:
        return Layout(table.probs, ())
    numbers = tuple(str(number) for number in range(len(table.probs)))
    names = table.prob_classes or settings.classes or table.happened_classes or numbers
    if len(names) != len(table.probs):
        names = numbers
    return Layout(table.probs, names)


def common_length(table: Mapping[str, ColumnOfCells], label: str) -> int:
    """Return how many rows all columns have.

    Raises
    ------
    InputError
        If one has more or fewer than the column `label`, or there are none.
    """
    n_rows = len(table[label])
    for name, column in table.items():
        if len(column) != n_rows:
            rows = f"{len(column)} row{'' if len(column) == 1 else 's'}"
            raise InputError(
                f"'{name}' has {rows}, and '{label}' has {n_rows}.",
                hint="All arrays need one value, or one row, for each prediction.",
            )
    if n_rows == 0:
        raise InputError("there are no rows.")
    return n_rows


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of arrays, and what else may tell their order."""

    labels: Labels
    categories: tuple[str, ...]
    are_text: bool

    def in_order(self) -> tuple[str, ...]:
        """Return the labels sorted as everybody would sort them.

        Raises
        ------
        InputError
            If they are numbers written as text, which sort in two ways.
        """
        as_numbers, as_words = in_order(self.labels.all()), tuple(sorted(self.labels.all()))
        if self.are_text and as_numbers != as_words:
            raise InputError(
                f"the labels are numbers written as text: sorted as text they are "
                f"{listed(as_words)}, as numbers {listed(as_numbers)}, and nothing tells which is "
                "the order of the columns of probs.",
                hint="Pass classes= with the class of each column, in their order.",
            )
        return as_numbers


def _layout(
    names: tuple[str, ...] | None,
    columns: tuple[str, ...],
    settings: ReadSettings,
    found: _Labels,
) -> tuple[Layout, tuple[str, ...]]:
    """Return the columns with the classes they are named after, and how those were found."""
    if len(columns) == 1:
        return Layout(columns, ()), ()
    if settings.classes is not None:
        if len(settings.classes) != len(columns):
            raise InputError(
                f"probs has {len(columns)} columns, and classes= names {len(settings.classes)}."
            )
        return Layout(columns, names or settings.classes, explicit=names is not None), ()
    labels = found.labels.all()
    if names is not None and set(labels) <= set(names):
        return Layout(columns, names), ("Classes: the column names of probs.",)
    if names is not None and names_without_shared_parts(columns, labels) is not None:
        return Layout(columns, names, explicit=True), ()
    if names is not None and not _are_positions(names):
        raise InputError(
            f"the columns of probs are named {listed(names)}, and the labels are "
            f"{listed(labels, 5)}, so nothing tells which column is which class.",
            hint="Pass classes= with the class of each column, in their order.",
        )
    if len(found.categories) == len(columns):
        return Layout(columns, found.categories), ("Classes: the categories of observed.",)
    if len(labels) == len(columns):
        classes = found.in_order()
        return Layout(columns, classes), (
            f"Classes: the sorted labels, {listed(classes)}, in the order of the columns of probs.",
        )
    raise InputError(
        f"probs has {len(columns)} columns, and there are {len(labels)} labels "
        f"({listed(labels, 5)}), so nothing tells which column is which class.",
        hint="Pass classes= with the class of each column, in their order.",
    )


def _are_positions(names: Sequence[str]) -> bool:
    """Tell whether columns are numbered from 0, as in a data frame that was given no names."""
    return list(names) == [str(number) for number in range(len(names))]
