"""What readers of token files and Gaussian forecasts share: refusing rows, and options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalreport.batch import FloatArray, IntArray, Rejection
from evalreport.errors import InputError, SettingsError
from evalreport.readers.cells import text_of
from evalreport.readers.columns import find_column, named
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import Chunk, ReadSettings
from evalreport.readers.numbers import ABSENT, NO_NUMBER, Kinds
from evalreport.readers.wording import listed, quoted

DROP = "Pass --on-invalid drop to leave such rows out."


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row of a chunk: a phrase to count it by, and a sentence."""

    row: int
    column: str
    value: str
    reason: str
    fact: str
    hint: str = DROP


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
        fact = f"{noun} '{value}' is no number."
        return RowFault(row, column, value, f"{noun} is no number", fact)
    if "nan" in value.lower():
        return RowFault(row, column, value, f"{noun} is NaN", f"the {noun} is NaN.")
    return RowFault(row, column, value, f"{noun} is infinite", f"the {noun} is infinite.")


def refuse_options(settings: ReadSettings, without_meaning: Sequence[str]) -> None:
    """Refuse options that say nothing about this kind of input.

    Raises
    ------
    SettingsError
        If one of them was given.
    """
    given = {
        "--label": settings.label,
        "--probs": settings.probs,
        "--positive": settings.positive,
        "--classes": settings.classes,
        "--weight": settings.weight,
        "--id": settings.id,
        "--slice": settings.slices,
        "--target-probs": settings.target_probs,
        "--normalize-targets": settings.normalize_targets,
        "--class-column": settings.class_column,
        "--normalize": None if settings.normalize == "error" else settings.normalize,
        **settings.task_columns.given(),
    }
    for option in without_meaning:
        if given.get(option):
            raise SettingsError(f"{option} has no meaning with --input-kind {settings.input_kind}.")


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
        column = find_column(glimpse, asked, option.removeprefix("--"))
        return column, f"{what[:1].upper()}{what[1:]}: column '{column}', as asked."
    found = named(names, glimpse.header)
    if len(found) == 1:
        return found[0], f"{what[:1].upper()}{what[1:]}: column '{found[0]}', found by its name."
    if found:
        raise InputError(
            f"columns {quoted(found)} could all be the {what}.",
            path=glimpse.path,
            hint=f"Pass {' or '.join(f'{option} {each}' for each in found[:3])}.",
        )
    raise InputError(
        f"no column is named like the {what}.",
        path=glimpse.path,
        hint=f"Pass {option} COL; the columns are: {listed(glimpse.header)}.",
    )
