"""Limits as assertions, for test suites: a model that got worse fails like a function that did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evalreport.errors import SettingsError
from evalreport.evaluated import Evaluation
from evalreport.limits import NO_LIMITS, Limits, are_met


def assert_limits(evaluation: Evaluation, limits: Limits | None = None, **each: Any) -> None:
    """Fail if an evaluation does not meet its limits, with the summary as the message.

    Parameters
    ----------
    evaluation : Evaluation
        What `evalreport.evaluate`, `evaluate_file` or `read_evaluation` returned.
    limits : Limits, optional
        What is required.
    **each
        The fields of `evalreport.Limits`, as ``max_loss=0.3`` or ``strict=True``; they win over
        `limits`.

    Raises
    ------
    AssertionError
        If a limit fails; with ``strict=True`` also if one could not be judged.
    SettingsError
        If no limit is given: such a test could not fail.

    Examples
    --------
    >>> import evalreport
    >>> evaluation = evalreport.evaluate([1, 0, 1], [0.9, 0.2, 0.7])
    >>> assert_limits(evaluation, max_loss=0.3, worst_band="can probably improve")
    """
    required = replace(limits or NO_LIMITS, **each)
    if not required.are_set:
        raise SettingsError("assert_limits needs a limit, as max_loss=0.3.")
    judged = evaluation.with_limits(required)
    if not are_met(judged.result.limits, required.strict):
        raise AssertionError(f"limits not met\n\n{judged!r}")
