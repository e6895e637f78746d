"""The signature figure: what a forecast costs, against what it should cost."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, log1p, sqrt
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalreport.bands import Scale
from evalreport.charts.style import (
    ACCENT,
    DATA,
    GREY,
    INK,
    WIDTH,
    KeyEntry,
    add_axes,
    clip_name,
    dots,
    heading,
    key,
    new_figure,
    nothing_to_draw,
    percent_axis,
    segments,
)
from evalreport.formats import LossFormat, clean
from evalreport.results import EvaluationResult, ForecastBin

_HEIGHT = 400
_LEFT, _RIGHT = 26, 72
_MIN_TOP, _MAX_TOP = 3.5, 5.0
_FEW_ROWS = 5
"""Bins with fewer rows are drawn hollow and without an interval."""
_DOTTED = (0, (1, 2))
_LONGEST_NAME = 14
_SHORT_NAMES = {
    "on the right track": "on track",
    "can probably improve": "can improve",
    "something is broken": "broken",
}


def loss_by_forecast(result: EvaluationResult) -> Figure:
    """Draw the mean loss of each forecast bin with the loss its forecasts promised.

    The vertical axis is a square-root scale: the bands below 0.3 nats would be hairlines on a
    linear one, and that is where good models live.
    """
    bins = [each for each in result.loss_by_forecast if each.n]
    if not bins:
        return nothing_to_draw("No rows to draw.")
    is_binary = len(result.input.classes) == 2
    low = 0.0 if is_binary else min(0.5, *(each.low for each in bins))
    top = _top(result, bins)
    figure = new_figure(_HEIGHT)
    heading(figure, "Mean loss by forecast (nats, square-root scale)")
    _explain_lines(figure, result)
    axes = add_axes(figure, left=_LEFT, right=_RIGHT, top=62, bottom=128)
    _set_scales(axes, low, top)
    if result.task != "soft":  # what is drawn is the cross-entropy, and bands judge the excess
        _bands(axes, top, Scale.of(result.bands))
    if is_binary:
        _outcome_curves(axes, top)
        _dome(axes)
    else:
        _expected_range(axes, bins, len(result.input.classes), low)
    _levels(axes, result, top)
    _observed(axes, bins, top)
    _row_counts(figure, result.loss_by_forecast, low)
    figure.text(
        (_LEFT + (WIDTH - _LEFT - _RIGHT) / 2) / WIDTH,
        6 / _HEIGHT,
        _forecast_name(result),
        ha="center",
        fontsize=12,
    )
    return figure


def _forecast_name(result: EvaluationResult) -> str:
    if len(result.input.classes) > 2:
        return "Confidence in the top class"
    return f"Forecast of {clip_name(result.input.positive or result.input.classes[-1], 24)}"


def _explain_lines(figure: Figure, result: EvaluationResult) -> None:
    mean, baseline = result.overall.cross_entropy, result.baseline.class_frequencies
    text = LossFormat.of(result).amount
    levels = [KeyEntry(f"this run {text(mean)}", DATA, 1.5)] if mean is not None else []
    if baseline is not None:
        levels.append(KeyEntry(f"baseline {text(baseline)}", INK, 1.5, _DOTTED))
    key(figure, levels)
    excess = KeyEntry("observed less expected", ACCENT, 4)
    key(figure, [KeyEntry("expected loss", GREY, 3), excess], row=1)


def _loss(each: ForecastBin) -> float:
    # A mean that holds an infinite loss is not a number in the result, but it is above all others.
    return inf if each.mean_loss is None else each.mean_loss


def _top(result: EvaluationResult, bins: Sequence[ForecastBin]) -> float:
    levels = [result.overall.cross_entropy or 0.0, result.baseline.class_frequencies or 0.0]
    return min(1.05 * max([_MIN_TOP, *levels, *(_loss(each) for each in bins)]), _MAX_TOP)


def _set_scales(axes: Axes, low: float, top: float) -> None:
    axes.set_yscale("function", functions=(_root, _square))
    axes.set_ylim(0, top)
    axes.set_yticks([tick for tick in (0, 0.2, 0.5, 1, 2, 3, 4, 5) if tick <= top])
    axes.set_yticklabels([f"{tick:g}" for tick in axes.get_yticks()])
    axes.minorticks_off()
    axes.set_xlim(low, 1)
    axes.tick_params(axis="x", labelbottom=False)
    percent_axis(axes, low)


def _root(values: Any) -> Any:  # arrays and scalars alike, as matplotlib passes them
    return abs(values) ** 0.5


def _square(values: Any) -> Any:
    return values**2


def _bands(axes: Axes, top: float, scale: Scale) -> None:
    bands = [band for band in scale.bands if not band.is_perfect and band.low < top]
    for index, band in enumerate(bands):
        high = min(top, band.high or top)
        if index % 2:
            axes.axhspan(band.low, high, color=INK, alpha=0.06, linewidth=0, clip_on=False)
        middle = ((sqrt(band.low) + sqrt(high)) / 2) ** 2
        axes.text(
            1.03,
            middle,
            _SHORT_NAMES.get(band.name, clean(band.name, _LONGEST_NAME)),
            transform=axes.get_yaxis_transform(),
            va="center",
        )


def _outcome_curves(axes: Axes, top: float) -> None:
    # Sampled evenly in height where the curve is steep: 1 - exp(-loss) is its mirror image.
    points = [(exp(-loss), loss) for loss in _steps(0.0, top, 26)]
    axes.plot(*zip(*points, strict=True), color=INK, linewidth=1, clip_on=False)
    mirrored = [(1 - p, loss) for p, loss in points]
    dashed = (0, (4, 3))
    axes.plot(*zip(*mirrored, strict=True), color=INK, linewidth=1, linestyle=dashed, clip_on=False)
    height = 0.72 * top
    axes.text(exp(-height) + 0.03, height, "if it happens", va="center")
    axes.text(0.97 - exp(-height), height, "if it does not", va="center", ha="right")


def _steps(low: float, high: float, n: int) -> list[float]:
    return [low + (high - low) * (index / n) ** 2 for index in range(n + 1)]


def _entropy(p: float) -> float:
    return 0.0 if p in (0.0, 1.0) else -p * log(p) - (1 - p) * log1p(-p)


def _dome(axes: Axes) -> None:
    half = _steps(0.0, 0.5, 18)
    xs = half + [1 - x for x in reversed(half[:-1])]
    axes.plot(xs, [_entropy(x) for x in xs], color=GREY, linewidth=3, clip_on=False)


def _expected_range(axes: Axes, bins: Sequence[ForecastBin], n_classes: int, low: float) -> None:
    """Shade what the model can expect at this confidence, and draw what it does expect."""
    least = max(1 / n_classes, low)
    xs = [least + (1 - least) * (1 - (1 - index / 30) ** 2) for index in range(31)]
    floor = [_entropy(x) for x in xs]
    # The rest of the probability can sit on one other class or be spread over all of them.
    ceiling = [h + (1 - x) * log(n_classes - 1) for h, x in zip(floor, xs, strict=True)]
    axes.fill_between(xs, floor, ceiling, color=GREY, alpha=0.25, linewidth=0)
    # No line leads through bins of a few rows: it breaks there.
    gap = (float("nan"), float("nan"))
    expected = [
        gap if each.n < _FEW_ROWS else (each.mean_forecast, each.expected_loss)
        for each in bins
        if each.mean_forecast is not None and each.expected_loss is not None
    ]
    if expected:
        axes.plot(*zip(*expected, strict=True), color=GREY, linewidth=3)


def _levels(axes: Axes, result: EvaluationResult, top: float) -> None:
    mean, baseline = result.overall.cross_entropy, result.baseline.class_frequencies
    if baseline is not None and baseline < top:
        axes.axhline(baseline, color=INK, linewidth=1.5, linestyle=_DOTTED, clip_on=False)
    if mean is not None and mean < top:
        axes.axhline(mean, color=DATA, linewidth=1.5, clip_on=False)
        # With soft labels the interval is that of the excess, and the line the cross-entropy.
        if result.overall.interval is not None and result.task != "soft":
            low, high = result.overall.interval
            axes.axhspan(low, min(high, top), color=DATA, alpha=0.25, linewidth=0, clip_on=False)


def _observed(axes: Axes, bins: Sequence[ForecastBin], top: float) -> None:
    shown = [each for each in bins if _loss(each) <= top]
    enough = [each for each in shown if each.n >= _FEW_ROWS]
    stems = [each for each in enough if each.expected_loss is not None]
    segments(
        axes,
        [(_x(each), each.expected_loss or 0.0) for each in stems],
        [(_x(each), _loss(each)) for each in stems],
        color=ACCENT,
        linewidth=4,
    )
    ranges = [(_x(each), each.interval) for each in enough if each.interval]
    segments(
        axes,
        [(x, interval[0]) for x, interval in ranges],
        [(x, min(interval[1], top)) for x, interval in ranges],
        color=DATA,
        linewidth=1.5,
    )
    dots(axes, ((_x(each), _loss(each)) for each in enough))
    few = [(_x(each), _loss(each)) for each in shown if each.n < _FEW_ROWS]
    if few:
        hollow = {"markerfacecolor": "none", "markeredgecolor": DATA, "markeredgewidth": 1.5}
        dots(axes, few, size=5, **hollow)
    _above(axes, [each for each in bins if _loss(each) > top], top)


def _above(axes: Axes, bins: Sequence[ForecastBin], top: float) -> None:
    if bins:
        dots(axes, [(_x(each), top) for each in bins], size=8, marker="^", color=DATA)
        axes.text(1.03, 0.995, f"{len(bins)} above {top:g}", transform=axes.transAxes, va="top")


def _x(each: ForecastBin) -> float:
    return (each.low + each.high) / 2 if each.mean_forecast is None else each.mean_forecast


def _row_counts(figure: Figure, bins: Sequence[ForecastBin], low: float) -> None:
    """Draw the rows of each bin on a log scale: up if it happened, down if it did not."""
    axes = add_axes(figure, left=_LEFT, right=_RIGHT, top=_HEIGHT - 104, bottom=42)
    shown = [each for each in bins if each.high > low]
    edges = [shown[0].low, *(each.high for each in shown)]
    happened = [_log_count(each.n_observed) for each in shown]
    other = [_log_count(each.n - each.n_observed) for each in shown]
    highest = max([1.0, *happened, *other])
    axes.stairs(happened, edges, fill=True, color=DATA)
    axes.stairs([-height for height in other], edges, fill=True, color=GREY)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlim(low, 1)
    axes.set_ylim(-highest, highest)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    percent_axis(axes, low)
    for height, outcome in ((highest / 2, "happened"), (-highest / 2, "did not")):
        axes.text(1.03, height, outcome, transform=axes.get_yaxis_transform(), va="center")
    largest = max(max(each.n_observed, each.n - each.n_observed) for each in shown)
    figure.text(2 / WIDTH, 110 / _HEIGHT, f"Rows (log scale, at most {largest:,.0f} in a bar)")


def _log_count(n: float) -> float:
    return log(1 + n, 10)
