"""The summary for a pull request, in GitHub's Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from evalreport.renderers.environment import markdown_environment
from evalreport.renderers.plain import (
    GLYPHS,
    all_findings,
    cells_of,
    finding_counts,
    section_table,
    verdict_words,
)
from evalreport.report.model import Finding, Report, Text

MOST_CHARACTERS = 60_000
"""Comments on GitHub end at 65,536 characters."""
_MOST_LINES = 20
_MOST_BARS = 12
_LONGEST_LABEL = 20
_N_PARTS = 3


class MarkdownRenderer:
    """Turns one finished report into a Markdown summary.

    Text out of the data stands in code spans only, so it can neither mention anybody nor break a
    table.

    Parameters
    ----------
    template_dir : Path, optional
        A folder whose ``summary.md.j2`` comes before the built-in one.
    mermaid : bool
        Whether to draw the classes as a Mermaid chart.
    """

    name: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"

    def __init__(self, template_dir: Path | None = None, *, mermaid: bool = True) -> None:
        self._mermaid = mermaid
        self._environment = markdown_environment(template_dir)
        self._environment.filters["code"] = code_span
        self._environment.filters["cell"] = cell_span

    def render(self, report: Report) -> str:
        """Return the summary, without its last parts if it would be too long for a comment."""
        text = ""
        for n_parts in range(_N_PARTS, -1, -1):
            text = self._render(report, n_parts)
            if len(text) <= MOST_CHARACTERS:
                break
        return text

    def _render(self, report: Report, n_parts: int) -> str:
        classes = _groups(report, "classes")
        template = self._environment.get_template("summary.md.j2")
        return template.render(
            report=report,
            glyph=GLYPHS[report.verdict.tone],
            words=verdict_words(report),
            counts=finding_counts(report),
            files=report.meta[:-1],
            size=report.meta[-1],
            problems=[_line(each) for each in all_findings(report) if each.tag.text != "Note"],
            notes=[_line(each) for each in all_findings(report) if each.tag.text == "Note"],
            most_lines=_MOST_LINES,
            classes=classes,
            slices=_groups(report, "slices"),
            chart=_chart(report, classes) if self._mermaid else None,
            n_parts=n_parts,
            is_short=n_parts < _N_PARTS,
        )


def code_span(text: str) -> str:
    """Return text as a code span that nothing in the text can end.

    Examples
    --------
    >>> code_span("refund"), code_span("a`b"), code_span("`")
    ('`refund`', '``a`b``', '`` ` ``')
    """
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def cell_span(text: str) -> str:
    r"""Return text as a code span inside a table, where a bar would end the cell.

    Examples
    --------
    >>> cell_span("a|b")
    '`a\\|b`'
    """
    # Readers disagree on backslashes before a bar, so there are none but ours.
    return code_span(re.sub(r"\\*\|", r"\\|", text))


def _line(finding: Finding) -> str:
    glyph = "" if finding.tag.tone == "none" else f"{GLYPHS[finding.tag.tone]} "
    word = finding.tag.text if finding.tag.tone == "none" else f"**{finding.tag.text}:**"
    separator = ": " if finding.tag.tone == "none" else " "
    return f"{glyph}{word}{separator}{_inline(finding.short)}"


def _inline(text: Text) -> str:
    return "".join(code_span(span.text) if span.code else span.text for span in text)


# --- tables -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    rows: str
    loss: str
    interval: str
    band: str
    share_of_loss: str


def _groups(report: Report, section_id: str) -> tuple[_Group, ...]:
    table = section_table(report, section_id)
    if table is None:
        return ()
    keys = ("name", "rows", "log_loss", "interval", "band", "share_of_loss")
    return tuple(
        _Group(
            name=name.text,
            rows=rows.text,
            loss=loss.text,
            interval=interval.text,
            band=f"{GLYPHS[band.tag.tone]} {band.tag.text.lower()}" if band.tag else band.text,
            share_of_loss=share.text,
        )
        for name, rows, loss, interval, band, share in cells_of(table, keys)
    )


# --- chart ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chart:
    unit: str
    labels: str
    bars: str
    top: str


def _chart(report: Report, groups: Sequence[_Group]) -> _Chart | None:
    pairs = [(group.name, _number(group.loss)) for group in groups]
    drawn = [(name, value) for name, value in pairs if value is not None][:_MOST_BARS]
    if len(drawn) < 2:
        return None
    values = [value for _, value in drawn]
    return _Chart(
        unit=report.verdict.unit_text.split()[0],
        labels=", ".join(f'"{label}"' for label in _labels([name for name, _ in drawn])),
        bars=", ".join(f"{value:g}" for value in values),
        top=f"{_round_up(1.1 * max(values)):g}",
    )


def _number(text: str) -> float | None:
    """Return the number that a cell shows, so that the chart and the table say the same."""
    shown = text.replace(",", "")
    if shown.startswith("<"):
        return 0.0
    return float(shown) if re.fullmatch(r"\d+(\.\d+)?", shown) else None


def _labels(names: Sequence[str]) -> list[str]:
    labels: list[str] = []
    for name in names:
        # What is special to Mermaid, or to the page it may end up in, is of no use in a label.
        plain = " ".join(re.sub(r"[\"`%#;<>{}\[\]\\]", " ", name).split()) or "(no name)"
        label = plain if len(plain) <= _LONGEST_LABEL else plain[: _LONGEST_LABEL - 1] + "…"
        labels.append(label if label not in labels else f"{label} ({len(labels) + 1})")
    return labels


def _round_up(value: float) -> float:
    """Return the next number with one digit: 0.77 gives 0.8."""
    if value <= 0.0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return math.ceil(value / unit) * unit
