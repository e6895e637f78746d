"""What became of the limits: a line each, the first line of the verdict, and the exit reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalreport.formats import capital, clean, count_text
from evalreport.limits import are_met
from evalreport.report.model import Cell, Column, LimitLine, Section, Table, Tag, Tone
from evalreport.report.view import say, strong
from evalreport.results import LimitResult

_TONES: dict[str, Tone] = {
    "failed": "bad",
    "inconclusive": "watch",
    "not judged": "watch",
    "passed": "good",
}
"""Outcomes with their tones, worst first."""
_LONGEST_SENTENCE = 400
_LONGEST_KEY = 120


def limit_lines(limits: Sequence[LimitResult]) -> tuple[LimitLine, ...]:
    """Return a line for each limit, worst outcome first."""
    ranks = list(_TONES)
    ordered = sorted(limits, key=lambda each: ranks.index(each.outcome))
    return tuple(
        LimitLine(
            Tag(capital(each.outcome), _TONES[each.outcome]),
            capital(clean(each.why.removeprefix("Not judged: "), _LONGEST_SENTENCE)),
            clean(each.name, _LONGEST_KEY),
            each.outcome,
        )
        for each in ordered
    )


def limits_text(limits: Sequence[LimitResult]) -> str:
    """Return what became of the limits in one line; empty if none was set."""
    if not limits:
        return ""
    lines, n_all = limit_lines(limits), len(limits)
    for outcome, (one, several) in _WORDS.items():
        of_it = [line for line in lines if line.outcome == outcome]
        if of_it:
            first = _POWER.split(of_it[0].text)[0].removesuffix(".")
            counted = f"{len(of_it):,} of {n_all:,} limits {several}"
            return f"{one if n_all == 1 else counted}: {first[0].lower()}{first[1:]}"
    return "The limit is met" if n_all == 1 else f"All {n_all:,} limits met"


_POWER = re.compile(r" These [\d,]+ (?:row|document)s? would show ")
"""What the limit says of the power of so many rows: too much for one line."""
_WORDS = {
    "failed": ("Limit failed", "failed"),
    "inconclusive": ("Limit inconclusive", "inconclusive"),
    "not judged": ("Limit not judged", "not judged"),
}
"""Outcomes that the first line tells, as the words for one limit and for several."""


def exit_text(limits: Sequence[LimitResult], strict: bool) -> str:
    """Return why the program ends with exit code 1; empty if it does not."""
    if are_met(limits, strict):
        return ""
    counts = [
        f"{n:,} {outcome}"
        for outcome in ("failed", "inconclusive", "not judged")
        if (n := sum(each.outcome == outcome for each in limits))
    ]
    is_strict = all(each.outcome != "failed" for each in limits)
    because = ", and --strict is set" if is_strict else ""
    return f"Exit 1: of {count_text(len(limits), 'limit')} {', '.join(counts)}{because}"


def limits_section(limits: Sequence[LimitResult]) -> Section | None:
    """Return the section on limits; None if none was set."""
    lines = limit_lines(limits)
    if not lines:
        return None
    n_passed = sum(line.outcome == "passed" for line in lines)
    return Section(
        id="limits",
        title="Limits",
        nav_title="Limits",
        lede=say(strong(f"{n_passed:,} of {count_text(len(lines), 'limit')}"), " met."),
        tables=(
            Table(
                id="limits",
                caption="What was required, and what became of it",
                note="Judged on unrounded numbers, in nats.",
                columns=(
                    Column("limit", "Limit"),
                    Column("outcome", "Outcome"),
                    Column("why", "What was measured", wide=True),
                ),
                rows=tuple(
                    (Cell(line.key, code=True), Cell("", tag=line.tag), Cell(line.text))
                    for line in lines
                ),
            ),
        ),
    )
