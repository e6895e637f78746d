"""What the summaries in text share: shapes of the tones, and parts of a report in few words."""

from __future__ import annotations

from collections.abc import Mapping

from evalreport.report.model import Finding, Report, Section, Tone, Verdict

GLYPHS: Mapping[Tone, str] = {
    "good": "✔",
    "fine": "●",
    "watch": "◆",
    "poor": "▲",
    "bad": "✖",
    "none": "-",
}
"""The shape beside a word, so that neither colour nor the word is alone."""

ASCII_GLYPHS: Mapping[Tone, str] = {
    "good": "[ok]",
    "fine": "[fine]",
    "watch": "[look]",
    "poor": "[warn]",
    "bad": "[FAIL]",
    "none": "-",
}


def section_of(report: Report, section_id: str) -> Section | None:
    """Return a section by its id; None if the report has no such section."""
    return next((each for each in report.sections if each.id == section_id), None)


def all_findings(report: Report) -> tuple[Finding, ...]:
    """Return every finding, those that a page folds away too."""
    return report.attention.findings + report.attention.folded


def one_line(finding: Finding) -> str:
    """Return a finding in one line."""
    return "".join(span.text for span in finding.short) or finding.title


def unit_name(verdict: Verdict) -> str:
    """Return the unit of the losses: "nats"."""
    return verdict.unit_text.split(" ")[0]


def interval_aside(verdict: Verdict) -> str:
    """Return the interval as it stands in brackets, or why there is none."""
    text = verdict.interval_text
    return uncapitalised(text) if text.startswith("No ") else text


def uncapitalised(text: str) -> str:
    """Return a phrase as it stands inside a sentence."""
    return text[:1].lower() + text[1:]
