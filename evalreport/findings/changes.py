"""Words for losses before and after, and for what became of them, whatever is compared."""

from __future__ import annotations

from evalreport.formats import (
    INFINITE,
    LossFormat,
    count_text,
    density_text,
    score_text,
)
from evalreport.results import ChangeBounds, ComparedGroup, ComparisonResult, EvaluationResult

AT_LEAST = "≥"
Ends = tuple[float | None, float | None]


def signed(nats: float | None, losses: LossFormat) -> str:
    """Return a change with its sign, in the unit shown."""
    return "not known" if nats is None else losses.signed(nats)


def counted(comparison: ComparisonResult, n: int) -> str:
    """Return how many rows, or documents, there are."""
    return count_text(n, comparison.counted)


def loss_in(
    losses: LossFormat, result: EvaluationResult, nats: float | None, ends: Ends | None = None
) -> str:
    """Return a mean loss as the task writes it; `ends` are what it lies between, if not known."""
    if ends is not None and ends[0] != ends[1]:
        low, high = (None if each is None else losses.text(each) for each in ends)
        if low is None:
            return INFINITE
        return f"{AT_LEAST} {low}" if high is None else f"{low} to {high}"
    if nats is None and ends is not None:
        nats = ends[0]
    if nats is None:
        return INFINITE
    if result.task == "gaussian":
        return density_text(nats, losses)
    return score_text(losses.value(nats)) if result.task == "tokens" else losses.text(nats)


def change_in(losses: LossFormat, nats: float | None, bounds: ChangeBounds | None) -> str:
    """Return a change with its sign, or between which two it lies."""
    if bounds is None:
        return signed(nats, losses)
    low, high = bounds.change
    if low is None or high is None:
        return "not known" if low is None else f"{AT_LEAST} {signed(low, losses)}"
    return f"{signed(low, losses)} to {signed(high, losses)}"


def size(change: float | None, losses: LossFormat, bounds: ChangeBounds | None = None) -> str:
    """Return a change without its sign; of one between two values, the least that it is."""
    if bounds is None:
        return "" if change is None else losses.amount(abs(change))
    least = min((abs(each) for each in bounds.change if each is not None), default=0.0)
    return f"at least {losses.amount(least)}"


def change_words(comparison: ComparisonResult, losses: LossFormat) -> str:
    """Return what changed, in a few words: "worse by 0.028", "no clear change (+0.001)"."""
    bounds = comparison.bounds
    if comparison.change is None and bounds is None:
        return f"{comparison.outcome}: a loss is infinite"
    if comparison.outcome == "no clear change":
        if comparison.is_constant and comparison.change == 0.0:
            return f"no change in any {comparison.counted}"
        return f"no clear change ({change_in(losses, comparison.change, bounds)})"
    return f"{comparison.outcome} by {size(comparison.change, losses, bounds)}"


def group_loss(
    losses: LossFormat, result: EvaluationResult, group: ComparedGroup, is_current: bool
) -> str:
    """Return the loss of a group, in this run or in the previous one."""
    bounds = group.bounds
    if is_current:
        return loss_in(losses, result, group.current, None if bounds is None else bounds.current)
    return loss_in(losses, result, group.previous, None if bounds is None else bounds.previous)


def run_loss(
    losses: LossFormat, result: EvaluationResult, comparison: ComparisonResult, is_current: bool
) -> str:
    """Return the loss over what is compared, in this run or in the previous one."""
    bounds = comparison.bounds
    if is_current:
        ends, nats = None if bounds is None else bounds.current, comparison.current_loss
    else:
        ends, nats = None if bounds is None else bounds.previous, comparison.previous_loss
    return loss_in(losses, result, nats, ends)
