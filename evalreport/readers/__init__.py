"""Readers: predictions come in here, from files or arrays, and are checked once."""

from evalreport.readers.arrays import predictions_from_arrays
from evalreport.readers.formats import FORMATS
from evalreport.readers.interface import Predictions, ReadSettings, Shard
from evalreport.readers.meter import bytes_read
from evalreport.readers.opening import open_predictions
from evalreport.readers.task_arrays import predictions_in_memory

__all__ = [
    "FORMATS",
    "Predictions",
    "ReadSettings",
    "Shard",
    "bytes_read",
    "open_predictions",
    "predictions_from_arrays",
    "predictions_in_memory",
]
