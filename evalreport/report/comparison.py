"""The comparison with the previous run: in one line, as a fact, and as a section."""

from __future__ import annotations

from evalreport.findings.comparison import (
    change_words,
    group_name,
    signed,
    signed_interval,
    size,
    worst_first,
    zero_sentence,
)
from evalreport.findings.spelling import voice_of
from evalreport.formats import (
    DASH,
    INFINITE,
    MINUS,
    clean,
    count_text,
    percent_text,
    points_text,
)
from evalreport.report.marks import change_mark
from evalreport.report.model import Cell, Column, Fact, Section, Table, Tag, Text, Tone
from evalreport.report.view import View, code, say, strong
from evalreport.results import ComparedGroup, ComparisonResult

MOST_GROUPS = 40
_TONES: dict[str, Tone] = {"worse": "poor", "better": "good", "no clear change": "none"}
_WORDS = {"worse": "Worse", "better": "Better", "no clear change": "No clear change"}
_MOST_SHARES = 10


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


def _how_to_compare(view: View) -> Text:
    voice = voice_of(view.result)
    # `evaluate` takes no previous run: two evaluations are compared by a function.
    way = "evalreport.compare()" if voice.arrays else voice.option("previous", "FILE")
    verb = "Use" if voice.arrays else "Add"
    return say(f"No previous run given. {verb} ", code(way), " to see what changed.")


def outcome_tag(outcome: str) -> Tag:
    """Return the tag of an outcome."""
    return Tag(_WORDS[outcome], _TONES[outcome])


def previous_fact(view: View) -> Fact:
    """Return the fact beside the verdict."""
    comparison = view.result.comparison
    term = "Against the previous run"
    if comparison is None:
        return Fact(term, "No previous run given", "Nothing to compare with")
    if comparison.change is None:
        return Fact(term, _WORDS[comparison.outcome], "A loss is infinite")
    headline = f"{signed(comparison.change, view.losses)} {comparison.outcome}"
    interval = signed_interval(comparison.interval, view.losses)
    parts = [f"95% CI {interval}" if interval else "No interval", _rows_compared(comparison)]
    if comparison.current_loss != view.result.overall.judged_loss:
        losses = (comparison.previous_loss, comparison.current_loss)
        parts.append(f"{_loss(view, losses[0])} then, {_loss(view, losses[1])} now")
    return Fact(term, headline, ", ".join(parts))


def _rows_compared(comparison: ComparisonResult) -> str:
    if not comparison.paired:
        return "not the same rows"
    if comparison.n_common == comparison.n == comparison.previous.n:
        return "same rows"
    return f"{count_text(comparison.n_common or 0, 'row')} in both"


def previous_line(view: View) -> str:
    """Return the comparison in one line for summaries; empty if there is none."""
    comparison = view.result.comparison
    if comparison is None:
        return ""
    interval = signed_interval(comparison.interval, view.losses)
    aside = ", ".join([*([f"95% CI {interval}"] if interval else []), _rows_compared(comparison)])
    words = f"{change_words(comparison, view.losses)} ({aside})"
    before = _loss(view, comparison.previous_loss)
    if comparison.current_loss == view.result.overall.judged_loss:
        return f"Previous {before}: {words}"
    # The rows in both runs are not all rows, so the loss above is not the one that changed.
    return f"Previous {before}, now {_loss(view, comparison.current_loss)}: {words}"


def change_text(view: View) -> str:
    """Return what became of the loss in a few words; empty if there is no previous run."""
    comparison = view.result.comparison
    return "" if comparison is None else change_words(comparison, view.losses)


def headline_with(view: View, band: str) -> str:
    """Return the headline of an ordinary result with what became of the loss."""
    comparison = view.result.comparison
    if comparison is None:
        return f"{band[0].upper()}{band[1:]}"
    if comparison.outcome == "no clear change":
        same = comparison.is_constant and comparison.change == 0.0
        return f"{band[0].upper()}{band[1:]}, {'no change' if same else 'no clear change'}"
    return f"{_WORDS[comparison.outcome]} than the previous run, and {band}"


# --- the section ------------------------------------------------------------------------------


def _loss(view: View, nats: float | None) -> str:
    return INFINITE if nats is None else view.losses.text(nats)


def _row_loss(view: View, nats: float | None) -> str:
    return INFINITE if nats is None else view.losses.amount(nats)


