"""What is worst about a report, as lines that GitHub Actions shows as annotations.

GitHub reads commands out of everything a step prints. What comes out of the data is escaped, so
that it stays inside the annotation that it belongs to.
"""

from __future__ import annotations

from typing import Literal

from evalreport.formats import clean
from evalreport.renderers.plain import all_findings, one_line
from evalreport.report.model import Finding, Report

MOST_ANNOTATIONS = 10
"""GitHub shows as many errors, and as many warnings, of one step; more would be left out."""

Level = Literal["error", "warning"]

_OF_FINDINGS: dict[str, Level] = {"Error": "error", "Warning": "warning"}
_OF_LIMITS: dict[str, Level] = {
    "failed": "error",
    "inconclusive": "warning",
    "not judged": "warning",
}
_LONGEST = 1_000


def annotations_of(report: Report, limits_only: bool = False) -> tuple[str, ...]:
    """Return limits that are not met, errors and warnings as annotations: at most ten, worst first.

    Among errors, and among warnings, limits come before findings.

    Parameters
    ----------
    report : Report
        A finished report.
    limits_only : bool
        Whether findings are left out, because the run that found them has told them.
    """
    said: list[tuple[Level, str]] = [
        (_OF_LIMITS[line.outcome], f"Limit {line.outcome}: {clean(line.text, _LONGEST)}")
        for line in report.limits
        if line.outcome in _OF_LIMITS
    ]
    said += [
        (_OF_FINDINGS[finding.tag.text], _message(finding))
        for finding in (() if limits_only else all_findings(report))
        if finding.tag.text in _OF_FINDINGS
    ]
    said.sort(key=lambda each: each[0])  # errors first; the order is kept otherwise
    return tuple(annotation(*each, report.title) for each in said[:MOST_ANNOTATIONS])


def annotation(level: Level, message: str, title: str) -> str:
    r"""Return one annotation as a line.

    Examples
    --------
    >>> annotation("error", "12 rows, 100%", "a: b, c")
    '::error title=a%3A b%2C c::12 rows, 100%25'
    """
    return f"::{level} title={_escaped_property(title)}::{_escaped(message)}"


def _message(finding: Finding) -> str:
    said = clean(one_line(finding), _LONGEST)
    # The one line of a finding often holds a name and numbers only; what to do is in the other.
    return f"{said.rstrip('.')}. {clean(finding.check, _LONGEST)}" if finding.check else said


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
