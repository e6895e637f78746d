"""Reliability diagrams: how often something happens against how often it was said to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

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
from evalreport.results import EvaluationResult, ReliabilityPoint, ReliabilityResult

_MOST_STEPS = 2000
_MOST_DOTS = 16
BAND_SAMPLE = "#c4c8cc"
_DOT_SIZES = ((0.1, 10.0), (0.02, 7.0), (0.0, 4.0))
"""Least share of the rows, and the diameter of the dot for it."""
_LOW_TICKS = (1e-4, 0.001, 0.01, 0.1)
_HIGH_TICKS = (0.9, 0.99, 0.999, 0.9999)
_MOST_LABELS = 5
_NEGLIGIBLE = 0.005
"""Share of the rows that may lie beyond either end of a stretched scale."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of both axes; stretched ones show the logit of a probability."""

    low: float = 0.0
    high: float = 1.0
    is_stretched: bool = False

    is_small: bool = False
    """Whether there is no room for more than three labels."""

    @classmethod
    def of(cls, view: ReliabilityResult, is_small: bool) -> Scale:
        """Return the scale on which most rows of a diagram can be told apart."""
        if not view.is_extreme:
            return cls(is_small=is_small)
        if is_small:
            return cls(0.001, 0.999, True, True)
        lowest = next(_beyond_negligible(view.points))
        highest = next(_beyond_negligible(view.points[::-1]))
        return cls(
            max((tick for tick in _LOW_TICKS if tick <= lowest), default=_LOW_TICKS[0]),
            min((tick for tick in _HIGH_TICKS if tick >= highest), default=_HIGH_TICKS[-1]),
            True,
        )

    def inside(self, points: Iterable[Point]) -> list[Point]:
        """Return the points, those beyond the ends at the ends."""
        return [(self._clip(x), self._clip(y)) for x, y in points]

    def _clip(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def thinned(self, points: Sequence[Point], least: float) -> list[Point]:
        """Return the points without those that an eye could not tell from the one before.

        On either axis they are less than `least` of its length apart.
        """
        kept: list[Point] = []
        for point in points:
            near = kept and all(
                abs(self._place(a) - self._place(b)) < least
                for a, b in zip(point, kept[-1], strict=True)
            )
            if not near:
                kept.append(point)
        return [*kept, points[-1]] if points else []

    def _place(self, value: float) -> float:
        """Return where on its axis a value within the ends stands, from 0 to 1."""
        if not self.is_stretched:
            return value
        low, here, high = (log(each / (1 - each)) for each in (self.low, value, self.high))
        return (here - low) / (high - low)

    def apply(self, axes: Axes) -> None:
        """Scale and label both axes."""
        if self.is_stretched:
            axes.set_xscale("logit")
            axes.set_yscale("logit")
        axes.set_xlim(self.low, self.high)
        axes.set_ylim(self.low, self.high if self.is_stretched else 1.02)
        axes.minorticks_off()
        if self.is_small:
            ends = (self.low, 0.5, self.high)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_ticks(ends, [f"{100 * end:g}%" for end in ends])
        elif self.is_stretched:
            self._label_stretched(axes)
        else:
            percent_axis(axes)
            percent_axis(axes, vertical=True)

    def _label_stretched(self, axes: Axes) -> None:
        between = (*_LOW_TICKS, 0.5, *_HIGH_TICKS)
        ticks = [tick for tick in between if self.low <= tick <= self.high]
        labels = [f"{100 * tick:g}%" for tick in ticks]
        axes.yaxis.set_ticks(ticks, labels)
        # Long names such as 99.99% would touch each other in a row.
        every = 2 if len(ticks) > _MOST_LABELS else 1
        axes.xaxis.set_ticks(
            ticks, [text if place % every == 0 else "" for place, text in enumerate(labels)]
        )


def _beyond_negligible(points: Sequence[ReliabilityPoint]) -> Iterator[float]:
    n_rows, seen = sum(point.n for point in points), 0
    for point in points:
        seen += point.n
        if seen >= _NEGLIGIBLE * n_rows:
            yield point.mean_forecast


def reliability(result: EvaluationResult) -> Figure:
    """Draw how often it happened against how often it was said to, as isotonic steps."""
    views = result.calibration.reliability
    if not views or not views[0].points:
        return nothing_to_draw("No rows to draw.")
    view = views[0]
    figure = new_figure(326)
    heading(figure, _outcome_name(view))
    if view.band:
        key(figure, [KeyEntry("range of chance if calibrated", BAND_SAMPLE)])
    axes = add_axes(figure, left=50, right=18, top=44 if view.band else 28, bottom=46)
    draw_diagram(axes, view)
    axes.set_xlabel(_forecast_name(view), fontsize=12)
    return figure


def draw_diagram(axes: Axes, view: ReliabilityResult, *, is_small: bool = False) -> None:
    """Draw band, diagonal, steps and the largest pools of one diagram."""
    points, scale = _drawn(view.points), Scale.of(view, is_small)
    scale.apply(axes)
    _consistency_band(axes, view, scale)
    ends = [(scale.low, scale.low), (scale.high, scale.high)]
    axes.plot(*zip(*ends, strict=True), color=INK, linewidth=1, linestyle=(0, (4, 3)))
    _steps(axes, points, scale)
    if is_small:
        return
    _largest_pools(axes, points, scale)
    grid(axes, "both")
    if not scale.is_stretched:
        _name_the_corners(axes, points)


def _drawn(points: Sequence[ReliabilityPoint]) -> Sequence[ReliabilityPoint]:
    largest = sorted(points, key=lambda point: -point.n)[:_MOST_STEPS]
    return sorted(largest, key=lambda point: point.mean_forecast)


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


def _steps(axes: Axes, points: Sequence[ReliabilityPoint], scale: Scale) -> None:
    ends = [
        (forecast, point.observed_frequency)
        for point in points
        for forecast in (point.forecast_low, point.forecast_high)
    ]
    least = 1 / 40 if scale.is_small else 1 / 120
    xy = zip(*scale.thinned(scale.inside(ends), least), strict=True)
    axes.plot(*xy, color=DATA, linewidth=2, solid_joinstyle="round")


def _consistency_band(axes: Axes, view: ReliabilityResult, scale: Scale) -> None:
    if not view.band:
        return
    lows, highs = (
        scale.thinned(scale.inside(ends), 1 / 14 if scale.is_small else 1 / 50)
        for ends in (
            [(each.forecast, each.low) for each in view.band],
            [(each.forecast, each.high) for each in view.band],
        )
    )
    axes.fill(*zip(*lows, *reversed(highs), strict=True), color=GREY, alpha=0.4, linewidth=0)


def _largest_pools(axes: Axes, points: Sequence[ReliabilityPoint], scale: Scale) -> None:
    n_rows = sum(point.n for point in points)
    largest = sorted(points, key=lambda point: -point.n)[:_MOST_DOTS]
    most = 1.1
    for least, size in _DOT_SIZES:
        chosen = [
            (point.mean_forecast, point.observed_frequency)
            for point in largest
            if least <= point.n / n_rows < most
        ]
        dots(axes, scale.inside(chosen), size=size)
        most = least
