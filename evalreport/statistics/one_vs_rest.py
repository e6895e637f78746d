"""Sums of the log loss of each class against all others, straight from the probabilities.

Of very many losses only the sum is wanted, in units of 2**-40 nats. So a finer table than that of
`cell_losses` does with one term of its series, and no loss is kept.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.cell_losses import minus_log
from evalreport.scoring import MOST_NATS, ScoredBatch

DIGITS = 40
"""Binary digits of a loss that are kept."""

_BLOCK = 2**16
"""Probabilities worked on at a time: few enough for the processor's cache."""
_OCTAVES = 32
_LEAST = 2.0**-_OCTAVES
_SHIFT = 52 - 12
"""Bits of a double that the table does not tell apart: it has 4,096 values an octave."""
_HALF_STEP = 1 << (_SHIFT - 1)
_WHOLE_STEPS = -1 << _SHIFT
_BESIDE = 1.5 * 2.0 ** (52 - DIGITS - 1)
"""So large a number beside half a loss leaves it, rounded, as a whole number in the last bits."""
_BESIDE_BITS = int(np.float64(_BESIDE).view(np.int64))


def one_vs_rest_sums(scored: ScoredBatch) -> list[int]:
    """Sum the loss of each question "did class k happen?", in units of ``2**power_unit(1)``.

    Parameters
    ----------
    scored : ScoredBatch
        Rows with labels and without weights.
    """
    if scored.is_soft or scored.batch.log_probs is not None:
        return exact.column_sums(scored.one_vs_rest_losses, DIGITS)
    probs, floor = scored.batch.probs, scored.floor
    sums = [0] * probs.shape[1]
    most = MOST_NATS if floor is None else max(-exact.log_of(floor), 1.0)
    n_rows = max(1, min(_BLOCK // probs.shape[1], int(2.0 ** (62 - DIGITS) / most)))
    scratch = np.empty((3, probs.shape[1], n_rows))
    for start in range(0, len(probs), n_rows):
        block = slice(start, start + n_rows)
        given = scored.given[block]
        chances, near, beside = scratch[:, :, : len(given)]
        np.subtract(1.0, probs[block].T, out=chances)
        chances[scored.observed[block], np.arange(len(given))] = given
        whole = _whole_losses(chances, floor, near, beside)
        sums = [total + more for total, more in zip(sums, whole.sum(axis=1).tolist(), strict=True)]
    return [each << (-exact.power_unit(1) - DIGITS) for each in sums]


def _whole_losses(
    chances: FloatArray, floor: float | None, near: FloatArray, beside: FloatArray
) -> IntArray:
    """Turn the chances of what happened into minus their log, in units of 2**-40 nats."""
    least = _LEAST if floor is None else max(floor, _LEAST)
    if float(chances.min()) >= least:
        _halve_losses(chances, near, beside)
    else:
        small = np.nonzero(chances < least)
        halves = minus_log(chances[small], floor) * 0.5
        _halve_losses(np.maximum(chances, least, out=chances), near, beside)
        chances[small] = halves
    chances += _BESIDE
    whole = chances.view(np.int64)
    whole -= _BESIDE_BITS
    return whole


def _halve_losses(x: FloatArray, near: FloatArray, beside: FloatArray) -> None:
    """Turn x into half of minus its log, within 2**-43, with two arrays to work on.

    With c, next to x in the table, (c - x) / (c + x) is half the logarithm of c / x. Every step is
    done in place, because fresh arrays cost more.
    """
    bits = near.view(np.int64)
    np.add(x.view(np.int64), _HALF_STEP, out=bits)
    bits &= _WHOLE_STEPS
    np.subtract(near, x, out=beside)
    x += near
    beside /= x
    bits >>= _SHIFT
    np.take(_table(), bits, out=x, mode="clip")
    x += beside


@cache
def _table() -> FloatArray:
    """Return half of minus the logarithm of each value, at the bits above those left out.

    What is below the least value is never asked for, and takes up no memory.
    """
    first, last = ((1023 - octaves) << (52 - _SHIFT) for octaves in (_OCTAVES, 0))
    table = np.zeros(last + 1)
    values = (np.arange(first, last + 1) << _SHIFT).view(np.float64)
    table[first:] = exact.log(values) * -0.5 + 0.0
    return table
