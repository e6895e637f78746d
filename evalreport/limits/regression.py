"""The limit on how much worse than the previous run this one may be: it has three outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evalreport.formats import MINUS, count_text
from evalreport.limits.interface import GroupLimits
from evalreport.limits.wording import limit_text, told_apart
from evalreport.results import (
    ChangeBounds,
    ComparedGroup,
    ComparisonResult,
    EvaluationResult,
    Interval,
    LimitResult,
)

_NAME = "max_regression"
_WITHOUT = "Not judged: it was evaluated without a previous run."


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of a loss, over everything or in a group."""

    name: str
    change: float | None
    one_sided: Interval | None
    is_constant: bool
    bounds: ChangeBounds | None
    zeros: tuple[int, int]
    has_more_zeros: bool
    is_infinite: tuple[bool, bool]
    """Whether the loss is, in the previous run and in this one."""
    n: int
    counted: Literal["row", "document"]
    least_detectable: float | None


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
        yield LimitResult(_NAME, limit, None, "not judged", _WITHOUT)
    else:
        yield _judged(limit, _of_comparison(comparison))


def judge_group_regression(
    result: EvaluationResult, limits: GroupLimits, name: str
) -> Iterator[LimitResult]:
    """Judge whether the loss of a class or slice rose by more than its limit.

    Parameters
    ----------
    result : EvaluationResult
        The result, with its comparison.
    limits : GroupLimits
        What is required of the group.
    name : str
        What the group is called in a sentence.
    """
    limit, place = limits.max_regression, f"{limits.place}.{_NAME}"
    if limit is None:
        return
    comparison = result.comparison
    if comparison is None:
        yield LimitResult(place, limit, None, "not judged", _WITHOUT)
        return
    kind = "class" if limits.column is None else "slice"
    wanted = (kind, limits.column, limits.name)
    groups = (each for each in comparison.groups if (each.kind, each.column, each.name) == wanted)
    group = next(groups, None)
    if group is None:
        why = f"Not judged: {name} was not compared with the previous run."
        yield LimitResult(place, limit, None, "not judged", why)
    else:
        yield _judged(limit, _of_group(group, comparison, place))


def _of_comparison(comparison: ComparisonResult) -> _Change:
    was, now = comparison.zero_probability_rows
    more = now > was
    if not comparison.paired:
        # Of two sets of rows, the larger one may have more of everything.
        more = now * comparison.previous.n > was * comparison.n
    return _Change(
        name=_NAME,
        change=comparison.change,
        one_sided=comparison.one_sided,
        is_constant=comparison.is_constant,
        bounds=comparison.bounds,
        zeros=(was, now),
        has_more_zeros=more,
        is_infinite=(comparison.outcome == "better", comparison.outcome == "worse"),
        n=comparison.n if comparison.n_common is None else comparison.n_common,
        counted=comparison.counted,
        least_detectable=comparison.least_detectable,
    )


def _of_group(group: ComparedGroup, comparison: ComparisonResult, place: str) -> _Change:
    was, now = group.zero_probability_rows
    return _Change(
        name=place,
        change=group.change,
        one_sided=group.one_sided,
        is_constant=group.is_constant,
        bounds=group.bounds,
        zeros=(was, now),
        has_more_zeros=comparison.paired and now > was,
        is_infinite=(group.previous is None, group.current is None),
        n=group.n,
        counted=comparison.counted,
        least_detectable=None,
    )


# --- three outcomes ---------------------------------------------------------------------------


def _judged(limit: float, change: _Change) -> LimitResult:
    if change.has_more_zeros:
        was, now = change.zeros
        what = count_text(now, change.counted)
        text = f"{what} given zero probability, {was:,} in the previous run."
        if change.bounds is None and change.change is not None and change.one_sided is not None:
            # What the floor makes of it, beside what it hides.
            text += f" {_of_interval(limit, change, change.change, *change.one_sided).why}"
        return _outcome(limit, change, change.change, "failed", text)
    if change.bounds is not None:
        return _of_bounds(limit, change, change.bounds)
    if change.change is None:
        return _of_infinite(limit, change)
    if change.is_constant:
        return _of_constant(limit, change, change.change)
    if change.one_sided is None:
        return _outcome(limit, change, change.change, "not judged", _why_no_interval(change))
    return _of_interval(limit, change, change.change, *change.one_sided)


