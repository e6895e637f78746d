"""Findings about Gaussian forecasts."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.findings.checks import ENOUGH_ROWS, LEFT_OUT, Check, nothing_scored
from evalreport.findings.headline import no_better
from evalreport.findings.judgement import Judgement, Piece, judgement
from evalreport.formats import LossFormat, count_text, density_text, score_text, times_text
from evalreport.results import EvaluationResult

_MATTERS = 0.01
"""Nats per row that have to be at stake before scaling the deviations is worth a word."""
_LEAST_SHIFT = 0.05
_DEVIATIONS = 3.0
_SUSPICIOUS = 1.0 - 1e-6
"""Share of the variance of the outcome that no honest forecast explains."""
_FEW_ROWS_IN_A_SLICE = 30


def baseline(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge the loss against always predicting the outcome's own mean and variance."""
    gaussian, interval = result.gaussian, result.overall.interval
    if gaussian is None or gaussian.baseline is None or interval is None:
        return
    numbers = (
        f"Always predicting the mean and variance of the outcome scores "
        f"{density_text(gaussian.baseline, losses)}, this model "
        f"{density_text(result.overall.log_loss, losses)}."
    )
    if interval[0] > gaussian.baseline:
        yield judgement(
            "below-baseline",
            "error",
            "Worse than always predicting mean and variance",
            why=numbers,
            check="Check that mean and standard deviation are in the unit of the outcome, and that "
            "the column of the deviation holds no variance.",
            section="calibration",
        )
    elif interval[1] >= gaussian.baseline:
        yield judgement(
            "no-skill",
            "warning",
            no_better(gaussian.gain or 0.0, "always predicting mean and variance"),
            why=f"{numbers} With {count_text(result.overall.n, 'row')} the difference could be "
            "chance.",
            check="Check that the model saw its inputs, or bring more rows.",
            section="calibration",
        )


def spread(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the standard deviations are right overall."""
    gaussian = result.gaussian
    interval = None if gaussian is None else gaussian.mean_squared_z_interval
    if gaussian is None or interval is None or (gaussian.recoverable or 0.0) < _MATTERS:
        return
    scale = gaussian.best_scale or 1.0
    saved = losses.amount(gaussian.recoverable)
    sentence = f"{times_text(scale)} the standard deviations would take {saved} off the loss."
    check = f"Multiply every standard deviation by {scale:.3g}, found on other rows than these."
    if interval[0] > 1.0:
        yield judgement(
            "overconfident",
            "warning",
            "The standard deviations are too small",
            why=f"Outcomes miss the mean by more than was forecast: the mean of z squared is "
            f"{score_text(gaussian.mean_squared_z)}, and 1 is right. {sentence}",
            check=check,
            section="calibration",
        )
    elif interval[1] < 1.0:
        yield judgement(
            "underconfident",
            "note",
            "The standard deviations are too large",
            why=f"Outcomes miss the mean by less than was forecast: the mean of z squared is "
            f"{score_text(gaussian.mean_squared_z)}, and 1 is right. {sentence}",
            check=check,
            section="calibration",
        )


def shift(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the means are off to one side."""
    gaussian, n = result.gaussian, result.overall.n
    if gaussian is None or gaussian.mean_z is None or gaussian.mean_squared_z is None:
        return
    variance = gaussian.mean_squared_z - gaussian.mean_z**2
    error = math.sqrt(max(variance, 0.0) / (result.overall.effective_n or n))
    if abs(gaussian.mean_z) <= max(_LEAST_SHIFT, _DEVIATIONS * error):
        return
    side = "low" if gaussian.mean_z > 0 else "high"
    yield judgement(
        "biased",
        "warning",
        f"The means are too {side}",
        why=f"On average outcomes lie {score_text(abs(gaussian.mean_z))} standard deviations "
        f"{'above' if side == 'low' else 'below'} the mean that was forecast, which is more than "
        "chance explains.",
        check="Check for a unit, a trend or a transformation that was not undone.",
        section="calibration",
    )


def leakage(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the means are too good to be true."""
    gaussian = result.gaussian
    if gaussian is None or gaussian.explained_variance is None:
        return
    if gaussian.explained_variance < _SUSPICIOUS or result.overall.n < _FEW_ROWS_IN_A_SLICE:
        return
    exact = gaussian.mean_squared_error == 0
    yield judgement(
        "leakage",
        "warning",
        f"The means {'are' if exact else 'are almost'} the outcomes: check for leakage",
        why="No row misses its mean at all."
        if exact
        else "What the means miss is less than a millionth of the variance of the outcome.",
        check="Check whether the outcome, or something made from it, is among the inputs, and "
        "whether the column of the mean is what was forecast.",
        section="calibration",
    )


def slices(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge slices that are worse than always predicting their own mean and variance."""
    for each in () if result.gaussian is None else result.gaussian.slices:
        if each.n < _FEW_ROWS_IN_A_SLICE or each.baseline is None or each.interval is None:
            continue
        if each.interval[0] > each.baseline:
            name = f"{each.column} = {each.value}"
            yield judgement(
                "slice",
                "warning",
                f"{name} is worse than its own mean and variance",
                why=f"{density_text(each.loss, losses)} on {count_text(each.n, 'row')}; always "
                f"predicting their mean and variance scores {density_text(each.baseline, losses)}.",
                check="Check whether the model knows these rows at all.",
                section="slices",
                short=(Piece(name, is_data=True), Piece(" is worse than its mean and variance")),
            )


def _has_interval(result: EvaluationResult) -> bool:
    return result.overall.interval is not None


CHECKS = (
    nothing_scored("rows", "label", "mean", "std"),
    Check(
        baseline,
        ((("below-baseline", "no-skill"), "Better than always predicting mean and variance"),),
        _has_interval,
    ),
    Check(
        spread,
        ((("overconfident", "underconfident"), "The standard deviations are right overall"),),
        _has_interval,
    ),
    Check(shift, ((("biased",), "The means are off to neither side"),)),
    Check(
        leakage,
        ((("leakage",), "Not suspiciously perfect: no sign of leakage"),),
        lambda result: (
            result.gaussian is not None and result.gaussian.explained_variance is not None
        ),
    ),
    Check(
        slices,
        ((("slice",), "No slice is worse than its own mean and variance"),),
        lambda result: bool(result.slices),
    ),
    ENOUGH_ROWS,
    LEFT_OUT,
)
"""What is looked at in Gaussian forecasts."""
