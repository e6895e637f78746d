"""Findings about rows that were changed or left out."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.headline import loss_name
from evalreport.findings.judgement import Judgement, judgement
from evalreport.formats import LossFormat, count_text, listed, percent_text, signed_text
from evalreport.results import EvaluationResult

_MANY_LEFT_OUT = 0.05
_LEAST_CHANGE = 1e-4
MOST_NATS = 2048.0
"""What a row costs at most, as `scoring.MOST_NATS`: findings see results, not scores."""


def left_out(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge how many rows could not be scored, and why."""
    n_left_out = result.input.rows_rejected
    if not n_left_out:
        return
    share = n_left_out / result.input.rows_read
    reasons = [f"{each.n:,} because the {each.reason}" for each in result.data_quality.invalid]
    were = "was" if n_left_out == 1 else "were"
    title = f"{count_text(n_left_out, 'row')} {were} left out"
    yield judgement(
        "left-out",
        "warning" if share > _MANY_LEFT_OUT else "note",
        title,
        why=f"{listed(reasons)}. That is {percent_text(share)} of the rows.",
        check="The verdict speaks for the rows that were scored only.",
        section="quality",
        short=f"{title}: {listed(reasons, most=2)}",
    )


def sums(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge probabilities that do not sum to 1."""
    quality = result.data_quality
    if quality.rows_scored_as_is:
        yield judgement(
            "as-is",
            "warning",
            f"{count_text(quality.rows_scored_as_is, 'row')} far from a sum of 1, scored as found",
            why="Their sums are off by more than 0.01. The log loss of what is no distribution "
            f"can come out too good or too bad.{_what_rescaling_changes(result, losses)}",
            check="Check for a missing class column.",
            section="quality",
        )
    if quality.rows_rescaled:
        were = "was" if quality.rows_rescaled == 1 else "were"
        yield judgement(
            "rescaled",
            "note",
            f"{count_text(quality.rows_rescaled, 'row')} did not sum to 1 and {were} rescaled",
            why="Each probability was divided by the sum of its row."
            f"{_what_rescaling_changes(result, losses)}",
            check="Check for a missing class column.",
            section="quality",
        )
    elif quality.rows_not_summing_to_one:
        one = quality.rows_not_summing_to_one == 1
        yield judgement(
            "sums",
            "note",
            f"{count_text(quality.rows_not_summing_to_one, 'row')} "
            f"{'does' if one else 'do'} not quite sum to 1",
            why=f"The {'sum is' if one else 'sums are'} off by 0.01 at most; "
            f"{'it was' if one else 'they were'} scored as found."
            f"{_what_rescaling_changes(result, losses)}",
            check="Write more decimals.",
            section="quality",
        )


def _what_rescaling_changes(result: EvaluationResult, losses: LossFormat) -> str:
    """Return the loss on the other side of rescaling, if it is another; with a blank before it."""
    adds, loss = result.data_quality.rescaling_adds, result.overall.judged_loss
    if adds is None or loss is None or abs(adds) <= _LEAST_CHANGE:
        return ""
    change = signed_text(losses.value(adds), decimals=max(losses.decimals, 4))
    if result.data_quality.rows_rescaled:
        return f" As found the {loss_name(result)} was {losses.text(loss - adds)} ({change} since)."
    return (
        f" With each row divided by its sum the {loss_name(result)} would be "
        f"{losses.text(loss + adds)} ({change})."
    )


def cap_applies(result: EvaluationResult) -> bool:
    """Tell whether losses can be beyond the cap: only logarithms without a floor can say so."""
    kinds = ("logits", "log-probabilities")
    return result.input.input_kind in kinds and result.input.floor is None and result.overall.n > 0


def capped(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge rows whose loss is beyond the cap that logits and log-probabilities are scored with."""
    n_rows = result.overall.capped_rows
    if not n_rows:
        return
    cap = f"{losses.value(MOST_NATS):,.0f} {losses.unit}"
    lose, are = ("loses", "is") if n_rows == 1 else ("lose", "are")
    it_is = "It is" if n_rows == 1 else "They are"
    yield judgement(
        "capped",
        "warning",
        f"{count_text(n_rows, 'row')} {lose} more than {cap} and {are} scored as that",
        why=f"{it_is} {percent_text(n_rows / result.overall.n)} of the rows. The true loss is "
        "higher than the number here.",
        check="Check the scale of the numbers: differences of thousands are seldom meant.",
        section="worst",
    )
