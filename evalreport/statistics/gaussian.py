"""Sums over Gaussian forecasts: the loss, the squared error, and how many deviations were missed.

References
----------
Gneiting & Raftery (2007), "Strictly proper scoring rules, prediction, and estimation".
doi:10.1198/016214506000001437
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.errors import InputError
from evalreport.exact import FLOAT_UNIT
from evalreport.statistics.interface import Entry, FirstEntries, Sums
from evalreport.statistics.moments import counts
from evalreport.statistics.signed import power_columns, signed_sums, square_sums
from evalreport.statistics.slices import MOST_VALUES
from evalreport.task_batches import GaussianBatch
from evalreport.task_results import GaussianRow

HALF_LOG_TWO_PI = 0.9189385332046727
N_BINS = 20
# Quantiles of the standard normal distribution at 0.55, 0.60, ... 0.95: constants, so that a row
# falls into its bin by comparisons alone, which no two processors disagree on.
_UPPER = (
    *(0.12566134685507402, 0.2533471031357998, 0.3853204664075676, 0.5244005127080407),
    *(0.6744897501960817, 0.8416212335729143, 1.0364333894937898, 1.2815515655446004),
    1.6448536269514722,
)
PIT_EDGES = (*(-edge for edge in reversed(_UPPER)), 0.0, *_UPPER)

# Columns of GaussianSums; the powers of the loss and of z squared take three each.
N, LOSS, SQUARED_Z, Z, SQUARED_ERROR, OBSERVED, OBSERVED_SQUARED = 0, 1, 4, 7, 8, 9, 10
_UNITS = (0, *(FLOAT_UNIT,) * 10)


class ScoredGaussians:
    """A batch with its scores, each computed once."""

    n_zero_weight = 0

    def __init__(self, batch: GaussianBatch) -> None:
        self.batch = batch
        self.intake = batch.intake

    def __len__(self) -> int:
        return len(self.batch)

    @cached_property
    def errors(self) -> FloatArray:
        """Outcome minus mean."""
        return np.asarray(self.batch.observed - self.batch.means)

    @cached_property
    def z(self) -> FloatArray:
        """Outcome minus mean, in standard deviations."""
        return np.asarray(self.errors / self.batch.stds)

    @cached_property
    def losses(self) -> FloatArray:
        """Minus the logarithm of the density given to the outcome, in nats."""
        return np.asarray(HALF_LOG_TWO_PI + exact.log(self.batch.stds) + 0.5 * self.z**2)


def crps(z: FloatArray, stds: FloatArray) -> FloatArray:
    """Continuous ranked probability score of Gaussian forecasts, in the unit of the outcome.

    Parameters
    ----------
    z : float64 ndarray of shape (n_rows,)
        Outcome minus mean, in standard deviations.
    stds : float64 ndarray of shape (n_rows,)
        Standard deviations.

    Returns
    -------
    float64 ndarray of shape (n_rows,)
        The smaller the better; the absolute error as the deviation goes to zero.

    Examples
    --------
    >>> crps(np.array([0.0, 2.0]), np.array([1.0, 1.0])).round(4).tolist()
    [0.2337, 1.4528]
    """
    from scipy.special import erf  # slow to import

    density = exact.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
    scores = z * erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi)
    return np.asarray(stds * np.maximum(scores, 0.0))


@dataclass(frozen=True, slots=True)
class GaussianSums:
    """Loss, squared z and squared error over all rows, or by the values of one column."""

    column: str | None = None

    @property
    def name(self) -> str:
        """Name of the statistic: one for every column."""
        return "rows" if self.column is None else f"slice {self.column}"

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(_UNITS)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the sums over these rows."""
        groups, keys = self._groups(scored.batch)
        n_groups = len(keys)
        observed = scored.batch.observed
        columns = [
            counts(groups, n_groups),
            *power_columns(scored.losses, groups, n_groups),
            *power_columns(scored.z**2, groups, n_groups),
            signed_sums(scored.z, groups, n_groups),
            signed_sums(scored.errors**2, groups, n_groups),
            signed_sums(observed, groups, n_groups),
            square_sums(observed, groups, n_groups),
        ]
        return Sums.from_columns(_UNITS, keys, columns)

    def _groups(self, batch: GaussianBatch) -> tuple[IntArray, tuple[str, ...]]:
        if self.column is None:
            return np.zeros(len(batch), dtype=np.int64), ("all",)
        found = next(each for each in batch.slices if each.name == self.column)
        return found.codes, found.values

    def refuse_too_many(self, state: Sums) -> None:
        """Refuse a column that does not group the rows.

        Raises
        ------
        InputError
            If it has more than 10,000 values.
        """
        if len(state.rows) > MOST_VALUES:
            raise InputError(
                f"{len(state.rows):,} different values are too many to report by "
                f"(at most {MOST_VALUES:,}).",
                column=self.column,
                hint="Is this an id or a number? Slice by a column that groups the rows.",
            )


