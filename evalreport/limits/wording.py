"""Sentences on limits, such that the number shown lies on the same side as the number meant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from evalreport.formats import INFINITE, MINUS, capital, count_text, listed, small_decimals
from evalreport.results import EvaluationResult, FindingResult, LimitResult

_MOST_DECIMALS = 17


def told_apart(value: float, limit: float, least_decimals: int = 3) -> str:
    """Return a number with as many decimals as show on which side of the limit it lies.

    Examples
    --------
    >>> told_apart(0.217, 0.3), told_apart(0.3000001, 0.3), told_apart(0.3, 0.3)
    ('0.217', '0.3000001', '0.300')
    """
    if not math.isfinite(value):
        return INFINITE
    for decimals in range(least_decimals, _MOST_DECIMALS):
        text = f"{value:.{decimals}f}"
        if (float(text) > limit, float(text) < limit) == (value > limit, value < limit):
            return _signed(text)
    return _signed(repr(value))


def measured_text(value: float, limit: float) -> str:
    """Return a measured number as `told_apart` does, a small one with the digits of the report.

    Examples
    --------
    >>> measured_text(0.005642, 0.0056), measured_text(0.7, 0.005)
    ('0.00564', '0.700')
    """
    return told_apart(value, limit, small_decimals(value))


def limit_text(limit: float | str) -> str:
    """Return a limit as it was set."""
    return limit if isinstance(limit, str) else _signed(f"{limit!r}".removesuffix(".0"))


def compared(
    measured: str, limit: float, is_met: bool, side: Literal["over", "under"], aside: str = ""
) -> str:
    """Return a measured number beside its limit, as a sentence.

    Examples
    --------
    >>> compared("Log loss 0.317 nats", 0.3, False, "over")
    'Log loss 0.317 nats is over the limit of 0.3.'
    """
    met = "is within" if side == "over" else "meets"
    relation = met if is_met else f"is {side}"
    return f"{measured} {relation} the limit of {limit_text(limit)}{aside}."


def no_skill(result: EvaluationResult) -> str:
    """Return why there is no skill."""
    if not result.overall.n:
        return "no row was scored"
    if result.overall.judged_loss is None:
        return "the loss is infinite"
    if result.baseline.judged_loss is None:
        return "this task has no such baseline"
    return "the baseline is 0, so skill is not defined"


def findings_counted(found: Sequence[FindingResult], severities: Sequence[str]) -> str:
    """Return how many findings are of these severities, and which."""
    kinds = " or ".join(severities)
    if not found:
        return f"No {kinds} was found."
    codes = listed(list(dict.fromkeys(each.code for each in found)))
    counts = listed(
        [
            count_text(n, severity)
            for severity in severities
            if (n := sum(each.severity == severity for each in found))
        ]
    )
    return f"{counts} found: {codes}."


def about(limit: LimitResult, name: str) -> LimitResult:
    """Return a limit whose sentence says which class or slice it speaks of."""
    return replace(limit, why=f"{capital(name)}: {limit.why}")


def _signed(text: str) -> str:
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text
