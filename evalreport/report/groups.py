"""The section on classes, and what it shares with that on slices."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalreport.bands import scale
from evalreport.findings import slice_name, stands_out
from evalreport.findings.headline import overall_beside
from evalreport.formats import DASH, clean, count_text, listed, percent_text, scale_text
from evalreport.ordering import FEW_ROWS_IN_A_GROUP, worst_first
from evalreport.rarity import RARE
from evalreport.report.marks import interval_mark, nice_scale
from evalreport.report.model import Cell, Column, Figure, Section, Table, Text
from evalreport.report.view import View, band_tag, say, strong, tone_of
from evalreport.results import ClassResult, SliceResult

MOST_CLASSES = 50
MOST_LISTED = 1000
"""Classes, or slices, in the plain list below a table that leaves some out."""
ELSEWHERE = "in the HTML report and the JSON"
"""Where a summary has what it leaves out."""
_MOST_DRAWN = 12

Group = ClassResult | SliceResult


def classes_section(view: View) -> Section | None:
    """Return the section on classes."""
    classes = sorted(view.result.classes, key=worst_first)
    if not view.result.overall.n:
        return None
    return Section(
        id="classes",
        title="Where the loss is, by class",
        nav_title="By class",
        lede=_classes_lede(view, [each for each in classes if each.frequency]),
        tables=(_classes_table(view, classes),),
        figures=_classes_figures(view, classes),
        notes=(
            say(
                "The loss of one class is no fair score by itself: always predicting the class "
                "would bring it to 0. Its one-vs-rest loss is fair: over all rows, did this class "
                "happen or not?"
            ),
        ),
    )


# --- sentences --------------------------------------------------------------------------------


def _classes_lede(view: View, seen: Sequence[ClassResult]) -> Text:
    if view.result.overall.judged_loss == 0.0:
        return say("Every class has a loss of 0.")
    if view.is_infinite:
        return infinite_lede(seen)
    bad = [each for each in seen if stands_out(each, view.result)]
    if bad:
        rest = [each for each in seen if each not in bad]
        return (*standing_out(bad), *_the_others(view, rest))
    if len(seen) == 1:
        return say("Only ", strong(clean(seen[0].name, 40)), " happened.")
    worst = seen[0]
    loss = view.mean_loss_text(worst.n, worst.judged_loss)
    return say(
        "No class stands out. The highest loss is that of ",
        strong(clean(worst.name, 40)),
        f": {loss}, with {shares_of(worst)}.",
        *_cost_of_rarity(view, worst),
    )


def _cost_of_rarity(view: View, each: ClassResult) -> tuple[str, ...]:
    """Return what always giving a class its frequency costs, if that explains its loss."""
    if each.band is not None or each.judged_loss is None or not 0.0 < each.frequency < RARE:
        return ()
    return (f" Always giving it its frequency would cost {_baseline_text(view, each)}.",)


def _baseline_text(view: View, each: ClassResult) -> str:
    return view.losses.text(_baseline_of(each))


def _baseline_of(each: ClassResult) -> float | None:
    return -math.log(each.frequency) + 0.0 if each.frequency > 0 else None


def infinite_lede(groups: Sequence[Group]) -> Text:
    """Return the sentence on groups whose loss is infinite."""
    infinite = [each for each in groups if each.judged_loss is None]
    names = [
        slice_name(each) if isinstance(each, SliceResult) else clean(each.name, 40)
        for each in infinite
    ]
    return say("The loss is infinite in ", strong(listed(names)), ".")


def _the_others(view: View, rest: Sequence[ClassResult]) -> Text:
    large = [each for each in rest if each.n >= FEW_ROWS_IN_A_GROUP]
    which = "" if len(large) == len(rest) else f" with {FEW_ROWS_IN_A_GROUP} rows or more"
    losses = [each.judged_loss for each in large or rest if each.judged_loss is not None]
    if not losses:
        return ()
    if len(losses) == 1:
        return say(f" The other class{which} has {view.losses.text(losses[0])}.")
    ends = f"{view.losses.text(min(losses))} and {view.losses.text(max(losses))}"
    return say(f" The other {len(losses):,} classes{which} lie between {ends}.")


def standing_out(bad: Sequence[Group]) -> Text:
    """Return the sentence on the groups that stand out, the heaviest by name."""
    heaviest = max(bad, key=lambda each: each.share_of_loss or 0.0)
    name = slice_name(heaviest) if isinstance(heaviest, SliceResult) else clean(heaviest.name, 40)
    is_slice = isinstance(heaviest, SliceResult)
    text = say("" if is_slice else "Class ", strong(name), f" has {shares_of(heaviest)}.")
    if len(bad) == 1:
        return text
    kinds = ("more slice", "more slices") if is_slice else ("more class", "more classes")
    others = count_text(len(bad) - 1, *kinds)
    stand = "stands" if len(bad) == 2 else "stand"
    return (*text, *say(f" {others} {stand} out."))


def shares_of(each: Group) -> str:
    """Return the share of rows and of the loss in words."""
    return (
        f"{percent_text(each.frequency)} of rows and {percent_text(each.share_of_loss)} of the loss"
    )


# --- tables -----------------------------------------------------------------------------------


def _classes_table(view: View, classes: Sequence[ClassResult]) -> Table:
    shown, rest = classes[:MOST_CLASSES], classes[MOST_CLASSES:]
    scale = scale_of(view, shown)
    table = Table(
        id="classes",
        caption="Cross-entropy by class, worst first"
        if view.is_soft
        else "Log loss by observed class, worst first",
        note=f"Dashed line: all rows, {_all_rows_text(view)}. "
        if view.is_soft
        else f"Dashed line: overall log loss, {view.overall_text}. "
        f"Baseline: the loss of always giving this class its frequency.{_beside_bands(view)}",
        columns=(
            Column("name", "Class"),
            *loss_columns(scale, "Cross-entropy" if view.is_soft else "Log loss"),
            Column("rows", "Rows", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
            Column("baseline", "Baseline", numeric=True),
            Column("one_vs_rest", "One-vs-rest", numeric=True),
            Column("zeros", "Zero prob.", numeric=True),
        ),
        rows=tuple(_class_row(view, each, scale) for each in shown),
        total=_class_total(view, scale),
        more=more_text(rest, "class", "classes", below(len(classes))),
        more_elsewhere=more_text(rest, "class", "classes", ELSEWHERE),
        rest=_all_classes(view, classes) if len(classes) > MOST_CLASSES else None,
        sortable=True,
    )
    # A part of the loss of soft labels has no band; where rarity explains the loss, none either.
    return table if any(each.band for each in shown) else table.without("band")


def _beside_bands(view: View) -> str:
    """Return what to read beside the bands of classes of which some are rare or have few rows."""
    seen = [each for each in view.result.classes if each.frequency]
    rare = any(each.frequency < RARE for each in seen)
    without = rare and any(each.band is None and each.judged_loss is not None for each in seen)
    few = [each for each in seen if each.n < FEW_ROWS_IN_A_GROUP]
    text = " A rare class costs more in any model: compare it with its baseline." if rare else ""
    text += " No band where rarity explains the loss." if without else ""
    return f"{text} Classes with fewer than {FEW_ROWS_IN_A_GROUP} rows come last." if few else text


def _all_classes(view: View, classes: Sequence[ClassResult]) -> Table:
    """Return a plain list of the classes, for those that the table leaves out."""
    listed = classes[:MOST_LISTED]
    which = "All" if len(listed) == len(classes) else "The worst"
    return Table(
        id="all-classes",
        caption=f"{which} {len(listed):,} classes",
        columns=(
            Column("name", "Class"),
            Column("log_loss", "Cross-entropy" if view.is_soft else "Log loss", numeric=True),
            Column("interval", "95% CI", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.name)),
                Cell(view.mean_loss_text(each.n, each.judged_loss)),
                Cell(view.losses.interval(each.interval)),
                Cell(f"{each.n:,}"),
                Cell(view.share_text(each.share_of_loss, 1)),
            )
            for each in listed
        ),
        more=more_text(classes[MOST_LISTED:], "class", "classes", "in the JSON"),
    )


def _all_rows_text(view: View) -> str:
    """Return the loss of all rows beside those of the classes."""
    overall = view.result.overall
    return view.mean_loss_text(overall.n, overall.cross_entropy)


def loss_columns(scale: float, name: str) -> tuple[Column, ...]:
    """Return the columns that every table of groups has."""
    return (
        Column("log_loss", name, numeric=True),
        Column("band", "Band"),
        Column("interval", "95% CI", numeric=True),
        Column("mark", f"0 to {scale_text(scale)}", sortable=False),
    )


def _class_row(view: View, each: ClassResult, scale: float) -> tuple[Cell, ...]:
    return (
        Cell(clean(each.name)),
        *loss_cells(view, each, scale),
        Cell(f"{each.n:,}", each.n),
        Cell(view.share_text(each.share_of_loss), each.share_of_loss),
        Cell(_baseline_text(view, each), _baseline_of(each)),
        Cell(view.losses.text(each.one_vs_rest_log_loss), each.one_vs_rest_log_loss),
        Cell(f"{each.zero_probability_rows:,}", each.zero_probability_rows),
    )


def _class_total(view: View, scale: float) -> tuple[Cell, ...]:
    overall, baseline = view.result.overall, view.result.baseline.class_frequencies
    loss = overall.cross_entropy
    # Band and interval are those of the excess, and classes have only parts of the cross-entropy.
    tag = band_tag(overall.band.name) if overall.band and not view.is_soft else None
    interval = None if view.is_soft else overall.interval
    mark = None
    if loss is not None:
        value = view.losses.value(loss)
        ends = _shown_interval(view, interval)
        mark = interval_mark(value, ends, value, scale, "none" if view.is_soft else tone_of(loss))
    return (
        Cell("All rows"),
        Cell(view.mean_loss_text(overall.n, loss), loss, strong=True),
        Cell("" if tag else DASH, loss, tag=tag),
        Cell(view.losses.interval(interval)),
        Cell("" if mark else DASH, mark=mark),
        Cell(f"{overall.n:,}", overall.n),
        Cell(percent_text(1.0) if loss else DASH),
        Cell(view.losses.text(baseline), baseline),
        Cell(DASH),
        Cell(f"{overall.zero_probability_rows:,}", overall.zero_probability_rows),
    )


def loss_cells(view: View, each: Group, scale: float) -> tuple[Cell, ...]:
    """Return loss, band, interval and graphic of a group."""
    loss = each.judged_loss
    tag, mark = band_tag(each.band), None
    if loss is not None:
        overall = overall_beside(each, view.result)
        mark = interval_mark(
            view.losses.value(loss),
            _shown_interval(view, each.interval),
            None if overall is None else view.losses.value(overall),
            scale,
            "none" if each.band is None else tone_of(loss),
        )
    start = each.interval[0] if each.interval else None
    return (
        Cell(view.mean_loss_text(each.n, loss), loss, strong=True),
        Cell("" if tag else DASH, loss, tag=tag),
        Cell(view.losses.interval(each.interval), start),
        Cell("" if mark else DASH, mark=mark),
    )


def _shown_interval(view: View, interval: tuple[float, float] | None) -> tuple[float, float] | None:
    if interval is None:
        return None
    return view.losses.value(interval[0]), view.losses.value(interval[1])


def scale_of(view: View, groups: Sequence[Group]) -> float:
    """Return the end of the small scales in a table of groups."""
    # Intervals of a few rows may be very wide; they run off the scale rather than squeeze it.
    losses = [each.judged_loss for each in groups]
    losses += [overall_beside(each, view.result) for each in groups[:1]]
    return nice_scale(view.losses.value(loss) for loss in losses if loss is not None)


def below(n: int) -> str:
    """Return where a page lists those of so many groups that its table leaves out."""
    return "below and in the JSON" if n <= MOST_LISTED else "in part below, and in the JSON"


def more_text(rest: Sequence[Group], singular: str, plural: str, where: str) -> str:
    """Return what was left out, and where it is; the rest is sorted, so its first is its worst."""
    if not rest:
        return ""
    more = f"and {count_text(len(rest), f'more {singular}', f'more {plural}')}"
    names = [each.band for each in rest if each.band is not None]
    if not names or any(each.band is None and each.judged_loss is not None for each in rest):
        without = "" if any(each.n for each in rest) else ", without rows"
        return f"{more}{without}: listed {where}."
    kinds = [band.name for band in scale().bands if band.name in names]
    bands = f"all {kinds[0]}" if len(kinds) == 1 else f"from {kinds[0]} to {kinds[-1]}"
    return f"{more}, {bands}: listed {where}."


# --- figure -----------------------------------------------------------------------------------


def _classes_figures(view: View, classes: Sequence[ClassResult]) -> tuple[Figure, ...]:
    drawn = [each for each in classes if each.n and each.judged_loss is not None][:_MOST_DRAWN]
    if len(view.result.classes) < 3 or not drawn or not view.result.overall.judged_loss:
        return ()
    worst = drawn[0]
    name, loss = f"Class {clean(worst.name, 40)}", view.losses.text(worst.judged_loss)
    more = len([each for each in classes if each.frequency]) - len(drawn)
    description = (
        f"{name} has the highest mean loss, {loss}; all rows together have {_all_rows_text(view)}."
    )
    return (
        Figure(
            name="loss_by_class",
            caption=f"{name} costs the most: {loss} a row",
            note="Dashed line: all rows. Bars: 95% CI."
            + (f" The {_MOST_DRAWN} worst of {len(drawn) + more} classes." if more > 0 else ""),
            title="Mean loss of each class",
            description=description,
            table=_drawn_table(view, drawn),
        ),
    )


def _drawn_table(view: View, drawn: Sequence[ClassResult]) -> Table:
    return Table(
        id="loss-by-class",
        caption="Mean loss of the classes drawn",
        columns=(
            Column("name", "Class"),
            Column("log_loss", "Mean loss", numeric=True),
            Column("interval", "95% CI", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.name)),
                Cell(view.losses.text(each.judged_loss), each.judged_loss),
                Cell(view.losses.interval(each.interval)),
            )
            for each in drawn
        ),
    )
