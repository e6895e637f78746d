"""All that is said of calibration, put together from what was summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalreport.results import CalibrationResult, ClassResult, ReliabilityResult
from evalreport.statistics.class_diagrams import worst_classes
from evalreport.statistics.corp import Cells
from evalreport.statistics.diagram import reliability_diagram
from evalreport.statistics.forecast_grid import grid_cell
from evalreport.statistics.plan import States
from evalreport.statistics.sampled_events import SampledEvents, sampled_events


def calibration_of(states: States, classes: Sequence[ClassResult]) -> CalibrationResult:
    """Return how far the probabilities can be taken at their word.

    Parameters
    ----------
    states : States
        What was seen.
    classes : sequence of ClassResult
        The numbers of every class.
    """
    plan = states.plan
    gap, spread = plan.by_forecast.gap(states[plan.by_forecast]), states[plan.gap_spread]
    view = "binary" if len(plan.classes) == 2 else "top-label"
    diagrams, left_out = _diagrams(states, classes, view)
    return CalibrationResult(
        method=plan.reliability.method(states[plan.reliability]),
        gap=gap.gap,
        gap_z=plan.gap_spread.z(spread) if plan.soft and gap.gap is not None else gap.z,
        mean_confidence=plan.overall.mean_confidence(states[plan.overall]),
        recoverable=None,
        ece=plan.calibration_error.error(states[plan.calibration_error], view),
        decomposition=diagrams[0].decomposition if diagrams else None,
        reliability=diagrams,
        gap_interval=None if gap.gap is None else plan.gap_spread.interval(spread),
        single_classes_left_out=left_out,
    )


def _diagrams(
    states: States, classes: Sequence[ClassResult], view: str
) -> tuple[tuple[ReliabilityResult, ...], str | None]:
    """Return the diagrams, the main one first, and why there is none of a single class."""
    plan = states.plan
    state = states[plan.reliability]
    cells = plan.reliability.cells(state)
    if cells is None:
        return (), None
    events = None if cells.is_counted else sampled_events(states)
    loss = plan.calibration_error.loss(states[plan.calibration_error])
    class_ = plan.classes[plan.positive] if view == "binary" else None
    main = reliability_diagram(_row_by_row(cells, events, state.is_exact), loss, view, class_)
    if view == "binary":
        return (main,), None
    single = worst_classes(states, classes, events)
    return ((main,), single) if isinstance(single, str) else ((main, *single), None)


def _row_by_row(cells: Cells, events: SampledEvents | str | None, is_exact: bool) -> Cells:
    """Return the same cells from all rows, if these are at hand: rows of a cell are not alike."""
    if not isinstance(events, SampledEvents) or not events.is_whole:
        return cells
    scored = events.scored
    happened = scored.forecast_targets if scored.is_soft else scored.forecast_came_true
    forecasts = scored.forecasts
    cells_of = np.unique(forecasts, return_inverse=True)[1] if is_exact else grid_cell(forecasts)
    from_rows = events.cells(cells_of, forecasts, happened.astype(np.float64))
    return replace(from_rows, places=grid_cell(from_rows.forecasts)) if is_exact else from_rows
