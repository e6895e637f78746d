"""How often what happened had been given little, and how likely that is by chance.

Whether a row is surprised is an event of its own probability q: the sum of what it gave to all
classes that got little. The number of such rows has the mean ``sum q`` and the variance
``sum q (1 - q)``, less than that of a Poisson variable; a binomial variable of the same mean and
variance stands for it.

References
----------
Ehm (1991), "Binomial approximation to the Poisson binomial distribution".
doi:10.1016/0167-7152(91)90170-V
Lancaster (1961), "Significance tests in discrete distributions", for the p value that counts what
is exactly as extreme half. doi:10.1080/01621459.1961.10482105
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray
from evalreport.results import ProbabilityBin, Surprise
from evalreport.statistics.chance import at_least_by_chance
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampleState

SURPRISING = (0.5, 0.1, 0.01, 1e-3, 1e-4, 1e-6)

MUCH_MORE = 3.0
UNLIKELY = 0.001
_ALIKE = (0.0,) * len(SURPRISING)
_BLOCK = 2**15
"""Cells worked on at a time."""


def surprises_of(states: States, bins: Sequence[ProbabilityBin]) -> tuple[Surprise, ...]:
    """Return the surprises of all rows, with what the sampled rows say of their chances."""
    # With soft labels nothing is expected of the bins, and no chance is asked for.
    sample = None if states.plan.soft else states[states.plan.sample]
    return surprises(bins, typical_chances(sample))


def surprises(
    bins: Sequence[ProbabilityBin], chances: Sequence[float] = _ALIKE
) -> tuple[Surprise, ...]:
    """Return how often what happened had been given little, and how often it should be so.

    Parameters
    ----------
    bins : sequence of ProbabilityBin
        All bins of the probability given to what happened. `SURPRISING` are edges of them.
    chances : sequence of float
        For each of `SURPRISING` what `typical_chances` returns; with 0 the number of surprises is
        taken as a Poisson variable, which is on the safe side.

    Returns
    -------
    tuple of Surprise
        From the least surprising upwards; empty if the bins do not tell how many are expected.
        The verdict counts what is exactly as extreme in full, the p value half.
    """
    if any(each.expected_n is None for each in bins) or not any(each.n for each in bins):
        return ()
    pairs = zip(SURPRISING, chances, strict=True)
    return tuple(_surprise(bins, at_most, chance) for at_most, chance in pairs)


def _surprise(bins: Sequence[ProbabilityBin], at_most: float, chance: float) -> Surprise:
    among = [each for each in bins if each.high <= at_most]
    observed = sum(each.n for each in among)
    expected = sum(each.expected_n or 0.0 for each in among)
    ratio = observed / expected if expected else None
    or_more = at_least_by_chance(observed, expected, chance)
    more = at_least_by_chance(observed + 1, expected, chance)
    many = observed > MUCH_MORE * expected
    p_value = (or_more + more) / 2 if observed else 1.0
    return Surprise(at_most, observed, expected, ratio, p_value, many and or_more < UNLIKELY)


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
    step = max(1, _BLOCK // len(rows.cells))
    parts: list[list[FloatArray]] = [[] for _ in SURPRISING]
    for start in range(0, len(rows), step):
        cells = rows.cells[:, start : start + step].T
        probs = exact.exp(cells) if sample.is_log else cells
        for part, at_most in zip(parts, SURPRISING, strict=True):
            part.append(exact.row_sums(probs * (probs <= at_most)))
    return tuple(_typical(np.concatenate(each), rows.counts.astype(np.float64)) for each in parts)


def _typical(chances: FloatArray, counts: FloatArray) -> float:
    # Rows whose probabilities miss 1 may seem to be surprised more than surely.
    chances = np.minimum(chances, 1.0)
    expected = chances * counts
    total = exact.fixed_sum(expected)
    return exact.fixed_sum(chances * expected) / total if total else 0.0
