"""Which classes are furthest off against the rest, and their reliability diagrams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from evalreport.results import ClassResult, ReliabilityResult
from evalreport.statistics.class_reliability import CellCounts, ClassReliability
from evalreport.statistics.corp import Cells
from evalreport.statistics.diagram import reliability_diagram
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampledRows

MOST_DIAGRAMS = 4
LEAST_EVENTS = 10
"""A class that happened less often says little about its calibration."""


def worst_classes(states: States, classes: Sequence[ClassResult]) -> tuple[ReliabilityResult, ...]:
    """Return the diagrams of the classes whose miscalibration costs most, the worst first.

    Where the sample holds every row, what recalibration saves is read off the rows: rows of one
    cell cannot be told apart.

    Parameters
    ----------
    states : States
        What was seen.
    classes : sequence of ClassResult
        For their names and for the exact log loss of each class against the rest.
    """
    statistic, sample = states.plan.class_reliability, states.plan.sample
    known = sorted(_costs(statistic, states[statistic], classes), key=lambda each: -each[0])
    rows = states[sample].all_rows()
    diagrams = [
        reliability_diagram(
            cells if rows is None else replace(cells, finer=_row_by_row(rows, k)),
            classes[k].one_vs_rest_log_loss,
            "class-wise",
            classes[k].name,
        )
        for _, k, cells in known[:MOST_DIAGRAMS]
    ]
    return tuple(sorted(diagrams, key=_miscalibration, reverse=True))


def _miscalibration(diagram: ReliabilityResult) -> float:
    return 0.0 if diagram.decomposition is None else diagram.decomposition.miscalibration


def _costs(
    statistic: ClassReliability, state: CellCounts, classes: Sequence[ClassResult]
) -> Iterator[tuple[float, int, Cells]]:
    for k, each in enumerate(classes):
        loss = each.one_vs_rest_log_loss
        cells = None if each.n < LEAST_EVENTS or loss is None else statistic.cells(state, k)
        if cells is not None and loss is not None:
            yield loss - cells.recalibrated_loss, k, cells


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
