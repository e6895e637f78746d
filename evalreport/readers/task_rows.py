"""What readers of token files and Gaussian forecasts share: refusing rows, and options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np

from evalreport.batch import FloatArray, IntArray, Rejection
from evalreport.errors import InputError, SettingsError, clipped
from evalreport.readers.cells import column_of, text_of
from evalreport.readers.columns import ID_NAMES, find_column, find_slices, first_named, named
from evalreport.readers.crossings import Pair, columns_of
from evalreport.readers.faults import MOST_WEIGHT
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import Chunk, ReadSettings
from evalreport.readers.numbers import ABSENT, NO_NUMBER, Kinds, read_numbers
from evalreport.readers.odd_cells import hint_on_cell, mend_or_drop
from evalreport.readers.wording import listed, quoted
from evalreport.voice import CALLER


def drop_hint() -> str:
    """Return how rows that cannot be scored are left out."""
    return f"Pass {CALLER.option('on_invalid', 'drop')} to leave such rows out."


@dataclass(frozen=True, slots=True, kw_only=True)
class RowColumns:
    """Which column is what, as far as all tasks have the same; see `tasks.InputPlan`."""

    readings: tuple[str, ...]
    id: str | None = None
    weight: str | None = None
    slices: tuple[str, ...] = ()
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    """The two columns of each slice that has two."""
    shown: tuple[str, ...] = ()
    """Columns whose contents are shown with the worst rows."""
    classes: tuple[str, ...] = ()
    positive: int = 0
    decimal: str = "."

    @property
    def own(self) -> tuple[str | None, ...]:
        """The columns that only this task has."""
        raise NotImplementedError

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that is needed, once."""
        named = (*self.own, self.id, self.weight, *columns_of(self.slices, self.pairs), *self.shown)
        return tuple(dict.fromkeys(each for each in named if each is not None))

    def with_decimal(self, decimal: str, *notes: str) -> Self:
        """Return the plan for numbers in text that have this before their decimals."""
        return replace(self, decimal=decimal, readings=(*self.readings, *notes))


def weight_and_slices(glimpse: Glimpse, settings: ReadSettings) -> dict[str, Any]:
    """Return the columns that any task may be asked for, by the fields of a plan."""
    weight = settings.weight
    slices, pairs = find_slices(glimpse, settings)
    return {
        "weight": None if weight is None else find_column(glimpse, weight, "weight"),
        "slices": slices,
        "pairs": pairs,
        "shown": tuple(dict.fromkeys(find_column(glimpse, each, "show") for each in settings.show)),
    }


