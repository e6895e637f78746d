"""The report as one HTML file that loads nothing: style, script and plots are inside."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import ClassVar

from markupsafe import Markup, escape

from evalreport.renderers.environment import (
    html_environment,
    own_templates_at_fault,
    template_text,
    visible,
)
from evalreport.report.model import DistributionPage, Report

_FRAGMENT_HEIGHT = 640
"""Height of the report in a notebook, in pixels; it scrolls inside."""
_FRAGMENT_STYLE = "border:1px solid #767f89;border-radius:3px;box-sizing:border-box"
"""A thin line around it; a browser's own frame looks sunken, and has two colours in the dark."""


class HtmlRenderer:
    """Turns one finished report into an HTML page.

    The page holds one style and one script, and a policy that allows these two by their hashes and
    nothing else; so not even a name that escaped the escaping could run or send anything.

    Parameters
    ----------
    template_dir : Path, optional
        A folder whose templates, style and script come before the built-in ones of the same name.
    """

    name: ClassVar[str] = "html"
    suffix: ClassVar[str] = ".html"

    def __init__(self, template_dir: Path | None = None) -> None:
        self._template_dir = template_dir
        self._environment = html_environment(template_dir)
        self._style = _compact_style(template_text("report.css", template_dir))
        self._script = _compact(template_text("report.js", template_dir))

    def render(self, report: Report) -> str:
        """Return the whole page; the same report gives the same text."""
        plots = _plots(report)
        with own_templates_at_fault(self._template_dir):
            page = self._environment.get_template("report.html.j2").render(
                report=report,
                plots=plots,
                style=Markup(self._style),
                script=Markup(self._script),
                policy=Markup(_policy(self._style, self._script)),
            )
        return _without_blank_lines(page)


def distributions_html(page: DistributionPage, template_dir: Path | None = None) -> str:
    """Return two distributions as a small HTML page, under the same rules as the report."""
    from evalreport.charts import draw_distributions

    style = _compact_style(template_text("report.css", template_dir))
    script = _compact(template_text("report.js", template_dir))
    (figure,) = page.section.figures
    plot = draw_distributions(
        page.pair, title=visible(figure.title), description=visible(figure.description)
    )
    text = (
        html_environment(template_dir)
        .get_template("distributions.html.j2")
        .render(
            report=page,
            plots={figure.name: Markup(plot)},
            style=Markup(style),
            script=Markup(script),
            policy=Markup(_policy(style, script)),
        )
    )
    return _without_blank_lines(text)


def render_fragment(report: Report, template_dir: Path | None = None) -> str:
    """Return the report as a piece of HTML that can stand inside another page, as in a notebook.

    It is the whole page in a frame of its own, because the styles of the page around it and ours
    would otherwise meet. The frame may run its script and nothing more: it has no origin, so it
    cannot reach the notebook. It follows the light or dark setting of the system.
    """
    page = escape(HtmlRenderer(template_dir).render(report))
    return (
        f'<iframe title="{escape(report.page_title)}" width="100%" height="{_FRAGMENT_HEIGHT}"'
        f' style="{_FRAGMENT_STYLE}" sandbox="allow-scripts" srcdoc="{page}"></iframe>'
    )


def _plots(report: Report) -> dict[str, Markup]:
    # Loading matplotlib takes longer than everything else that other renderers do together.
    from evalreport.charts import draw

    figures = [figure for section in report.sections for figure in section.figures]
    return {
        figure.name: Markup(
            draw(
                figure.name,
                report.result,
                title=visible(figure.title),
                description=visible(figure.description),
                prefix=f"f{number}",
            )
        )
        for number, figure in enumerate(figures, start=1)
    }


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _compact_style(text: str) -> str:
    without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    closed = re.sub(r"\s*([{};:,>])\s+", r"\1", _compact(without_comments))
    return re.sub(r"[;\s]*}", "}", closed)


def _compact(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _without_blank_lines(page: str) -> str:
    return "\n".join(line for line in page.split("\n") if line.strip()) + "\n"
