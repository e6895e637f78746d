"""How findings spell options: for those who read the report, whoever happened to make it."""

from __future__ import annotations

from evalreport.results import EvaluationResult
from evalreport.voice import ARRAYS, COMMAND_LINE, Voice


def voice_of(result: EvaluationResult) -> Voice:
    """Return how options are spelled: what was read from files can be read by the command line.

    The same files give the same report whoever asked; arrays can only be evaluated from Python.
    """
    return ARRAYS if result.input.format == "arrays" else COMMAND_LINE
