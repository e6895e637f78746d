"""Renderers: a finished report as text. Each is imported when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalreport.renderers.interface import Renderer
    from evalreport.report.model import Report


def html_renderer(template_dir: Path | None = None) -> Renderer:
    """Return the renderer of the page; `template_dir` is looked in before the own templates."""
    from evalreport.renderers.html import HtmlRenderer

    return HtmlRenderer(template_dir)


def markdown_renderer(template_dir: Path | None = None, mermaid: bool = True) -> Renderer:
    """Return the renderer of the Markdown summary, with a Mermaid chart or without."""
    from evalreport.renderers.markdown import MarkdownRenderer

    return MarkdownRenderer(template_dir, mermaid)


def json_renderer() -> Renderer:
    """Return the renderer of the evaluation file."""
    from evalreport.renderers.json import JsonRenderer

    return JsonRenderer()


def junit_xml(report: Report, strict: bool) -> str:
    """Return the limits as JUnit XML; if `strict`, those that could not be judged as failures."""
    from evalreport.renderers import junit

    return junit.junit_xml(report, strict)
