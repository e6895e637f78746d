"""The comparison with the previous run: in one line, as a fact, and as a section."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from evalreport.findings.changes import (
    change_in,
    change_words,
    counted,
    group_loss,
    loss_in,
    run_loss,
    signed,
    size,
)
from evalreport.findings.comparison import (
    group_name,
    signed_interval,
    worst_first,
    zero_sentence,
)
from evalreport.findings.spelling import voice_of
from evalreport.formats import (
    DASH,
    INFINITE,
    MINUS,
    capital,
    clean,
    count_text,
    listed,
    percent_text,
    points_text,
)
from evalreport.report.changed import OUTCOME_WORDS, then_and_now
from evalreport.report.marks import change_mark
from evalreport.report.model import Cell, Column, Section, Table, Tag, Text, Tone
from evalreport.report.view import View, code, say, strong
from evalreport.results import ChangeOutcome, ComparedGroup, ComparisonResult

MOST_GROUPS = 40
_ENOUGH_GROUPS = 12
"""Groups shown whatever became of them; more than these are folded away if nothing is clear."""
_TONES: dict[str, Tone] = {"worse": "poor", "better": "good", "no clear change": "none"}
_MOST_SHARES = 10
_LOSS_NAMES = {
    "soft": "Excess loss",
    "tokens": "Loss per token",
    "gaussian": "Loss of the density",
}


def compare_section(view: View) -> Section:
    """Return the section on the previous run; without one it says how to give one."""
    comparison = view.result.comparison
    title, nav_title = "Compared with the previous run", "Previous run"
    if comparison is None:
        return Section(id="compare", title=title, nav_title=nav_title, lede=_how_to_compare(view))
    return Section(
        id="compare",
        title=title,
        nav_title=nav_title,
        lede=_lede(view, comparison),
        tables=tuple(
            table
            for table in (
                _overall_table(view, comparison),
                _groups_table(view, comparison),
                _rows_table(view, comparison),
                _shares_table(comparison),
            )
            if table is not None
        ),
        notes=_notes(view, comparison),
    )


def changes_section(view: View) -> Section | None:
    """Return the section on the previous run, if there is one."""
    return None if view.result.comparison is None else compare_section(view)


def _how_to_compare(view: View) -> Text:
    voice = voice_of(view.result)
    # `evaluate` takes no previous run: two evaluations are compared by a function.
    way = "evalreport.compare()" if voice.arrays else voice.option("previous", "FILE")
    verb = "Use" if voice.arrays else "Add"
    return say(f"No previous run given. {verb} ", code(way), " to see what changed.")


def outcome_tag(outcome: str) -> Tag:
    """Return the tag of an outcome."""
    return Tag(OUTCOME_WORDS[outcome], _TONES[outcome])


# --- the section ------------------------------------------------------------------------------


def _row_loss(view: View, nats: float | None) -> str:
    if view.result.task == "gaussian":
        return loss_in(view.losses, view.result, nats)
    return INFINITE if nats is None else view.losses.amount(nats)


def _lede(view: View, comparison: ComparisonResult) -> Text:
    name, before = clean(view.result.title, 40), clean(comparison.previous.title, 40)
    by = size(comparison.change, view.losses, comparison.bounds)
    words = f"is {comparison.outcome} than {before} by {by}"
    if comparison.outcome == "no clear change" or not by:
        words = f"against {before}: {change_words(comparison, view.losses)}"
    return say(
        f"{name} ",
        strong(words),
        f": {then_and_now(view, comparison)}. {comparison.why} "
        "A plus sign means more loss, which is worse.",
    )


def _overall_table(view: View, comparison: ComparisonResult) -> Table:
    interval = signed_interval(comparison.interval, view.losses)
    was, now = comparison.zero_probability_rows
    what, where = f"{comparison.counted}s", f"All {comparison.counted}s of each run."
    if comparison.paired:
        common = counted(comparison, comparison.n_common or 0)
        where = (
            f"{_compared_lines(view)}: {common} in both runs. The others: all {what} of each run."
        )
    change = change_in(view.losses, comparison.change, comparison.bounds)
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(_LOSS_NAMES.get(view.result.task, "Log loss")),
            Cell(run_loss(view.losses, view.result, comparison, is_current=False)),
            Cell(run_loss(view.losses, view.result, comparison, is_current=True), strong=True),
            Cell(change, comparison.change, strong=True),
            Cell(interval or DASH),
            Cell("", tag=outcome_tag(comparison.outcome)),
        )
    ]
    if view.result.task != "gaussian":
        zeros = f"{capital(what)} given zero probability"
        if comparison.counted == "document":
            zeros = "Documents with a token of zero probability"
        rows.append(_plain_row(zeros, f"{was:,}", f"{now:,}", _count_change(now - was)))
    if comparison.previous.skill is not None or view.result.baseline.skill is not None:
        rows.append(_skill_row(comparison.previous.skill, view.result.baseline.skill))
    rows.append(
        _plain_row(
            f"{capital(what)} scored",
            f"{comparison.previous.n:,}",
            f"{comparison.n:,}",
            _count_change(comparison.n - comparison.previous.n),
        )
    )
    return Table(
        id="compared",
        caption="This run beside the previous one",
        note=where,
        columns=(
            Column("what", "What"),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
            Column("change", "Change", numeric=True),
            Column("interval", "95% CI", numeric=True),
            Column("result", "Result"),
        ),
        rows=tuple(rows),
    )


def _compared_lines(view: View) -> str:
    return "The first line" if view.result.task == "gaussian" else "The first two lines"


def _skill_row(before: float | None, now: float | None) -> tuple[Cell, ...]:
    what = "Less loss than always predicting class frequencies"
    return _plain_row(what, percent_text(before), percent_text(now), _points(before, now))


def _plain_row(what: str, previous: str, current: str, change: str) -> tuple[Cell, ...]:
    texts = (what, previous, current, change, DASH, DASH)
    return tuple(Cell(text) for text in texts)


def _count_change(change: int) -> str:
    return f"+{change:,}" if change > 0 else f"{change:,}".replace("-", MINUS)


def _points(before: float | None, now: float | None) -> str:
    if before is None or now is None or before == now:
        return DASH if before is None or now is None else "0"
    sign = "+" if now > before else MINUS
    return f"{sign}{points_text(now - before).replace('percentage ', '')}"


def _groups_table(view: View, comparison: ComparisonResult) -> Table | None:
    groups = worst_first(comparison)
    if not groups:
        return None
    shown, left_out = groups[:MOST_GROUPS], groups[MOST_GROUPS:]
    n_clear = sum(each.outcome != "no clear change" for each in shown)
    n_open = max(n_clear, _ENOUGH_GROUPS)
    scale = max((abs(each.change or 0.0) for each in shown), default=0.0) or 1.0
    rows = tuple(_group_row(view, each, scale) for each in shown)
    table = Table(
        id="changes",
        caption="Classes and slices: worse first, then better",
        note="Groups overlap, so changes do not add up. " + _on_intervals(groups, comparison),
        columns=(
            Column("name", "Group"),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
            Column("change", "Change", numeric=True),
            Column("result", "Result"),
            Column("interval", "95% CI", numeric=True),
            Column("mark", "Less – more loss", sortable=False),
            Column("rows", f"{capital(comparison.counted)}s", numeric=True),
        ),
        rows=rows[:n_open],
        more=_left_out_text(left_out),
        sortable=True,
    )
    if n_open >= len(shown):
        return table
    count = count_text(len(shown) - n_open, "more group")
    others = replace(table, id="other-changes", caption=f"{count} without a clear change", note="")
    return replace(table, rest=replace(others, rows=rows[n_open:]), more="")


def _left_out_text(groups: list[ComparedGroup]) -> str:
    if not groups:
        return ""
    outcomes = [each.outcome for each in groups]
    counts = [
        f"{outcomes.count(each):,} {'with ' if each == 'no clear change' else ''}{each}"
        for each in get_args(ChangeOutcome)
        if each in outcomes
    ]
    return f"and {len(groups):,} more, {listed(counts)}: see the JSON."


def _on_intervals(groups: list[ComparedGroup], comparison: ComparisonResult) -> str:
    if not any(each.interval for each in groups):
        return "There are no intervals for groups: too few rows, or rows that belong together."
    corrected = (
        f"The result is corrected for looking at {count_text(len(groups), 'group')}; the interval "
        "is for each group alone."
    )
    if comparison.method != "buckets":
        return corrected
    return f"Without the rows, each group is compared as two separate sets of rows. {corrected}"


def _group_row(view: View, group: ComparedGroup, scale: float) -> tuple[Cell, ...]:
    mark = None
    if group.change is not None:
        mark = change_mark(group.change, group.interval, scale, _TONES[group.outcome])
    return (
        Cell(group_name(group)),
        Cell(group_loss(view.losses, view.result, group, is_current=False), group.previous),
        Cell(
            group_loss(view.losses, view.result, group, is_current=True), group.current, strong=True
        ),
        Cell(change_in(view.losses, group.change, group.bounds), group.change),
        Cell("", group.change, tag=outcome_tag(group.outcome)),
        Cell(signed_interval(group.interval, view.losses) or DASH),
        Cell("" if mark else DASH, mark=mark),
        Cell(f"{group.n:,}", group.n),
    )


def _rows_table(view: View, comparison: ComparisonResult) -> Table | None:
    if not comparison.changed_rows:
        return None
    has_labels = any(each.label is not None for each in comparison.changed_rows)
    what = comparison.counted
    return Table(
        id="changed-rows",
        folded=True,
        caption=f"{capital(what)}s whose loss changed most",
        columns=(
            Column("id", f"{capital(what)} id"),
            *((Column("label", "Happened"),) if has_labels else ()),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
            Column("change", "Change", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.id), code=True),
                *((Cell(clean(each.label or "")),) if has_labels else ()),
                Cell(_row_loss(view, each.previous), each.previous),
                Cell(_row_loss(view, each.current), each.current),
                Cell(signed(each.change, view.losses), each.change, strong=True),
            )
            for each in comparison.changed_rows
        ),
        sortable=True,
    )


def _shares_table(comparison: ComparisonResult) -> Table | None:
    """Return the class shares, if they differ: those that moved most."""
    moved = [each for each in comparison.causes.class_shares if each.previous != each.current]
    if not moved:
        return None
    moved.sort(key=lambda each: -abs(each.current - each.previous))
    more = len(moved) - _MOST_SHARES
    return Table(
        id="class-shares",
        caption="How often the classes happened, those that moved most first",
        columns=(
            Column("name", "Class"),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.name)),
                Cell(percent_text(each.previous, 1), each.previous),
                Cell(percent_text(each.current, 1), each.current),
            )
            for each in moved[:_MOST_SHARES]
        ),
        more=f"and {count_text(more, 'more class', 'more classes')}: see the JSON."
        if more > 0
        else "",
    )


def _notes(view: View, comparison: ComparisonResult) -> tuple[Text, ...]:
    causes = comparison.causes
    notes = [zero_sentence(comparison, view.losses).strip()]
    was, now = causes.gap
    if was is not None and now is not None:
        notes.append(
            "Calibration: mean loss above what the forecasts themselves expect was "
            f"{signed(was, view.losses)}, and is {signed(now, view.losses)}."
        )
    if causes.mix:
        notes.append(
            "Mix of classes: other class frequencies alone would change the loss by "
            f"{signed(causes.mix, view.losses)}; always predicting them scored "
            f"{view.losses.text(causes.baseline[0])}, and scores "
            f"{view.losses.text(causes.baseline[1])}."
        )
    if comparison.least_detectable:
        n = comparison.n if comparison.n_common is None else comparison.n_common
        notes.append(
            f"With {counted(comparison, n)} a regression of "
            f"{size(comparison.least_detectable, view.losses)} or more is found four times in "
            "five; a smaller one may stay hidden."
        )
    return tuple(say(note) for note in notes if note)