@dataclass(frozen=True, slots=True)
class PitHistogram:
    """Rows by the probability that the forecast gave to values up to the observed one."""

    name: str = "pit"

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums((0,))

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the counts of these rows."""
        bins = np.searchsorted(np.array(PIT_EDGES), scored.z, side="right")
        return Sums.from_columns((0,), range(N_BINS), [counts(bins, N_BINS)])


@dataclass(frozen=True, slots=True)
class CrpsSum:
    """Sum of the continuous ranked probability score.

    The error function in it comes from a library and may differ in its last digit between
    processors, so this sum stays out of the digest.
    """

    name: str = "crps"

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums((FLOAT_UNIT,))

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the sum over these rows."""
        scores = crps(scored.z, scored.batch.stds)
        together = np.zeros(len(scores), dtype=np.int64)
        return Sums.from_columns((FLOAT_UNIT,), [0], [signed_sums(scores, together, 1)])


@dataclass(frozen=True, slots=True)
class WorstGaussians:
    """The rows with the highest loss; ties go by id, or by place where there are no ids."""

    limit: int = 20
    name: str = "worst_rows"

    def empty(self) -> FirstEntries:
        """Return the state of no rows."""
        return FirstEntries(self.limit)

    def from_json(self, data: Any) -> FirstEntries:
        """Return the state that was written as JSON."""
        return FirstEntries.from_json(data)

    def from_batch(self, scored: ScoredGaussians) -> FirstEntries:
        """Return the worst of these rows."""
        losses = scored.losses
        candidates = np.arange(len(losses))
        if len(losses) > self.limit:
            least = np.partition(losses, -self.limit)[-self.limit]
            candidates = np.flatnonzero(losses >= least)
        entries = [_entry(scored, int(row)) for row in candidates]
        return FirstEntries.pick(self.limit, "", entries)

    def results(self, state: FirstEntries, paths: tuple[str, ...]) -> tuple[GaussianRow, ...]:
        """Return the rows, worst first."""
        several = paths if len(paths) > 1 else ()
        return tuple(_row(content, several) for _, content in state.groups.get("", ()))


def _entry(scored: ScoredGaussians, row: int) -> Entry:
    batch = scored.batch
    number = None if batch.rows is None else int(batch.rows[row])
    identity: tuple[Any, ...] = (batch.source, number)
    content: dict[str, Any] = {"source": batch.source, "row": number, "id": None}
    if batch.ids is not None:
        identity = (str(batch.ids[row]),)
        content = {"source": None, "row": None, "id": str(batch.ids[row])}
    content |= {
        "observed": float(batch.observed[row]),
        "mean": float(batch.means[row]),
        "standard_deviation": float(batch.stds[row]),
        "z": float(scored.z[row]),
        "loss": float(scored.losses[row]),
        "slices": {each.name: each.values[int(each.codes[row])] for each in batch.slices},
    }
    # Rows that share an id are told apart by what they hold.
    return (-content["loss"], *identity, content["observed"], content["mean"]), content


def _row(content: Mapping[str, Any], paths: tuple[str, ...]) -> GaussianRow:
    source = content["source"]
    place = paths[source] if source is not None and source < len(paths) else None
    return GaussianRow(
        path=place, **{key: value for key, value in content.items() if key != "source"}
    )
