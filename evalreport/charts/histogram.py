"""How many rows each forecast has, and in how many of them it came true."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from evalreport.charts.style import (
    DATA,
    GREY,
    KeyEntry,
    add_axes,
    heading,
    key,
    new_figure,
    nothing_to_draw,
)
from evalreport.results import EvaluationResult, ForecastBin


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
