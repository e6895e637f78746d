"""Isotonic recalibration on a grid: the curve, its price in nats, and what chance alone would do.

References
----------
Dimitriadis, Gneiting & Jordan (2021), "Stable reliability diagrams for probabilistic classifiers",
for the curve, the decomposition and the consistency band. doi:10.1073/pnas.2016191118
Berta, Holzmüller, Jordan & Bach (2025), "Rethinking early stopping: refine, then calibrate", for
what recalibration on other rows says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.statistics.draws import binomials, uniforms
from evalreport.statistics.effective import dealt_out, drawn_shares
from evalreport.statistics.pooling import Blocks, pooled_blocks

N_SIMULATIONS = 200
_LOW, _HIGH = 9, 190
"""The 10th and the 191st of 200 sorted curves: one more lies outside them in 20 of 201 cases."""
_TAIL = 0.05
"""Share of the curves on either side of the band."""
N_FOLDS = 5
_SIMULATED, _DEALT_OUT = 6, 2**22
_N_PURPOSES = 2**20
"""What random numbers are for; dealing out takes two of the purposes of each file."""
_ROUNDING = 1e-9
"""What is left of a cell of unequal weights after all of it was held back."""
_TIE = 1e-14
"""Miscalibrations closer than this differ by rounding only."""
_LEAST_LEFT = 2.0**-53
"""What the largest number below 1 leaves."""


@dataclass(frozen=True)
class Cells:
    """Forecasts of an event and what came of them, cell by cell of a grid, in order of forecast.

    Parameters
    ----------
    places : int64 ndarray of shape (n_cells,)
        Number of the grid cell of each cell, ascending: its place on a scale of logits.
    counts : int64 ndarray of shape (n_cells,)
        Rows in each cell, at least 1.
    masses : float64 ndarray of shape (n_cells,)
        Their weight; without weights the same as `counts`.
    trues : float64 ndarray of shape (n_cells,)
        The part of it in which the event happened.
    forecasts : float64 ndarray of shape (n_cells,)
        Mean forecast.
    is_counted : bool
        Whether masses count whole rows.
    trials : float64 ndarray of shape (n_cells,), optional
        Where masses count no whole rows: how many independent outcomes each cell is worth.
    finer : Cells, optional
        The same rows on a finer grid: too many cells to simulate, and what recalibration saves is
        read off them.
    fifths : float64 ndarray of shape (2, 5, n_cells), optional
        Trues and other mass of each cell in each of five random parts of the rows, where cells do
        not tell how these would be dealt out.
    is_independent : bool
        Whether no row tells of another. Otherwise only `drawing` knows what chance would do.
    drawing : function, optional
        Draws how often each forecast comes true, shape (n_simulations, n_cells), from the isotonic
        curve of the cells and the number of simulations.
    """

    places: IntArray
    counts: IntArray
    masses: FloatArray
    trues: FloatArray
    forecasts: FloatArray
    is_counted: bool
    trials: FloatArray | None = None
    finer: Cells | None = None
    fifths: FloatArray | None = None
    is_independent: bool = True
    drawing: Callable[[FloatArray, int], FloatArray] | None = None

    @cached_property
    def curve(self) -> FloatArray:
        """How often the event happens at each forecast, by isotonic regression."""
        return pooled(self.trues, self.masses)

    @property
    def has_chance(self) -> bool:
        """Whether it is known what chance alone would do."""
        return self.drawing is not None or (self.is_independent and self.has_worth)

    @property
    def has_worth(self) -> bool:
        """Whether it is known how many outcomes a cell would be worth, if rows are independent."""
        return self.is_counted or self.trials is not None

    @property
    def mass(self) -> float:
        """Weight of all rows together."""
        return math.fsum(self.masses)

    @property
    def recalibrated_loss(self) -> float:
        """Mean log loss of the curve on these very rows, in nats."""
        if self.finer is not None:
            return self.finer.recalibrated_loss
        return math.fsum(losses(self.trues, self.masses, self.curve)) / self.mass

    @property
    def uncertainty(self) -> float:
        """Mean log loss of always saying how often the event happened, in nats."""
        frequency = np.full(1, math.fsum(self.trues) / self.mass)
        return float(losses(frequency, np.ones(1), frequency)[0])


def pooled(trues: FloatArray, masses: FloatArray) -> FloatArray:
    """Return the isotonic regression of outcomes on cells: `trues` may be one draw or many.

    Parameters
    ----------
    trues : float64 ndarray of shape (n_cells,) or (n_draws, n_cells)
        Events in each cell, all exact sums.
    masses : float64 ndarray of shape (n_cells,)
        Rows in each cell.

    Examples
    --------
    >>> pooled(np.array([1.0, 0.0, 2.0]), np.array([2.0, 2.0, 2.0])).tolist()
    [0.25, 0.25, 1.0]
    """
    return pooled_blocks(np.atleast_2d(trues), masses).spread(trues.shape)


def losses(trues: FloatArray, masses: FloatArray, forecasts: FloatArray) -> FloatArray:
    """Return the summed log loss of each cell in nats, all of whose rows get its forecast."""
    misses = masses - trues
    # What did not happen costs nothing, however unlikely it was.
    for_true = trues * -exact.log(np.where(trues > 0, forecasts, 1.0))
    # Where next to all of the weight happened, the frequency rounds to 1 and something missed it.
    left = np.maximum(1.0 - forecasts, _LEAST_LEFT)
    for_miss = misses * -exact.log(np.where(misses > 0, left, 1.0))
    return np.asarray(for_true + for_miss)


def _luck(cells: Cells) -> int:
    """Return a number for other random numbers: luck shared by all files would be a bias."""
    n_true = math.fsum(cells.trues)
    if not cells.is_counted:  # shares of the weight
        n_true *= int(cells.counts.sum()) / cells.mass
    return (1009 * round(n_true) + len(cells.counts)) % _N_PURPOSES


# --- recalibration on other rows ------------------------------------------------------------------


def cross_fitted_loss(cells: Cells) -> float | None:
    """Return the mean log loss of rows recalibrated by the other four fifths, in nats.

    Rows of a cell are alike, so it does not matter which of them go into which fifth: they are
    dealt out cell by cell, and no order of the rows comes into it. Rows of unequal weight, or parts
    of rows, are not alike: without `Cells.fifths` as many outcomes of equal weight as the cell is
    worth are dealt out in their place. None if a fifth holds all rows, or if it is not known what a
    cell is worth.
    """
    if not cells.has_worth or (cells.fifths is None and not cells.is_independent):
        return None
    trials = cells.counts.astype(np.float64) if cells.trials is None else cells.trials
    weights = cells.masses / trials
    trues, falses = _dealt_out(cells, trials, weights) if cells.fifths is None else cells.fifths
    held = zip(trues, falses, strict=True)
    costs = [_held_loss(cells, weights, *each) for each in held]
    known = [each for each in costs if each is not None]
    return None if len(known) < len(costs) else math.fsum(known) / cells.mass


def _dealt_out(
    cells: Cells, trials: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the mass of each fifth that came true, and the rest of it."""
    purpose = _DEALT_OUT + 2 * _luck(cells)
    of_trues = np.minimum(cells.trues / weights, trials)
    trues = dealt_out(purpose, of_trues, N_FOLDS).T * weights
    return trues, dealt_out(purpose + 1, trials - of_trues, N_FOLDS).T * weights


