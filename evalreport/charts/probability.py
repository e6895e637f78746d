"""Figures over the probability that was given to what happened."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalreport.charts.style import (
    ACCENT,
    DATA,
    GREY,
    INK,
    KeyEntry,
    add_axes,
    dots,
    grid,
    heading,
    key,
    new_figure,
    nothing_to_draw,
    percent_axis,
    percent_text,
    segments,
)
from evalreport.formats import LossFormat
from evalreport.ordering import worst_in_bins
from evalreport.results import EvaluationResult, ProbabilityBin

_PRICES = (0.01, 0.1, 0.5)
"""Probabilities whose cost is written beside the curve."""
_CURVE_TOP = 5.3
_LEAST_MARK = 0.0005
_BESIDE_SHARE = 46
"""Points from the end of a bar to what stands beside its share."""
_STEEP_FROM = 1.6
"""Loss above which the curve is steep, so that words right of it have room at their own height."""


def share_by_probability(result: EvaluationResult) -> Figure:
    """Draw each bin's share of the rows over its share of the loss.

    A thin line marks the share of rows that the model's own forecasts promised. Bins without rows
    are left out unless it promised some.
    """
    bins = [each for each in result.loss_by_probability if each.n or (each.expected_n or 0.0) >= 1]
    n_rows = sum(each.n for each in bins)
    if not n_rows:
        return nothing_to_draw("No rows to draw.")
    rows = [each.n / n_rows for each in bins]
    # Soft labels come without: nothing is expected of how close a forecast is to its target.
    expected = [(each.expected_n or 0.0) / n_rows for each in bins]
    is_soft = any(each.expected_n is None for each in bins)
    losses = [each.share_of_loss or 0.0 for each in bins]
    figure = new_figure(52 + 34 * len(bins))
    heading(figure, "Closeness to the target" if is_soft else "Probability given to what happened")
    expectation = [KeyEntry("what the model expects", INK, 9, (0, (0.17, 9)))]
    key(figure, [KeyEntry("rows", GREY), *expectation[is_soft:], KeyEntry("loss", DATA)])
    names = [_range_text(each) for each in bins]
    left = 14 + 5.6 * max(len(name) for name in names)
    axes = add_axes(figure, left=left, right=44, top=40, bottom=4)
    places = list(range(len(bins)))
    axes.barh([place - 0.19 for place in places], rows, height=0.34, color=GREY, clip_on=False)
    axes.barh([place + 0.19 for place in places], losses, height=0.34, color=DATA, clip_on=False)
    _expected_marks(axes, expected)
    axes.set_xlim(0, max([*rows, *losses, *expected]))
    axes.set_ylim(len(bins) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(places, names)
    axes.spines["bottom"].set_visible(False)
    ends = [max(row, mark) for row, mark in zip(rows, expected, strict=True)]
    _share_labels(axes, rows, ends, -0.19)
    _share_labels(axes, [each.share_of_loss for each in bins], losses, 0.19)
    _worst_marks(axes, worst_in_bins(result, bins), ends)
    return figure


def _expected_marks(axes: Axes, expected: Sequence[float]) -> None:
    marks = [(share, place) for place, share in enumerate(expected) if share >= _LEAST_MARK]
    segments(
        axes,
        [(share, place - 0.4) for share, place in marks],
        [(share, place + 0.02) for share, place in marks],
        color=INK,
        linewidth=1.5,
    )


def _share_labels(
    axes: Axes, shares: Sequence[float | None], ends: Sequence[float], shift: float
) -> None:
    for place, (share, end) in enumerate(zip(shares, ends, strict=True)):
        axes.annotate(
            "not defined" if share is None else percent_text(share),
            (end, place + shift),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )


def _worst_marks(axes: Axes, counts: Sequence[int], ends: Sequence[float]) -> None:
    """Say beside the share of rows of a bin how many of the worst rows it holds."""
    total, most = sum(counts), axes.get_xlim()[1]
    for place, (n, end) in enumerate(zip(counts, ends, strict=True)):
        if not n:
            continue
        which = "the worst row" if total == 1 else f"the {total} worst rows"
        axes.annotate(
            which if n == total else f"{n} of {which}",
            (min(end, 0.5 * most), place - 0.19),
            xytext=(_BESIDE_SHARE, 0),
            textcoords="offset points",
            va="center",
        )


def _range_text(each: ProbabilityBin) -> str:
    if each.high == 0:
        return "0"
    return f"{100 * each.low:.3g}–{100 * each.high:.3g}%"


def log_curve(result: EvaluationResult) -> Figure:
    """Draw what one row costs, with this run's mean as the probability it amounts to."""
    figure = new_figure(280)
    heading(figure, "Loss for one row (nats)")
    axes = add_axes(figure, left=24, right=14, top=30, bottom=46)
    losses = [_CURVE_TOP * (1 - index / 32) for index in range(33)]
    axes.plot([exp(-loss) for loss in losses], losses, color=DATA, linewidth=2.5)
    axes.set_xlim(-0.01, 1.02)
    axes.set_ylim(0, _CURVE_TOP)
    percent_axis(axes)
    grid(axes)
    axes.set_xlabel("Probability given to what happened", fontsize=12)
    dots(axes, [(price, -log(price)) for price in _PRICES], size=7)
    loss = result.overall.cross_entropy
    for price in _PRICES:
        if _is_in_the_way(price, loss):
            continue
        # Right of the curve it would be in the way of the words on this run.
        is_below = price == max(_PRICES)
        axes.annotate(
            f"{price:.0%} costs {-log(price):.2f}",
            (price, -log(price)),
            xytext=(-6, -4) if is_below else (8, 3),
            textcoords="offset points",
            ha="right" if is_below else "left",
            va="top" if is_below else "baseline",
        )
    _this_run(axes, loss, LossFormat.of(result).text(loss))
    return figure


def _is_in_the_way(price: float, loss: float | None) -> bool:
    """Return whether the line to the words on this run would cross those on a price."""
    return loss is not None and loss > _STEEP_FROM and -0.1 < loss + log(price) < 0.45


def _this_run(axes: Axes, loss: float | None, text: str) -> None:
    if loss is None:
        return
    if loss >= _CURVE_TOP:
        axes.text(0.99, _CURVE_TOP - 0.6, f"this run, beyond the top: {loss:.2f}", ha="right")
        return
    probability = exp(-loss)
    dots(axes, [(probability, loss)], size=8, marker="D", color=ACCENT)
    # Where the curve is steep a slanted line would cross the words beside it: a level one does not.
    is_steep = loss > _STEEP_FROM
    line = {"arrowstyle": "-", "color": INK, "linewidth": 0.8, "shrinkB": 5}
    axes.annotate(
        f"this run: {percent_text(probability)}, {text}",
        (probability, loss),
        xytext=(0.99, loss if is_steep else loss + 1.4),
        ha="right",
        va="center" if is_steep else "baseline",
        arrowprops=line | {"relpos": (0.0, 0.5)} if is_steep else line,
    )