def found_id(glimpse: Glimpse, settings: ReadSettings) -> str | None:
    """Return the column of row ids: as asked, or by its name."""
    if settings.id is not None:
        return find_column(glimpse, settings.id, "id")
    return first_named(ID_NAMES, [each for each in glimpse.header if each not in settings.slices])


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row of a chunk: a phrase to count it by, and a sentence."""

    row: int
    column: str
    value: str
    reason: str
    fact: str
    hint: str = field(default_factory=drop_hint)


def read_weights(
    chunk: Chunk, plan: RowColumns, path: str | None
) -> tuple[FloatArray | None, list[RowFault]]:
    """Return the weight of each row, and the rows that cannot be scored because of it."""
    column = plan.weight
    if column is None:
        return None, []
    weights, kinds = column_of(chunk, column, lambda it: read_numbers(it, plan.decimal), path)
    faults = number_faults(chunk, column, "weight", weights, kinds)
    for row in np.flatnonzero((weights < 0) | (weights > MOST_WEIGHT)).tolist():
        if np.isfinite(weights[row]):
            value = text_of(chunk.cells.column(column), row)
            wrong = "negative" if weights[row] < 0 else f"above {MOST_WEIGHT:g}".replace("+", "")
            fact = f"weight {value} is {wrong}."
            faults.append(RowFault(row, column, value, f"weight is {wrong}", fact))
    return weights, faults


def refuse_or_reject(
    faults: Sequence[RowFault], chunk: Chunk, settings: ReadSettings, path: str | None
) -> tuple[Rejection, ...]:
    """Return the faulty rows as rows left out, each by the first thing wrong with it.

    Raises
    ------
    InputError
        If rows are not to be left out, for the first of them.
    """
    first_of_row: dict[int, RowFault] = {}
    for each in faults:
        first_of_row.setdefault(each.row, each)
    ordered = [first_of_row[row] for row in sorted(first_of_row)]
    if ordered and settings.on_invalid == "error":
        fault = ordered[0]
        raise InputError(
            fault.fact,
            path=path,
            row=chunk.first_row + fault.row,
            column=fault.column,
            value=fault.value,
            hint=fault.hint,
        )
    kept = chunk.cells.schema.names if settings.keep_rejected_rows else ()
    return tuple(
        Rejection(
            reason=each.reason,
            row=chunk.first_row + each.row,
            column=each.column,
            value=each.value,
            cells=tuple((name, text_of(chunk.cells.column(name), each.row)) for name in kept),
        )
        for each in ordered
    )


def kept_rows(rejections: Sequence[Rejection], chunk: Chunk) -> IntArray:
    """Return which rows of a chunk are not left out."""
    gone = [each.row - chunk.first_row for each in rejections]
    return np.delete(np.arange(chunk.cells.num_rows, dtype=np.int64), gone)


def number_faults(
    chunk: Chunk, column: str, noun: str, values: FloatArray, kinds: Kinds | None
) -> list[RowFault]:
    """Return the rows whose cell is missing, no number, NaN or infinite."""
    suspects = np.flatnonzero(~np.isfinite(values))
    return [
        _number_fault(chunk, column, noun, int(row), 0 if kinds is None else int(kinds[row]))
        for row in suspects
    ]


def _number_fault(chunk: Chunk, column: str, noun: str, row: int, kind: int) -> RowFault:
    value = text_of(chunk.cells.column(column), row)
    if kind == ABSENT:
        return RowFault(row, column, value, f"{noun} is missing", f"the {noun} is missing.")
    if kind == NO_NUMBER:
        fact = f"{noun} '{clipped(value)}' is no number."
        hint = hint_on_cell(value, is_forecast=False) or mend_or_drop()
        return RowFault(row, column, value, f"{noun} is no number", fact, hint)
    if "nan" in value.lower():
        return RowFault(row, column, value, f"{noun} is NaN", f"the {noun} is NaN.")
    return RowFault(row, column, value, f"{noun} is infinite", f"the {noun} is infinite.")


# Options that say how to read any input, and what to do with a row that cannot be scored.
_ALWAYS_MEANINGFUL = frozenset(
    {
        *("format", "input_kind", "on_invalid", "keep_rejected_rows"),
        *("delimiter", "decimal", "header", "weight", "id", "slices", "task_columns"),
    }
)
_OPTIONS = {"slices": "slice"}
"""Options that are called otherwise than their settings."""


def refuse_options(settings: ReadSettings, meaningful: Set[str]) -> None:
    """Refuse options that say nothing about this kind of input.

    Parameters
    ----------
    settings : ReadSettings
        What was asked for.
    meaningful : set of str
        Names of settings, and of the columns of tasks, that this kind of input has a use for,
        beside those that any input has.

    Raises
    ------
    SettingsError
        If another one was given.
    """
    allowed = meaningful | _ALWAYS_MEANINGFUL
    for each in (*fields(settings), *fields(settings.task_columns)):
        holder = settings if hasattr(settings, each.name) else settings.task_columns
        if each.name not in allowed and getattr(holder, each.name) != each.default:
            option = CALLER.option(_OPTIONS.get(each.name, each.name))
            kind = CALLER.option("input_kind", settings.input_kind)
            raise SettingsError(f"{option} has no meaning with {kind}.")


def refuse_task_columns(given: Iterable[str]) -> None:
    """Refuse columns that only tokens or Gaussian forecasts have.

    Parameters
    ----------
    given : iterable of str
        Names of the options that were given.

    Raises
    ------
    SettingsError
        If one of them speaks of another kind of input than classes.
    """
    for name in given:
        if name != "cluster":
            kind = "gaussian" if name in ("mean", "std") else "tokens"
            needed = CALLER.option("input_kind", kind)
            raise SettingsError(f"{CALLER.option(name)} needs {needed}.")


def column_called(
    glimpse: Glimpse, asked: str | None, option: str, names: Sequence[str], what: str
) -> tuple[str, str]:
    """Return the column that an option names, else the one with a usual name; and how it was found.

    Raises
    ------
    InputError
        If there is none, or two fit.
    """
    if asked is not None:
        column = find_column(glimpse, asked, option)
        return column, f"{what[:1].upper()}{what[1:]}: column '{column}', as asked."
    found = named(names, glimpse.header)
    if len(found) == 1:
        return found[0], f"{what[:1].upper()}{what[1:]}: column '{found[0]}', found by its name."
    if found:
        raise InputError(
            f"columns {quoted(found)} could all be the {what}.",
            path=glimpse.path,
            hint=f"Pass {' or '.join(CALLER.option(option, each) for each in found[:3])}.",
        )
    raise InputError(
        f"no column is named like the {what}.",
        path=glimpse.path,
        hint=f"Pass {CALLER.option(option, 'COL')}; the columns are: {listed(glimpse.header)}.",
    )
