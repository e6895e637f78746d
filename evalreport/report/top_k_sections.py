"""The sections of a report on rows that hold only their most likely classes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalreport.findings.top_k import is_open, listed_text
from evalreport.formats import clean, cost_text, count_text, percent_text, probability_text
from evalreport.report.calibration import reliability_figure
from evalreport.report.comparison import changes_section
from evalreport.report.explain import INTERVAL_METHOD
from evalreport.report.model import Cell, Column, Section, Table, Text
from evalreport.report.task_parts import help_section, task_quality_section, task_run_section
from evalreport.report.top_k import AT_LEAST, WHOLE_ROWS, bounds_text, top_k_of
from evalreport.report.view import View, band_tag, say, strong
from evalreport.report.worst_table import worst_section
from evalreport.results import ClassResult, SliceResult, WorstRow

MOST_GROUPS = 50
_RANKS_SHOWN = 20


def top_k_sections(view: View, command: str) -> tuple[Section, ...]:
    """Return every section that has something to show."""
    columns = view.result.input.columns
    named = [
        ("label", columns.label),
        *(("classes", each) for each in columns.top[:3]),
        *(("probabilities", each) for each in columns.probabilities[:3]),
    ]
    quality = task_quality_section(view, _checks(view))
    run = task_run_section(view, command, named, INTERVAL_METHOD)
    if view.result.overall.top_k is None:
        return quality, run
    candidates = (
        changes_section(view),
        _ranks_section(view),
        _groups_section(view, "classes", "class", view.result.classes),
        _groups_section(view, "slices", "slice", view.result.slices),
        _calibration_section(view),
        _worst_section(view),
        quality,
        _help_section(view),
        run,
    )
    return tuple(each for each in candidates if each is not None)


def _checks(view: View) -> list[tuple[str, int, str]]:
    overall, quality = view.result.overall, view.result.data_quality
    n_outside = 0 if overall.top_k is None else overall.top_k.rows_outside
    checks = [
        ("What happened is not listed", n_outside, "Loss given as bounds"),
        (
            "Zero probability for what happened",
            overall.zero_probability_rows,
            "Scored at the floor",
        ),
        ("Above zero but below the floor", overall.floored_rows, "Scored at the floor"),
        ("Sum above 1 by 0.01 at most", quality.rows_not_summing_to_one, "Scored as found"),
    ]
    if quality.rows_lowered_to_one:
        done = "Lowered to 1 (at most 1e-6)"
        checks.append(("Probability a hair above 1", quality.rows_lowered_to_one, done))
    return checks


def _ranks_section(view: View) -> Section:
    top_k = top_k_of(view)
    first = next((each.share for each in top_k.ranks if each.rank == 1), 0.0)
    return Section(
        id="ranks",
        title="Where what happened stands",
        nav_title="Where it stands",
        lede=say(
            "What happened stands first in ",
            strong(percent_text(first, 1)),
            f" of rows, and outside the {listed_text(view.result)} in ",
            strong(percent_text(top_k.share_outside, 1)),
            ".",
        ),
        tables=(_ranks_table(view),),
        notes=(say(WHOLE_ROWS),),
    )


def _ranks_table(view: View) -> Table:
    ranks = top_k_of(view).ranks
    shown = [each for each in ranks if each.rank is None or each.rank <= _RANKS_SHOWN]
    more = len(ranks) - len(shown)
    return Table(
        id="ranks",
        caption="Rows by the place of what happened among the classes they list",
        columns=(
            Column("rank", "Place"),
            Column("rows", "Rows", numeric=True),
            Column("share", "Share of rows", numeric=True),
            Column("log_loss", f"Log loss, {view.losses.unit}", numeric=True),
        ),
        rows=tuple(
            (
                Cell("Not listed" if each.rank is None else f"{each.rank:,}", each.rank),
                Cell(f"{each.n:,}", each.n),
                Cell(percent_text(each.share, 1), each.share),
                Cell(bounds_text(view, each), each.log_loss_at_least, strong=True),
            )
            for each in shown
        ),
        more=f"and {count_text(more, 'more place')}: see the JSON." if more > 0 else "",
    )


def _groups_section(
    view: View, id: str, what: str, groups: Sequence[ClassResult | SliceResult]
) -> Section | None:
    if not groups:
        return None
    ordered = sorted(groups, key=_worst_first)
    worst = ordered[0]
    assert worst.top_k is not None
    return Section(
        id=id,
        title=f"Where the loss is, by {what}",
        nav_title=f"By {what}",
        lede=say("Highest: ", strong(_name(worst)), f", {bounds_text(view, worst.top_k)} a row."),
        tables=(_groups_table(view, id, what, ordered),),
    )


def _groups_table(
    view: View, id: str, what: str, ordered: Sequence[ClassResult | SliceResult]
) -> Table:
    more = len(ordered) - MOST_GROUPS
    table = Table(
        id=id,
        caption=f"Log loss by {'observed class' if what == 'class' else what}, worst first",
        columns=(
            Column("name", what.capitalize()),
            Column("log_loss", "Log loss", numeric=True),
            Column("band", "Band"),
            Column("interval", "95% CI", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("outside", "Not listed", numeric=True, is_brief=True),
            Column("share_of_loss", "Share of loss", numeric=True),
        ),
        rows=tuple(_group_row(view, each) for each in ordered[:MOST_GROUPS]),
        more=f"and {count_text(more, f'more {what}', _more(what))}: see the JSON."
        if more > 0
        else "",
        sortable=True,
    )
    if not any(each.band for each in ordered):
        table = table.without("band")
    return table.without("share_of_loss") if is_open(view.result) else table


def _more(what: str) -> str:
    return "more classes" if what == "class" else "more slices"


def _name(each: ClassResult | SliceResult) -> str:
    if isinstance(each, ClassResult):
        return clean(each.name, 40)
    return f"{clean(each.column, 40)} = {clean(each.value, 40)}"


def _worst_first(each: ClassResult | SliceResult) -> tuple[float, int]:
    bounds = each.top_k
    least = None if bounds is None else bounds.log_loss_at_least
    return (-float("inf") if least is None else -least, -each.n)


def _group_row(view: View, each: ClassResult | SliceResult) -> tuple[Cell, ...]:
    bounds = each.top_k
    assert bounds is not None
    return (
        Cell(_name(each)),
        Cell(bounds_text(view, bounds), bounds.log_loss_at_least, strong=True),
        Cell("" if each.band else "–", each.log_loss, tag=band_tag(each.band)),
        Cell(view.losses.interval(bounds.interval), bounds.log_loss_at_least),
        Cell(f"{each.n:,}", each.n),
        Cell(f"{bounds.rows_outside:,}", bounds.rows_outside),
        Cell(percent_text(each.share_of_loss), each.share_of_loss),
    )


def _calibration_section(view: View) -> Section:
    calibration, right = view.result.calibration, view.result.overall.accuracy
    diagrams = [each for each in calibration.reliability if each.points]
    return Section(
        id="calibration",
        title="Calibration of the most likely class",
        nav_title="Calibration",
        lede=say(
            f"It gets {percent_text(calibration.mean_confidence, 1)} on average and is right "
            f"{percent_text(right, 1)} of the time."
        ),
        figures=tuple(reliability_figure(view, each) for each in diagrams),
        notes=_error_note(view),
    )


def _error_note(view: View) -> tuple[Text, ...]:
    error = view.result.calibration.ece
    if error is None:
        return ()
    return (
        say(
            f"Expected calibration error {error.value:.4f} in {error.bins} bins; a perfectly "
            f"calibrated model would show {error.expected_if_calibrated:.4f} on these rows."
        ),
    )


def _worst_section(view: View) -> Section | None:
    rows = [each for each in view.result.worst_rows if each.loss != 0.0]
    return worst_section(
        f"The {count_text(len(rows), 'row that loses', 'rows that lose')} the most at least. "
        "Look here for wrong labels first.",
        rows,
        view.result.input.columns,
        columns=(
            Column("label", "Happened"),
            Column("probability", "Given to it", numeric=True),
            Column("predicted", "Most likely"),
            Column("predicted_probability", "Given to that", numeric=True),
            Column("loss", f"Loss, {view.losses.unit}", numeric=True),
        ),
        cells=lambda each: _worst_cells(view, each),
    )


def _worst_cells(view: View, each: WorstRow) -> tuple[Cell, ...]:
    most, least = ("≤ ", f"{AT_LEAST} ") if each.outside_top_k else ("", "")
    loss = "∞" if each.loss is None else f"{least}{view.losses.amount(each.loss)}"
    return (
        Cell(clean(each.label), note="not listed" if each.outside_top_k else ""),
        Cell(f"{most}{probability_text(each.probability)}", each.probability, strong=True),
        Cell(clean(each.predicted)),
        Cell(probability_text(each.predicted_probability), each.predicted_probability),
        Cell(loss, each.loss),
    )


def _help_section(view: View) -> Section:
    floor = view.result.input.floor
    most = "There is no floor, so nothing bounds such a loss from above."
    if floor is not None:
        cost = cost_text(view.losses.value(-math.log(floor)))
        most = f"It is at most {cost} {view.losses.unit}, what the floor makes of nothing."
    texts = {
        "Log loss": "The mean of −ln p, where p is the probability given to what happened. 0 is "
        "perfect, lower is better.",
        "Outside the listed classes": "Where a row does not list what happened, its probability is "
        "not known. It cannot be more than that of the least likely class listed, nor more than "
        "what the row leaves of 1; so the loss is at least minus the logarithm of the smaller. "
        + most,
        "At least": "The number if every such class was given as much as there can be. If any is "
        "open, the number shown is a lower bound, and the true one is not known.",
        "95% CI": "From the lower end for the least loss to the upper end for the greatest, by "
        f"{INTERVAL_METHOD}: bounds and chance together.",
        "Baseline": "The loss of always predicting the class frequencies of these rows.",
        "What is not here": WHOLE_ROWS,
    }
    if not is_open(view.result):
        del texts["At least"]
    return help_section(
        "Rows hold only their most likely classes. What they leave out is never guessed.", texts
    )
