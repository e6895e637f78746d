"""What the summaries in text share: shapes of the tones, and the verdict in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.report.model import Cell, Finding, Report, Section, Table, Tone

GLYPHS: dict[Tone, str] = {
    "good": "✔",
    "fine": "●",
    "watch": "◆",
    "poor": "▲",
    "bad": "✖",
    "none": "-",
}
ASCII_GLYPHS: dict[Tone, str] = {
    "good": "[ok]",
    "fine": "[fine]",
    "watch": "[look]",
    "poor": "[warn]",
    "bad": "[FAIL]",
    "none": "-",
}


def verdict_words(report: Report) -> str:
    """Return band and headline in lower case, the headline only if it says something else."""
    verdict = report.verdict
    headline = _lower_first(verdict.headline)
    if verdict.band is None:
        return headline
    band = _lower_first(verdict.band.text)
    return band if headline == band else f"{band}, {headline}"


def all_findings(report: Report) -> tuple[Finding, ...]:
    """Return every finding, those that a page folds away too."""
    return report.attention.findings + report.attention.folded


def finding_counts(report: Report) -> str:
    """Return how many findings there are of each kind: "2 errors, 1 note"."""
    return report.attention.summary.split(". ")[0]


def section_table(report: Report, section_id: str) -> Table | None:
    """Return the first table of a section, if there is one."""
    section: Section | None = next((s for s in report.sections if s.id == section_id), None)
    return section.tables[0] if section and section.tables else None


def cells_of(table: Table, keys: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a table with some of its columns only."""
    places = [[column.key for column in table.columns].index(key) for key in keys]
    for row in table.rows:
        yield tuple(row[place] for place in places)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
