"""The section on slices, and on training rows beside test rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.findings import slice_name
from evalreport.findings.groups import flagged_slices
from evalreport.findings.headline import loss_name
from evalreport.findings.judgement import FEW_ROWS_IN_A_GROUP
from evalreport.findings.splits import gap_sentence, sides_of
from evalreport.formats import DASH, capital, clean, count_text, percent_text
from evalreport.ordering import worst_first
from evalreport.report.groups import (
    ELSEWHERE,
    MOST_LISTED,
    below,
    infinite_lede,
    loss_cells,
    loss_columns,
    more_text,
    scale_of,
    shares_of,
    standing_out,
)
from evalreport.report.marks import share_mark
from evalreport.report.model import Cell, Column, Section, Table, Text
from evalreport.report.view import View, say, strong, tone_of
from evalreport.results import SliceResult, SplitGap, SplitPart, SplitsResult

MOST_SLICES = 30
"""Slices in the table; the list below it has more."""


def slices_section(view: View) -> Section | None:
    """Return the section on slices; small ones are only counted."""
    if not view.result.slices or not view.result.overall.n:
        return None
    large = [each for each in view.result.slices if each.n >= FEW_ROWS_IN_A_GROUP]
    large.sort(key=worst_first)
    n_small = len(view.result.slices) - len(large)
    return Section(
        id="slices",
        title="Where the loss is, by slice",
        nav_title="By slice",
        lede=(*_splits_lede(view), *_slices_lede(view, large, n_small)),
        tables=(*_split_tables(view), *((_slices_table(view, large, n_small),) if large else ())),
    )


def _slices_lede(view: View, large: Sequence[SliceResult], n_small: int) -> Text:
    counted = f"{count_text(len(view.result.slices), 'slice')} checked"
    hidden = f"; those with fewer than {FEW_ROWS_IN_A_GROUP} rows are not shown ({n_small:,})"
    checked = f"{counted}{hidden if n_small else ''}."
    if not large:
        return say(f"{counted}, all with fewer than {FEW_ROWS_IN_A_GROUP} rows: too few to show.")
    if view.result.overall.judged_loss == 0.0:
        return say(f"Every slice has a loss of 0. {checked}")
    if view.is_infinite and large[0].judged_loss is None:
        return (*infinite_lede(large), *say(f" {checked}"))
    bad = flagged_slices(view.result, large)
    if bad:
        return (*standing_out(bad), *say(f" {checked}"))
    worst = large[0]
    loss = view.mean_loss_text(worst.n, worst.judged_loss)
    return say(
        "No slice stands out. The highest loss is that of ",
        strong(slice_name(worst)),
        f": {loss}, with {shares_of(worst)}. {checked}",
    )


def _slices_table(view: View, slices: Sequence[SliceResult], n_small: int) -> Table:
    shown, rest = slices[:MOST_SLICES], slices[MOST_SLICES:]
    scale = scale_of(view, shown)
    has_shrunken = any(each.shrunken is not None for each in shown)
    return Table(
        id="slices",
        caption=f"{capital(loss_name(view.result))} by slice, worst first",
        note=_slices_note(view, len(slices), has_shrunken),
        columns=(
            Column("name", "Slice"),
            *loss_columns(scale, capital(loss_name(view.result))),
            *((Column("shrunken", "Shrunken", numeric=True),) if has_shrunken else ()),
            Column("rows", "Rows", numeric=True),
            Column("skill", "Skill", numeric=True),
            Column("zeros", "Zero prob.", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
            Column("share", "0 to 100%", sortable=False),
        ),
        rows=tuple(_slice_row(view, each, scale, has_shrunken) for each in shown),
        more=more_text(rest, "slice", "slices", below(len(slices))),
        more_elsewhere=more_text(rest, "slice", "slices", ELSEWHERE),
        n_unshown=n_small,
        unshown=_unshown(n_small),
        rest=_all_slices(view, slices) if len(slices) > MOST_SLICES else None,
        sortable=True,
    )


def _unshown(n_small: int) -> str:
    if not n_small:
        return ""
    is_or_are = "is" if n_small == 1 else "are"
    few = f"with fewer than {FEW_ROWS_IN_A_GROUP} rows {is_or_are} not shown"
    return f"{count_text(n_small, 'slice')} {few}."


def _slices_note(view: View, n_slices: int, has_shrunken: bool) -> str:
    parts = [
        f"Dashed line: overall {loss_name(view.result)}, {view.overall_text}.",
        "Skill: loss saved against the class frequencies of the slice. In the last column the "
        "thin line is the slice's share of rows.",
    ]
    if n_slices > 1:
        parts.append(
            "Each interval is for its slice alone, not adjusted for looking at "
            f"{n_slices:,}; findings are."
        )
    if has_shrunken:
        parts.append(
            "Shrunken: pulled towards the mean of its column, as far as chance may have pushed it "
            "away."
        )
    return " ".join(parts)


def _slice_row(view: View, each: SliceResult, scale: float, has_shrunken: bool) -> tuple[Cell, ...]:
    share = each.share_of_loss
    no_mark = share is None or view.is_infinite
    mark = None if no_mark else share_mark(share or 0.0, each.frequency, tone_of(each.judged_loss))
    shrunken = Cell(view.losses.text(each.shrunken), each.shrunken)
    return (
        Cell(slice_name(each)),
        *loss_cells(view, each, scale),
        *((shrunken,) if has_shrunken else ()),
        Cell(f"{each.n:,}", each.n),
        Cell(percent_text(each.skill), each.skill),
        Cell(f"{each.zero_probability_rows:,}", each.zero_probability_rows),
        Cell(view.share_text(share), share),
        Cell("" if mark else DASH, mark=mark),
    )


def _all_slices(view: View, slices: Sequence[SliceResult]) -> Table:
    """Return a plain list of the slices, for those that the table leaves out."""
    listed = slices[:MOST_LISTED]
    which = "All" if len(listed) == len(slices) else "The worst"
    return Table(
        id="all-slices",
        caption=f"{which} {len(listed):,} slices",
        columns=(
            Column("name", "Slice"),
            Column("log_loss", capital(loss_name(view.result)), numeric=True),
            Column("interval", "95% CI", numeric=True),
            Column("shrunken", "Shrunken", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
        ),
        rows=tuple(
            (
                Cell(slice_name(each)),
                Cell(view.mean_loss_text(each.n, each.judged_loss)),
                Cell(view.losses.interval(each.interval)),
                Cell(view.losses.text(each.shrunken)),
                Cell(f"{each.n:,}"),
                Cell(view.share_text(each.share_of_loss, 1)),
            )
            for each in listed
        ),
        more=more_text(slices[MOST_LISTED:], "slice", "slices", "in the JSON"),
    )


# --- splits -----------------------------------------------------------------------------------


def _splits_lede(view: View) -> Text:
    sides = sides_of(view.result)
    return () if sides is None else say(strong(gap_sentence(sides, view.losses)), " ")


def _split_tables(view: View) -> Iterator[Table]:
    splits = view.result.splits
    if splits is None:
        return
    yield Table(
        id="splits",
        caption=f"Training rows against others, by {clean(splits.column, 40)}",
        note="Gap: how much more they lose than training rows.",
        columns=(
            Column("split", "Split"),
            Column("log_loss", capital(loss_name(view.result)), numeric=True),
            Column("interval", "95% CI", numeric=True),
            Column("gap", "Gap", numeric=True),
            Column("gap_interval", "95% CI of the gap", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("share_of_rows", "Share of rows", numeric=True),
        ),
        rows=tuple(_split_row(view, each, _gap_of(splits, each)) for each in splits.parts),
    )


def _gap_of(splits: SplitsResult, part: SplitPart) -> SplitGap | None:
    return next((each for each in splits.gaps if each.role == part.role), None)


def _split_row(view: View, part: SplitPart, gap: SplitGap | None) -> tuple[Cell, ...]:
    change = None if gap is None else gap.gap
    ends = None if gap is None else gap.interval
    return (
        Cell(f"{clean(part.value, 40)} ({part.role})"),
        Cell(view.mean_loss_text(part.n, part.loss), strong=True),
        Cell(view.losses.interval(part.interval)),
        Cell(DASH if change is None else view.losses.signed(change)),
        Cell(DASH if ends is None else " to ".join(_signed(view, each) for each in ends)),
        Cell(f"{part.n:,}"),
        Cell(percent_text(part.frequency)),
    )


def _signed(view: View, nats: float) -> str:
    return view.losses.signed(nats)
