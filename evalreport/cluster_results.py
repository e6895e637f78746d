"""Frozen results on rows that belong together."""

from __future__ import annotations

from dataclasses import dataclass

from evalreport.task_results import MeanResult


@dataclass(frozen=True, slots=True)
class ClustersResult:
    """How the rows fall into clusters, and what an interval that ignored them would have said."""

    n: int | None
    """Clusters with a scored row; None above 100,000, which are not told apart any more."""
    effective: float | None
    """As many clusters of equal size would tell as much; None where they are not told apart."""
    method: str
    """How intervals were made."""
    naive: MeanResult
    """The loss with the error and the interval it had if all rows were independent."""
