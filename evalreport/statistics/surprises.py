"""How often what happened had been given little, and how likely that is by chance.

Whether a row is surprised is an event of its own probability q: the sum of what it gave to all
classes that got little. The number of such rows has the mean ``sum q`` and the variance
``sum q (1 - q)``, less than that of a Poisson variable; a binomial variable of the same mean and
variance stands for it. If rows belong together the variance is larger, and events count in parts:
divided by the ratio of the two variances their number has the right mean and variance again.

References
----------
Ehm (1991), "Binomial approximation to the Poisson binomial distribution".
doi:10.1016/0167-7152(91)90170-V
Lancaster (1961), "Significance tests in discrete distributions", for the p value that counts what
is exactly as extreme half. doi:10.1080/01621459.1961.10482105
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray
from evalreport.results import ProbabilityBin, Surprise
from evalreport.statistics.chance import (
    SURPRISING,
    at_least_by_chance,
    by_students_t,
    chances_of_surprise,
)
from evalreport.statistics.cluster_surprises import Alike
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampleState

MUCH_MORE = 3.0
UNLIKELY = 0.001
_ALIKE = (0.0,) * len(SURPRISING)
_INDEPENDENT = (Alike(0.0, math.inf),) * len(SURPRISING)


def surprises_of(states: States, bins: Sequence[ProbabilityBin]) -> tuple[Surprise, ...]:
    """Return the surprises of all rows, with what the sampled rows say of their chances."""
    sample, clusters = states.plan.sample, states.plan.clusters
    chances = typical_chances(None if sample is None else states[sample])
    if clusters is None or clusters.surprises is None:
        return surprises(bins, chances)
    return surprises(bins, chances, clusters.surprises.alike(states[clusters.surprises]))


def surprises(
    bins: Sequence[ProbabilityBin],
    chances: Sequence[float] = _ALIKE,
    together: Sequence[Alike | None] = _INDEPENDENT,
) -> tuple[Surprise, ...]:
    """Return how often what happened had been given little, and how often it should be so.

    Parameters
    ----------
    bins : sequence of ProbabilityBin
        All bins of the probability given to what happened. `SURPRISING` are edges of them.
    chances : sequence of float
        For each of `SURPRISING` what `typical_chances` returns; with 0 the number of surprises is
        taken as a Poisson variable, which is on the safe side.
    together : sequence of Alike or None
        For each of `SURPRISING` how much alike the rows of a cluster are; None if clusters are too
        few to tell, and then there is no p value and no verdict.

    Returns
    -------
    tuple of Surprise
        From the least surprising upwards; empty if the bins do not tell how many are expected.
        The verdict counts what is exactly as extreme in full, the p value half.
    """
    if any(each.expected_n is None for each in bins) or not any(each.n for each in bins):
        return ()
    each_limit = zip(SURPRISING, chances, together, strict=True)
    return tuple(_surprise(bins, *each) for each in each_limit)


def _surprise(
    bins: Sequence[ProbabilityBin], at_most: float, chance: float, alike: Alike | None
) -> Surprise:
    among = [each for each in bins if each.high <= at_most]
    observed = sum(each.n for each in among)
    expected = sum(each.expected_n or 0.0 for each in among)
    ratio = observed / expected if expected else None
    if alike is None:
        return Surprise(at_most, observed, expected, ratio, None, far_too_often=False)
    or_more = _or_more(observed, expected, chance, alike)
    more = _or_more(observed + 1, expected, chance, alike)
    many = observed > MUCH_MORE * expected
    p_value = (or_more + more) / 2 if observed else 1.0
    return Surprise(at_most, observed, expected, ratio, p_value, many and or_more < UNLIKELY)


def _or_more(observed: int, expected: float, chance: float, alike: Alike) -> float:
    """Return how likely so many surprises or more are."""
    by_row = expected * (1.0 - chance)
    if not alike.pairs or by_row <= 0.0:
        return at_least_by_chance(observed, expected, chance)
    pairs_a_row = alike.pairs / by_row
    times = 1.0 + pairs_a_row
    # What pairs add is known from the clusters alone, what rows make from the forecasts.
    degrees = alike.degrees * (times / pairs_a_row) ** 2
    by_chance = at_least_by_chance(observed / times, expected / times, chance)
    return by_students_t(by_chance, degrees)


def typical_chances(sample: SampleState | None) -> tuple[float, ...]:
    """Return sum q² / sum q for each of `SURPRISING`, over the sampled rows.

    q is the chance that a row is surprised. Times the expected number of surprises it is what the
    variance of their number lacks of that of a Poisson variable.

    Returns
    -------
    tuple of float
        0 without rows, or where nothing so small was given.
    """
    rows = None if sample is None else sample.rows()
    if sample is None or rows is None:
        return _ALIKE
    counts = rows.counts.astype(np.float64)
    return tuple(_typical(q, counts) for q in chances_of_surprise(rows.cells.T, sample.is_log))


def _typical(chances: FloatArray, counts: FloatArray) -> float:
    # Rows whose probabilities miss 1 may seem to be surprised more than surely.
    chances = np.minimum(chances, 1.0)
    expected = chances * counts
    total = exact.fixed_sum(expected)
    return exact.fixed_sum(chances * expected) / total if total else 0.0
