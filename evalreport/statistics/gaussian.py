"""Sums over Gaussian forecasts: the loss, the squared error, and how many deviations were missed.

References
----------
Gneiting & Raftery (2007), "Strictly proper scoring rules, prediction, and estimation".
doi:10.1198/016214506000001437
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray
from evalreport.exact import FLOAT_UNIT
from evalreport.statistics.groups_of_rows import groups_of, refuse_too_many
from evalreport.statistics.interface import Entry, FirstEntries, Key, Sums
from evalreport.statistics.kept import KeepsFirst, KeepsSums
from evalreport.statistics.limited import MOST_VALUES
from evalreport.statistics.moments import PowerSums, counts, mass, mass_unit
from evalreport.statistics.places import highest, place_of, told_apart, with_path
from evalreport.statistics.signed import (
    exact_sums,
    n_powers,
    power_columns,
    power_sums,
    signed_sums,
    square_sums,
)
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

# Columns of GaussianSums before the powers of the loss and of z squared.
N, MASS, Z, SQUARED_ERROR, OBSERVED, OBSERVED_SQUARED, POWERS = range(7)
ALL = "all"
"""The only group if there is no column to group by."""


class ScoredGaussians:
    """A batch with its scores, each computed once."""

    def __init__(self, batch: GaussianBatch) -> None:
        self.batch = batch
        self.intake = batch.intake
        self.n_zero_weight = batch.n_zero_weight

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
class GaussianSums(KeepsSums):
    """Loss, squared z and squared error over all rows, or by the values of one column."""

    weighted: bool = False
    column: str | None = None

    @property
    def name(self) -> str:
        """Name of the statistic: one for every column."""
        return "rows" if self.column is None else f"slice {self.column}"

    @property
    def _units(self) -> tuple[int, ...]:
        n_sums = POWERS + 2 * n_powers(self.weighted) - Z
        return (0, mass_unit(self.weighted), *(FLOAT_UNIT,) * n_sums)

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the sums over these rows."""
        batch = scored.batch
        groups, keys = groups_of(batch, self.column, ALL)
        n, weights = len(keys), batch.weights
        columns = [
            counts(groups, n),
            mass(weights, groups, n),
            signed_sums(scored.z, groups, n, weights),
            signed_sums(scored.errors**2, groups, n, weights),
            exact_sums(batch.observed, groups, n, weights),
            square_sums(batch.observed, groups, n, weights),
            *power_columns(scored.losses, groups, n, weights),
            *power_columns(scored.z**2, groups, n, weights),
        ]
        return Sums.from_columns(self._units, keys, columns)

    def powers(self, state: Sums, key: Key) -> tuple[PowerSums, PowerSums]:
        """Return the powers of the loss, and those of z squared."""
        row = state.row(key)
        cut = POWERS + n_powers(self.weighted)
        both = row[POWERS:cut], row[cut:]
        loss, squared_z = (power_sums(row[N], each, self.weighted) for each in both)
        return loss, squared_z

    def values(self, state: Sums) -> list[Key]:
        """Return the groups in order.

        Raises
        ------
        InputError
            If there are more than 10,000.
        """
        refuse_too_many(len(state.rows), self.column, MOST_VALUES)
        return state.ordered_keys()


@dataclass(frozen=True, slots=True)
class PitHistogram(KeepsSums):
    """Rows by the probability that the forecast gave to values up to the observed one."""

    weighted: bool = False
    name: str = "pit"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, mass_unit(self.weighted))

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the rows of each bin, and their weight."""
        bins = np.searchsorted(np.array(PIT_EDGES), scored.z, side="right").astype(np.int64)
        columns = [counts(bins, N_BINS), mass(scored.batch.weights, bins, N_BINS)]
        return Sums.from_columns(self._units, range(N_BINS), columns)


@dataclass(frozen=True, slots=True)
class CrpsSum(KeepsSums):
    """Sum of the continuous ranked probability score.

    The error function in it comes from a library and may differ in its last digit between
    processors, so this sum stays out of the digest.
    """

    name: str = "crps"

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums((FLOAT_UNIT,))

    def from_batch(self, scored: ScoredGaussians) -> Sums:
        """Return the sum over these rows."""
        batch = scored.batch
        scores, together = crps(scored.z, batch.stds), np.zeros(len(batch), dtype=np.int64)
        sums = [signed_sums(scores, together, 1, batch.weights)]
        return Sums.from_columns((FLOAT_UNIT,), [0], sums)


@dataclass(frozen=True, slots=True)
class WorstGaussians(KeepsFirst):
    """The rows with the highest loss; ties go by id, or by place where there are no ids."""

    limit: int = 20
    name: str = "worst_rows"

    def from_batch(self, scored: ScoredGaussians) -> FirstEntries:
        """Return the worst of these rows."""
        rows = highest(scored.losses, self.limit, scored.batch.ids, scored.batch.rows)
        entries = [_entry(scored, int(row)) for row in rows]
        return FirstEntries.pick(self.limit, "", entries)

    def results(self, state: FirstEntries, paths: tuple[str, ...]) -> tuple[GaussianRow, ...]:
        """Return the rows, worst first."""
        entries = state.groups.get("", ())
        return tuple(GaussianRow(**with_path(content, paths)) for _, content in entries)


def _entry(scored: ScoredGaussians, row: int) -> Entry:
    batch = scored.batch
    identity, content = place_of(batch, row)
    content |= {
        "observed": float(batch.observed[row]),
        "mean": float(batch.means[row]),
        "standard_deviation": float(batch.stds[row]),
        "z": float(scored.z[row]),
        "loss": float(scored.losses[row]),
        "shown": {each.name: each.text(row) for each in batch.shown},
    }
    return (-content["loss"], *told_apart(identity, content)), content
