"""Figures that say how far the probabilities can be taken at their word."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalreport.charts.style import (
    DATA,
    GREY,
    INK,
    KeyEntry,
    add_axes,
    clip_name,
    dots,
    grid,
    heading,
    key,
    new_figure,
    nothing_to_draw,
    percent_axis,
)
from evalreport.results import (
    EvaluationResult,
    ForecastBin,
    ReliabilityPoint,
    ReliabilityResult,
)

_MOST_STEPS = 2000
_MOST_DOTS = 16
_BAND_SAMPLE = "#c4c8cc"
_DOT_SIZES = ((0.1, 10.0), (0.02, 7.0), (0.0, 4.0))
"""Least share of the rows, and the diameter of the dot for it."""


def reliability(result: EvaluationResult) -> Figure:
    """Draw how often it happened against how often it was said to, as isotonic steps."""
    views = result.calibration.reliability
    if not views or not views[0].points:
        return nothing_to_draw("No rows to draw.")
    view = views[0]
    points = view.points[:_MOST_STEPS]
    figure = new_figure(326)
    heading(figure, _outcome_name(view))
    has_band = any(point.band_low is not None for point in points)
    if has_band:
        key(figure, [KeyEntry("range of chance if calibrated", _BAND_SAMPLE)])
    axes = add_axes(figure, left=40, right=16, top=44 if has_band else 28, bottom=46)
    _consistency_band(axes, points)
    axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (4, 3)))
    _steps(axes, points)
    _largest_pools(axes, points)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    percent_axis(axes)
    percent_axis(axes, vertical=True)
    grid(axes, "both")
    axes.set_xlabel(_forecast_name(view), fontsize=12)
    _name_the_corners(axes, points)
    return figure


def _name_the_corners(axes: Axes, points: Sequence[ReliabilityPoint]) -> None:
    """Say what lies above and below the diagonal, unless the curve passes there."""
    if not any(p.mean_forecast < 0.4 and p.observed_frequency > 0.75 for p in points):
        axes.text(0.03, 0.98, "more often\nthan it says", va="top")
    if not any(p.mean_forecast > 0.6 and p.observed_frequency < 0.25 for p in points):
        # Two texts: the lines of one would be aligned by the widths of a font that is not ours.
        axes.text(0.97, 0.10, "less often", ha="right")
        axes.text(0.97, 0.04, "than it says", ha="right")


def _outcome_name(view: ReliabilityResult) -> str:
    if view.view == "top-label":
        return "How often the top class was right"
    return f"How often {clip_name(view.class_ or 'it', 24)} happened"


def _forecast_name(view: ReliabilityResult) -> str:
    if view.view == "top-label":
        return "Confidence in the top class"
    return f"Forecast of {clip_name(view.class_ or 'it', 24)}"


def _steps(axes: Axes, points: Sequence[ReliabilityPoint]) -> None:
    ends = [
        (forecast, point.observed_frequency)
        for point in points
        for forecast in (point.forecast_low, point.forecast_high)
    ]
    axes.plot(*zip(*ends, strict=True), color=DATA, linewidth=2, solid_joinstyle="round")


def _consistency_band(axes: Axes, points: Sequence[ReliabilityPoint]) -> None:
    known = [
        (point.mean_forecast, point.band_low, point.band_high)
        for point in points
        if point.band_low is not None and point.band_high is not None
    ]
    if known:
        forecasts, lows, highs = zip(*known, strict=True)
        axes.fill_between(forecasts, lows, highs, color=GREY, alpha=0.4, linewidth=0)


def _largest_pools(axes: Axes, points: Sequence[ReliabilityPoint]) -> None:
    n_rows = sum(point.n for point in points)
    largest = sorted(points, key=lambda point: -point.n)[:_MOST_DOTS]
    most = 1.1
    for least, size in _DOT_SIZES:
        chosen = [
            (point.mean_forecast, point.observed_frequency)
            for point in largest
            if least <= point.n / n_rows < most
        ]
        dots(axes, chosen, size=size)
        most = least


def forecast_histogram(result: EvaluationResult) -> Figure:
    """Draw how many rows each forecast bin holds, and in how many of them it happened."""
    bins = _without_empty_ends(result.loss_by_forecast)
    if not bins:
        return nothing_to_draw("No rows to draw.")
    is_binary = len(result.input.classes) == 2
    figure = new_figure(48 + 17 * len(bins))
    heading(figure, "Rows by forecast" if is_binary else "Rows by confidence in the top class")
    yes, no = ("it happened", "it did not") if is_binary else ("it was right", "it was wrong")
    key(figure, [KeyEntry(yes, DATA), KeyEntry(no, GREY)])
    axes = add_axes(figure, left=66, right=48, top=40, bottom=4)
    places = range(len(bins))
    happened = [each.n_observed for each in bins]
    other = [each.n - each.n_observed for each in bins]
    axes.barh(places, happened, height=0.76, color=DATA, clip_on=False)
    axes.barh(places, other, left=happened, height=0.76, color=GREY, clip_on=False)
    axes.set_xlim(0, max(each.n for each in bins))
    axes.set_ylim(-0.5, len(bins) - 0.5)
    axes.set_xticks([])
    axes.set_yticks(places, [f"{100 * b.low:.3g}–{100 * b.high:.3g}%" for b in bins])
    axes.spines["bottom"].set_visible(False)
    for place, each in enumerate(bins):
        axes.annotate(
            f"{each.n:,}",
            (each.n, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    return figure


def _without_empty_ends(bins: Sequence[ForecastBin]) -> Sequence[ForecastBin]:
    filled = [place for place, each in enumerate(bins) if each.n]
    return bins[filled[0] : filled[-1] + 1] if filled else ()
