"""Findings about the score itself: zeros, floor, baseline, leakage, confidence, bands."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.bands import BANDS, NOT_GREAT, band_of, scale
from evalreport.findings.headline import (
    equal_odds,
    is_soft,
    loss_name,
    no_better,
    why_no_interval,
)
from evalreport.findings.judgement import (
    FEW_ROWS,
    Judgement,
    judgement,
    loss_without_zeros,
)
from evalreport.formats import (
    LossFormat,
    cost_text,
    count_text,
    floor_text,
    listed,
    percent_text,
)
from evalreport.results import EvaluationResult, FloorResult

_SUSPICIOUS_LOSS = 0.001
_SUSPICIOUS_ROWS = 1_000
_NO_SKILL = 1e-9
"""Forecasts that are the class frequencies may seem to have so much by rounding."""
_CHECK_COLUMNS = "Check that the probability columns are in the order of the class names."
_CHECK_ROWS = (
    "No other order of the class columns would help: check that predictions and labels belong to "
    "the same rows, in the same order."
)


def no_rows(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether anything could be scored at all."""
    if not result.overall.n:
        yield judgement(
            "no-rows",
            "error",
            "No rows could be scored",
            why=_what_was_read(result),
            check="Check the label and the weights.",
            section="quality",
        )


def _what_was_read(result: EvaluationResult) -> str:
    n_read, quality = result.input.rows_read, result.data_quality
    reasons = [f"{each.n:,} because the {each.reason}" for each in quality.invalid]
    if quality.zero_weight_rows:
        reasons.append(f"{quality.zero_weight_rows:,} because the weight is 0")
    if not reasons:
        return f"{count_text(n_read, 'row')} {'was' if n_read == 1 else 'were'} read."
    return f"{count_text(n_read, 'row')} read, none scored: {listed(reasons)}."


