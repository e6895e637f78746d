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

_LEVELS: dict[str, Literal["error", "warning"]] = {"Error": "error", "Warning": "warning"}
_LONGEST = 1_000


def annotations_of(report: Report) -> tuple[str, ...]:
    """Return the errors and warnings of a report as annotations, worst first, at most ten."""
    severe = [each for each in all_findings(report) if each.tag.text in _LEVELS]
    severe.sort(key=lambda finding: list(_LEVELS).index(finding.tag.text))
    return tuple(
        annotation(_LEVELS[each.tag.text], _message(each), report.title)
        for each in severe[:MOST_ANNOTATIONS]
    )


def annotation(level: Literal["error", "warning"], message: str, title: str) -> str:
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
