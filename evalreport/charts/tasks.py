"""Plots of token files and of Gaussian forecasts."""

from __future__ import annotations

from matplotlib.figure import Figure

from evalreport.charts.style import (
    DATA,
    INK,
    add_axes,
    dots,
    grid,
    heading,
    new_figure,
    nothing_to_draw,
    percent_text,
)
from evalreport.results import EvaluationResult

_EVERY = 4
"""Bins between two labels of the histogram."""


def pit_histogram(result: EvaluationResult) -> Figure:
    """Draw how outcomes lie in their forecasts, beside the line where every bin should end."""
    pit = () if result.gaussian is None else result.gaussian.pit
    if not pit:
        return nothing_to_draw("No rows to draw.")
    figure = new_figure(220)
    heading(figure, "Share of rows, by probability up to the outcome")
    axes = add_axes(figure, left=36, right=14, top=34, bottom=26)
    shares = [each.share for each in pit]
    axes.bar(range(len(pit)), shares, width=0.84, color=DATA, clip_on=False)
    axes.axhline(1.0 / len(pit), color=INK, linewidth=1, linestyle=(0, (3, 3)), clip_on=False)
    axes.set_xlim(-0.5, len(pit) - 0.5)
    axes.set_ylim(0, 1.1 * max(*shares, 1.0 / len(pit)))
    edges = range(0, len(pit) + 1, _EVERY)
    axes.set_xticks([edge - 0.5 for edge in edges], [f"{edge / len(pit):.0%}" for edge in edges])
    axes.locator_params(axis="y", nbins=4)
    ticks = [float(tick) for tick in axes.get_yticks() if 0 <= tick <= axes.get_ylim()[1]]
    axes.set_yticks(ticks, [percent_text(tick) for tick in ticks])
    grid(axes)
    return figure


def loss_by_position(result: EvaluationResult) -> Figure:
    """Draw the mean loss by position in the list, in bins of doubling width."""
    positions = () if result.tokens is None else result.tokens.positions
    known = [(i, each.mean_loss) for i, each in enumerate(positions) if each.mean_loss is not None]
    if not known:
        return nothing_to_draw("No positions to draw.")
    figure = new_figure(220)
    heading(figure, "Mean loss of a token (nats), by position")
    axes = add_axes(figure, left=40, right=14, top=34, bottom=26)
    axes.plot(*zip(*known, strict=True), color=DATA, linewidth=2, solid_joinstyle="round")
    dots(axes, known)
    axes.set_xlim(-0.5, len(positions) - 0.5)
    axes.set_ylim(0, 1.1 * max(loss for _, loss in known) or 1.0)
    every = 1 if len(positions) < 8 else 2 if len(positions) < 15 else 3
    labels = [(i, f"{each.first:,}") for i, each in enumerate(positions)][::every]
    axes.set_xticks([i for i, _ in labels], [text for _, text in labels])
    grid(axes)
    return figure
