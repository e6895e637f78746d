"""The section on calibration."""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.findings.recoverable import how_recoverable, recoverable_sentence
from evalreport.formats import (
    clean,
    count_text,
    percent_text,
    points_text,
    range_text,
    spoken,
)
from evalreport.report.class_calibration import class_figure, classes_table, not_looked_at
from evalreport.report.decomposition import (
    calibration_verdict,
    gap_note,
    is_chance,
    parts_table,
    what_chance_is,
)
from evalreport.report.model import Cell, Column, Figure, Section, Table, Text
from evalreport.report.view import View, say, strong
from evalreport.results import ReliabilityPoint, ReliabilityResult

MOST_STEPS = 16


def calibration_section(view: View) -> Section | None:
    """Return the section on calibration."""
    calibration = view.result.calibration
    if not view.result.overall.n:
        return None
    figures = [
        reliability_figure(view, each) for each in calibration.reliability[:1] if each.points
    ]
    return Section(
        id="calibration",
        title="Calibration",
        nav_title="Calibration",
        lede=_lede(view),
        figures=(*figures, _histogram(view), *class_figure(view)),
        tables=(*parts_table(view), *classes_table(view)),
        notes=(
            *gap_note(view),
            *_recoverable(view),
            *what_chance_is(view),
            *not_looked_at(view),
        ),
    )


def _recoverable(view: View) -> tuple[Text, ...]:
    sentence = recoverable_sentence(view.result, view.losses)
    meaning = how_recoverable(view.result)
    if sentence is None or meaning is None:
        why = view.result.calibration.recoverable_left_out
        return (say(f"What recalibration would recover is not told: {why}."),) if why else ()
    return (say(f"{sentence} {meaning}"),)


def _lede(view: View) -> Text:
    says, right = view.result.calibration.mean_confidence, view.result.overall.accuracy
    if says is None or right is None:
        return say("Whether the probabilities can be taken at their word.")
    decimals = 0 if percent_text(says) != percent_text(right) else 1
    says_text = spoken(percent_text(says, decimals))
    right_text = spoken(percent_text(right, decimals))
    start = f"The top class gets {says_text} on average and is right {right_text} of the time"
    verdict = calibration_verdict(view)
    return say(f"{start}: ", strong(verdict)) if verdict else say(f"{start}.")


# --- reliability diagram ----------------------------------------------------------------------


def reliability_figure(view: View, diagram: ReliabilityResult) -> Figure:
    """Return a reliability diagram with its words."""
    binary = diagram.view == "binary"
    what = f"“{clean(diagram.class_ or '', 40)}” happened" if binary else "the top class was right"
    worst = _furthest(diagram.points)
    says = spoken(percent_text(worst.mean_forecast))
    came = spoken(percent_text(worst.observed_frequency))
    gap = points_text(_mean_gap(diagram.points))
    return Figure(
        name="reliability",
        caption="As far from the line as chance explains"
        if is_chance(diagram)
        else f"When it says {says}, it {_comes_true(came, binary)}"
        if says != came
        else "Forecasts and frequencies agree",
        note=_how_to_read(diagram),
        title=f"Reliability diagram: how often {what}, by forecast",
        description=f"The step that matters most says {says} and came true {came} of the time, "
        f"over {count_text(worst.n, 'row')}. The average gap is {gap}.",
        table=_steps_table(view, diagram),
    )


def _how_to_read(diagram: ReliabilityResult) -> str:
    line = (
        "On the dashed line forecasts come true as often as they say."
        if diagram.view == "binary"
        else "Above the dashed line: too cautious. Below: too sure."
    )
    band = ""
    if diagram.band:
        share = percent_text(diagram.share_outside_band)
        band = (
            " Grey: where 90% of the curves of a calibrated model pass; "
            f"{spoken(share)} of the rows lie outside it, by chance it would be about 10%."
        )
    scale = (
        " Scales are stretched near 0 and 100%, and end where few rows are left."
        if diagram.is_extreme
        else ""
    )
    return f"{line} Steps: isotonic regression; large dots stand for many rows.{band}{scale}"


