"""Skill: how much of the baseline's loss a model removes, with its interval.

References
----------
Gneiting & Raftery (2007) on skill. doi:10.1198/016214506000001437. The interval linearises the
ratio by its influence function, because loss and baseline come from the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from evalreport.exact import log_of
from evalreport.intervals import hall_interval
from evalreport.results import Interval
from evalreport.statistics.moments import PowerSums, Residuals, ratio_moments

_LEAST_SHARE = Fraction(1, 2**1000)
"""Shares of weights smaller than this have no logarithm in doubles, and no effect."""


def frequency_entropy(masses: Sequence[Fraction]) -> float | None:
    """Return the log loss of always predicting the class frequencies; None over no rows.

    Examples
    --------
    >>> round(frequency_entropy([Fraction(1), Fraction(3)]), 4)
    0.5623
    """
    total = sum(masses, Fraction(0))
    if not total:
        return None
    shares = [float(mass / total) for mass in masses]
    return math.fsum(-share * log_of(share) for share in shares if share) + 0.0


_LEAST_ENTROPY = 1e-140
"""The square of less is no double any more: all but one class weigh next to nothing."""
_NO_SPREAD = Fraction(1, 10**6)
"""What a row moves the skill by, as a part of the ratio of losses, that may be rounding: squares of
losses are counted in units of 2**-56."""
_ROUNDING = 1e-12
"""Entropies of up to a few nats agree to more than this; a smaller difference is none."""


def above(loss: float, target_entropy: float | None) -> float:
    """Return how much of a loss lies above the entropy of the targets."""
    excess = loss - (target_entropy or 0.0)
    return excess if not target_entropy or excess > _ROUNDING else 0.0


def skill_interval(classes: Sequence[PowerSums]) -> Interval | None:
    """Interval at 95 % for skill = 1 - loss / baseline.

    To first order skill moves like minus the mean of ``u = w * (loss / H - c)``, where c depends
    on the observed class only; so the per-class sums of powers are all that is needed.

    Parameters
    ----------
    classes : sequence of PowerSums
        Of the loss, one for each class that was seen.

    Returns
    -------
    (low, high) or None
        None where the mean loss has no interval either, or where only one class was seen, or all
        others weigh next to nothing; None, too, if forecasts are the class frequencies themselves,
        which leave no spread.
    """
    n = sum(each.n for each in classes)
    weight = sum((each.weight for each in classes), Fraction(0))
    entropy = frequency_entropy([each.weight for each in classes])
    if entropy is None or entropy < _LEAST_ENTROPY:
        return None
    loss = float(sum((each.first for each in classes), Fraction(0)) / weight)
    inverse = Fraction(1.0 / entropy)
    shifts = [
        Fraction(
            loss / entropy**2 * (-log_of(max(each.weight / weight, _LEAST_SHARE)) - entropy)
            + loss / entropy
        )
        for each in classes
    ]
    pairs = [(each, inverse, c) for each, c in zip(classes, shifts, strict=True)]
    residuals = Residuals(
        first=sum((_first(*each) for each in pairs), Fraction(0)),
        squares=sum((_square(*each) for each in pairs), Fraction(0)),
        heavy_squares=sum((_heavy_square(*each) for each in pairs), Fraction(0)),
        cubes=sum((_cube(*each) for each in pairs), Fraction(0)),
    )
    weight_squares = sum((each.second[0] for each in classes), Fraction(0))
    if residuals.squares <= (_NO_SPREAD * Fraction(loss / entropy)) ** 2 * weight_squares:
        return None
    moved = hall_interval(ratio_moments(n, 0.0, weight, weight_squares, residuals), -math.inf)
    skill = 1.0 - loss / entropy
    return None if moved is None else (skill - moved[1], min(skill - moved[0], 1.0))


def _first(sums: PowerSums, a: Fraction, c: Fraction) -> Fraction:
    """Sum of weight**2 * (a * loss - c)."""
    zero, one, _ = sums.second
    return a * one - c * zero


def _heavy_square(sums: PowerSums, a: Fraction, c: Fraction) -> Fraction:
    """Sum of weight**3 * (a * loss - c)**2."""
    zero, one, two, _ = sums.third
    return a**2 * two - 2 * a * c * one + c**2 * zero


def _square(sums: PowerSums, a: Fraction, c: Fraction) -> Fraction:
    """Sum of (weight * (a * loss - c))**2."""
    zero, one, two = sums.second
    return a**2 * two - 2 * a * c * one + c**2 * zero


def _cube(sums: PowerSums, a: Fraction, c: Fraction) -> Fraction:
    """Sum of (weight * (a * loss - c))**3."""
    zero, one, two, three = sums.third
    return a**3 * three - 3 * a**2 * c * two + 3 * a * c**2 * one - c**3 * zero
