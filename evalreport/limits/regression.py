"""The limit on how much worse than the previous run this one may be: it has three outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.formats import MINUS, count_text
from evalreport.limits.wording import limit_text, told_apart
from evalreport.results import ChangeBounds, ComparisonResult, EvaluationResult, LimitResult

_NAME = "max_regression"


def judge_regression(result: EvaluationResult, limit: float | None) -> Iterator[LimitResult]:
    """Judge whether the loss rose by more than `limit` since the previous run.

    With 95 % confidence on each side: if the change is above the limit it failed, if it is below
    it passed, and between it is inconclusive. More rows of zero probability than before fail,
    whatever a floor makes of them.
    """
    if limit is None:
        return
    comparison = result.comparison
    if comparison is None:
        why = "Not judged: it was evaluated without a previous run."
        yield _outcome(limit, None, "not judged", why)
    elif _has_more_zeros(comparison):
        was, now = comparison.zero_probability_rows
        what = count_text(now, comparison.counted)
        text = f"{what} given zero probability, {was:,} in the previous run."
        yield _outcome(limit, comparison.change, "failed", text)
    elif comparison.bounds is not None:
        yield _of_bounds(limit, comparison, comparison.bounds)
    elif comparison.change is None:
        yield _of_infinite(limit, comparison)
    elif comparison.is_constant:
        yield _of_constant(limit, comparison.change, comparison.counted)
    elif comparison.one_sided is None:
        why = f"Not judged: fewer than 10 {comparison.counted}s were compared."
        yield _outcome(limit, comparison.change, "not judged", why)
    else:
        yield _of_interval(limit, comparison, comparison.change, *comparison.one_sided)


def _outcome(limit: float, change: float | str | None, outcome: str, why: str) -> LimitResult:
    return LimitResult(_NAME, limit, change, outcome, why)  # type: ignore[arg-type]  # literals


def _has_more_zeros(comparison: ComparisonResult) -> bool:
    was, now = comparison.zero_probability_rows
    if comparison.paired:
        return now > was
    # Of two sets of rows, the larger one may have more of everything.
    return now * comparison.previous.n > was * comparison.n


def _of_infinite(limit: float, comparison: ComparisonResult) -> LimitResult:
    if comparison.outcome == "worse":
        return _outcome(limit, "infinite", "failed", "The loss is infinite, and was not before.")
    if comparison.outcome == "better":
        text = "The loss of the previous run is infinite, and that of this run is not."
        return _outcome(limit, None, "passed", text)
    return _outcome(limit, None, "not judged", "Not judged: the loss is infinite in both runs.")


def _of_bounds(limit: float, comparison: ComparisonResult, bounds: ChangeBounds) -> LimitResult:
    """Judge a change that lies between two: both have to be on one side of the limit."""
    least, most = bounds.change
    if comparison.one_sided is None or least is None or most is None:
        why = "Not judged: the change is not bounded, or fewer than 10 rows were compared."
        return _outcome(limit, None, "not judged", why)
    low, high = comparison.one_sided
    shown = f"Change between {_signed(least, limit)} and {_signed(most, limit)} nats"
    if low > limit:
        text = f"{shown}: with 95% confidence above {_signed(low, limit)}, over the limit of "
        return _outcome(limit, least, "failed", f"{text}{limit_text(limit)}.")
    if high < limit:
        text = f"{shown}: with 95% confidence below {_signed(high, limit)}, within the limit of "
        return _outcome(limit, most, "passed", f"{text}{limit_text(limit)}.")
    text = (
        f"{shown}, with 95% confidence from {_signed(low, limit)} to {_signed(high, limit)}: on "
        f"both sides of the limit of {limit_text(limit)}."
    )
    return _outcome(limit, None, "inconclusive", text)


def _of_constant(limit: float, change: float, counted: str) -> LimitResult:
    outcome = "failed" if change > limit else "passed"
    text = f"Every {counted} has the same loss as in the previous run."
    if change:
        text = f"Every {counted} changed by {_signed(change, limit)} nats; the limit is "
        text += f"{limit_text(limit)}."
    return _outcome(limit, change, outcome, text)


def _of_interval(
    limit: float, comparison: ComparisonResult, change: float, low: float, high: float
) -> LimitResult:
    shown = f"Change {_signed(change, limit)} nats"
    power = _detectable(comparison)
    if low > limit:
        text = f"{shown}: with 95% confidence above {_signed(low, limit)}, over the limit of "
        return _outcome(limit, change, "failed", f"{text}{limit_text(limit)}. {power}")
    if high < limit:
        text = f"{shown}: with 95% confidence below {_signed(high, limit)}, within the limit of "
        return _outcome(limit, change, "passed", f"{text}{limit_text(limit)}. {power}")
    text = (
        f"{shown}: between {_signed(low, limit)} and {_signed(high, limit)}, on both sides of the "
        f"limit of {limit_text(limit)}. {power}{_needed(comparison, limit)}"
    )
    return _outcome(limit, change, "inconclusive", text)


def _detectable(comparison: ComparisonResult) -> str:
    n = comparison.n if comparison.n_common is None else comparison.n_common
    least = comparison.least_detectable or 0.0
    what = count_text(n, comparison.counted)
    return f"These {what} would show a regression of {told_apart(least, 0.0)}."


def _needed(comparison: ComparisonResult, limit: float) -> str:
    """Return how many rows would show a regression as large as the limit."""
    if not limit or comparison.least_detectable is None:
        return ""
    n = comparison.n if comparison.n_common is None else comparison.n_common
    needed = math.ceil(n * (comparison.least_detectable / limit) ** 2)
    return f" For one of {limit_text(limit)} it takes about {needed:,}."


def _signed(value: float, limit: float) -> str:
    text = told_apart(value, limit)
    return text if text.startswith(MINUS) or not value else f"+{text}"
