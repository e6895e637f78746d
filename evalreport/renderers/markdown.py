"""The summary in Markdown, for pull requests, step summaries and mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from evalreport.formats import DASH, capital
from evalreport.renderers.environment import markdown_environment, own_templates_at_fault
from evalreport.renderers.groups import (
    Group,
    GroupColumns,
    changed_groups,
    group_columns,
    groups,
    more_groups,
    n_changed_groups,
    unshown_groups,
)
from evalreport.renderers.markup import code_span, in_cell, prose
from evalreport.renderers.mermaid import MOST_BARS, bar_chart
from evalreport.renderers.plain import (
    GLYPHS,
    all_findings,
    interval_aside,
    one_line,
    section_of,
    uncapitalised,
    unit_name,
)
from evalreport.report.model import Cell, Definition, Fact, Finding, Report, Table, Tag, Text, Tone

MOST_BYTES = 60_000
"""Forges refuse comments of more than about 65,000 characters."""

_DETAILS = ("changes", "classes", "slices", "limits", "notes")
_NOTE = "Note"
_MOST_FINDINGS = 12
_DIGEST_LENGTH = 12
_AGAINST_PREVIOUS = {
    "worse": "and worse than the previous run",
    "better": "and better than the previous run",
    "no clear change": "no clear change since the previous run",
}
_SAYS_WHAT_CHANGED = re.compile("the previous run|no clear change|no change")


class MarkdownRenderer:
    """Turns one finished report into a summary of at most 60,000 bytes.

    The first line is a comment with the key of the report, by which a bot finds its own comment
    again. Nothing out of the data becomes a mention, a link, a formula or a broken table.

    Parameters
    ----------
    template_dir : Path, optional
        A folder whose ``summary.md.j2`` comes before the built-in one. It gets the report as
        `report`, a `Summary` of it as `summary`, and as `details` the names of the parts that
        there is room for.
    mermaid : bool
        Whether the classes are shown as a chart, where forges draw it.
    """

    name: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"

    def __init__(self, template_dir: Path | None = None, mermaid: bool = True) -> None:
        self._template_dir = template_dir
        self._mermaid = mermaid
        self._environment = markdown_environment(template_dir)
        self._environment.filters.update(
            cell=in_cell, code=code_span, glyph=_glyph, prose=prose, reason=_reason, tag=_tag
        )

    def render(self, report: Report) -> str:
        """Return the summary; the same report gives the same text."""
        summary = summarise(report)
        if not self._mermaid:
            summary = replace(summary, chart="")
        text = self._render(report, summary, len(_DETAILS))
        for n_details in reversed(range(len(_DETAILS))):
            if len(text.encode()) <= MOST_BYTES:
                break
            text = self._render(report, summary, n_details)
        return text

    def _render(self, report: Report, summary: Summary, n_details: int) -> str:
        with own_templates_at_fault(self._template_dir):
            return self._environment.get_template("summary.md.j2").render(
                report=report,
                summary=summary,
                details=_DETAILS[:n_details],
                is_shortened=n_details < len(_DETAILS),
            )


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The table of the classes or slices."""

    titles: GroupColumns
    """What it calls its columns."""
    n: int
    """How many there are, shown or not."""
    groups: tuple[Group, ...]
    more: str
    """What the table leaves out, or why there is none."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The parts of a report that the summary shows."""

    key: str
    heading: str
    interval: str
    facts: tuple[Fact, ...]
    n_zero_probability: str
    scored: str
    """What is counted in `n_scored`."""
    n_scored: str
    left_out: str
    """How many rows were left out; empty if none was."""
    previous: Text
    """What there is to say instead of a comparison; empty if there is one."""
    findings: tuple[Finding, ...]
    """Errors and warnings."""
    n_more_findings: int
    notes: tuple[Finding, ...]
    classes: GroupTable
    slices: GroupTable
    chart: str
    """The classes as a Mermaid chart; empty if there is nothing to draw."""
    chart_text: str
    """What the chart shows, for those who cannot see it."""
    definitions: tuple[Definition, ...]
    digest: str
    compared: Table | None
    """This run beside the previous one."""
    changes: tuple[dict[str, Cell], ...]
    """Classes and slices that clearly changed, as many as there is room for."""
    n_changes: int
    """How many there are."""
    counted: str
    """What these hold: "Rows", or "Documents"."""


