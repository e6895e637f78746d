"""Findings about what recalibration would save, and about scikit-learn's second opinion."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.calibration import is_clear_gap, is_clearly_off
from evalreport.findings.judgement import Judgement, judgement
from evalreport.formats import LossFormat, count_text, percent_text
from evalreport.results import EvaluationResult, VerificationResult

LARGE_SHARE = 0.05
"""Share of the loss from which what is recoverable is a finding."""
MOST_DIFFERENCE = 1e-9


def share_recoverable(result: EvaluationResult) -> float | None:
    """Return the share of the loss that is recoverable; None if that could be chance."""
    found, loss = result.calibration.recoverable, result.overall.log_loss
    if found is None or found.interval is None or not loss or found.interval[0] <= 0.0:
        return None
    return found.loss / loss


def recoverable(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether recalibration would save much, where nothing else says so already."""
    found, share = result.calibration.recoverable, share_recoverable(result)
    if found is None or share is None or share < LARGE_SHARE:
        return
    parts = result.calibration.decomposition
    if is_clear_gap(result) or (parts is not None and is_clearly_off(parts)):
        return
    yield judgement(
        "recoverable",
        "warning",
        f"Recalibration would save {percent_text(share)} of the loss",
        why=recoverable_sentence(result, losses) or "",
        check=how_to_apply(result) or "",
        section="calibration",
        share_of_loss=share,
    )


def recoverable_sentence(result: EvaluationResult, losses: LossFormat) -> str | None:
    """Return what is recoverable in one sentence; None if it is not known."""
    found = result.calibration.recoverable
    if found is None:
        return None
    ends = "" if found.interval is None else f" (95% CI {_signed_interval(found.interval, losses)})"
    return (
        f"Recoverable: {_signed(found.loss, losses)} {losses.unit}{ends}, temperature "
        f"{found.temperature:.2f}; log loss after it {losses.text(found.log_loss_after)}."
    )


def how_recoverable(result: EvaluationResult) -> str | None:
    """Return what that number means, and from which rows it is."""
    found = result.calibration.recoverable
    if found is None:
        return None
    what = "Temperature and a bias for each class" if found.with_class_bias else "Temperature"
    whose = "" if found.rows == result.overall.n else f" of a sample of {found.rows:,}"
    return (
        f"{what}, fitted to half of the rows{whose} and tried on the other half: a lower bound of "
        "the loss from miscalibration."
    )


def how_to_apply(result: EvaluationResult) -> str | None:
    """Return how to apply the temperature."""
    found = result.calibration.recoverable
    if found is None:
        return None
    biases = ", and fit a bias for each class" if found.with_class_bias else ""
    return (
        f"Divide the logits, or the logarithms of the probabilities, by {found.temperature:.2f} "
        f"before the softmax{biases}: on rows that this report does not judge."
    )


def _signed(nats: float, losses: LossFormat) -> str:
    return losses.amount(nats) if nats >= 0.0 else losses.signed(nats)


def _signed_interval(interval: tuple[float, float], losses: LossFormat) -> str:
    return " to ".join(_signed(each, losses) for each in interval)


def verification(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether scikit-learn comes to the same log loss."""
    found = result.verification
    if found is None or is_verified(found):
        return
    yield judgement(
        "verification",
        "error",
        "scikit-learn comes to another log loss",
        why=verification_sentence(found),
        check="Please report this with the file: one of the two numbers is wrong.",
        section="run",
    )


def is_verified(found: VerificationResult) -> bool:
    """Tell whether the two numbers agree, over all rows and in every class."""
    return max(found.difference, found.largest_class_difference) <= MOST_DIFFERENCE


def verification_sentence(found: VerificationResult) -> str:
    """Return both numbers and their difference."""
    out = found.left_out
    left_out = f" {count_text(out, 'row')} below scikit-learn's floor left out." if out else ""
    return (
        f"Log loss of {count_text(found.rows, 'row')}: here {found.ours:.12f}, by scikit-learn "
        f"{found.scikit_learn:.12f}. The difference is {_difference(found.difference)}; the "
        f"largest in a class is {_difference(found.largest_class_difference)}.{left_out}"
    )


def _difference(value: float) -> str:
    return f"{value:.0e}" if value else "under 1e-12"
