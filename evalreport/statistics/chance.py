"""How likely so many rare events are."""

from __future__ import annotations


def at_least_by_chance(observed: int, expected: float, chance: float = 0.0) -> float:
    """Return how likely `observed` events or more are.

    Parameters
    ----------
    observed : int
        How many events there were.
    expected : float
        Their mean number.
    chance : float
        The chance of a typical event; the number of events is binomial with that, and a Poisson
        variable where it is 0.

    Examples
    --------
    >>> at_least_by_chance(0, 3.0), round(at_least_by_chance(1, 3.0), 6)
    (1.0, 0.950213)
    >>> round(at_least_by_chance(3, 2.0, 0.5), 6)  # three heads or four of four coins
    0.3125
    """
    if not observed:
        return 1.0
    if not expected:
        return 0.0
    from scipy.special import betainc, gammainc  # slow to import

    if chance <= 0.0:
        return float(gammainc(observed, expected))
    others = expected / min(chance, 1.0) - observed + 1.0
    return float(betainc(observed, others, chance)) if others > 0.0 else 0.0
