"""Figures of the report as inline SVG. They draw what a result holds and compute nothing.

One SVG serves light and dark pages, print and pages without CSS: text and axes take the colour of
the page's text, and the few data colours stand out on white and on black alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from evalreport.charts.calibration import reliability
from evalreport.charts.class_reliability import class_reliability
from evalreport.charts.classes import loss_by_class
from evalreport.charts.distributions import two_distributions
from evalreport.charts.forecast import loss_by_forecast
from evalreport.charts.histogram import forecast_histogram
from evalreport.charts.probability import log_curve, share_by_probability
from evalreport.charts.style import drawing_rules, figure_text
from evalreport.charts.svg import clean_svg
from evalreport.charts.tasks import loss_by_position, pit_histogram
from evalreport.results import DistributionPair, EvaluationResult

__all__ = ["FIGURES", "TASK_FIGURES", "draw", "draw_distributions"]

FIGURES: Mapping[str, Callable[[EvaluationResult], Figure]] = {
    "loss_by_forecast": loss_by_forecast,
    "share_by_probability": share_by_probability,
    "log_curve": log_curve,
    "loss_by_class": loss_by_class,
    "reliability": reliability,
    "class_reliability": class_reliability,
    "forecast_histogram": forecast_histogram,
}
TASK_FIGURES: Mapping[str, Callable[[EvaluationResult], Figure]] = {
    "pit_histogram": pit_histogram,
    "loss_by_position": loss_by_position,
}
"""Figures of what is no classification."""


def draw(name: str, result: EvaluationResult, *, title: str, description: str, prefix: str) -> str:
    """Return one figure as SVG text that is ready to stand inside a page.

    Parameters
    ----------
    name : str
        A key of `FIGURES` or `TASK_FIGURES`.
    result : EvaluationResult
        What to draw.
    title, description : str
        What the figure shows and what it says, for those who cannot see it.
    prefix : str
        Start of every id in the SVG; different for each figure of a page.

    Raises
    ------
    ValueError
        If there is no figure of that name.
    """
    figures = {**FIGURES, **TASK_FIGURES}
    if name not in figures:
        raise ValueError(f"there is no figure named '{name}', only {', '.join(figures)}")
    with drawing_rules():
        text = figure_text(figures[name](result))
    return clean_svg(text, title=title, description=description, prefix=prefix)


def draw_distributions(pair: DistributionPair, *, title: str, description: str) -> str:
    """Return two distributions, bar beside bar, as SVG text."""
    with drawing_rules():
        text = figure_text(two_distributions(pair.names, pair.p, pair.q, ("P", "Q")))
    return clean_svg(text, title=title, description=description, prefix="f1")
