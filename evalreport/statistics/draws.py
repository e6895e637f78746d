"""Random numbers that are the same on every processor and in every version of every library.

A number is a hash of what it is for, so there is no state and no order; and a binomial draw is
looked up in a distribution that is built with + - * / alone.

References
----------
Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators" (splitmix64).
doi:10.1145/2660193.2660195
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MIX = np.uint64(0x94D049BB133111EB)
_PURPOSE_BITS = np.uint64(40)

MOST_TRIALS = 2**24
"""Beyond so many trials a draw is one of so many, stretched: both are normal to all purposes."""
_REACH = 6.5
"""Standard deviations beyond which an outcome is left out: one draw in ten thousand million."""
_FEW = 64
"""Fewer members of a group than this are dealt out by one table for all."""
_MOST_BITS = 64
"""Random numbers that dealing out one group to one part can take."""
_CHANCES = 2**16
"""Chances of outcomes that are worked on at a time."""


def hashes(purpose: int, numbers: IntArray) -> NDArray[np.uint64]:
    """Return 64 mixed bits for each number; other bits for every purpose.

    Parameters
    ----------
    purpose : int, from 0 to 2**24 - 1
        What the numbers are for: draws for different purposes have nothing to do with each other.
    numbers : int64 ndarray, from 0 to 2**40 - 1
        Of any shape.
    """
    x = numbers.astype(np.uint64) + (np.full(1, purpose, dtype=np.uint64) << _PURPOSE_BITS)
    x = (x + np.uint64(1)) * _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST_MIX
    x = (x ^ (x >> np.uint64(27))) * _SECOND_MIX
    return np.asarray(x ^ (x >> np.uint64(31)))


def uniforms(purpose: int, numbers: IntArray) -> FloatArray:
    """Return a number from 0 to below 1 for each number, in steps of 2**-53.

    Examples
    --------
    >>> uniforms(1, np.arange(3)).round(3).tolist()
    [0.098, 0.045, 0.248]
    """
    return (hashes(purpose, numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def binomial(n_trials: int, probability: float, levels: FloatArray) -> FloatArray:
    """Return the binomial quantiles at some levels: whole numbers, as doubles.

    Parameters
    ----------
    n_trials : int
        Up to 2**24 trials the distribution is that of the binomial, to rounding and six and a
        half standard deviations; beyond, a draw is stretched, and no whole number any more.
    probability : float
        Of a success.
    levels : float64 ndarray, in [0, 1)
        Of any shape; uniform levels give binomial draws.

    Examples
    --------
    >>> binomial(10, 0.5, np.array([0.1, 0.5, 0.9])).tolist()
    [3.0, 5.0, 7.0]
    """
    if probability <= 0.0 or probability >= 1.0 or n_trials == 0:
        certain = float(n_trials) if probability >= 1.0 else 0.0
        return np.full(levels.shape, certain)
    n = min(n_trials, MOST_TRIALS)
    first, chances = _chances_of_one(n, probability)
    heights = np.cumsum(chances)
    found = np.searchsorted(heights, levels * heights[-1], side="right")
    drawn = first + np.minimum(found, len(heights) - 1).astype(np.float64)
    if n == n_trials:
        return np.asarray(drawn)
    stretched = n_trials * probability + (drawn - n * probability) * math.sqrt(n_trials / n)
    return np.asarray(np.clip(stretched, 0.0, float(n_trials)))


def _chances_of_one(n: int, p: float) -> tuple[int, FloatArray]:
    """Return the least outcome that matters, and how likely it and those above it are, unscaled."""
    odds = p / (1.0 - p)
    mode = min(int((n + 1) * p), n)
    reach = 10 + int(_REACH * math.sqrt(n * p * (1.0 - p)))
    above: Any = np.arange(mode, min(n, mode + reach), dtype=np.float64)
    below: Any = np.arange(mode, max(0, mode - reach), -1, dtype=np.float64)
    upwards = np.cumprod((n - above) / (above + 1.0) * odds)
    downwards = np.cumprod(below / (n - below + 1.0) / odds)
    return mode - len(below), np.concatenate([downwards[::-1], [1.0], upwards])


def binomials(n_trials: IntArray, probabilities: FloatArray, levels: FloatArray) -> FloatArray:
    """Return what `binomial` does for many distributions at once, each with its own levels.

    Parameters
    ----------
    n_trials : int64 ndarray of shape (n,)
        Trials of each distribution.
    probabilities : float64 ndarray of shape (n,)
        Of a success.
    levels : float64 ndarray of shape (n, n_levels), in [0, 1)
        Where to read each distribution off.

    Returns
    -------
    float64 ndarray of shape (n, n_levels)
    """
    drawn = np.empty(levels.shape)
    certain = (probabilities <= 0.0) | (probabilities >= 1.0) | (n_trials == 0)
    drawn[certain] = np.where(probabilities >= 1.0, n_trials, 0)[certain, None]
    n = np.minimum(n_trials, MOST_TRIALS).astype(np.float64)
    reaches = 10 + (_REACH * np.sqrt(n * probabilities * (1.0 - probabilities))).astype(np.int64)
    # The widest first: distributions that are looked at together have about the same width.
    waiting = np.flatnonzero(~certain)
    waiting = waiting[np.argsort(-reaches[waiting], kind="stable")]
    while len(waiting):
        step = max(1, _CHANCES // (2 * int(reaches[waiting[0]])))
        some, waiting = waiting[:step], waiting[step:]
        drawn[some] = _quantiles(n[some], probabilities[some], reaches[some], levels[some])
    for i in np.flatnonzero(~certain & (n_trials > MOST_TRIALS)).tolist():
        mean = float(n_trials[i]) * probabilities[i]
        wider = math.sqrt(int(n_trials[i]) / MOST_TRIALS)
        stretched = mean + (drawn[i] - MOST_TRIALS * probabilities[i]) * wider
        drawn[i] = np.clip(stretched, 0.0, float(n_trials[i]))
    return drawn


def _quantiles(n: FloatArray, p: FloatArray, reaches: IntArray, levels: FloatArray) -> FloatArray:
    """Return the quantiles of some distributions that are about as wide."""
    modes = np.minimum(np.floor((n + 1.0) * p), n)
    heights = np.cumsum(_chances(n, p, modes, reaches), axis=1)
    sought = levels * heights[:, -1:]
    pairs = zip(heights, sought, strict=True)
    found = np.array([row.searchsorted(each, side="right") for row, each in pairs])
    lowest = modes - int(reaches.max())
    highest = modes + np.minimum(n - modes, reaches)
    return np.asarray(np.minimum(lowest[:, None] + found, highest[:, None]))


def _chances(n: FloatArray, p: FloatArray, modes: FloatArray, reaches: IntArray) -> FloatArray:
    """Return how likely the outcomes about each mode are, unscaled; 0 out of reach.

    The mode stands in the middle of each row.
    """
    steps = np.arange(int(reaches.max()))
    odds = (p / (1.0 - p))[:, None]
    above, below = modes[:, None] + steps, modes[:, None] - steps
    trials, is_near = n[:, None], steps < reaches[:, None]
    rising = np.where(is_near, (trials - above) / (above + 1.0) * odds, 0.0)
    falling = np.where(is_near & (below > 0.0), below / (trials - below + 1.0) / odds, 0.0)
    chances = np.ones((len(n), 2 * len(steps) + 1))
    np.cumprod(rising, axis=1, out=chances[:, len(steps) + 1 :])
    np.cumprod(falling, axis=1, out=chances[:, len(steps) - 1 :: -1])
    return chances


def split_at_random(purpose: int, counts: IntArray, n_parts: int) -> IntArray:
    """Deal the members of some groups out to parts, each to any part with equal chance.

    Parameters
    ----------
    purpose : int
        As in `hashes`.
    counts : int64 ndarray of shape (n_groups,)
        How many members each group has.
    n_parts : int
        How many parts there are.

    Returns
    -------
    int64 ndarray of shape (n_groups, n_parts)
        Rows sum to `counts`.
    """
    parts = np.zeros((len(counts), n_parts), dtype=np.int64)
    left = counts.copy()
    for part in range(n_parts - 1):
        numbers = np.arange(len(counts)) * n_parts + part
        parts[:, part] = _of_one_chance(purpose, numbers, left, 1.0 / (n_parts - part))
        left -= parts[:, part]
    parts[:, -1] = left
    return parts


def _of_one_chance(purpose: int, numbers: IntArray, counts: IntArray, chance: float) -> IntArray:
    """Draw how many of each group are chosen.

    A group is taken apart into groups of whole powers of two, and one of what is left under 64:
    whatever the counts are, few distributions are needed.
    """
    rest = counts & (_FEW - 1)
    levels = uniforms(purpose, numbers * _MOST_BITS)
    chosen = np.count_nonzero(_heights_of_few(chance)[rest] <= levels[:, None], axis=1)
    for bit in range(_FEW.bit_length() - 1, int(counts.max(initial=0)).bit_length()):
        has = np.flatnonzero(counts >> bit & 1)
        levels = uniforms(purpose, numbers[has] * _MOST_BITS + bit)
        chosen[has] += np.rint(_of_power(bit, chance, levels)).astype(np.int64)
    return np.asarray(chosen)


def _of_power(bit: int, chance: float, levels: FloatArray) -> FloatArray:
    """Return the binomial quantiles of ``2**bit`` trials."""
    if 1 << bit > MOST_TRIALS:
        return binomial(1 << bit, chance, levels)
    first, heights = _heights_of_power(bit, chance)
    found = np.searchsorted(heights, levels * heights[-1], side="right")
    return np.asarray(first + np.minimum(found, len(heights) - 1).astype(np.float64))


@lru_cache(maxsize=128)
def _heights_of_power(bit: int, chance: float) -> tuple[int, FloatArray]:
    first, chances = _chances_of_one(1 << bit, chance)
    return first, np.cumsum(chances)


@lru_cache(maxsize=8)
def _heights_of_few(chance: float) -> FloatArray:
    """Return how likely so many successes or fewer are, in 0 to 63 trials; shape (64, 63)."""
    heights = np.ones((_FEW, _FEW - 1))
    chances = np.array([1.0])
    for trials in range(1, _FEW):
        chances = np.append(chances * (1.0 - chance), 0.0) + np.append(0.0, chances * chance)
        heights[trials, :trials] = np.cumsum(chances)[:-1]
    return heights
