"""Two distributions over the same outcomes, bar beside bar."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from evalreport.charts.style import (
    ACCENT,
    DATA,
    KeyEntry,
    add_axes,
    clip_name,
    grid,
    heading,
    key,
    new_figure,
)

MOST_OUTCOMES = 12
_NAME_LENGTH = 16
_ROW = 30


def two_distributions(
    names: Sequence[str], p: Sequence[float], q: Sequence[float], labels: tuple[str, str]
) -> Figure:
    """Draw P beside Q for each outcome; of many, the twelve in which they differ most."""
    rows = sorted(range(len(names)), key=lambda i: -abs(p[i] - q[i]))[:MOST_OUTCOMES]
    rows.sort()
    shown = [clip_name(names[i], _NAME_LENGTH) for i in rows]
    figure = new_figure(66 + _ROW * len(rows))
    heading(figure, "Probability of each outcome")
    key(figure, (KeyEntry(labels[0], DATA), KeyEntry(labels[1], ACCENT)))
    left = 18 + 6.2 * max(len(name) for name in shown)
    axes = add_axes(figure, left=left, right=46, top=42, bottom=24)
    axes.set_yticks(range(len(rows)), shown)
    axes.tick_params(axis="y", pad=6)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1.03 * max(max(p[i], q[i]) for i in rows))
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    grid(axes, "x")
    for values, place, color in ((p, -0.2, DATA), (q, 0.2, ACCENT)):
        bars = [values[i] for i in rows]
        axes.barh([row + place for row in range(len(rows))], bars, height=0.36, color=color)
        for row, value in enumerate(bars):
            axes.annotate(
                _share_text(value),
                (value, row + place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center_baseline",
            )
    return figure


def _share_text(share: float) -> str:
    if 0.0 < share < 0.0005:
        return "<0.1%"
    return f"{share:.1%}" if share not in (0.0, 1.0) else f"{share:.0%}"
