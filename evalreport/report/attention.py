"""What needs attention, and what was checked and is fine."""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.findings import Judgement, passed_checks
from evalreport.formats import capital, count_text
from evalreport.report.model import Attention, Finding, Span
from evalreport.report.view import View, severity_tag

MOST_SHOWN = 8

_LINKS = {
    "worst": "See the rows",
    "ranks": "See where it stands",
    "classes": "See all classes",
    "slices": "See all slices",
    "documents": "See the documents",
    "tails": "See where the loss is",
    "loss": "See loss and probability",
    "calibration": "See the reliability diagram",
    "distributions": "See what was predicted",
    "quality": "See data quality",
    "compare": "See what changed",
    "help": "How to read the bands",
    "run": "See run details",
    "verdict": "Back to the verdict",
}
_TASK_LINKS = {("gaussian", "calibration"): "See calibration"}
"""Where a section of the same name shows something else."""


def attention(view: View, section_ids: Sequence[str]) -> Attention:
    """Return findings, sorted already, with links to the sections that there are."""
    findings = tuple(_finding(each, section_ids, view.result.task) for each in view.judgements)
    passed = passed_checks(view.result)
    return Attention(
        summary=_summary(view, len(passed)),
        findings=findings[:MOST_SHOWN],
        folded=findings[MOST_SHOWN:],
        passed=passed,
    )


def _summary(view: View, n_passed: int) -> str:
    severities = [each.finding.severity for each in view.judgements]
    counts = [
        count_text(severities.count(severity), severity)
        for severity in ("error", "warning", "note")
        if severity in severities
    ]
    found = ", ".join(counts) if counts else "Nothing needs attention"
    return f"{found}. {count_text(n_passed, 'check')} passed."


def _finding(each: Judgement, section_ids: Sequence[str], task: str) -> Finding:
    finding = each.finding
    section = finding.section if finding.section in section_ids else "verdict"
    spans = [Span(piece.text, code=piece.is_data) for piece in each.short]
    if not spans[0].code:
        spans[0] = Span(capital(spans[0].text))
    return Finding(
        tag=severity_tag(finding.severity),
        title=finding.title,
        why=finding.why,
        check=finding.check,
        link_text=_TASK_LINKS.get((task, section), _LINKS.get(section, "")),
        section=section,
        short=tuple(spans),
    )
