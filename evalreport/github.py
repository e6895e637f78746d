"""What GitHub Actions is told of a report: the summary of the job, and annotations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evalreport.renderers import markdown_renderer
from evalreport.renderers.annotations import annotation, annotations_of
from evalreport.report.model import Report

MOST_SUMMARY_BYTES = 1024 * 1024
"""GitHub drops the whole summary of a step that writes more."""


def tell_github(
    report: Report,
    environment: Mapping[str, str],
    template_dir: Path | None = None,
    mermaid: bool = True,
) -> tuple[str, ...]:
    """Append the Markdown summary to the job summary, and return the lines to print.

    Outside of GitHub Actions nothing is done. That the summary cannot be written is a warning
    among the lines: the report itself is there by then.

    Parameters
    ----------
    report : Report
        A finished report.
    environment : mapping of str to str
        The environment variables, by which GitHub says that it is there.
    template_dir : Path, optional
        Own templates of the summary.
    mermaid : bool
        Whether the summary holds a chart.

    Returns
    -------
    tuple of str
        Annotations, for standard error: GitHub reads both streams, and standard output may hold
        a document.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return ()
    path = environment.get("GITHUB_STEP_SUMMARY")
    summary = markdown_renderer(template_dir, mermaid)
    problem = path and _append(Path(path), summary.render(report))
    warnings = (annotation("warning", problem, report.title),) if problem else ()
    return (*annotations_of(report), *warnings)


def limits_for_github(report: Report, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the limits that are not met as annotations; outside of GitHub Actions nothing.

    For a gate on a saved evaluation: the findings were told by the run that saved it.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return ()
    return annotations_of(report, limits_only=True)


def _append(path: Path, text: str) -> str:
    """Append to the job summary; return what went wrong, which is empty if nothing did."""
    added = f"{text}\n".encode()
    try:
        if path.exists() and path.stat().st_size + len(added) > MOST_SUMMARY_BYTES:
            return "The job summary is full, so the summary of this report is not in it."
        with path.open("ab") as file:
            file.write(added)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"The job summary {path} cannot be written: {reason}."
    return ""
