"""Figures of the report as inline SVG. They draw what a result holds and compute nothing.

One SVG serves light and dark pages, print and pages without CSS: text and axes take the colour of
the page's text, and the few data colours stand out on white and on black alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from evalreport.charts.calibration import forecast_histogram, reliability
from evalreport.charts.classes import loss_by_class
from evalreport.charts.distributions import two_distributions
from evalreport.charts.forecast import loss_by_forecast
from evalreport.charts.probability import log_curve, share_by_probability
from evalreport.charts.style import drawing_rules, figure_text
from evalreport.charts.svg import clean_svg
from evalreport.results import DistributionPair, EvaluationResult

__all__ = ["FIGURES", "draw", "draw_distributions"]

FIGURES: Mapping[str, Callable[[EvaluationResult], Figure]] = {
    "loss_by_forecast": loss_by_forecast,
    "share_by_probability": share_by_probability,
    "log_curve": log_curve,
    "loss_by_class": loss_by_class,
    "reliability": reliability,
    "forecast_histogram": forecast_histogram,
}


def draw(name: str, result: EvaluationResult, *, title: str, description: str, prefix: str) -> str:
    """Return one figure as SVG text that is ready to stand inside a page.

    Parameters
    ----------
    name : str
        A key of `FIGURES`.
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
    if name not in FIGURES:
        raise ValueError(f"there is no figure named '{name}', only {', '.join(FIGURES)}")
    with drawing_rules():
        text = figure_text(FIGURES[name](result))
    return clean_svg(text, title=title, description=description, prefix=prefix)


def draw_distributions(pair: DistributionPair, *, title: str, description: str) -> str:
    """Return two distributions, bar beside bar, as SVG text."""
    with drawing_rules():
        text = figure_text(two_distributions(pair.names, pair.p, pair.q, ("P", "Q")))
    return clean_svg(text, title=title, description=description, prefix="f1")
