"""The summary on a terminal: eighty columns, in colour where there is colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Protocol

from rich.console import Console
from rich.text import Text as Line

from evalreport.formats import DASH, bytes_text, count_text
from evalreport.renderers.groups import (
    Group,
    GroupColumns,
    changed_groups,
    group_columns,
    groups,
    n_changed_groups,
    unshown_groups,
)
from evalreport.renderers.layout import (
    WIDTH,
    Lettering,
    aligned,
    clipped,
    folded,
    packed,
    width_of,
    wrapped,
)
from evalreport.renderers.plain import (
    all_findings,
    interval_aside,
    one_line,
    uncapitalised,
    unit_name,
)
from evalreport.report.model import Report, Tag, Tone, Verdict

_NARROWEST = 40
"""Columns; on a terminal with fewer, lines break wherever it breaks them."""
MOST_GROUPS = 10
_COMFORTABLE_NAME = 20
"""Names up to this wide stand whole, if need be at the cost of a column."""
_FOLDED_BAND = 12
"""Columns that the name of a band takes where it goes on in a second line."""
_LEAST_NAME = 12
_MOST_LIMITS = 12

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
        letters = Lettering("utf-8")
        lines = (*_summary(report, letters), *exit_lines(report, letters))
        return "".join(f"{line.plain}\n" for line in lines)


def print_summary(
    report: Report, files: Sequence[OutputFile] = (), limits_only: bool = False
) -> None:
    """Print the summary and the files that were written to standard output.

    In colour on a terminal only, unless ``NO_COLOR`` or ``FORCE_COLOR`` says otherwise; with ASCII
    shapes where standard output is not Unicode. Paths are never cut, so their lines may be longer.
    """
    console = _Console(force_jupyter=False)
    letters = Lettering(console.encoding, _columns_of(console))
    summary = _limits_summary(report, letters) if limits_only else _summary(report, letters)
    for line in (*summary, *_file_lines(files, letters), *exit_lines(report, letters)):
        # Soft wrapping is none at all: the lines are laid out already.
        console.print(line, soft_wrap=True)


def _columns_of(console: Console) -> int:
    """Return how wide lines may be: less than usual only on a terminal that is narrower.

    What is piped is the same wherever it is piped from, unless ``COLUMNS`` says otherwise.
    """
    is_told = console.file.isatty() or "COLUMNS" in os.environ
    return max(_NARROWEST, min(WIDTH, console.width)) if is_told else WIDTH


class _Console(Console):
    """A console that leaves it to its caller what a reader's leaving means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def quiet_line(report: Report, files: Sequence[OutputFile] = ()) -> str:
    """Return number, band, errors and files in one line that standard output can show."""
    letters = Lettering(sys.stdout.encoding or "utf-8")
    changed = [report.verdict.change_text] if report.verdict.change_text else []
    words = ", ".join([_number_and_band(report.verdict), *changed, *_counts(report)])
    paths = ", ".join(each.path for each in files)
    return letters.text(f"{words}: {paths}" if paths else words)


def _number_and_band(verdict: Verdict) -> str:
    if verdict.band is None:
        return uncapitalised(verdict.headline)
    return f"{verdict.value_text} {uncapitalised(verdict.band.text)}"


def _counts(report: Report) -> Iterator[str]:
    words = [finding.tag.text.lower() for finding in all_findings(report)]
    for word in ("error", "warning"):
        if word in words:
            yield count_text(words.count(word), word)
    for outcome in ("failed", "inconclusive", "not judged"):
        n = sum(each.outcome == outcome for each in report.limits)
        if n:
            yield f"{count_text(n, 'limit')} {outcome}"


# --- blocks -----------------------------------------------------------------------------------


def _summary(report: Report, letters: Lettering) -> list[Line]:
    return _stacked(
        _heading(report, letters),
        [*_verdict(report, letters), *_below_the_verdict(report.verdict, letters)],
        limit_lines(report, letters),
        _findings(report, letters),
        changed_lines(report, letters),
        _group_table(report, "classes", "Class", letters),
        _group_table(report, "slices", "Slice", letters),
    )


def _limits_summary(report: Report, letters: Lettering) -> list[Line]:
    return _stacked(
        _heading(report, letters),
        [*_verdict(report, letters), *_below_the_verdict(report.verdict, letters)],
        limit_lines(report, letters),
    )