def _held_loss(
    cells: Cells, weights: FloatArray, held_trues: FloatArray, held_falses: FloatArray
) -> float | None:
    """Return the summed loss of what is held back, recalibrated by all else; None if that is none.

    `weights` are those of one outcome of each cell.
    """
    held = held_trues + held_falses
    masses = cells.masses - held
    known = masses > _ROUNDING * cells.masses
    if not known.any():
        return None
    trues = np.clip(cells.trues - held_trues, 0.0, masses)
    fitted = pooled(trues[known], masses[known])
    curve = _between(cells.places, cells.places[known], fitted)
    curve[known] = fitted
    # Half an event more on either side, so that what was never seen costs less than infinity.
    n_seen = math.fsum(masses[known]) ** 2 / math.fsum((masses * weights)[known])
    curve = (curve * n_seen + 0.5) / (n_seen + 1.0)
    return math.fsum(losses(held_trues, held, curve))


def _between(places: IntArray, known: IntArray, values: FloatArray) -> FloatArray:
    """Interpolate linearly, with arithmetic that no compiler fuses."""
    after = np.minimum(np.searchsorted(known, places), len(known) - 1)
    before = np.maximum(np.searchsorted(known, places, side="right") - 1, 0)
    width = np.maximum(known[after] - known[before], 1)
    part = np.clip((places - known[before]) / width, 0.0, 1.0)
    step = (values[after] - values[before]) * part
    return np.asarray(values[before] + step)