def zero_probability(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge rows in which what happened had been ruled out."""
    overall = result.overall
    n_zero, share = overall.zero_probability_rows, overall.zero_probability_share_of_loss
    if not n_zero:
        return
    rows = count_text(n_zero, "row")
    title = f"Zero probability given to what happened in {rows}"
    yield judgement(
        "zero-prob",
        "error",
        title,
        why=f"The loss of such a row is infinite. {_what_it_costs(result, losses)}",
        check="Check for a class the model cannot output, probabilities rounded to 0, or a rule "
        "applied after the model.",
        section="worst",
        share_of_loss=1.0 if share is None else share,
        short=title if share is None else f"{title} ({percent_text(share)} of the loss)",
    )


def _what_it_costs(result: EvaluationResult, losses: LossFormat) -> str:
    overall, floor = result.overall, result.input.floor
    n_zero = overall.zero_probability_rows
    they = "This row is" if n_zero == 1 else f"These {n_zero:,} rows are"
    data = f"{percent_text(n_zero / overall.n)} of the data"
    if floor is None:
        return f"No floor is set, so the mean is infinite too. {they} {data}."
    cost = f"{cost_text(losses.value(-math.log(floor)))} {losses.unit}"
    capped = (
        "A class that was ruled out costs at most" if is_soft(result) else "Here it is capped at"
    )
    text = f"{capped} {cost} (floor {floor_text(floor)}). {they} {data}"
    share = overall.zero_probability_share_of_loss
    text += "." if share is None else f" and {percent_text(share)} of the loss."
    rest = loss_without_zeros(result)
    return text if rest is None else f"{text} {_without_them(result, rest, losses)}"


def _without_them(result: EvaluationResult, rest: float, losses: LossFormat) -> str:
    them = "it" if result.overall.zero_probability_rows == 1 else "them"
    return f"Without {them} the {loss_name(result)} is {losses.text(rest)} ({band_of(rest).name})."


def floor_dependence(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether another tool, with another floor, would print another verdict."""
    known = [each for each in result.floors if each.log_loss is not None]
    if result.overall.judged_loss is None or not known:
        return
    bands = {band_of(each.log_loss or 0.0) for each in known} | {
        band_of(result.overall.judged_loss)
    }
    share = _share_below_floor(result)
    if len(bands) == 1 and share <= 0.01:
        return
    low = min(known, key=lambda each: each.log_loss or 0.0)
    high = max(known, key=lambda each: each.log_loss or 0.0)
    why = (
        f"Other tools would print {_with_floor(high, losses)} to {_with_floor(low, losses)} for "
        "this file"
    )
    yield judgement(
        "floor",
        "warning" if share else "note",
        "This number depends on the floor",
        why=f"{why}: the band changes." if len(bands) > 1 else f"{why}.",
        check="Fix the zero probabilities rather than choose a floor."
        if result.overall.zero_probability_rows
        else "Name the floor wherever this number is quoted.",
        section="loss",
        share_of_loss=share,
        short=f"This number depends on the floor: {losses.text(high.log_loss)} to "
        f"{losses.text(low.log_loss)} in other tools",
    )


def _with_floor(each: FloorResult, losses: LossFormat) -> str:
    return f"{losses.text(each.log_loss)} (floor {floor_text(each.floor)})"


def _share_below_floor(result: EvaluationResult) -> float:
    overall, floor = result.overall, result.input.floor
    zeros = overall.zero_probability_share_of_loss or 0.0
    if floor is None or not overall.judged_loss or result.input.columns.weight is not None:
        return zeros
    return zeros + overall.floored_rows * -math.log(floor) / (overall.judged_loss * overall.n)


def skill(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge the loss against always predicting the class frequencies, and against guessing."""
    loss, baseline = result.overall.judged_loss, result.baseline
    if loss is None or baseline.judged_loss is None or baseline.skill is None:
        return
    numbers = f"Baseline {losses.text(baseline.judged_loss)}, this model {losses.text(loss)}"
    uniform = equal_odds(result)
    guessing = f"Equal odds for every class would score {losses.text(uniform)}."
    interval = baseline.skill_interval
    if interval is not None and interval[1] < 0:
        yield judgement(
            "below-baseline",
            "error",
            "Worse than always predicting class frequencies",
            why=f"{numbers}. {guessing if loss > uniform else ''}".strip(),
            check=_what_to_check(result),
            section="classes",
        )
    elif _may_be_chance(result):
        yield judgement(
            "no-skill",
            "warning",
            no_better(baseline.skill),
            why=f"{numbers}: with {count_text(result.overall.n, 'row')} the difference could be "
            "chance.",
            check="Check that the model saw its inputs, or bring more rows.",
            section="classes",
        )
    elif interval is None and loss > uniform:
        yield judgement(
            "worse-than-uniform",
            "warning",
            "Worse than equal odds for every class",
            why=f"{guessing} {numbers}.",
            check=_what_to_check(result),
            section="classes",
        )


def _may_be_chance(result: EvaluationResult) -> bool:
    """Return whether these rows do not show that the model beats the class frequencies."""
    skill, interval = result.baseline.skill, result.baseline.skill_interval
    if interval is not None:
        return interval[0] <= 0
    if skill is None or skill > _NO_SKILL or result.overall.n < FEW_ROWS:
        return False
    return (result.overall.judged_loss or 0.0) <= equal_odds(result)  # else that is what is told


def _what_to_check(result: EvaluationResult) -> str:
    order = None if result.audit is None else result.audit.class_order
    return _CHECK_ROWS if order is not None and order.read_as is None else _CHECK_COLUMNS


def leakage(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the predictions are too good to be true."""
    overall = result.overall
    if overall.judged_loss is None:
        return
    all_right = overall.accuracy == 1.0 and overall.n >= _SUSPICIOUS_ROWS
    if overall.judged_loss == 0.0:
        title, why = "Perfect score", "Every row got 100% for what happened."
        why = "Every forecast equals its target." if is_soft(result) else why
    elif overall.judged_loss < _SUSPICIOUS_LOSS:
        title = "Almost perfect score"
        why = (
            f"The forecasts are {losses.with_unit(overall.judged_loss)} from their targets."
            if is_soft(result)
            else f"What happened got {percent_text(overall.mean_probability, 1)} on average."
        )
    elif all_right:
        title = "Every top class is right"
        why = f"That is so in all {count_text(overall.n, 'row')}."
    else:
        return
    yield judgement(
        "leakage",
        "warning",
        f"{title}: check for leakage",
        why=why,
        check="Check whether the label, or something made from it, is among the inputs, and "
        "whether training rows are in this file.",
        section="run",
    )


def bands(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the bands suit this number of classes and these base rates."""
    baseline, loss = result.baseline, result.overall.judged_loss
    if loss is None or baseline.judged_loss is None or baseline.skill is None:
        return
    if not scale().is_built_in:
        return  # whoever made the bands knows what they are for
    band = band_of(baseline.judged_loss)
    n_classes = len(result.input.classes)
    if BANDS.index(band) < BANDS.index(NOT_GREAT):
        yield judgement(
            "flattering-bands",
            "note",
            "The bands flatter any model at this base rate",
            why=f"Always predicting class frequencies scores "
            f"{losses.text(baseline.judged_loss)}, which the bands call “{band.name}”.",
            check="Judge by the loss saved against the baseline.",
            section="help",
        )
    if n_classes > 3 and loss > NOT_GREAT.low and baseline.skill > 0.5:
        yield judgement(
            "many-classes",
            "note",
            f"The bands are strict with {n_classes:,} classes",
            why="They were made for few classes. This model loses "
            f"{percent_text(baseline.skill)} less than always predicting class frequencies.",
            check="Judge by the loss saved against the baseline.",
            section="help",
        )


def certainty(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether there are rows enough for the number to mean something."""
    overall = result.overall
    if 0 < overall.n < FEW_ROWS:
        interval = overall.interval
        yield judgement(
            "few-rows",
            "warning",
            f"Only {count_text(overall.n, 'row')}",
            why=f"The interval runs from {losses.interval(interval)}."
            if interval
            else _without_interval(result),
            check="Bring at least 100 rows before deciding anything.",
            section="verdict",
        )
    touched = overall.band.interval_bands if overall.band else ()
    if len(touched) > 2 and overall.n >= FEW_ROWS:
        yield judgement(
            "wide-interval",
            "warning",
            f"The interval touches {len(touched)} bands",
            why=f"Possible are {listed([f'“{name}”' for name in touched], most=8)}.",
            check="Bring more rows, or look at the few that cost the most.",
            section="worst",
        )
    if overall.interval_is_approximate and result.clusters is None:
        yield judgement(
            "approximate-interval",
            "note",
            "The interval is approximate: a few rows dominate the loss",
            why="The losses are so uneven that the interval can only be a rough guide."
            + "".join(f" {each}" for each in [unseen_zeros(result, losses)] if each),
            check="Look at the worst rows.",
            section="worst",
        )


def _without_interval(result: EvaluationResult) -> str:
    why = why_no_interval(result)
    few = why.startswith("under")
    return "That is too few for an interval." if few else f"No interval: {why}."


def unseen_zeros(result: EvaluationResult, losses: LossFormat) -> str | None:
    """Return the sentence on rows of probability 0 that this file may lack by chance."""
    rise = result.overall.unseen_zeros_would_add
    if rise is None:
        return None
    return (
        f"Up to 3 in {count_text(result.overall.n, 'row')} could be given probability 0 without "
        f"one being seen here, which would add {losses.amount_with_unit(rise)}."
    )