def _stacked(*blocks: list[Line]) -> list[Line]:
    """Return blocks of lines with an empty line between them."""
    lines: list[Line] = []
    for block in blocks:
        lines += [Line(""), *block] if lines and block else block
    return lines


def _heading(report: Report, letters: Lettering) -> list[Line]:
    title, *meta = (
        clipped(letters.text(each), letters.width, letters) for each in (report.title, *report.meta)
    )
    # The title of a report is the name of its input unless it was given another one.
    lines = _lines(packed([title, *(each for each in meta if each != title)], letters.width))
    lines[0].stylize("bold", 0, len(title))
    return lines


def _verdict(report: Report, letters: Lettering) -> list[Line]:
    verdict = report.verdict
    limits = _lines(wrapped(letters.text(verdict.limits_text), letters.width), "bold")
    number = _lines(wrapped(letters.text(_number(verdict)), letters.width), "bold")
    if verdict.band is None:
        return [*limits, *number]
    band = _tag(verdict.band, letters)
    if width_of(number[-1].plain) + 3 + width_of(band.plain) <= letters.width:
        return [*limits, *number[:-1], Line("   ").join([number[-1], band])]
    indent = min(len(verdict.loss_name) + 1, letters.width - width_of(band.plain))
    return [*limits, *number, Line(" " * indent) + band]


def _number(verdict: Verdict) -> str:
    if verdict.value_text == DASH:
        return verdict.headline
    name, unit = verdict.loss_name, unit_name(verdict)
    return f"{name} {verdict.value_text} {unit} ({interval_aside(verdict)})"


def _findings(report: Report, letters: Lettering) -> list[Line]:
    findings, n_folded = report.attention.findings, len(report.attention.folded)
    if not findings:
        return _plain_lines(report.attention.summary, letters)
    return _tagged([(each.tag, one_line(each)) for each in findings], n_folded, letters)


def limit_lines(report: Report, letters: Lettering) -> list[Line]:
    """Return the limits, worst outcome first."""
    shown = report.limits[:_MOST_LIMITS]
    tagged = [(each.tag, each.text) for each in shown]
    return _tagged(tagged, len(report.limits) - len(shown), letters) if tagged else []


def exit_lines(report: Report, letters: Lettering) -> list[Line]:
    """Return why the program ends with exit code 1, if it does."""
    lines = wrapped(letters.text(report.exit_text), letters.width) if report.exit_text else []
    return [Line(""), *_lines(lines, "bold")] if lines else []


def _tagged(items: Sequence[tuple[Tag, str]], n_more: int, letters: Lettering) -> list[Line]:
    """Return sentences beside their tags, and how many more there are."""
    tags = [_tag(tag, letters) for tag, _ in items]
    indent = max(width_of(tag.plain) for tag in tags) + 2
    lines: list[Line] = []
    for (_, text), tag in zip(items, tags, strict=True):
        first, *rest = wrapped(letters.text(text), letters.width - indent)
        lines.append(tag + Line(" " * (indent - width_of(tag.plain)) + first))
        lines += [Line(" " * indent + each) for each in rest]
    return [*lines, Line(f"{' ' * indent}and {n_more:,} more", "dim")] if n_more else lines


def _tag(tag: Tag, letters: Lettering) -> Line:
    text = f"{letters.glyph(tag.tone)} {letters.text(uncapitalised(tag.text))}"
    return Line(text, _STYLES[tag.tone])


def _below_the_verdict(verdict: Verdict, letters: Lettering) -> list[Line]:
    texts = [verdict.baseline_text, verdict.previous_text, verdict.interval_note]
    texts = [text for text in texts if text]
    return [line for text in texts or [""] for line in _plain_lines(text, letters)]


def _plain_lines(text: str, letters: Lettering) -> list[Line]:
    return _lines(wrapped(letters.text(text), letters.width))


def _lines(texts: Sequence[str], style: str = "") -> list[Line]:
    return [Line(text, style) for text in texts]


# --- tables -----------------------------------------------------------------------------------


def _group_table(report: Report, section: str, title: str, letters: Lettering) -> list[Line]:
    found, (n_unshown, why) = groups(report, section), unshown_groups(report, section)
    reason = _plain_lines(why, letters) if why else []
    if not found:
        return reason
    shown = found[:MOST_GROUPS]
    lines = _table(shown, title, group_columns(report, section), letters)
    everything = report.result.classes if section == "classes" else report.result.slices
    n_more = len(everything) - len(shown) - n_unshown
    more = [Line(f"and {n_more:,} more", "dim")] if n_more > 0 else []
    return [*lines, *more, *reason]


