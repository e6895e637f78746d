"""Rows that hold only their most likely classes: exact where they can be, bounded elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from evalreport.bands import band_of, judge
from evalreport.exact import exp_of, log_of
from evalreport.readers.interface import Predictions
from evalreport.results import (
    AuditResult,
    BaselineResult,
    CalibrationResult,
    ClassResult,
    Interval,
    OverallResult,
    RankResult,
    ReliabilityResult,
    SliceResult,
    TopKResult,
)
from evalreport.statistics.diagram import reliability_diagram
from evalreport.statistics.skill import frequency_entropy, skill_interval
from evalreport.statistics.top_k import ALL, BoundedLoss, Bounds
from evalreport.statistics.top_k_plan import TopKPlan, TopKStates
from evalreport.tasks.interface import check_columns, common_parts


class TopKTask:
    """The task ``top-k``."""

    takes_floor = True

    @property
    def hint(self) -> str:
        """What to check if no row at all could be scored."""
        return check_columns("label", "top_labels", "probs")

    def plan(self, predictions: Predictions, n_worst: int, floor: float | None) -> TopKPlan:
        """Return what to measure of rows with their most likely classes."""
        columns = predictions.columns
        return TopKPlan(
            weighted=columns.weight is not None,
            slices=columns.slices,
            n_worst=n_worst,
            floor=floor,
        )

    def results(self, states: TopKStates, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""
        plan = states.plan
        whole = plan.overall.bounds(states[plan.overall], ALL)
        classes = list(plan.by_class.all_bounds(states[plan.by_class]))
        baseline = _Baseline([bounds for _, bounds in classes])
        ids = plan.row_ids.result(states[plan.row_ids])
        parts = common_parts(states) | {
            "task": "top-k",
            "overall": _overall(states, whole, baseline),
            "baseline": baseline.result(whole),
            "classes": tuple(_class(str(key), each, whole) for key, each in classes),
            "slices": tuple(_slices(states, plan.by_slice, whole)),
            "calibration": _calibration(states, whole),
            "worst_rows": plan.worst_rows.results(states[plan.worst_rows], paths),
        }
        if ids is not None:
            parts["audit"] = AuditResult(None, None, ids)
            parts["data_quality"] = replace(parts["data_quality"], duplicate_ids=ids.repeated)
        return parts


class _Baseline:
    """What always predicting the frequencies of the observed classes scores, and the skill."""

    def __init__(self, classes: Sequence[Bounds]) -> None:
        self._classes = classes
        self.entropy = frequency_entropy([each.least.weight for each in classes])

    def result(self, whole: Bounds) -> BaselineResult:
        """Return the baseline; without a skill if the loss lies between two bounds."""
        return BaselineResult(
            class_frequencies=self.entropy,
            uniform=None,
            skill=self.skill(whole.mean_at_least) if whole.is_exact else None,
            skill_interval=self.interval() if whole.is_exact else None,
            band=None if self.entropy is None else band_of(self.entropy).name,
            kl_divergence=self.entropy,
        )

    def skill(self, loss: float | None) -> float | None:
        """Return the skill of a loss."""
        return None if loss is None or not self.entropy else 1.0 - loss / self.entropy

    def interval(self) -> Interval | None:
        """Return ends that hold the skill, wherever the loss lies between its bounds."""
        if any(each.at_least is None or each.at_most is None for each in self._classes):
            return None
        low = skill_interval([each.most for each in self._classes])
        high = skill_interval([each.least for each in self._classes])
        return None if low is None or high is None else (low[0], high[1])


def _overall(states: TopKStates, whole: Bounds, baseline: _Baseline) -> OverallResult:
    exact = whole.at_least if whole.is_exact else None
    loss = None if exact is None else exact.mean
    interval = whole.interval if whole.is_exact else None
    return OverallResult(
        n=whole.n,
        weight=float(whole.least.weight),
        log_loss=loss,
        cross_entropy=loss,
        target_entropy=0.0 if whole.n else None,
        kl_divergence=loss,
        standard_error=None if exact is None else exact.standard_error,
        interval=interval,
        interval_is_approximate=bool(interval and exact and exact.interval_is_approximate),
        bits=None if loss is None else loss / log_of(2.0),
        perplexity=None if loss is None else _finite(exp_of(loss)),
        mean_probability=None if loss is None else exp_of(-loss),
        accuracy=whole.accuracy,
        brier_score=None,
        brier_score_binary=None,
        zero_probability_rows=whole.n_zero,
        floored_rows=whole.n_floored,
        zero_probability_share_of_loss=None,
        band=judge(loss, interval),
        capped_rows=whole.n_capped,
        effective_n=whole.least.effective_n,
        top_k=_top_k(states, whole, baseline) if whole.n else None,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _top_k(states: TopKStates, whole: Bounds, baseline: _Baseline) -> TopKResult:
    plan = states.plan
    lengths = [int(key) for key in states[plan.lengths].ordered_keys()]
    at_least, at_most = whole.mean_at_least, whole.mean_at_most
    return TopKResult(
        rows_outside=whole.n_outside,
        share_outside=whole.share_outside,
        log_loss_at_least=at_least,
        log_loss_at_most=at_most,
        interval=whole.interval,
        band_at_least=None if at_least is None else band_of(at_least).name,
        band_at_most=None if at_most is None else band_of(at_most).name,
        skill_at_least=baseline.skill(at_most),
        skill_at_most=baseline.skill(at_least),
        skill_interval=baseline.interval(),
        fewest_listed=min(lengths),
        most_listed=max(lengths),
        mean_rest=whole.rest,
        ranks=tuple(_ranks(plan.by_rank, states, whole)),
    )


def _ranks(by_rank: BoundedLoss, states: TopKStates, whole: Bounds) -> Iterator[RankResult]:
    """Yield the places in order; rows that do not list what happened come last."""
    found = dict(by_rank.all_bounds(states[by_rank]))
    for key in sorted(found, key=lambda rank: (rank == 0, rank)):
        each = found[key]
        yield RankResult(
            rank=int(key) or None,
            n=each.n,
            share=float(each.least.weight / whole.least.weight),
            log_loss_at_least=each.mean_at_least,
            log_loss_at_most=each.mean_at_most,
        )


def _exact(each: Bounds) -> float | None:
    return each.mean_at_least if each.is_exact else None


def _class(name: str, each: Bounds, whole: Bounds) -> ClassResult:
    loss = _exact(each)
    return ClassResult(
        name=name,
        n=each.n,
        frequency=float(each.least.weight / whole.least.weight),
        log_loss=loss,
        cross_entropy=loss,
        interval=each.interval if each.is_exact else None,
        one_vs_rest_log_loss=None,
        mean_probability=None if loss is None else exp_of(-loss),
        share_of_loss=_share(each, whole),
        zero_probability_rows=each.n_zero,
        band=None if loss is None else band_of(loss).name,
        top_k=each.result(),
    )


def _share(each: Bounds, whole: Bounds) -> float | None:
    """Return the share of the loss, where no row of all leaves it open."""
    known = whole.is_exact and whole.at_least is not None and whole.least.first
    return float(each.least.first / whole.least.first) if known else None


def _slices(
    states: TopKStates, columns: Sequence[BoundedLoss], whole: Bounds
) -> Iterator[SliceResult]:
    for column in columns:
        for value, each in column.all_bounds(states[column]):
            loss = _exact(each)
            yield SliceResult(
                column=column.column,
                value=str(value),
                n=each.n,
                frequency=float(each.least.weight / whole.least.weight),
                log_loss=loss,
                cross_entropy=loss,
                interval=each.interval if each.is_exact else None,
                share_of_loss=_share(each, whole),
                zero_probability_rows=each.n_zero,
                baseline=None,
                skill=None,
                band=None if loss is None else band_of(loss).name,
                worse_than_rest=None,
                kl_divergence=loss,
                top_k=each.result(),
            )


def _calibration(states: TopKStates, whole: Bounds) -> CalibrationResult:
    """Return how often the most likely class is right: all that such rows say of calibration."""
    plan = states.plan
    cells = plan.reliability.cells(states[plan.reliability])
    diagrams: tuple[ReliabilityResult, ...] = ()
    if cells is not None:
        loss = plan.calibration_error.loss(states[plan.calibration_error])
        diagrams = (reliability_diagram(cells, loss, "top-label", None),)
    return CalibrationResult(
        method=plan.reliability.method(states[plan.reliability]),
        gap=None,
        gap_z=None,
        mean_confidence=whole.confidence,
        recoverable=None,
        ece=plan.calibration_error.error(states[plan.calibration_error], "top-label"),
        decomposition=diagrams[0].decomposition if diagrams else None,
        reliability=diagrams,
    )
