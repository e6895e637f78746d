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
from evalreport.statistics.sampled_events import TOO_MANY_TOGETHER, SampledEvents, sampled_events


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
    diagrams, left_out, no_chance = _diagrams(states, classes, view)
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
        chance_left_out=no_chance,
    )


def _diagrams(
    states: States, classes: Sequence[ClassResult], view: str
) -> tuple[tuple[ReliabilityResult, ...], str | None, str | None]:
    """Return the diagrams, the main one first; why there is none of a class, or no chance."""
    plan, state = states.plan, states[states.plan.reliability]
    cells = plan.reliability.cells(state)
    if cells is None:
        return (), None, None
    events = sampled_events(states) if plan.clusters or not cells.is_counted else None
    is_counted = cells.is_counted
    if isinstance(events, SampledEvents) and events.is_whole:
        cells = _row_by_row(events, state.is_exact)
    else:  # what is counted of all rows says more than some of them
        cells = replace(cells, is_independent=plan.clusters is None)
        events = None if is_counted else events
    loss = plan.calibration_error.loss(states[plan.calibration_error])
    class_ = plan.classes[plan.positive] if view == "binary" else None
    main = reliability_diagram(cells, loss, view, class_)
    no_chance = None if cells.has_chance else _no_chance(cells, events)
    single = () if view == "binary" else worst_classes(states, classes, events)
    if isinstance(single, str):
        return (main,), single, no_chance
    return (main, *single), None, no_chance


def _no_chance(cells: Cells, events: SampledEvents | str | None) -> str:
    """Return why it is not known what chance would do, in a phrase."""
    if isinstance(events, SampledEvents) and events.is_whole and events.chance_left_out:
        return events.chance_left_out
    return "the targets are the forecasts" if cells.is_independent else TOO_MANY_TOGETHER


def _row_by_row(events: SampledEvents, is_exact: bool) -> Cells:
    """Return the cells of all rows: rows of a cell are not alike, or belong together."""
    scored = events.scored
    happened = scored.forecast_targets if scored.is_soft else scored.forecast_came_true
    forecasts = scored.forecasts
    cells_of = np.unique(forecasts, return_inverse=True)[1] if is_exact else grid_cell(forecasts)
    from_rows = events.cells(cells_of, forecasts, happened.astype(np.float64))
    return replace(from_rows, places=grid_cell(from_rows.forecasts)) if is_exact else from_rows