def _lede(view: View, comparison: ComparisonResult) -> Text:
    name, before = clean(view.result.title, 40), clean(comparison.previous.title, 40)
    losses = (comparison.previous_loss, comparison.current_loss)
    then_and_now = f"{_loss(view, losses[0])} then, {_loss(view, losses[1])} now."
    words = f"is {comparison.outcome} than {before} by {size(comparison.change, view.losses)}"
    if comparison.outcome == "no clear change" or comparison.change is None:
        words = f"against {before}: {change_words(comparison, view.losses)}"
    return say(
        f"{name} ",
        strong(words),
        f": {then_and_now} {comparison.why} A plus sign means more loss, which is worse.",
    )


def _overall_table(view: View, comparison: ComparisonResult) -> Table:
    interval = signed_interval(comparison.interval, view.losses)
    was, now = comparison.zero_probability_rows
    common = count_text(comparison.n_common or 0, "row")
    where = f"{common} in both runs" if comparison.paired else "all rows of each run"
    rows = [
        (
            Cell("Log loss" if not view.is_soft else "Excess loss"),
            Cell(_loss(view, comparison.previous_loss)),
            Cell(_loss(view, comparison.current_loss), strong=True),
            Cell(signed(comparison.change, view.losses), comparison.change, strong=True),
            Cell(interval or DASH),
            Cell("", tag=outcome_tag(comparison.outcome)),
        ),
        _plain_row("Rows given zero probability", f"{was:,}", f"{now:,}", _count_change(now - was)),
        _plain_row(
            "Less loss than always predicting class frequencies",
            percent_text(comparison.previous.skill),
            percent_text(view.result.baseline.skill),
            _points(comparison.previous.skill, view.result.baseline.skill),
        ),
        _plain_row(
            "Rows scored",
            f"{comparison.previous.n:,}",
            f"{comparison.n:,}",
            _count_change(comparison.n - comparison.previous.n),
        ),
    ]
    return Table(
        id="compared",
        caption="This run beside the previous one",
        note=f"The first two lines: {where}. The others: all rows of each run.",
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
    shown = groups[:MOST_GROUPS]
    scale = max((abs(each.change or 0.0) for each in shown), default=0.0) or 1.0
    more = len(groups) - len(shown)
    return Table(
        id="changes",
        caption="Classes and slices: worse first, then better",
        note="Groups overlap, so changes do not add up. " + _on_intervals(groups),
        columns=(
            Column("name", "Group"),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
            Column("change", "Change", numeric=True),
            Column("result", "Result"),
            Column("interval", "95% CI", numeric=True),
            Column("mark", "Less – more loss", sortable=False),
            Column("rows", "Rows", numeric=True),
        ),
        rows=tuple(_group_row(view, each, scale) for each in shown),
        more=f"and {more:,} more, none clearly worse: see the JSON." if more > 0 else "",
        sortable=True,
    )


def _on_intervals(groups: list[ComparedGroup]) -> str:
    if not any(each.interval for each in groups):
        return "There are no intervals for groups: too few rows, or rows that belong together."
    return (
        f"The result is corrected for looking at {count_text(len(groups), 'group')}; the interval "
        "is for each group alone."
    )


def _group_row(view: View, group: ComparedGroup, scale: float) -> tuple[Cell, ...]:
    mark = None
    if group.change is not None:
        mark = change_mark(group.change, group.interval, scale, _TONES[group.outcome])
    return (
        Cell(group_name(group)),
        Cell(_loss(view, group.previous), group.previous),
        Cell(_loss(view, group.current), group.current, strong=True),
        Cell(signed(group.change, view.losses), group.change),
        Cell("", group.change, tag=outcome_tag(group.outcome)),
        Cell(signed_interval(group.interval, view.losses) or DASH),
        Cell("" if mark else DASH, mark=mark),
        Cell(f"{group.n:,}", group.n),
    )


def _rows_table(view: View, comparison: ComparisonResult) -> Table | None:
    if not comparison.changed_rows:
        return None
    return Table(
        id="changed-rows",
        caption="Rows whose loss changed most",
        columns=(
            Column("id", "Row id"),
            Column("label", "Happened"),
            Column("previous", "Previous", numeric=True),
            Column("current", "This run", numeric=True),
            Column("change", "Change", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.id), code=True),
                Cell(clean(each.label)),
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
            f"With {count_text(n, 'row')} a regression of "
            f"{size(comparison.least_detectable, view.losses)} or more is found four times in "
            "five; a smaller one may stay hidden."
        )
    return tuple(say(note) for note in notes if note)
