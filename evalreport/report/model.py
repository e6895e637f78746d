"""The finished report: ready text in the order it is shown, for every renderer alike.

Nothing here is computed or rounded any further: a cell holds the text to show and, beside it, the
unrounded value to sort by. Graphics in cells come as coordinates that are ready to print.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from evalreport.results import DistributionPair, EvaluationResult

Tone = Literal["good", "fine", "watch", "poor", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of running text; `code` marks text out of the data or a command."""

    text: str
    strong: bool = False
    code: bool = False


Text = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """A word with its tone; every tone has a shape of its own, so colour is never alone."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """A dot with its interval on a small scale; x coordinates in a graphic 124 wide, 18 high.

    `end_is_open` says that the interval goes on beyond the scale.
    """

    point: str
    start: str | None
    end: str | None
    reference: str | None
    tone: Tone
    end_is_open: bool = False


@dataclass(frozen=True, slots=True)
class ShareMark:
    """A bar with a thin reference line, widths in a graphic 124 wide, 18 high."""

    width: str
    reference: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    value: float | None = None
    """What the column sorts by, unrounded; None sorts by the text."""
    tag: Tag | None = None
    mark: IntervalMark | ShareMark | None = None
    strong: bool = False
    code: bool = False
    note: str = ""
    """A muted word after the text, such as "capped"."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `key` names it for renderers that show fewer columns."""

    key: str
    title: str
    numeric: bool = False
    sortable: bool = True
    wide: bool = False
    """Whether it holds long text, which has to wrap and must not be squeezed."""
    is_brief: bool = False
    """Whether a column that only this kind of report has is shown where there is little room."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first cell of each row is the row's header."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: tuple[Cell, ...] | None = None
    more: str = ""
    """What was left out: "and 62 more classes, all fine: listed in the JSON."."""
    more_elsewhere: str = ""
    """The same in a summary, which does not have what the page lists below; `more` if empty."""
    n_unshown: int = 0
    unshown: str = ""
    """Why so many have no row: "1 slice with fewer than 30 rows is not shown."."""
    rest: Table | None = None
    """A plain list of everything, to be folded away, where rows were left out."""
    sortable: bool = False
    filter_label: str = ""
    folded: bool = False
    """Whether it is for those who ask: the page folds it away, with the data of the plots."""

    def without(self, key: str) -> Table:
        """Return the table without one of its columns."""
        at = [column.key for column in self.columns].index(key)

        def cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
            return row[:at] + row[at + 1 :]

        return replace(
            self,
            columns=self.columns[:at] + self.columns[at + 1 :],
            rows=tuple(map(cut, self.rows)),
            total=None if self.total is None else cut(self.total),
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, by the name it is drawn under, with its words and the numbers behind it."""

    name: str
    caption: str
    note: str
    title: str
    description: str
    """The finding with its numbers, for those who cannot see the plot."""
    table: Table


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it means."""

    term: str
    text: Text


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report; the id is part of the report's interface."""

    id: str
    title: str
    nav_title: str
    lede: Text
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    definitions: tuple[Definition, ...] = ()
    notes: tuple[Text, ...] = ()
    """Paragraphs after everything else."""
    command: str = ""


@dataclass(frozen=True, slots=True)
class DistributionPage:
    """Two distributions as a small page of their own."""

    title: str
    page_title: str
    kind: str
    meta: tuple[str, ...]
    version: str
    section: Section
    pair: DistributionPair = field(repr=False)
    created: str | None = None
    created_text: str = ""


@dataclass(frozen=True, slots=True)
class RulerStep:
    """One band of the ruler; x coordinates in a graphic 100 wide, 18 high."""

    name: str
    range_text: str
    tone: Tone
    mark_text: str = ""
    """ "This run: 0.217", in the band that holds this run."""
    is_current: bool = False
    interval_start: str | None = None
    interval_width: str | None = None
    tick: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts beside the verdict."""

    term: str
    headline: str
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What needs attention, ready to show."""

    tag: Tag
    title: str
    why: str
    check: str
    link_text: str
    section: str
    short: Text = ()
    """The finding in one line, for summaries."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer in one screen."""

    tone: Tone
    value_label: str
    """ "Log loss, lower is better"."""
    value_text: str
    unit_text: str
    interval_text: str
    """ "95% CI 0.197 to 0.238", or why there is none."""
    band: Tag | None
    headline: str
    sentences: tuple[Text, ...]
    ruler: tuple[RulerStep, ...]
    ruler_note: str
    facts: tuple[Fact, ...]
    limits_text: str = ""
    """First line of the verdict if limits were set."""
    baseline_text: str = ""
    """The loss against the baseline in one line, for summaries; empty if there is none."""
    previous_text: str = ""
    """The comparison with the previous run in one line, for summaries; empty if there is none."""
    change_text: str = ""
    """What became of the loss, in a few words: "worse by 0.028"."""
    interval_note: str = ""
    """What the interval allows for, for summaries; among the sentences already."""
    loss_name: str = "Log loss"
    """What the number is, in two words."""


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit and what became of it, ready to show; `key` is its name in the settings file."""

    tag: Tag
    text: str
    key: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Attention:
    """Findings and passed checks."""

    summary: str
    """ "2 errors, 1 note. 7 checks passed."."""
    findings: tuple[Finding, ...]
    folded: tuple[Finding, ...]
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    title: str
    page_title: str
    """Number and band first, so that a browser tab or a mail tells the verdict."""
    kind: str
    meta: tuple[str, ...]
    created: str | None
    """ISO 8601, for machines."""
    created_text: str
    """For people; empty if `created` is None."""
    key: str
    """Key of the Markdown marker."""
    version: str
    verdict: Verdict
    attention: Attention
    sections: tuple[Section, ...]
    result: EvaluationResult = field(repr=False)
    limits: tuple[LimitLine, ...] = ()
    """Worst outcome first; empty if no limit was set."""
    exit_text: str = ""
    """Why the program ends with exit code 1; empty if it does not."""
