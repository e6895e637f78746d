"""Which classes are furthest off against the rest, and their reliability diagrams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.results import ClassResult, ReliabilityResult
from evalreport.statistics.class_reliability import CellCounts, ClassReliability
from evalreport.statistics.corp import Cells
from evalreport.statistics.diagram import reliability_diagram

MOST_DIAGRAMS = 4
LEAST_EVENTS = 10
"""A class that happened less often says little about its calibration."""


def worst_classes(
    statistic: ClassReliability, state: CellCounts, classes: Sequence[ClassResult]
) -> tuple[ReliabilityResult, ...]:
    """Return the diagrams of the classes whose miscalibration costs most, the worst first.

    Parameters
    ----------
    statistic, state
        The counts of all classes.
    classes : sequence of ClassResult
        For their names and for the exact log loss of each class against the rest.
    """
    known = sorted(_costs(statistic, state, classes), key=lambda each: -each[0])
    return tuple(
        reliability_diagram(cells, loss, "class-wise", name)
        for _, cells, loss, name in known[:MOST_DIAGRAMS]
    )


def _costs(
    statistic: ClassReliability, state: CellCounts, classes: Sequence[ClassResult]
) -> Iterator[tuple[float, Cells, float, str]]:
    for k, each in enumerate(classes):
        loss = each.one_vs_rest_log_loss
        cells = None if each.n < LEAST_EVENTS or loss is None else statistic.cells(state, k)
        if cells is not None and loss is not None:
            yield loss - cells.recalibrated_loss, cells, loss, each.name