def _outcome(
    limit: float, change: _Change, value: float | str | None, outcome: str, why: str
) -> LimitResult:
    return LimitResult(change.name, limit, value, outcome, why)  # type: ignore[arg-type]  # literals


def _why_no_interval(change: _Change) -> str:
    if change.n < 10 or change.name == _NAME:
        return f"Not judged: fewer than 10 {change.counted}s were compared."
    return "Not judged: its change has no interval."


def _of_infinite(limit: float, change: _Change) -> LimitResult:
    was_infinite, is_infinite = change.is_infinite
    if is_infinite and not was_infinite:
        text = "The loss is infinite, and was not before."
        return _outcome(limit, change, "infinite", "failed", text)
    if was_infinite and not is_infinite:
        text = "The loss of the previous run is infinite, and that of this run is not."
        return _outcome(limit, change, None, "passed", text)
    why = "Not judged: the loss is infinite in both runs."
    return _outcome(limit, change, None, "not judged", why)


def _of_bounds(limit: float, change: _Change, bounds: ChangeBounds) -> LimitResult:
    """Judge a change that lies between two: both have to be on one side of the limit."""
    least, most = bounds.change
    if change.one_sided is None or least is None or most is None:
        why = "Not judged: the change is not bounded, or fewer than 10 rows were compared."
        return _outcome(limit, change, None, "not judged", why)
    low, high = change.one_sided
    shown = f"Change between {_signed(least, limit)} and {_signed(most, limit)} nats"
    if low > limit:
        return _outcome(limit, change, least, "failed", f"{shown}: {_above(low, limit)}.")
    if high < limit:
        return _outcome(limit, change, most, "passed", f"{shown}: {_below(high, limit)}.")
    text = (
        f"{shown}, with 95% confidence from {_signed(low, limit)} to {_signed(high, limit)}: on "
        f"both sides of the limit of {limit_text(limit)}."
    )
    return _outcome(limit, change, None, "inconclusive", text)


def _of_constant(limit: float, change: _Change, value: float) -> LimitResult:
    outcome = "failed" if value > limit else "passed"
    text = f"Every {change.counted} has the same loss as in the previous run."
    if value:
        text = f"Every {change.counted} changed by {_signed(value, limit)} nats; the limit is "
        text += f"{limit_text(limit)}."
    return _outcome(limit, change, value, outcome, text)


def _of_interval(
    limit: float, change: _Change, value: float, low: float, high: float
) -> LimitResult:
    shown = f"Change {_signed(value, limit)} nats"
    power = _detectable(change)
    if low > limit:
        return _outcome(limit, change, value, "failed", f"{shown}: {_above(low, limit)}.{power}")
    if high < limit:
        return _outcome(limit, change, value, "passed", f"{shown}: {_below(high, limit)}.{power}")
    text = (
        f"{shown}: between {_signed(low, limit)} and {_signed(high, limit)}, on both sides of the "
        f"limit of {limit_text(limit)}.{power}{_needed(change, limit)}"
    )
    return _outcome(limit, change, value, "inconclusive", text)


def _above(low: float, limit: float) -> str:
    return f"with 95% confidence above {_signed(low, limit)}, over the limit of {limit_text(limit)}"


def _below(high: float, limit: float) -> str:
    return (
        f"with 95% confidence below {_signed(high, limit)}, within the limit of {limit_text(limit)}"
    )


def _detectable(change: _Change) -> str:
    if change.least_detectable is None:
        return ""
    what = count_text(change.n, change.counted)
    return f" These {what} would show a regression of {told_apart(change.least_detectable, 0.0)}."


def _needed(change: _Change, limit: float) -> str:
    """Return how many rows would show a regression as large as the limit."""
    if not limit or change.least_detectable is None:
        return ""
    needed = math.ceil(change.n * (change.least_detectable / limit) ** 2)
    return f" For one of {limit_text(limit)} it takes about {needed:,}."


def _signed(value: float, limit: float) -> str:
    text = told_apart(value, limit)
    return text if text.startswith(MINUS) or not value else f"+{text}"
