"""The summary on a terminal: eighty columns, in colour where there is colour."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Protocol

from rich.console import Console
from rich.text import Text as Line

from evalreport.formats import DASH, bytes_text, count_text
from evalreport.renderers.groups import (
    Group,
    all_findings,
    groups,
    uncapitalised,
)
from evalreport.renderers.layout import Lettering, aligned, clipped, packed, width_of, wrapped
from evalreport.report.model import Finding, Report, Tag, Tone, Verdict

WIDTH = 80
_LABEL = "Log loss "
MOST_GROUPS = 10
_COMFORTABLE_NAME = 24
"""Names up to this wide stand whole, if need be at the cost of a column."""
_LEAST_NAME = 12

_STYLES: Mapping[Tone, str] = {
    "good": "cyan",
    "fine": "blue",
    "watch": "bold yellow",
    "poor": "yellow",
    "bad": "bold red",
    "none": "dim",
}


class OutputFile(Protocol):
    """An output that was written."""

    @property
    def kind(self) -> str:
        """What it is, in one word: "Report"."""

    @property
    def path(self) -> str:
        """Where it is."""

    @property
    def n_bytes(self) -> int:
        """How large it is."""


class TerminalRenderer:
    """The summary as plain text: no line is wider than 80 columns, and nothing is coloured."""

    name: ClassVar[str] = "terminal"
    suffix: ClassVar[str] = ".txt"

    def render(self, report: Report) -> str:
        """Return the summary; the same report gives the same text."""
        return _plain(_summary(report, Lettering("utf-8")))


def print_summary(report: Report, files: Sequence[OutputFile] = ()) -> None:
    """Print the summary and the files that were written to standard output.

    In colour on a terminal only, unless ``NO_COLOR`` or ``FORCE_COLOR`` says otherwise; with ASCII
    shapes where standard output is not UTF-8. Paths are never cut, so their lines may be longer.
    """
    console = Console(force_jupyter=False, emoji=False)
    letters = Lettering(console.encoding)
    lines = [*_summary(report, letters), *_file_lines(files, letters)]
    for line in lines:
        # Soft wrapping is none at all: the lines are laid out already.
        console.print(line, soft_wrap=True)


def quiet_line(report: Report, files: Sequence[OutputFile] = ()) -> str:
    """Return the verdict in one line that standard output can show: number, band, files."""
    letters = Lettering(sys.stdout.encoding or "utf-8")
    verdict = report.verdict
    judged = verdict.headline if verdict.band is None else verdict.band.text
    parts = [f"{verdict.value_text} {uncapitalised(judged)}", *_counts(report)]
    paths = ", ".join(each.path for each in files)
    return letters.text(", ".join(parts) + (f": {paths}" if paths else ""))


def _counts(report: Report) -> Iterator[str]:
    tags = [finding.tag.text for finding in all_findings(report)]
    for word in ("Error", "Warning"):
        if word in tags:
            yield count_text(tags.count(word), word.lower())


def _plain(lines: Sequence[Line]) -> str:
    return "".join(f"{line.plain}\n" for line in lines)


# --- blocks -----------------------------------------------------------------------------------


def _summary(report: Report, letters: Lettering) -> list[Line]:
    blocks = (
        _heading(report, letters),
        [*_verdict(report, letters), *_baseline(report, letters)],
        _findings(report, letters),
        _group_table(report, "classes", "Class", letters),
        _group_table(report, "slices", "Slice", letters),
    )
    lines: list[Line] = []
    for block in blocks:
        lines += [Line(""), *block] if lines and block else block
    return lines


def _heading(report: Report, letters: Lettering) -> list[Line]:
    title, *meta = (letters.text(each) for each in (report.title, *report.meta))
    # The title of a report is the name of its input unless it was given another one.
    parts = [title, *(each for each in meta if each != title)]
    lines = packed([clipped(each, WIDTH, letters) for each in parts], WIDTH)
    return [Line(line, "bold" if line.startswith(title) else "") for line in lines]


def _verdict(report: Report, letters: Lettering) -> list[Line]:
    verdict = report.verdict
    limits = [Line(each, "bold") for each in wrapped(letters.text(verdict.limits_text), WIDTH)]
    number = Line(letters.text(_number(verdict)), "bold")
    if verdict.band is None:
        return [*limits, number]
    band = _tag(verdict.band, letters)
    if width_of(number.plain) + 3 + width_of(band.plain) > WIDTH:
        return [*limits, number, Line(" " * len(_LABEL)) + band]
    return [*limits, Line("   ").join([number, band])]


def _number(verdict: Verdict) -> str:
    if verdict.value_text == DASH:
        return verdict.headline
    unit = verdict.unit_text.split(" ")[0]
    interval = verdict.interval_text
    beside = uncapitalised(interval) if interval.startswith("No ") else interval
    return f"{_LABEL}{verdict.value_text} {unit} ({beside})"


def _baseline(report: Report, letters: Lettering) -> list[Line]:
    return [Line(each) for each in wrapped(letters.text(report.verdict.baseline_text), WIDTH)]


def _findings(report: Report, letters: Lettering) -> list[Line]:
    attention = report.attention
    if not attention.findings:
        return [Line(each) for each in wrapped(letters.text(attention.summary), WIDTH)]
    tags = [_tag(each.tag, letters) for each in attention.findings]
    indent = max(width_of(tag.plain) for tag in tags) + 2
    lines: list[Line] = []
    for finding, tag in zip(attention.findings, tags, strict=True):
        first, *rest = wrapped(_in_one_line(finding, letters), WIDTH - indent)
        lines.append(tag + Line(" " * (indent - width_of(tag.plain)) + first))
        lines += [Line(" " * indent + each) for each in rest]
    if attention.folded:
        lines.append(Line(f"{' ' * indent}and {len(attention.folded):,} more", "dim"))
    return lines


def _in_one_line(finding: Finding, letters: Lettering) -> str:
    return letters.text("".join(span.text for span in finding.short) or finding.title)


def _tag(tag: Tag, letters: Lettering) -> Line:
    text = f"{letters.glyph(tag.tone)} {letters.text(uncapitalised(tag.text))}"
    return Line(text, _STYLES[tag.tone])


# --- tables -----------------------------------------------------------------------------------


def _group_table(report: Report, section: str, title: str, letters: Lettering) -> list[Line]:
    found = groups(report, section)
    if not found:
        return []
    shown = found[:MOST_GROUPS]
    lines = _rows(shown, title, letters)
    total = len(report.result.classes if section == "classes" else report.result.slices)
    if total > len(shown):
        lines.append(Line(f"and {total - len(shown):,} more", "dim"))
    return lines


def _rows(shown: Sequence[Group], title: str, letters: Lettering) -> list[Line]:
    names = [letters.text(each.name) for each in shown]
    widest = max(width_of(each) for each in (title, *names))
    columns = _columns(shown, letters)
    for dispensable in ("95% CI", "Of loss"):
        if _room(columns) < min(widest, _COMFORTABLE_NAME):
            columns.pop(dispensable)
    room = max(min(widest, _room(columns)), _LEAST_NAME)
    columns = {title: [Line(clipped(name, room, letters)) for name in names], **columns}
    return aligned(columns, left={title, "Band"})


def _columns(shown: Sequence[Group], letters: Lettering) -> dict[str, list[Line]]:
    """Return every column but the name, by its title."""
    return {
        "Rows": [Line(letters.text(each.rows)) for each in shown],
        "Log loss": [Line(letters.text(each.loss), "bold") for each in shown],
        "95% CI": [Line(letters.text(each.interval)) for each in shown],
        "Band": [_tag(each.band, letters) if each.band else Line("") for each in shown],
        "Of loss": [Line(letters.text(each.share)) for each in shown],
    }


def _room(columns: Mapping[str, Sequence[Line]]) -> int:
    """Return how wide names can be beside these columns."""
    taken = (
        2 + max(width_of(title), *(width_of(cell.plain) for cell in cells))
        for title, cells in columns.items()
    )
    return WIDTH - sum(taken)


# --- files ------------------------------------------------------------------------------------


def _file_lines(files: Sequence[OutputFile], letters: Lettering) -> list[Line]:
    if not files:
        return []
    kind_width = max(len(each.kind) for each in files) + 2
    path_width = max(width_of(letters.text(each.path)) for each in files)
    return [Line(""), *(_file_line(each, kind_width, path_width, letters) for each in files)]


def _file_line(file: OutputFile, kind_width: int, path_width: int, letters: Lettering) -> Line:
    path = letters.text(file.path)
    blanks = " " * (path_width - width_of(path))
    return Line(f"{file.kind:<{kind_width}}{path}{blanks} ({bytes_text(file.n_bytes)})")
