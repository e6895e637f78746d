"""Small reliability diagrams of the classes that are furthest off, each against the rest."""

from __future__ import annotations

from matplotlib.figure import Figure

from evalreport.charts.calibration import BAND_SAMPLE, draw_diagram
from evalreport.charts.style import (
    WIDTH,
    KeyEntry,
    add_axes,
    clip_name,
    heading,
    key,
    new_figure,
    nothing_to_draw,
)
from evalreport.results import EvaluationResult

_PANEL, _TITLE, _HEAD, _KEY, _FOOT = 118, 22, 20, 14, 30
"""Heights of the drawing, of its name, of what is above all, and of the ticks below."""
_LEFT, _GAP = 42, 50


def class_reliability(result: EvaluationResult) -> Figure:
    """Draw how often each of these classes happened against how often it was said to."""
    views = [each for each in result.calibration.reliability if each.view == "class-wise"]
    if not views:
        return nothing_to_draw("No class to draw.")
    n_rows = (len(views) + 1) // 2
    has_bands = any(view.band for view in views)
    head = _HEAD + (_KEY if has_bands else 0)
    height = head + n_rows * (_TITLE + _PANEL + _FOOT)
    figure = new_figure(height)
    heading(figure, "How often the class happened, by its forecast")
    if has_bands:
        key(figure, [KeyEntry("range of chance if calibrated", BAND_SAMPLE)])
    width = (WIDTH - _LEFT - _GAP - 20) / 2
    for place, view in enumerate(views):
        row, column = divmod(place, 2)
        left = _LEFT + column * (width + _GAP)
        top = head + row * (_TITLE + _PANEL + _FOOT) + _TITLE
        axes = add_axes(
            figure,
            left=left,
            right=WIDTH - left - width,
            top=top,
            bottom=height - top - _PANEL,
        )
        draw_diagram(axes, view, is_small=True)
        figure.text(left / WIDTH, 1 - (top - 6) / height, clip_name(view.class_ or "", 18))
    return figure
