"""Which classes are furthest off against the rest, and their reliability diagrams."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from evalreport.batch import FloatArray
from evalreport.results import ClassResult, ReliabilityResult
from evalreport.statistics.class_grid import class_grid, coarse_places
from evalreport.statistics.class_reliability import ClassReliability
from evalreport.statistics.corp import Cells
from evalreport.statistics.diagram import reliability_diagram
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampledRows
from evalreport.statistics.sampled_events import SampledEvents

MOST_DIAGRAMS = 4
LEAST_EVENTS = 10
"""A class that happened less often says little about its calibration."""


class _Class(NamedTuple):
    """A class, the log loss of the question whether it happened, and what miscalibration costs."""

    k: int
    loss: float
    cost: float
    cells: Callable[[], Cells]


def worst_classes(
    states: States, classes: Sequence[ClassResult], events: SampledEvents | str | None
) -> tuple[ReliabilityResult, ...] | str:
    """Return the diagrams of the classes whose miscalibration costs most, the worst first.

    Where the sample holds every row, what recalibration saves is read off the rows: rows of one
    cell cannot be told apart.

    Parameters
    ----------
    states : States
        What was seen.
    classes : sequence of ClassResult
        For their names and for the exact log loss of each class against the rest.
    events : SampledEvents, str or None
        With case weights, soft labels or clusters the sampled rows, or why there are none.

    Returns
    -------
    tuple of ReliabilityResult or str
        The reason if no class can be looked at, in a phrase.
    """
    if class_grid(len(classes)) is None:
        return "there are too many classes"
    if all(each.one_vs_rest_log_loss is None for each in classes):
        return "the loss is infinite"
    if isinstance(events, str):
        return events
    known = _counted(states, classes) if events is None else _sampled(events, classes)
    worst = sorted(known, key=lambda each: -each.cost)[:MOST_DIAGRAMS]
    if not worst:
        return "none happened ten times"
    rows = None if events is not None else states[states.plan.sample].all_rows()
    n_sampled = None if events is None or events.is_whole else events.n_rows
    diagrams = [
        reliability_diagram(
            each.cells()
            if rows is None
            else replace(each.cells(), finer=_row_by_row(rows, each.k)),
            each.loss,
            "class-wise",
            classes[each.k].name,
        )
        for each in worst
    ]
    ordered = sorted(diagrams, key=_miscalibration, reverse=True)
    return tuple(replace(each, sampled_rows=n_sampled) for each in ordered)


def _miscalibration(diagram: ReliabilityResult) -> float:
    return 0.0 if diagram.decomposition is None else diagram.decomposition.miscalibration


def _counted(states: States, classes: Sequence[ClassResult]) -> Iterator[_Class]:
    statistic: ClassReliability = states.plan.class_reliability
    for k, each in enumerate(classes):
        loss = each.one_vs_rest_log_loss
        cells = None if each.n < LEAST_EVENTS else statistic.cells(states[statistic], k)
        if cells is not None and loss is not None:
            known = replace(cells, is_independent=states.plan.clusters is None)
            yield _Class(k, loss, loss - cells.recalibrated_loss, partial(_same, known))


def _same(cells: Cells) -> Cells:
    return cells


def _sampled(events: SampledEvents, classes: Sequence[ClassResult]) -> Iterator[_Class]:
    probs = events.scored.batch.probs
    for k, each in enumerate(classes):
        happened, loss = events.happened(k), each.one_vs_rest_log_loss
        if loss is None or (events.counts * happened).sum() < LEAST_EVENTS:
            continue
        if not events.is_whole:  # the loss of all rows says nothing of what some of them save
            loss = events.mean(events.scored.one_vs_rest_losses[:, k])
        forecasts = np.ascontiguousarray(probs[:, k])
        cost = loss - events.each(forecasts, happened).recalibrated_loss
        cells = partial(_cells_of, events, forecasts, happened)
        yield _Class(k, loss, cost, cells)


def _cells_of(events: SampledEvents, forecasts: FloatArray, happened: FloatArray) -> Cells:
    return events.cells(coarse_places(forecasts), forecasts, happened)


def _row_by_row(rows: SampledRows, k: int) -> Cells:
    """Return each forecast of a class as a cell; its logarithm tells the order as well."""
    forecasts, which = np.unique(rows.cells[k], return_inverse=True)
    counts = rows.counts.astype(np.float64)
    masses, trues = (
        np.bincount(which, each).astype(np.float64)
        for each in (counts, counts * (rows.observed == k))
    )
    return Cells(
        places=np.arange(len(forecasts)),
        counts=masses.astype(np.int64),
        masses=masses,
        trues=trues,
        forecasts=forecasts,
        is_counted=True,
    )