def _comes_true(frequency: str, binary: bool) -> str:
    return f"happens {frequency} of the time" if binary else f"is right {frequency} of the time"


def _furthest(points: Sequence[ReliabilityPoint]) -> ReliabilityPoint:
    return max(points, key=lambda each: each.n * abs(each.mean_forecast - each.observed_frequency))


def _mean_gap(points: Sequence[ReliabilityPoint]) -> float:
    total = sum(each.n for each in points)
    gaps = (each.n * abs(each.mean_forecast - each.observed_frequency) for each in points)
    return sum(gaps) / total if total else 0.0


def _steps_table(view: View, diagram: ReliabilityResult) -> Table:
    largest = sorted(diagram.points, key=lambda each: -each.n)[:MOST_STEPS]
    shown = sorted(largest, key=lambda each: each.mean_forecast)
    n_more = len(diagram.points) - len(shown)
    came = "Happened" if diagram.view == "binary" else "Right"
    class_ = (
        f"of “{clean(diagram.class_ or '', 40)}”"
        if diagram.view == "binary"
        else "of the top class"
    )
    return Table(
        id="reliability",
        caption=f"Reliability {class_}, in steps of the isotonic regression",
        columns=(
            Column("forecast", "Forecasts"),
            Column("mean_forecast", "Mean forecast", numeric=True),
            Column("observed", came, numeric=True),
            Column("rows", "Rows", numeric=True),
            *([Column("band", "Range of chance", numeric=True)] if diagram.band else []),
        ),
        rows=tuple(_step_row(each) for each in shown),
        more=f"and {count_text(n_more, 'smaller step')}: see the JSON." if n_more else "",
    )


def _step_row(each: ReliabilityPoint) -> tuple[Cell, ...]:
    low, high = percent_text(each.forecast_low, 1), percent_text(each.forecast_high, 1)
    return (
        Cell(low if low == high else f"{low} to {high}", each.forecast_low),
        Cell(percent_text(each.mean_forecast, 1), each.mean_forecast),
        Cell(percent_text(each.observed_frequency, 1), each.observed_frequency),
        Cell(f"{each.n:,}", each.n),
        *_band_cell(each),
    )


def _band_cell(each: ReliabilityPoint) -> tuple[Cell, ...]:
    if each.band_low is None or each.band_high is None:
        return ()
    ends = percent_text(each.band_low, 1), percent_text(each.band_high, 1)
    return (Cell(f"{ends[0]} to {ends[1]}", each.band_low),)


# --- rows per bin -----------------------------------------------------------------------------


def _histogram(view: View) -> Figure:
    bins = [each for each in view.result.loss_by_forecast if each.n]
    fullest = max(bins, key=lambda each: each.n)
    share = percent_text(fullest.n / view.result.overall.n)
    where = range_text(fullest.low, fullest.high)
    happened = "Happened" if view.is_binary else "Right"
    return Figure(
        name="forecast_histogram",
        caption=f"{share} of the forecasts lie between {where.replace('to', 'and')}",
        note="How many rows are behind each forecast; few rows say little.",
        title="Rows by forecast",
        description=f"The fullest bin, {where}, holds {count_text(fullest.n, 'row')}.",
        table=Table(
            id="forecasts",
            caption="Rows by forecast" if view.is_binary else "Rows by confidence in the top class",
            columns=(
                Column("forecast", "Forecast"),
                Column("rows", "Rows", numeric=True),
                Column("observed", happened, numeric=True),
                Column("share", f"{happened}, share", numeric=True),
            ),
            rows=tuple(
                (
                    Cell(range_text(each.low, each.high), each.low),
                    Cell(f"{each.n:,}", each.n),
                    Cell(view.count_of(each.n_observed), each.n_observed),
                    Cell(percent_text(each.n_observed / each.n, 1), each.n_observed / each.n),
                )
                for each in bins
            ),
        ),
    )
