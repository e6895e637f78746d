"""Readers: predictions come in here, from files or arrays, and are checked once."""

from evalreport.readers.arrays import predictions_from_arrays
from evalreport.readers.formats import FORMATS
from evalreport.readers.interface import Predictions, ReadSettings, Shard
from evalreport.readers.opening import open_predictions
from evalreport.readers.task_arrays import predictions_in_memory

__all__ = [
    "FORMATS",
    "Predictions",
    "ReadSettings",
    "Shard",
    "open_predictions",
    "predictions_from_arrays",
    "predictions_in_memory",
]