# --- what chance alone would do -------------------------------------------------------------------


@dataclass(frozen=True)
class Chance:
    """What 200 calibrated models with these very forecasts show.

    Parameters
    ----------
    low, high : float64 ndarray of shape (n_cells,)
        Consistency band: nine in ten curves pass between them, at each forecast.
    outside : float64 ndarray of shape (n_cells,)
        Whether the curve lies outside the band: 1 or 0, and between them where it is the same as
        some of the curves and their order decides. For a calibrated model it is 0.1 on average.
    p_value : float
        Share of models, this one included, at least as miscalibrated as this one.
    """

    low: FloatArray
    high: FloatArray
    outside: FloatArray
    p_value: float


def simulate(cells: Cells) -> Chance:
    """Draw outcomes as the forecasts promise them, and recalibrate each draw."""
    drawn = _outcomes(cells)
    blocks = pooled_blocks(drawn, cells.masses)
    simulated = _saved(drawn, cells, blocks)
    mine = cells.trues[None, :]
    n_worse = int(
        (simulated >= _saved(mine, cells, pooled_blocks(mine, cells.masses)) - _TIE).sum()
    )
    curves = blocks.spread(drawn.shape)
    is_outside = _outside(curves, cells.curve)
    curves.sort(axis=0)
    return Chance(curves[_LOW], curves[_HIGH], is_outside, (1 + n_worse) / (N_SIMULATIONS + 1))


def _outcomes(cells: Cells) -> FloatArray:
    """Draw how often each forecast comes true; shape (n_simulations, n_cells)."""
    if cells.drawing is not None:
        return cells.drawing(cells.curve, N_SIMULATIONS)
    numbers = np.arange(len(cells.counts))[:, None] * N_SIMULATIONS + np.arange(N_SIMULATIONS)
    levels = uniforms(_SIMULATED + _luck(cells), numbers)
    if cells.trials is not None:
        worth = zip(cells.masses, cells.trials, cells.forecasts, levels, strict=True)
        shares = [mass * drawn_shares(float(n), float(p), each) for mass, n, p, each in worth]
        return np.ascontiguousarray(np.array(shares).T)
    drawn = (levels >= 1.0 - cells.forecasts[:, None]).astype(np.float64)
    many = np.flatnonzero(cells.counts > 1)
    drawn[many] = binomials(cells.counts[many], cells.forecasts[many], levels[many])
    return np.ascontiguousarray(drawn.T)


def _saved(trues: FloatArray, cells: Cells, blocks: Blocks) -> FloatArray:
    """Return how much each curve saves against the mean forecasts of the cells, in nats a row."""
    n_draws, n_cells = trues.shape
    after = losses(blocks.sums, blocks.masses, blocks.means)
    # Weighted counting adds in the order of the blocks, on every processor.
    saved = _forecast_losses(trues, cells) - np.bincount(blocks.starts // n_cells, after, n_draws)
    return np.asarray(saved / cells.mass)


def _forecast_losses(trues: FloatArray, cells: Cells) -> FloatArray:
    """Return the summed loss of the mean forecasts of the cells, in each draw."""
    is_sure = (cells.forecasts <= 0.0) | (cells.forecasts >= 1.0)
    masses, forecasts = cells.masses[~is_sure], cells.forecasts[~is_sure]
    none, every = losses(0.0 * masses, masses, forecasts), losses(masses, masses, forecasts)
    totals = np.full(len(trues), math.fsum(none))
    if len(masses):
        totals += exact.row_sums(trues[:, ~is_sure] * ((every - none) / masses))
    # What is sure and wrong costs more than any number.
    for cell in np.flatnonzero(is_sure):
        totals += losses(trues[:, cell], cells.masses[cell], cells.forecasts[cell])
    return np.asarray(totals)


def _outside(curves: FloatArray, curve: FloatArray) -> FloatArray:
    """Return how much of the ranks that a curve may have among some others is in the outer tenth.

    A curve that is the same as others at a place, as at 0 and 1 where rows are few, may stand
    before them or after.
    """
    below, ties = (np.count_nonzero(each, axis=0) for each in (curves < curve, curves == curve))
    n_ranks, tail = ties + 1, _TAIL * (len(curves) + 1)
    under = np.clip(tail - below, 0.0, n_ranks)
    over = np.clip(below + n_ranks - (len(curves) + 1 - tail), 0.0, n_ranks)
    return np.asarray((under + over) / n_ranks)
