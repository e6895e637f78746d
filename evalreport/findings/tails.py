"""The finding that what had been all but ruled out happens far too often."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings import audit, calibration, labels, score
from evalreport.findings.judgement import Judgement, judgement
from evalreport.formats import LossFormat, count_text, expected_text, percent_text, times_text
from evalreport.results import EvaluationResult, Surprise

_MOST_TIMES = 1000.0
_FEW_SURPRISES = 3
"""Once or twice is not often, however unlikely."""


def is_hardly_surprised(result: EvaluationResult) -> bool:
    """Return whether surprises were counted, and are nowhere far too many."""
    surprises = () if result.tails is None else result.tails.surprises
    judged = [each for each in surprises if each.p_value is not None]
    return bool(judged) and not any(each.far_too_often for each in judged)


def surprised(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the forecasts are surprised more often than they themselves expect.

    Rows given exactly 0 do not count, and nothing is said if another finding tells it already:
    swapped columns, a model worse than its baseline, or one that is too sure of itself throughout.
    """
    worst = _clearest(result)
    if worst is None or _is_told_already(result, losses):
        return
    n_rows, limit = _above_zero(result, worst), probability_limit(worst)
    rows = count_text(n_rows, "row")
    title = f"Surprised far too often: {rows} in which what happened was given {limit}"
    yield judgement(
        "surprised",
        "warning",
        title,
        why=f"{_against_expected(n_rows, worst.expected)} {_what_they_hold(result, worst)}".strip(),
        check="Look at the worst rows: wrong labels, inputs unlike any in training, or a rule "
        "applied after the model.",
        section="loss",
        share_of_loss=_share_of_loss(result, worst) or 0.0,
        short=f"Surprised far too often: {rows} at {limit}, "
        f"{expected_words(worst.expected)} expected",
    )


def probability_limit(surprise: Surprise) -> str:
    """Return the limit in words: "1% or less"."""
    return f"{100 * surprise.at_most:.10g}% or less"


def expected_words(expected: float) -> str:
    """Return an expected count that is never shown as 0 unless it is."""
    return "under 0.1" if 0.0 < expected < 0.05 else expected_text(expected)


def _clearest(result: EvaluationResult) -> Surprise | None:
    """Return the surprise that is hardest to explain by chance, if any is far too frequent."""
    if result.tails is None:
        return None
    n_zero = result.overall.zero_probability_rows
    if n_zero:
        # How unlikely the rest is was not counted; what is left has to speak for itself.
        many = [
            each
            for each in result.tails.surprises
            if each.far_too_often and each.observed - n_zero > 3.0 * max(each.expected, 3.0)
        ]
    else:
        many = [
            each
            for each in result.tails.surprises
            if each.far_too_often and each.observed >= _FEW_SURPRISES
        ]
    return min(many, key=lambda each: (each.p_value or 0.0, each.at_most), default=None)


def _above_zero(result: EvaluationResult, surprise: Surprise) -> int:
    return surprise.observed - result.overall.zero_probability_rows


def _is_told_already(result: EvaluationResult, losses: LossFormat) -> bool:
    told = (audit.swapped_classes, labels.label_noise, score.skill, calibration.confidence)
    codes = {each.finding.code for check in told for each in check(result, losses)}
    return bool(codes - {"underconfident"})


def _against_expected(n_rows: int, expected: float) -> str:
    text = f"The forecasts expect {expected_words(expected)}"
    ratio = n_rows / expected if expected else _MOST_TIMES
    return f"{text}." if ratio >= _MOST_TIMES else f"{text}: that is {times_text(ratio)} as many."


def _share_of_loss(result: EvaluationResult, surprise: Surprise) -> float | None:
    among = [
        each
        for each in result.loss_by_probability
        if each.low < each.high <= surprise.at_most and each.share_of_loss is not None
    ]
    return sum(each.share_of_loss or 0.0 for each in among) if among else None


def _what_they_hold(result: EvaluationResult, surprise: Surprise) -> str:
    share = _share_of_loss(result, surprise)
    if share is None or result.overall.judged_loss is None:
        return ""
    rows = percent_text(_above_zero(result, surprise) / result.overall.n)
    return f"They are {rows} of the rows and make {percent_text(share)} of the loss."