def summarise(report: Report) -> Summary:
    """Return what the summary shows of a report."""
    result, findings = report.result, all_findings(report)
    severe = [each for each in findings if each.tag.text != _NOTE]
    classes = _group_table(report, "classes", len(result.classes))
    n_left_out = result.input.rows_rejected
    guide, loss = section_of(report, "help"), classes.titles.loss
    unit, comparison = unit_name(report.verdict), result.comparison
    return Summary(
        key=_marker_key(report.key),
        heading=_heading(report),
        interval=interval_aside(report.verdict),
        facts=_facts(report),
        n_zero_probability=f"{result.overall.zero_probability_rows:,}",
        scored="Tokens scored" if result.task == "tokens" else "Rows scored",
        n_scored=f"{result.overall.n:,}",
        left_out=f"{n_left_out:,} left out" if n_left_out else "",
        previous=_instead_of_comparison(report),
        findings=tuple(severe[:_MOST_FINDINGS]),
        n_more_findings=len(severe[_MOST_FINDINGS:]),
        notes=tuple(each for each in findings if each.tag.text == _NOTE),
        classes=classes,
        slices=_group_table(report, "slices", len(result.slices)),
        chart=bar_chart(classes.groups, f"{loss} by class ({unit}, lower is better)", unit),
        chart_text=_chart_text(classes),
        definitions=() if guide is None else guide.definitions,
        digest=result.digest[:_DIGEST_LENGTH],
        compared=_compared_table(report),
        changes=changed_groups(report),
        n_changes=n_changed_groups(report),
        counted="Rows" if comparison is None else f"{capital(comparison.counted)}s",
    )


def _heading(report: Report) -> str:
    verdict = report.verdict
    if verdict.value_text == DASH:
        return verdict.headline
    colon = "," if ":" in verdict.headline else ":"
    said = f"{verdict.loss_name} {verdict.value_text}{colon} {uncapitalised(verdict.headline)}"
    comparison = report.result.comparison
    if comparison is None or _SAYS_WHAT_CHANGED.search(verdict.headline):
        return said
    return f"{said}, {_AGAINST_PREVIOUS[comparison.outcome]}"


def _facts(report: Report) -> tuple[Fact, ...]:
    # What is below the table speaks of the previous run, and a row would say it again.
    return tuple(fact for fact in report.verdict.facts if "previous run" not in fact.term)


def _instead_of_comparison(report: Report) -> Text:
    section = section_of(report, "compare")
    return () if section is None or report.result.comparison is not None else section.lede


def _compared_table(report: Report) -> Table | None:
    section = section_of(report, "compare")
    return section.tables[0] if section is not None and section.tables else None


def _group_table(report: Report, section_id: str, n: int) -> GroupTable:
    found = groups(report, section_id)
    return GroupTable(
        titles=group_columns(report, section_id),
        n=n,
        groups=found,
        more=more_groups(report, section_id) if found else unshown_groups(report, section_id)[1],
    )


def _chart_text(classes: GroupTable) -> str:
    is_cut = len(classes.groups) > MOST_BARS
    which = f"of the {MOST_BARS} worst classes" if is_cut else "by class"
    return f"{classes.titles.loss} {which}, this run. The table above has the same numbers."


def _glyph(tone: Tone) -> str:
    return GLYPHS[tone]


def _tag(tag: Tag | None) -> str:
    return "" if tag is None else f"{GLYPHS[tag.tone]} {uncapitalised(tag.text)}"


def _reason(finding: Finding) -> str:
    """Return why a finding matters, where its short form does not say so already."""
    says_enough = one_line(finding) != finding.title and finding.tag.tone != "bad"
    return "" if says_enough else finding.why


def _marker_key(key: str) -> str:
    """Return a key that cannot end the comment it stands in."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", key).strip("-") or "report"
