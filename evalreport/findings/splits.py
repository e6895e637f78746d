"""Findings about training rows beside test rows: overfitting, leaks, and a mixed headline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from evalreport.findings.headline import loss_name
from evalreport.findings.judgement import Judgement, judgement
from evalreport.formats import (
    LossFormat,
    count_text,
    percent_text,
    times_text,
)
from evalreport.results import EvaluationResult, SplitGap, SplitPart

_LEAST_EFFECT = 0.1
"""The larger loss is at least this share above the smaller one before the gap is called one."""
_NO_LOSS = 0.001
_MOST_TIMES = 100.0


class Sides(NamedTuple):
    """Training rows, the rows they are compared with, and the gap between them."""

    training: SplitPart
    other: SplitPart
    gap: SplitGap


def sides_of(result: EvaluationResult) -> Sides | None:
    """Return training rows beside test rows, or beside validation rows if there are no others."""
    if result.splits is None:
        return None
    gap = result.splits.gaps[-1]
    parts = {each.role: each for each in result.splits.parts}
    return Sides(parts["training"], parts[gap.role], gap)


def has_splits(result: EvaluationResult) -> bool:
    """Return whether training and other rows can be compared."""
    sides = sides_of(result)
    return sides is not None and sides.gap.interval is not None


def splits(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge the gap between training and test rows, and whether the headline mixes them."""
    sides = sides_of(result)
    if sides is None:
        return
    if _is_beyond_chance(sides, 1):
        yield _overfitting(result, sides, losses)
    elif _is_beyond_chance(sides, -1):
        yield _better(result, sides, losses)
    else:
        yield _mixed(result, sides, losses)


def gap_sentence(sides: Sides, losses: LossFormat) -> str:
    """Return both losses and the gap with its interval."""
    training, other, gap = sides
    text = (
        f"{losses.text(training.loss)} on {count_text(training.n, 'training row')}, "
        f"{losses.text(other.loss)} on {count_text(other.n, f'{other.role} row')}"
    )
    if gap.gap is None:
        return f"{text}."
    interval = ""
    if gap.interval is not None:
        low, high = (losses.signed(each) for each in gap.interval)
        interval = f" (95% CI {low} to {high})"
    return f"{text}: a gap of {losses.signed(gap.gap)}{interval}."


def _is_beyond_chance(sides: Sides, sign: int) -> bool:
    """Return whether the gap has this sign by more than chance, and enough to matter."""
    interval = sides.gap.interval
    if interval is None:
        return False
    ends = sorted(sign * each for each in interval)
    pair = sorted([sides.training.loss or 0.0, sides.other.loss or 0.0])
    return ends[0] > 0 and pair[1] >= (1.0 + _LEAST_EFFECT) * pair[0]


def _overfitting(result: EvaluationResult, sides: Sides, losses: LossFormat) -> Judgement:
    training, other, _ = sides
    low, high = training.loss or 0.0, other.loss or 0.0
    name, nothing = loss_name(result), low < _NO_LOSS
    rows = f"{other.role} rows"
    if nothing or high >= _MOST_TIMES * low:
        title = f"The {name} is {losses.text(low)} on training rows, {losses.text(high)} on {rows}"
    else:
        title = f"{rows.capitalize()} have {times_text(high / low)} the {name} of training rows"
    usual = f" A loss of {losses.text(low)} on training rows usually means overfitting."
    return judgement(
        "overfitting",
        "warning",
        title,
        why=f"{gap_sentence(sides, losses)}{usual if nothing else ''} {_flattered(sides)}",
        check=f"Judge the model by the {rows} alone. More data, fewer parameters or earlier "
        "stopping may close the gap.",
        section="slices",
        share_of_loss=other.frequency,
    )


def _better(result: EvaluationResult, sides: Sides, losses: LossFormat) -> Judgement:
    rows = f"{sides.other.role} rows"
    return judgement(
        "better-than-training",
        "warning",
        f"{rows.capitalize()} have less {loss_name(result)} than training rows",
        why=f"{gap_sentence(sides, losses)} A model knows its training rows best, as a rule.",
        check=f"Check whether {rows} were among the training rows, whether the two differ in their "
        "mix, and whether dropout or changed inputs were on for the training rows.",
        section="slices",
        share_of_loss=sides.other.frequency,
    )


def _mixed(result: EvaluationResult, sides: Sides, losses: LossFormat) -> Judgement:
    return judgement(
        "mixed-splits",
        "note",
        f"The {loss_name(result)} is over training and {sides.other.role} rows together",
        why=f"{gap_sentence(sides, losses)} {_flattered(sides)}",
        check=f"Quote the loss of the {sides.other.role} rows, or evaluate them alone.",
        section="slices",
    )


def _flattered(sides: Sides) -> str:
    share = percent_text(sides.training.frequency)
    return f"{share} of all rows are training rows, so the headline is not that of new rows."
