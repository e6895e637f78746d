"""Statistics: settings that make mergeable states from batches, and results from states."""

from evalreport.statistics.classes import ByClass
from evalreport.statistics.forecast import ByForecast, Gap
from evalreport.statistics.interface import FirstEntries, State, Statistic, Sums
from evalreport.statistics.probability import ByProbability, Floors
from evalreport.statistics.reliability import Reliability
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
    "RejectedRows",
    "Reliability",
    "State",
    "Statistic",
    "Sums",
    "WorstRows",
    "data_quality",
]
