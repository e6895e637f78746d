"""Results made by formula, with everything a figure draws, and knobs for what may go wrong."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

from evalreport.bands import judge
from evalreport.results import (
    BandPoint,
    BaselineResult,
    CalibrationResult,
    ClassResult,
    ColumnUse,
    DataQualityResult,
    EvaluationResult,
    ForecastBin,
    InputResult,
    OverallResult,
    ProbabilityBin,
    ReliabilityPoint,
    ReliabilityResult,
)

LOSS = 0.217


def result_to_draw(class_names: tuple[str, ...] = ("no", "yes")) -> EvaluationResult:
    """A plausible result for these classes: slightly too sure of itself."""
    is_binary = len(class_names) == 2
    return EvaluationResult(
        evalreport_version="0.1.0",
        title="sample",
        created="2026-11-21T02:14:09Z",
        task="binary" if is_binary else "multiclass",
        digest="00",
        input=_input(class_names),
        overall=_overall(),
        baseline=BaselineResult(0.6, log(len(class_names)), 0.6, (0.5, 0.7), "not great"),
        classes=tuple(_class(name, rank) for rank, name in enumerate(class_names)),
        slices=(),
        calibration=CalibrationResult(
            "corp", 0.02, 2.0, 0.9, None, None, None, _diagrams(class_names)
        ),
        loss_by_probability=_probability_bins(),
        loss_by_forecast=tuple(_forecast_bin(place, is_binary) for place in range(20)),
        floors=(),
        worst_rows=(),
        comparison=None,
        findings=(),
        limits=(),
        data_quality=DataQualityResult((), None, 0, 0, 0, 0, 0),
    )


def empty_result() -> EvaluationResult:
    """No row could be scored: every mean is undefined."""
    full = result_to_draw(("a", "b", "c"))
    return replace(
        full,
        overall=replace(full.overall, n=0, log_loss=None, cross_entropy=None, band=None),
        baseline=replace(full.baseline, class_frequencies=None, skill=None),
        classes=tuple(
            replace(each, n=0, log_loss=None, cross_entropy=None, interval=None)
            for each in full.classes
        ),
        calibration=replace(full.calibration, reliability=()),
        loss_by_probability=tuple(
            replace(each, n=0, expected_n=0.0, mean_loss=None, share_of_loss=None)
            for each in full.loss_by_probability
        ),
        loss_by_forecast=tuple(
            replace(
                each,
                n=0,
                n_observed=0,
                mean_forecast=None,
                mean_loss=None,
                expected_loss=None,
                interval=None,
            )
            for each in full.loss_by_forecast
        ),
    )


def infinite_result() -> EvaluationResult:
    """Zero probabilities without a floor: the means that hold one are infinite, so undefined."""
    full = result_to_draw()
    first, *others = full.loss_by_forecast
    return replace(
        full,
        overall=replace(full.overall, log_loss=None, cross_entropy=None, band=None),
        loss_by_forecast=(replace(first, mean_loss=None, interval=None), *others),
        loss_by_probability=tuple(
            replace(each, share_of_loss=None, mean_loss=None) for each in full.loss_by_probability
        ),
    )


def one_bin_result() -> EvaluationResult:
    """Every forecast is the same."""
    full = result_to_draw()
    bins = tuple(
        each if place == 12 else replace(each, n=0, n_observed=0, mean_loss=None, interval=None)
        for place, each in enumerate(full.loss_by_forecast)
    )
    point = ReliabilityPoint(0.62, 0.5, 100, 0.62, 0.62)
    view = replace(full.calibration.reliability[0], points=(point,))
    calibration = replace(full.calibration, reliability=(view,))
    return replace(full, loss_by_forecast=bins, calibration=calibration)


def broken_result() -> EvaluationResult:
    """Sure and wrong: losses far above what fits on the page."""
    full = result_to_draw()
    bins = tuple(
        replace(each, mean_loss=14.0, interval=(9.0, 20.0)) if place in (0, 19) else each
        for place, each in enumerate(full.loss_by_forecast)
    )
    overall = replace(full.overall, log_loss=9.5, cross_entropy=9.5, interval=(8.0, 11.0))
    return replace(full, overall=overall, loss_by_forecast=bins)


def _input(class_names: tuple[str, ...]) -> InputResult:
    return InputResult(
        paths=("sample.csv",),
        format="csv",
        bytes=1000,
        rows_read=1000,
        rows_scored=1000,
        rows_rejected=0,
        columns=ColumnUse("label", class_names),
        classes=class_names,
        positive=class_names[-1] if len(class_names) == 2 else None,
        input_kind="probabilities",
        floor=2**-52,
        normalize="error",
        readings=(),
    )


def _overall() -> OverallResult:
    return OverallResult(
        n=1000,
        weight=1000.0,
        log_loss=LOSS,
        cross_entropy=LOSS,
        target_entropy=0.0,
        kl_divergence=LOSS,
        standard_error=0.01,
        interval=(0.197, 0.238),
        interval_is_approximate=False,
        bits=LOSS / log(2),
        perplexity=exp(LOSS),
        mean_probability=exp(-LOSS),
        accuracy=0.9,
        brier_score=0.12,
        brier_score_binary=None,
        zero_probability_rows=0,
        floored_rows=0,
        zero_probability_share_of_loss=0.0,
        band=judge(LOSS, (0.197, 0.238)),
    )


def _class(name: str, rank: int) -> ClassResult:
    loss = 0.05 + 0.04 * rank
    interval = (0.8 * loss, 1.3 * loss)
    return ClassResult(
        name, 100, 0.1, loss, loss, interval, 0.1, exp(-loss), 0.1, 0, judge(loss, None).name
    )


def _entropy(p: float) -> float:
    return -p * log(p) - (1 - p) * log(1 - p)


def _forecast_bin(place: int, is_binary: bool) -> ForecastBin:
    low, high = place / 20, (place + 1) / 20
    middle = (low + high) / 2
    # Two bins too small to trust, the others fuller towards the ends.
    n = 3 if place in (9, 10) else 20 + (place - 9) ** 2
    expected = _entropy(middle) if is_binary else 1.5 * _entropy(middle)
    loss = 1.2 * expected
    n_observed = round(n * middle)
    return ForecastBin(low, high, n, n_observed, middle, loss, expected, (0.8 * loss, 1.3 * loss))


def _probability_bins() -> tuple[ProbabilityBin, ...]:
    edges = (0.0, 0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
    counts = (0, 4, 20, 80, 200, 400, 296)
    shares = (0.0, 0.1, 0.3, 0.35, 0.2, 0.04, 0.01)
    return tuple(
        ProbabilityBin(low, high, n, 0.9 * n, 0.5 if n else None, share)
        for low, high, n, share in zip(edges, edges[1:], counts, shares, strict=False)
    )


def _diagrams(class_names: tuple[str, ...]) -> tuple[ReliabilityResult, ...]:
    top = _reliability(class_names)
    if len(class_names) == 2:
        return (top,)
    single = (replace(top, view="class-wise", class_=name) for name in class_names[:4])
    return (top, *single)


def _reliability(class_names: tuple[str, ...]) -> ReliabilityResult:
    points = tuple(
        ReliabilityPoint(
            mean_forecast=0.1 * step + 0.05,
            observed_frequency=0.08 * step + 0.12,
            n=40 + 10 * step,
            forecast_low=0.1 * step,
            forecast_high=0.1 * step + 0.09,
            band_low=max(0.0, 0.1 * step),
            band_high=min(1.0, 0.1 * step + 0.1),
        )
        for step in range(10)
    )
    is_binary = len(class_names) == 2
    return ReliabilityResult(
        "binary" if is_binary else "top-label",
        class_names[-1] if is_binary else None,
        points,
        band=tuple(
            BandPoint(0.05 * i, max(0.0, 0.05 * i - 0.1), min(1.0, 0.05 * i + 0.1))
            for i in range(21)
        ),
        share_outside_band=0.2,
    )
