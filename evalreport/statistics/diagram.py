"""From the cells of a grid to a reliability diagram with its decomposition, band and test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from evalreport.batch import FloatArray
from evalreport.results import (
    BandPoint,
    DecompositionResult,
    ReliabilityPoint,
    ReliabilityResult,
)
from evalreport.statistics.corp import Cells, Chance, cross_fitted_loss, simulate

_STEP = 1 / 80
"""Width of a step of the band that is kept, as a probability; or of a quarter in its logit."""
_LOGIT_STEP = 0.25


def reliability_diagram(
    cells: Cells, loss: float | None, view: str, class_: str | None
) -> ReliabilityResult:
    """Return the diagram of an event.

    Parameters
    ----------
    cells : Cells
        Forecasts and outcomes.
    loss : float or None
        Exact mean log loss of the forecasts, in nats; None if it is infinite.
    view, class_ : str
        What the event is, as in `DecompositionResult`.
    """
    chance = simulate(cells) if cells.has_chance else None
    return ReliabilityResult(
        view=view,
        class_=class_,
        points=tuple(_points(cells, chance)),
        band=() if chance is None else tuple(_band(cells, chance)),
        share_outside_band=None if chance is None else _share_outside(cells, chance),
        decomposition=None if loss is None else _decomposition(cells, loss, chance, view, class_),
    )


def _decomposition(
    cells: Cells, loss: float, chance: Chance | None, view: str, class_: str | None
) -> DecompositionResult:
    recalibrated, uncertainty = cells.recalibrated_loss, cells.uncertainty
    miscalibration = loss - recalibrated
    return DecompositionResult(
        view=view,
        class_=class_,
        loss=loss,
        miscalibration=miscalibration,
        discrimination=uncertainty - recalibrated,
        uncertainty=uncertainty,
        miscalibration_bracket=_bracket(cells, loss, miscalibration),
        p_value=None if chance is None else chance.p_value,
    )


def _bracket(cells: Cells, loss: float, high: float) -> tuple[float, float] | None:
    other = cross_fitted_loss(cells)
    # Recalibration by few other rows can make things worse; miscalibration cannot be below 0.
    return None if other is None else (min(max(loss - other, 0.0), high), high)


def _share_outside(cells: Cells, chance: Chance) -> float:
    return math.fsum(cells.counts * chance.outside) / int(cells.counts.sum())


def _points(cells: Cells, chance: Chance | None) -> Iterator[ReliabilityPoint]:
    for start, stop in _equal_runs(cells.curve):
        here = slice(start, stop)
        weights, forecasts = cells.masses[here], cells.forecasts[here]
        mean = math.fsum(weights * forecasts) / math.fsum(weights)
        # The mean of some doubles can be rounded past the largest of them.
        mean = min(max(mean, float(forecasts[0])), float(forecasts[-1]))
        middle = start + int(np.searchsorted(forecasts, mean))
        yield ReliabilityPoint(
            mean_forecast=mean,
            observed_frequency=float(cells.curve[start]),
            n=int(cells.counts[here].sum()),
            forecast_low=float(forecasts[0]),
            forecast_high=float(forecasts[-1]),
            band_low=None if chance is None else float(chance.low[middle]),
            band_high=None if chance is None else float(chance.high[middle]),
        )


def _equal_runs(values: FloatArray) -> Iterator[tuple[int, int]]:
    start = 0
    for _, run in groupby(values.tolist()):
        stop = start + sum(1 for _ in run)
        yield start, stop
        start = stop


def _band(cells: Cells, chance: Chance) -> Iterator[BandPoint]:
    """Yield the band at as many forecasts as an eye can tell apart, the ends among them."""
    last = len(cells.counts) - 1
    kept = None
    for i, forecast in enumerate(cells.forecasts.tolist()):
        if kept is None or i == last or _is_far(kept, forecast):
            kept = forecast
            yield BandPoint(forecast, float(chance.low[i]), float(chance.high[i]))


def _is_far(one: float, other: float) -> bool:
    if other - one >= _STEP or one == 0.0 or other == 1.0:
        return True
    odds = (other * (1.0 - one)) / (one * (1.0 - other))
    return odds >= math.exp(_LOGIT_STEP)