def _table(
    shown: Sequence[Group], title: str, titles: GroupColumns, letters: Lettering
) -> list[Line]:
    names = whole_names = [letters.text(each.name) for each in shown]
    widest = max(width_of(each) for each in (title, *names))
    columns = _columns(shown, titles, letters)
    comfortable = min(widest, _COMFORTABLE_NAME)
    _make_room(columns, titles.extras[1:], comfortable, letters)
    whole = dict(columns)
    if titles.band in columns and _room_beside(columns, letters) < comfortable:
        # The words of a band can go on below; a number that is gone is nowhere.
        columns = folded({title: _lines(names), **columns}, titles.band, _FOLDED_BAND)
        names = [line.plain for line in columns.pop(title)]
    _make_room(columns, ("Of loss", "95% CI"), comfortable, letters)
    unfolded = {each: whole[each] for each in columns}
    if _room_beside(unfolded, letters) >= comfortable:
        columns, names = unfolded, whole_names
    _make_room(
        columns, (*titles.extras, titles.rows, titles.band), min(widest, _LEAST_NAME), letters
    )
    room = max(min(widest, _room_beside(columns, letters)), _LEAST_NAME)
    named = {title: _lines([clipped(name, room, letters) for name in names])}
    return aligned({**named, **columns}, left={title, "Band"})


def _columns(
    shown: Sequence[Group], titles: GroupColumns, letters: Lettering
) -> dict[str, list[Line]]:
    """Return every column but the name, by its title; what the table has not is left out."""

    def texts(cells: Iterable[str], style: str = "") -> list[Line]:
        return _lines([letters.text(each) for each in cells], style)

    columns = {
        titles.rows: texts(each.rows for each in shown),
        titles.loss: texts((each.loss for each in shown), "bold"),
        "95% CI": texts(each.interval for each in shown),
        titles.band: [_tag(each.band, letters) if each.band else Line("") for each in shown],
        **{title: texts(each.extras[i] for each in shown) for i, title in enumerate(titles.extras)},
        "Of loss" if titles.share else "": texts(each.share for each in shown),
    }
    columns.pop("", None)
    return columns


def _make_room(
    columns: dict[str, list[Line]], dispensable: Iterable[str], least: int, letters: Lettering
) -> None:
    """Drop columns, in this order, until names have this much room."""
    for title in dispensable:
        if _room_beside(columns, letters) < least:
            columns.pop(title, None)


def _room_beside(columns: Mapping[str, Sequence[Line]], letters: Lettering) -> int:
    """Return how wide names can be beside these columns."""
    taken = (
        2 + max(width_of(title), *(width_of(cell.plain) for cell in cells))
        for title, cells in columns.items()
    )
    return letters.width - sum(taken)


def changed_lines(report: Report, letters: Lettering) -> list[Line]:
    """Return the classes and slices that clearly changed since the previous run."""
    rows = changed_groups(report)
    if not rows:
        return []
    shown = rows[:MOST_GROUPS]
    columns = {
        title: _lines([letters.text(row[key].text) for row in shown])
        for title, key in (("Previous", "previous"), ("This run", "current"), ("Change", "change"))
    }
    columns["Result"] = [_tag(row["result"].tag, letters) for row in shown if row["result"].tag]
    _make_room(columns, ("Previous", "This run", "Result"), _LEAST_NAME, letters)
    room = min(letters.width - 44, 36) if len(columns) == 4 else _room_beside(columns, letters)
    names = _lines([clipped(letters.text(row["name"].text), room, letters) for row in shown])
    lines = aligned({"Changed": names, **columns}, left={"Changed", "Result"})
    n_more = n_changed_groups(report) - len(shown)
    return [*lines, Line(f"and {n_more:,} more", "dim")] if n_more else lines


# --- files ------------------------------------------------------------------------------------


def _file_lines(files: Sequence[OutputFile], letters: Lettering) -> list[Line]:
    if not files:
        return []
    paths = [letters.text(each.path) for each in files]
    kind_width = max(len(each.kind) for each in files) + 2
    path_width = max(width_of(path) for path in paths)
    texts = [
        f"{each.kind:<{kind_width}}{path}{' ' * (path_width - width_of(path))}"
        f" ({bytes_text(each.n_bytes)})"
        for each, path in zip(files, paths, strict=True)
    ]
    return _lines(["", *texts])
