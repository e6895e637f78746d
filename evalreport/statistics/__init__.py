"""Statistics: settings that make mergeable states from batches, and results from states."""

from evalreport.statistics.classes import ByClass
from evalreport.statistics.forecast import ByForecast, Gap
from evalreport.statistics.grid import ProbabilityGrid
from evalreport.statistics.interface import FirstEntries, State, Statistic, Sums
from evalreport.statistics.overall import Overall
from evalreport.statistics.probability import ByProbability, Floors
from evalreport.statistics.reliability import Reliability
from evalreport.statistics.row_ids import RowIds
from evalreport.statistics.rows import IntakeCounts, RejectedRows, WorstRows, data_quality
from evalreport.statistics.slices import BySlice

__all__ = [
    "ByClass",
    "ByForecast",
    "ByProbability",
    "BySlice",
    "FirstEntries",
    "Floors",
    "Gap",
    "IntakeCounts",
    "Overall",
    "ProbabilityGrid",
    "RejectedRows",
    "Reliability",
    "RowIds",
    "State",
    "Statistic",
    "Sums",
    "WorstRows",
    "data_quality",
]
