"""The section on loss and probability."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from evalreport.formats import (
    DASH,
    clean,
    count_text,
    expected_text,
    floor_text,
    percent_text,
    range_text,
    spoken,
)
from evalreport.ordering import worst_in_bins
from evalreport.report import soft
from evalreport.report.model import Cell, Column, Figure, Section, Table, Text
from evalreport.report.scores import scores
from evalreport.report.tails import tail_sentence, tail_tables
from evalreport.report.verdict import loss_of_the_doubtful
from evalreport.report.view import View, say, strong
from evalreport.results import ForecastBin, ProbabilityBin

_EDGES = (0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
_FEW_ROWS_IN_A_BIN = 5
_PRICES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


def loss_section(view: View) -> Section | None:
    """Return the section on loss and probability."""
    if not view.result.overall.n:
        return None
    tables = [*tail_tables(view), scores(view)]
    if any(each.n for each in view.result.floors):
        tables.insert(0, _floors(view))
    return Section(
        id="loss",
        title="Loss and probability",
        nav_title="Loss and probability",
        lede=_lede(view),
        tables=tuple(tables),
        figures=(_loss_by_forecast(view), _share_by_probability(view), _log_curve(view)),
    )


def _lede(view: View) -> Text:
    rule = "Log loss looks only at the probability given to what happened. "
    if view.is_soft:
        rule = "Cross-entropy weighs the loss of each class by its target. "
    if view.result.overall.judged_loss is None:
        return say(f"{rule}A single zero makes it infinite.")
    if view.result.overall.judged_loss == 0.0:
        return say(
            rule,
            strong("Every forecast equals its target." if view.is_soft else "Every row got 100%."),
        )
    rows, loss = loss_of_the_doubtful(view)
    shares = f"{percent_text(rows)} of rows make {percent_text(loss)} of the loss."
    return (*say(f"{rule}Confident mistakes cost the most: ", strong(shares)), *tail_sentence(view))


# --- loss against forecast --------------------------------------------------------------------


def _loss_by_forecast(view: View) -> Figure:
    filled = [each for each in view.result.loss_by_forecast if each.n]
    sentence = _excess_sentence(view, filled)
    happens = "The curves are the loss if it happens and if it does not. " if view.is_binary else ""
    no_gap = " At 50% no gap can show." if view.is_binary else ""
    return Figure(
        name="loss_by_forecast",
        caption=sentence,
        note=f"{happens}Grey: the loss the forecasts expect. Dots: what they scored, with 95% CI; "
        f"above the grey too sure, below it too cautious.{no_gap}",
        title="Mean loss against the forecast",
        description=f"{sentence}. {_ends_sentence(view, filled)}",
        table=_forecast_table(view),
    )


def _excess(each: ForecastBin) -> float | None:
    if each.mean_loss is None or each.expected_loss is None:
        return None
    return each.mean_loss - each.expected_loss


def _excess_sentence(view: View, bins: Sequence[ForecastBin]) -> str:
    """Return where the loss is furthest from what the forecasts expect, weighed by the rows."""
    known = [(each, _excess(each)) for each in bins if each.n >= _FEW_ROWS_IN_A_BIN]
    pairs = [(each, excess) for each, excess in known if excess is not None]
    if not pairs:
        return "Too few rows to compare the loss with what was expected"
    if view.result.calibration.gap_z is None:
        return "Loss by forecast"
    if view.found("overconfident", "underconfident") is None:
        return "The loss is about what the forecasts expect"
    each, excess = max(pairs, key=lambda pair: pair[0].n * abs(pair[1]))
    side = "more" if excess > 0 else "less"
    return f"Forecasts of {range_text(each.low, each.high)} lose {side} than they expect"


def _ends_sentence(view: View, bins: Sequence[ForecastBin]) -> str:
    known = [each for each in bins if each.mean_loss is not None and each.expected_loss is not None]
    if not known:
        return "There is no bin with a finite loss."
    fullest = max(known, key=lambda each: each.n)
    loss, expected = view.losses.text(fullest.mean_loss), view.losses.text(fullest.expected_loss)
    rows = count_text(fullest.n, "row")
    where = range_text(fullest.low, fullest.high)
    return f"The fullest bin, {where} with {rows}, lost {loss} and expected {expected}."


def _forecast_table(view: View) -> Table:
    of = f"of “{clean(view.result.input.positive or '', 40)}”" if view.is_binary else "(top class)"
    return Table(
        id="loss-by-forecast",
        caption=f"Loss by forecast {of}",
        columns=(
            Column("forecast", "Forecast"),
            Column("mean_loss", "Mean loss", numeric=True),
            Column("expected_loss", "Expected", numeric=True),
            Column("interval", "95% CI", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("mean_forecast", "Mean forecast", numeric=True),
        ),
        rows=tuple(
            (
                Cell(range_text(each.low, each.high), each.low),
                Cell(view.mean_loss_text(each.n, each.mean_loss), each.mean_loss),
                Cell(view.losses.text(each.expected_loss), each.expected_loss),
                Cell(view.losses.interval(each.interval)),
                Cell(f"{each.n:,}", each.n),
                Cell(percent_text(each.mean_forecast, 1), each.mean_forecast),
            )
            for each in view.result.loss_by_forecast
            if each.n
        ),
    )


# --- shares by probability --------------------------------------------------------------------


def merged_bins(bins: Iterable[ProbabilityBin]) -> tuple[ProbabilityBin, ...]:
    """Return the bins with edges 0, 1, 10, 50, 90, 99 and 100 %, and exactly zero by itself."""
    fine = list(bins)
    groups = [[each for each in fine if each.high == 0.0]]
    for low, high in zip((0.0, *_EDGES), _EDGES, strict=False):
        groups.append([each for each in fine if each.low >= low and 0.0 < each.high <= high])
    return tuple(_merge(group) for group in groups if group)


def _merge(bins: Sequence[ProbabilityBin]) -> ProbabilityBin:
    n = sum(each.n for each in bins)
    known = [each for each in bins if each.mean_loss is not None]
    expected = [each.expected_n for each in bins if each.expected_n is not None]
    shares = [each.share_of_loss for each in bins if each.share_of_loss is not None]
    counted = sum(each.n for each in known)
    loss = sum(each.n * (each.mean_loss or 0.0) for each in known)
    return ProbabilityBin(
        low=bins[0].low,
        high=bins[-1].high,
        n=n,
        expected_n=sum(expected) if len(expected) == len(bins) else None,
        mean_loss=loss / counted if counted and counted == n else None,
        share_of_loss=sum(shares) if shares else None,
    )


def _share_by_probability(view: View) -> Figure:
    bins = merged_bins(view.result.loss_by_probability)
    rows, loss = loss_of_the_doubtful(view)
    has_loss = bool(view.result.overall.judged_loss)
    caption = (
        f"{percent_text(rows)} of rows make {percent_text(loss)} of the loss"
        if has_loss
        else "Where the rows are"
    )
    what = _what_bins_hold(view)
    line = "" if view.is_soft else " Thin line: the share of rows that the forecasts expect."
    return Figure(
        name="share_by_probability",
        caption=caption,
        note=f"Grey: share of rows. Blue: share of loss.{line}",
        title=f"Share of rows and share of loss by {what}",
        description=f"{caption}: those at 50% or less of {what}."
        if has_loss and view.is_soft
        else f"{caption}: those where what happened got 50% or less."
        if has_loss
        else f"{caption}, by {what}.",
        table=_probability_table(view, bins),
    )


def _what_bins_hold(view: View) -> str:
    if view.is_soft:
        return soft.CLOSENESS[:1].lower() + soft.CLOSENESS[1:]
    return "the probability given to what happened"


def _probability_table(view: View, bins: Sequence[ProbabilityBin]) -> Table:
    n_rows = view.result.overall.n
    return Table(
        id="by-probability",
        caption=f"Rows and loss by {_what_bins_hold(view)}",
        columns=(
            Column("probability", "Closeness" if view.is_soft else "Probability"),
            Column("rows", "Rows", numeric=True),
            Column("share_of_rows", "Share of rows", numeric=True),
            Column("expected", "Expected rows", numeric=True),
            Column("expected_share", "Expected share", numeric=True),
            Column("mean_loss", "Mean loss", numeric=True),
            Column("share_of_loss", "Share of loss", numeric=True),
            Column("worst", "Of the worst rows", numeric=True),
        ),
        rows=tuple(
            (
                Cell(_bin_name(each), each.high),
                Cell(f"{each.n:,}", each.n),
                Cell(percent_text(each.n / n_rows, 1), each.n / n_rows),
                *_expected_cells(each, n_rows),
                Cell(_bin_loss(view, each), each.mean_loss),
                Cell(view.share_text(each.share_of_loss, 1), each.share_of_loss),
                Cell(f"{n_worst:,}", n_worst),
            )
            for each, n_worst in zip(bins, worst_in_bins(view.result, bins), strict=True)
        ),
    )


def _expected_cells(each: ProbabilityBin, n_rows: int) -> tuple[Cell, Cell]:
    if each.expected_n is None:
        return Cell(DASH), Cell(DASH)
    share = each.expected_n / n_rows
    return Cell(expected_text(each.expected_n), each.expected_n), Cell(
        percent_text(share, 1), share
    )


# --- the curve --------------------------------------------------------------------------------


def _bin_loss(view: View, each: ProbabilityBin) -> str:
    is_infinite = each.high == 0.0 and view.result.input.floor is None
    return view.mean_loss_text(each.n, None if is_infinite else each.mean_loss)


def _bin_name(each: ProbabilityBin) -> str:
    if each.high == 0.0:
        return "0"
    # Zero itself has a bin of its own.
    shown = range_text(each.low, each.high)
    return shown.replace("0%", "above 0", 1) if each.low == 0.0 else shown


def _log_curve(view: View) -> Figure:
    overall = view.result.overall
    caption = "What one row costs"
    here = ""
    if overall.cross_entropy is not None:
        average = spoken(percent_text(overall.mean_probability))
        here = f" This run: {average} on average, {view.losses.text(overall.cross_entropy)}."
    return Figure(
        name="log_curve",
        caption=caption,
        note=f"Minus the natural log of the probability given to what happened.{here}",
        title="Loss of one row against the probability given to what happened",
        description=f"The loss falls from infinity at 0 to 0 at 100%: 1% costs 4.61 nats, 10% "
        f"2.30, 50% 0.69.{here}",
        table=_price_table(view),
    )


def _price_table(view: View) -> Table:
    prices = [(percent_text(p), -math.log(p)) for p in _PRICES]
    mean, loss = view.result.overall.mean_probability, view.result.overall.cross_entropy
    if mean is not None and loss is not None:
        prices.append((f"This run: {percent_text(mean, 1)}", loss))
    return Table(
        id="prices",
        caption="What one row costs",
        columns=(
            Column("probability", "Probability given to what happened"),
            Column("loss", f"Loss, {view.losses.unit}", numeric=True),
        ),
        rows=tuple((Cell(name), Cell(view.losses.text(nats), nats)) for name, nats in prices),
    )


# --- tables -----------------------------------------------------------------------------------


def _floors(view: View) -> Table:
    return Table(
        id="floors",
        folded=True,
        caption="What other tools would print for this file",
        note="A floor is the least probability scored. Rows below it are scored as if they had it.",
        columns=(
            Column("tool", "Tool"),
            Column("floor", "Floor"),
            Column("rows", "Rows below it", numeric=True),
            Column("log_loss", "Log loss", numeric=True),
        ),
        rows=tuple(
            (
                Cell(each.label),
                Cell(floor_text(each.floor), each.floor),
                Cell(f"{each.n:,}", each.n),
                Cell(view.losses.text(each.log_loss), each.log_loss),
            )
            for each in view.result.floors
        ),
    )
