"""What needs attention in a result, why, and what to check; and what was checked and is fine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evalreport.bands import Scale, using
from evalreport.findings import (
    audit,
    calibration,
    clusters,
    comparison,
    gaussian,
    groups,
    labels,
    recoverable,
    rows,
    score,
    splits,
    tails,
    tokens,
    top_k,
)
from evalreport.findings.checks import Check, has_loss
from evalreport.findings.groups import slice_name, stands_out
from evalreport.findings.judgement import (
    FEW_ROWS_IN_A_GROUP,
    Judgement,
    Piece,
    loss_without_zeros,
)
from evalreport.formats import LossFormat
from evalreport.results import (
    ClassResult,
    ComparisonResult,
    EvaluationResult,
    FindingResult,
    SliceResult,
)

__all__ = [
    "Judgement",
    "Piece",
    "find",
    "judge_result",
    "loss_without_zeros",
    "passed_checks",
    "slice_name",
    "stands_out",
    "with_comparison",
]

_SEVERITIES = ("error", "warning", "note")


def _has_skill(result: EvaluationResult) -> bool:
    return result.baseline.skill_interval is not None


def _is_judged(group: ClassResult | SliceResult) -> bool:
    return group.n >= FEW_ROWS_IN_A_GROUP and group.interval is not None


_COMPARISON = (
    Check(
        comparison.worse,
        ((("worse-than-previous",), "Not clearly worse than the previous run"),),
        comparison.is_compared,
    ),
    Check(
        comparison.more_zeros,
        ((("more-zeros",), "No more zero probabilities than in the previous run"),),
        comparison.has_pairs,
    ),
    Check(
        comparison.worse_groups,
        ((("worse-group",), "No class or slice is clearly worse than in the previous run"),),
        comparison.is_compared,
    ),
    Check(
        comparison.different_rows,
        ((("different-rows", "repeated-ids"), "Both runs scored the same rows"),),
        comparison.has_pairs,
    ),
    Check(
        comparison.other_labels,
        ((("other-label",), "The same rows have the same labels in both runs"),),
        comparison.has_pairs,
    ),
    Check(
        comparison.other_classes,
        ((("other-classes",), "Both runs know the same classes"),),
        comparison.is_compared,
    ),
    Check(comparison.same_run),
    Check(comparison.unpaired),
    Check(comparison.mix),
)
"""Checks of a comparison with a previous run."""

_CHECKS = (
    Check(score.no_rows),
    Check(score.zero_probability, ((("zero-prob",), "No zero probability for what happened"),)),
    Check(
        audit.swapped_classes,
        ((("swapped-classes",), "No sign of swapped classes"),),
        audit.class_order_is_checked,
    ),
    Check(
        audit.other_kind,
        ((("other-kind",), "The numbers look like what they were read as"),),
        audit.other_kind_is_checked,
    ),
    Check(
        score.skill,
        (
            (
                ("below-baseline", "no-skill", "worse-than-uniform"),
                "Better than always predicting class frequencies",
            ),
        ),
        _has_skill,
    ),
    Check(
        score.leakage,
        ((("leakage",), "Not suspiciously perfect: no sign of leakage"),),
        has_loss,
    ),
    Check(
        score.floor_dependence,
        ((("floor",), "Other floors give the same band"),),
        lambda result: has_loss(result) and bool(result.floors),
    ),
    Check(
        groups.classes,
        ((("class",), "No class has much more than its share of the loss"),),
        lambda result: has_loss(result) and any(map(_is_judged, result.classes)),
    ),
    Check(
        groups.slices,
        ((("slice",), "No slice has much more than its share of the loss"),),
        lambda result: has_loss(result) and any(map(_is_judged, result.slices)),
    ),
    Check(
        splits.splits,
        (
            (
                ("overfitting", "better-than-training"),
                "Training rows and others lose about the same",
            ),
        ),
        splits.has_splits,
    ),
    Check(
        calibration.confidence,
        ((("overconfident", "underconfident"), "As confident as it should be, overall"),),
        lambda result: result.calibration.gap_z is not None,
    ),
    Check(
        calibration.shape,
        (
            (
                ("miscalibrated", "overconfident", "underconfident"),
                "Forecasts come true about as often as they say",
            ),
        ),
        lambda result: (
            result.calibration.decomposition is not None
            and result.calibration.decomposition.p_value is not None
        ),
    ),
    Check(
        labels.label_noise,
        ((("label-noise",), "Confident mistakes do not pile up in one place"),),
        labels.labels_are_checked,
    ),
    Check(
        tails.surprised,
        ((("surprised",), "Not surprised more often than the forecasts allow"),),
        tails.is_hardly_surprised,
    ),
    Check(
        score.certainty,
        (
            (("few-rows",), "At least 100 rows"),
            (("wide-interval", "few-rows"), "The interval touches two bands at most"),
        ),
        has_loss,
    ),
    Check(
        recoverable.recoverable,
        applies=lambda result: result.calibration.recoverable is not None,
    ),
    Check(
        recoverable.verification,
        ((("verification",), "scikit-learn comes to the same log loss"),),
        lambda result: result.verification is not None,
    ),
    Check(
        clusters.few_clusters,
        ((("few-clusters",), "At least 50 clusters, counted as if of equal size"),),
        lambda result: has_loss(result) and result.clusters is not None,
    ),
    Check(
        score.bands,
        ((("flattering-bands",), "The bands do not flatter at these base rates"),),
        lambda result: result.baseline.skill is not None,
    ),
    Check(
        groups.class_sizes,
        (
            (("unseen-class", "one-class"), "Every class happened"),
            (("small-class", "unseen-class", "one-class"), "Every class has at least 30 rows"),
        ),
    ),
    Check(
        audit.coarse_probabilities,
        ((("coarse-probabilities",), "The probabilities are on no coarse grid"),),
        audit.grid_is_checked,
    ),
    Check(
        audit.row_ids,
        ((("duplicate-ids", "id-like-label"), "No duplicate ids"),),
        audit.ids_are_checked,
    ),
    Check(
        rows.capped,
        ((("capped",), "No loss is beyond the cap of 2,048 nats"),),
        rows.cap_applies,
    ),
    *_COMPARISON,
    Check(rows.left_out, ((("left-out",), "No row was left out"),)),
    Check(
        rows.sums,
        ((("sums", "rescaled", "as-is"), "Probabilities sum to 1 in every scored row"),),
    ),
)

_TASK_CHECKS: Mapping[str, tuple[Check, ...]] = {
    "tokens": tokens.CHECKS,
    "gaussian": gaussian.CHECKS,
    "top-k": top_k.CHECKS,
}
"""Checks of what is no classification, by task."""


def _checks_of(result: EvaluationResult) -> tuple[Check, ...]:
    task_checks = _TASK_CHECKS.get(result.task)
    return _CHECKS if task_checks is None else (*task_checks, *_COMPARISON)


def find(result: EvaluationResult) -> tuple[FindingResult, ...]:
    """Return what needs attention: errors first, then warnings, then notes.

    Within one severity, what has the larger share of the loss comes first. Losses in the texts are
    in nats.
    """
    return tuple(each.finding for each in judge_result(result))


def with_comparison(result: EvaluationResult, found: ComparisonResult) -> EvaluationResult:
    """Return a result with its comparison, and the findings anew."""
    compared = replace(result, comparison=found)
    return replace(compared, findings=find(compared))


def judge_result(
    result: EvaluationResult, losses: LossFormat | None = None
) -> tuple[Judgement, ...]:
    """Return the findings with their short forms, in the order of `find`; in nats unless said."""
    losses = losses or LossFormat.of(result)
    with using(Scale.of(result.bands)):
        found = [each for check in _checks_of(result) for each in check.judge(result, losses)]
    found.sort(key=lambda each: (_SEVERITIES.index(each.finding.severity), -each.share_of_loss))
    return tuple(found)


def passed_checks(result: EvaluationResult) -> tuple[str, ...]:
    """Return what was checked and is fine, so that silence is never ambiguous."""
    codes = {each.finding.code for each in judge_result(result)}
    return tuple(
        sentence
        for check in _checks_of(result)
        if check.applies(result)
        for concerns, sentence in check.passed
        if not codes & set(concerns)
    )
