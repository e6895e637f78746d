"""The loss of each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalreport.charts.style import (
    DATA,
    INK,
    add_axes,
    clip_name,
    dots,
    grid,
    heading,
    new_figure,
    nothing_to_draw,
    segments,
)
from evalreport.formats import LossFormat
from evalreport.ordering import worst_first
from evalreport.results import ClassResult, EvaluationResult

_MOST_CLASSES = 12
_NAME_LENGTH = 16
_ROW = 24

LossText = Callable[[float], str]


def loss_by_class(result: EvaluationResult) -> Figure:
    """Draw the mean loss of each class with its interval, worst first, twelve at most."""
    scored = [each for each in result.classes if each.n]
    worst = sorted(scored, key=worst_first)[:_MOST_CLASSES]
    if not worst:
        return nothing_to_draw("No class has rows to draw.")
    names = [clip_name(each.name, _NAME_LENGTH) for each in worst]
    figure = new_figure(72 + _ROW * len(worst))
    heading(figure, "Mean loss of each class (nats)")
    left = 18 + 6.2 * max(len(name) for name in names)
    axes = add_axes(figure, left=left, right=44, top=40, bottom=26)
    axes.set_yticks(range(len(worst)), names)
    axes.tick_params(axis="y", pad=8)
    axes.set_ylim(len(worst) - 0.5, -0.5)
    axes.set_xlim(0, 1.03 * _highest(worst, result.overall.cross_entropy))
    axes.locator_params(axis="x", nbins=4)
    grid(axes, "x")
    text = LossFormat.of(result).amount
    _overall(axes, result.overall.cross_entropy, text)
    _losses(axes, worst, text)
    return figure


def _loss(each: ClassResult) -> float:
    # A mean that holds an infinite loss is not a number in the result, but it is above all others.
    return inf if each.cross_entropy is None else each.cross_entropy


def _highest(classes: Sequence[ClassResult], overall: float | None) -> float:
    losses = [each.cross_entropy for each in classes if each.cross_entropy is not None] or [1.0]
    # An interval of a handful of rows must not squeeze all the others: it may run out of sight.
    ends = [min(each.interval[1], 2 * max(losses)) for each in classes if each.interval]
    return max([*losses, *ends, overall or 0.0]) or 1.0


def _overall(axes: Axes, loss: float | None, text: LossText) -> None:
    if loss is None:
        return
    axes.axvline(loss, color=INK, linewidth=1, linestyle=(0, (3, 3)), clip_on=False)
    axes.annotate(
        f"overall {text(loss)}",
        (loss, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="left" if loss < axes.get_xlim()[1] / 2 else "right",
    )


def _losses(axes: Axes, classes: Sequence[ClassResult], text: LossText) -> None:
    ranges = [(row, each.interval) for row, each in enumerate(classes) if each.interval]
    most = axes.get_xlim()[1]
    segments(
        axes,
        [(interval[0], row) for row, interval in ranges],
        # The picture is not clipped: a line must end with the axis, or it crosses the numbers.
        [(min(interval[1], most), row) for row, interval in ranges],
        color=DATA,
        linewidth=2.5,
    )
    goes_on = [(most, row) for row, interval in ranges if interval[1] > most]
    dots(axes, goes_on, size=5, marker=">")
    ends = [(row, _loss(each)) for row, each in enumerate(classes)]
    dots(axes, [(loss, row) for row, loss in ends if loss < inf], size=8)
    beyond = [(most, row) for row, loss in ends if loss == inf]
    dots(axes, beyond, size=8, marker=">")
    for row, loss in ends:
        axes.text(
            1.03,
            row,
            "infinite" if loss == inf else text(loss),
            transform=axes.get_yaxis_transform(),
            va="center",
        )
