"""Gaussian forecasts of a number: an outcome, a mean and a standard deviation a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evalreport.batch import FloatArray, Intake
from evalreport.errors import InputError, SettingsError
from evalreport.readers.cells import text_of
from evalreport.readers.checks import row_ids, slice_columns
from evalreport.readers.columns import LABEL_NAMES, other_readings
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import Chunk, ReadSettings
from evalreport.readers.numbers import Kinds, read_numbers
from evalreport.readers.shards import PartShard
from evalreport.readers.shown import shown_column
from evalreport.readers.task_rows import (
    RowColumns,
    RowFault,
    column_called,
    found_id,
    kept_rows,
    number_faults,
    read_weights,
    refuse_options,
    refuse_or_reject,
    weight_and_slices,
)
from evalreport.results import ColumnUse
from evalreport.task_batches import GaussianBatch

MEAN_NAMES = ("mean", "mu", "pred_mean", "y_mean")
STD_NAMES = ("std", "sd", "sigma", "pred_std", "y_std")
MOST = 2.0**100
"""No outcome, mean or standard deviation may be larger: squares and cubes have to stay finite."""
MOST_DEVIATIONS = 2.0**50
"""Nor may an outcome be further from the mean, in standard deviations."""
_MEANINGFUL = frozenset({"label", "mean", "std", "show"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianColumns(RowColumns):
    """Which column is what among Gaussian forecasts."""

    label: str
    mean: str
    std: str

    @property
    def own(self) -> tuple[str | None, ...]:
        """The columns that only this task has."""
        return self.numbers

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that tell what stands before the decimals in text."""
        return self.label, self.mean, self.std

    def as_column_use(self) -> ColumnUse:
        """Return the columns as the results name them; mean and deviation are the forecast."""
        forecast = (self.mean, self.std)
        return ColumnUse(self.label, forecast, self.id, self.weight, self.slices, shown=self.shown)


def plan_gaussian(glimpse: Glimpse, settings: ReadSettings) -> GaussianColumns:
    """Decide which column is what.

    Raises
    ------
    InputError
        If a column is not there, or there are two ways to understand them.
    SettingsError
        If options say nothing about Gaussian forecasts.
    """
    refuse_options(settings, _MEANINGFUL)
    asked = settings.task_columns
    found = (
        column_called(glimpse, settings.label, "label", LABEL_NAMES, "outcome"),
        column_called(glimpse, asked.mean, "mean", MEAN_NAMES, "mean"),
        column_called(glimpse, asked.std, "std", STD_NAMES, "standard deviation"),
    )
    (label, mean, std), readings = zip(*found, strict=True)
    if len({label, mean, std}) < 3:
        raise SettingsError("outcome, mean and standard deviation have to be three columns.")
    row_id, others = found_id(glimpse, settings), weight_and_slices(glimpse, settings)
    return GaussianColumns(
        label=label,
        mean=mean,
        std=std,
        id=row_id,
        readings=(*readings, *other_readings(others["weight"], row_id, others["slices"])),
        **others,
    )


class GaussianShard(PartShard[GaussianColumns, GaussianBatch]):
    """A part of an input of Gaussian forecasts together with how to understand it."""

    __slots__ = ()

    def _admit(self, chunk: Chunk) -> GaussianBatch:
        plan = self.plan
        numbers = [self._numbers(chunk, each) for each in (plan.label, plan.mean, plan.std)]
        weights, weight_faults = read_weights(chunk, plan, self.path)
        faults = [*_faults(chunk, plan, numbers), *weight_faults]
        rejections = refuse_or_reject(faults, chunk, self.settings, self.path)
        rows = kept_rows(rejections, chunk)
        observed, means, stds = (values[rows] for values, _ in numbers)
        return GaussianBatch(
            observed=observed,
            means=means,
            stds=stds,
            ids=None if plan.id is None else row_ids(chunk, plan.id, self.path)[rows],
            rows=rows + chunk.first_row,
            weights=None if weights is None else weights[rows],
            source=self.source,
            slices=slice_columns(chunk, plan.slices, plan.pairs, rows, self.path),
            shown=tuple(shown_column(chunk, each, rows) for each in plan.shown),
            intake=Intake(rejections),
        )

    def _numbers(self, chunk: Chunk, column: str) -> tuple[FloatArray, Kinds | None]:
        cells = chunk.cells.column(column)
        try:
            return read_numbers(cells, self.plan.decimal)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InputError(
                f"cells of type {cells.type} hold no numbers.",
                path=self.path,
                column=column,
                hint="Outcome, mean and standard deviation are numbers.",
            ) from error


def _faults(
    chunk: Chunk, plan: GaussianColumns, numbers: Sequence[tuple[FloatArray, Kinds | None]]
) -> list[RowFault]:
    nouns = ("outcome", "mean", "standard deviation")
    columns = (plan.label, plan.mean, plan.std)
    faults: list[RowFault] = []
    for noun, column, (values, kinds) in zip(nouns, columns, numbers, strict=True):
        faults += number_faults(chunk, column, noun, values, kinds)
        faults += _too_large(chunk, column, noun, values)
    return [*faults, *_bad_deviations(chunk, plan, *(values for values, _ in numbers))]


def _too_large(chunk: Chunk, column: str, noun: str, values: FloatArray) -> Iterator[RowFault]:
    for row in np.flatnonzero((np.abs(values) > MOST) & np.isfinite(values)).tolist():
        value = text_of(chunk.cells.column(column), row)
        fact = f"{noun} {value} is too large to square."
        yield RowFault(row, column, value, f"{noun} is too large", fact)


def _bad_deviations(
    chunk: Chunk,
    plan: GaussianColumns,
    observed: FloatArray,
    means: FloatArray,
    stds: FloatArray,
) -> Iterator[RowFault]:
    noun = "standard deviation"
    for row in np.flatnonzero(stds <= 0).tolist():
        value = text_of(chunk.cells.column(plan.std), row)
        hint = "A forecast that is certain has no density: give every row a little spread."
        fact = f"{noun} {value} is not above 0."
        yield RowFault(row, plan.std, value, f"{noun} is not above 0", fact, hint)
    with np.errstate(all="ignore"):  # what is no number was found before
        far = (np.abs(observed - means) / stds > MOST_DEVIATIONS) | (stds < 1.0 / MOST)
    for row in np.flatnonzero(far & (stds > 0)).tolist():
        value = text_of(chunk.cells.column(plan.std), row)
        fact = f"{noun} {value} is too small beside what was missed."
        yield RowFault(row, plan.std, value, f"{noun} is too small", fact)
