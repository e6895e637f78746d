"""Findings about rows that hold only their most likely classes."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings import rows, score
from evalreport.findings.checks import Check
from evalreport.findings.headline import no_better
from evalreport.findings.judgement import FEW_ROWS, Judgement, judgement
from evalreport.formats import LossFormat, count_text, percent_text
from evalreport.results import EvaluationResult

_CHECK_NAMES = (
    "Check that labels and listed classes are spelt alike, and that predictions and labels belong "
    "to the same rows."
)
_CHECK_K = "Store more classes a row, or the probability of what happened."


def listed_text(result: EvaluationResult) -> str:
    """Return how many classes rows list: "top 5", "top 3 to 5"."""
    top_k = result.overall.top_k
    if top_k is None:
        return "top classes"
    fewest, most = top_k.fewest_listed, top_k.most_listed
    return f"top {most:,}" if fewest == most else f"top {fewest:,} to {most:,}"


def is_open(result: EvaluationResult) -> bool:
    """Tell whether some row leaves its loss open."""
    return result.overall.top_k is not None and result.overall.top_k.rows_outside > 0


def outside(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge rows whose observed class is not among those that they list."""
    top_k, n = result.overall.top_k, result.overall.n
    if top_k is None or not top_k.rows_outside:
        return
    everywhere = top_k.rows_outside == n
    rows = f"{top_k.rows_outside:,} of {count_text(n, 'row')}"
    title = f"{rows} observed a class outside the {listed_text(result)}"
    least = losses.with_unit(top_k.log_loss_at_least)
    bounds = "Even the least that their losses can be is infinite."
    if top_k.log_loss_at_least is not None and top_k.log_loss_at_most is not None:
        bounds = f"The log loss is {least} at least and {losses.text(top_k.log_loss_at_most)} at "
        bounds += "most, which is what the floor would make of them."
    elif top_k.log_loss_at_least is not None:
        bounds = f"The log loss is {least} at least; without a floor nothing bounds it from above."
    yield judgement(
        "outside-top-k",
        "error" if everywhere else "warning",
        title,
        why=f"What they gave to it was not stored. {bounds}",
        check=_CHECK_NAMES if everywhere else _CHECK_K,
        section="ranks",
        share_of_loss=top_k.share_outside,
    )


def baseline(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge the skill, which has bounds where the loss has."""
    top_k = result.overall.top_k
    if top_k is None or top_k.skill_interval is None:
        return
    low, high = top_k.skill_interval
    at_best = top_k.skill_at_most or 0.0
    frequencies = losses.text(result.baseline.class_frequencies)
    loss = losses.text(top_k.log_loss_at_least)
    numbers = f"Baseline {frequencies}, this model {'at least ' if is_open(result) else ''}{loss}."
    if high < 0:
        yield judgement(
            "below-baseline",
            "error",
            "Worse than always predicting class frequencies",
            why=numbers,
            check=_CHECK_NAMES,
            section="classes",
        )
    elif at_best <= 0 or (low <= 0 and not is_open(result)):
        yield judgement(
            "no-skill",
            "warning",
            no_better(at_best),
            why=f"{numbers} The difference could be chance.",
            check=_CHECK_K if is_open(result) else "Bring more rows.",
            section="classes",
        )


def is_surely_better(result: EvaluationResult) -> bool:
    """Tell whether the model beats the baseline wherever its loss lies between its bounds."""
    top_k = result.overall.top_k
    return top_k is not None and top_k.skill_interval is not None and top_k.skill_interval[0] > 0


def certainty(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether there are rows enough for the number to mean something."""
    if 0 < result.overall.n < FEW_ROWS:
        yield judgement(
            "few-rows",
            "warning",
            f"Only {count_text(result.overall.n, 'row')}",
            why="That is too few to say much.",
            check="Bring at least 100 rows before deciding anything.",
            section="verdict",
        )


def confidence(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge how often the most likely class is right against how often it says so."""
    error = result.calibration.ece
    says, right = result.calibration.mean_confidence, result.overall.accuracy
    if error is None or says is None or right is None:
        return
    spread = error.standard_deviation_if_calibrated
    if not spread or (error.value - error.expected_if_calibrated) / spread <= _CLEAR:
        return
    beside = "more" if says > right else "less"
    yield judgement(
        "overconfident" if says > right else "underconfident",
        "warning" if says > right else "note",
        f"The most likely class is {'over' if says > right else 'under'}stated",
        why=f"It gets {percent_text(says, 1)} on average and is right {percent_text(right, 1)} of "
        f"the time: {beside} confident than it should be.",
        check="Temperature scaling may help; it needs the scores of all classes.",
        section="calibration",
    )


_CLEAR = 5.0
"""Standard deviations of the calibration error beyond what chance makes it."""


CHECKS = (
    Check(score.no_rows),
    Check(outside, ((("outside-top-k",), "Every row lists what happened"),)),
    Check(score.zero_probability, ((("zero-prob",), "No zero probability for what happened"),)),
    Check(
        baseline,
        ((("below-baseline", "no-skill"), "Better than always predicting class frequencies"),),
        is_surely_better,
    ),
    Check(
        confidence,
        (
            (
                ("overconfident", "underconfident"),
                "The most likely class is about as often right as it says",
            ),
        ),
        lambda result: result.calibration.ece is not None,
    ),
    Check(certainty, ((("few-rows",), "At least 100 rows"),)),
    Check(rows.capped),
    Check(rows.left_out, ((("left-out",), "No row was left out"),)),
    Check(rows.sums, ((("sums",), "No row sums to more than 1"),)),
)
