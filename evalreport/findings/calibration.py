"""Findings about calibration: whether the probabilities can be taken at their word."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.findings.judgement import Judgement, judgement
from evalreport.findings.spelling import voice_of
from evalreport.formats import LossFormat, capital, percent_text
from evalreport.results import DecompositionResult, EvaluationResult

CLEAR_GAP = 3.0
"""Standard errors between the loss and the loss expected before it is called a gap."""
CLEAR_P_VALUE = 0.01
"""Of the test of miscalibration, before it is called a finding."""
SELDOM = 0.05
"""What chance does less often is a hint."""
_LARGE_SHARE = 0.05
"""Share of the loss from which miscalibration is a warning."""


def confidence(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge the loss against the loss that the forecasts themselves expect."""
    if not is_clear_gap(result):
        return
    gap = result.calibration.gap or 0.0
    too_sure = gap > 0
    if result.input.label_smoothing and too_sure:
        yield _surer_than_smoothed(result, losses, gap)
        return
    says = _says_and_is_right(result, too_sure)
    beside = "more" if too_sure else "less"
    cost = losses.amount_with_unit(abs(gap))
    promise = f"It loses {cost} a row {beside} than its own forecasts expect."
    title = f"The model is {beside} confident than it should be"
    yield judgement(
        "overconfident" if too_sure else "underconfident",
        "warning" if too_sure else "note",
        title,
        why=f"Its top class gets {says[0]} on average but is right {says[1]} of the time. {promise}"
        if says
        else promise,
        check="Find out first why it is worse than the baseline."
        if (result.baseline.skill or 0.0) < 0
        else _temperature(result, losses),
        section="calibration",
        short=f"{capital(beside)} confident than it should be"
        + (f": says {says[0]}, right {says[1]}" if says else ""),
    )


def _surer_than_smoothed(result: EvaluationResult, losses: LossFormat, gap: float) -> Judgement:
    """Return the finding on labels that were smoothed: of them alone it holds."""
    smoothing = result.input.label_smoothing
    return judgement(
        "overconfident",
        "note",
        "The model is more confident than the smoothed labels",
        why=f"It loses {losses.amount_with_unit(gap)} a row more than its own forecasts expect. "
        f"With label smoothing of {smoothing:g} no label counts as sure, and a model that was not "
        "trained on such labels looks too sure for that alone.",
        check=f"Judge calibration without {voice_of(result).option('label_smoothing')}.",
        section="calibration",
        short="More confident than the smoothed labels",
    )


def _temperature(result: EvaluationResult, losses: LossFormat) -> str:
    """Return what temperature scaling saves, if that is known to be more than chance."""
    found = result.calibration.recoverable
    if found is None or found.interval is None or found.interval[0] <= 0.0:
        return "Temperature scaling may lower the loss without retraining."
    return (
        f"Divide the logits by {found.temperature:.2f}: tried on rows it was not fitted to, such "
        f"scaling brings the log loss to {losses.text(found.log_loss_after)}."
    )


def is_clear_gap(result: EvaluationResult) -> bool:
    """Whether the loss is further from what the forecasts expect than chance explains."""
    z = result.calibration.gap_z
    return result.calibration.gap is not None and z is not None and abs(z) > CLEAR_GAP


def gap_chance(result: EvaluationResult) -> float | None:
    """How often a calibrated model would show such a gap, on either side."""
    z = result.calibration.gap_z
    return None if z is None else math.erfc(abs(z) / math.sqrt(2.0))


def _says_and_is_right(result: EvaluationResult, too_sure: bool) -> tuple[str, str] | None:
    """Return mean confidence and accuracy, if they tell the same story as the loss."""
    says, right = result.calibration.mean_confidence, result.overall.accuracy
    if says is None or right is None or (says > right) != too_sure:
        return None
    for decimals in (0, 1):
        texts = percent_text(says, decimals), percent_text(right, decimals)
        if texts[0] != texts[1]:
            return texts
    return None


def shape(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge forecasts that are off here and there, though neither too sure nor too cautious."""
    parts = result.calibration.decomposition
    if parts is None or not is_clearly_off(parts) or is_clear_gap(result):
        return
    bracket = parts.miscalibration_bracket or (0.0, parts.miscalibration)
    # Half way between too much and too little; a share of the loss that is split up here.
    share = sum(bracket) / 2 / parts.loss
    yield judgement(
        "miscalibrated",
        "warning" if share >= _LARGE_SHARE else "note",
        "Some forecasts come true more often than they say, or less",
        why=f"{_in_what(parts)} costs {_range(parts, losses)} a row, and hardly any calibrated "
        f"model would show as much by chance. {_overall(result)}".rstrip(),
        check="See where the steps leave the range of chance; isotonic regression on other rows "
        "may lower the loss.",
        section="calibration",
        share_of_loss=share,
    )


def _range(parts: DecompositionResult, losses: LossFormat) -> str:
    if parts.miscalibration_bracket is None:
        return f"up to {losses.amount(parts.miscalibration)} {losses.unit}"
    low, high = (losses.amount(each) for each in parts.miscalibration_bracket)
    return f"{low if low == high else f'{low} to {high}'} {losses.unit}"


def _in_what(parts: DecompositionResult) -> str:
    return (
        "That" if parts.view == "binary" else "In the log loss of the top class being right, that"
    )


def _overall(result: EvaluationResult) -> str:
    gap, chance = result.calibration.gap, gap_chance(result)
    if gap is None or chance is None:
        return ""
    if chance >= SELDOM:
        return "Overall it is neither too sure nor too cautious."
    return f"Overall it may be too {'sure' if gap > 0 else 'cautious'}, but that could be chance."


def is_clearly_off(parts: DecompositionResult) -> bool:
    """Whether forecasts are off by more than chance, and mending them helps other rows too."""
    bracket, p_value = parts.miscalibration_bracket, parts.p_value
    if p_value is None or p_value > CLEAR_P_VALUE:
        return False
    # With weights or soft labels it is not known what other rows would say.
    return bracket is None or bracket[0] > 0.0
