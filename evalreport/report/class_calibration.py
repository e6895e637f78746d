"""The classes whose calibration against the rest costs most, as a figure and a table."""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.formats import DASH, clean, count_text, percent_text
from evalreport.report.decomposition import bracket_text, is_chance, p_value_text, part_text
from evalreport.report.model import Cell, Column, Figure, Table, Text
from evalreport.report.view import View, say
from evalreport.results import ReliabilityPoint, ReliabilityResult

_MOST_STEPS = 4
"""Steps of each class in the table behind the figure: those of most rows."""
_NAME = 40


def _diagrams(view: View) -> list[ReliabilityResult]:
    reliability = view.result.calibration.reliability
    return [each for each in reliability if each.view == "class-wise" and each.points]


def class_figure(view: View) -> tuple[Figure, ...]:
    """Return the small diagrams of the classes that are furthest off; none if none is known."""
    shown = _diagrams(view)
    if not shown:
        return ()
    worst = shown[0]
    name = clean(worst.class_ or "", _NAME)
    costs = "" if worst.decomposition is None else bracket_text(view, worst.decomposition)
    sentence = f"Against the rest, “{name}” is furthest off"
    by_chance = sum(is_chance(each) for each in shown)
    chance = f" Chance explains {by_chance} of these {len(shown)}." if by_chance else ""
    stretched = " Some scales are stretched." if any(each.is_extreme for each in shown) else ""
    return (
        Figure(
            name="class_reliability",
            caption=sentence,
            note="The classes whose miscalibration costs most. On the dashed line a class happens "
            f"as often as it is said to.{chance}{stretched}{_of_which_rows(view, worst)}",
            title="Reliability of single classes against the rest",
            description=f"{sentence}: its miscalibration costs {costs} {view.losses.unit} a row.",
            table=_steps_table(shown),
        ),
    )


def _of_which_rows(view: View, diagram: ReliabilityResult) -> str:
    if diagram.sampled_rows is None:
        return ""
    what = "soft labels" if view.is_soft else "case weights"
    n_rows = f"{diagram.sampled_rows:,} of {count_text(view.result.overall.n, 'row')}"
    return f" With {what} they are made from a sample: {n_rows}."


def not_looked_at(view: View) -> tuple[Text, ...]:
    """Say why no class stands alone, if there are several and none does."""
    why = view.result.calibration.single_classes_left_out
    return (say(f"No single class is looked at: {why}."),) if why else ()


def _steps_table(shown: Sequence[ReliabilityResult]) -> Table:
    return Table(
        id="class-reliability",
        caption="Reliability of single classes, in the largest steps of the isotonic regression",
        columns=(
            Column("class", "Class"),
            Column("forecast", "Forecasts", numeric=True),
            Column("mean_forecast", "Mean forecast", numeric=True),
            Column("observed", "Happened", numeric=True),
            Column("rows", "Rows", numeric=True),
            Column("band", "Range of chance", numeric=True),
        ),
        rows=tuple(
            _step_row(each.class_ or "", point) for each in shown for point in _largest(each)
        ),
    )


def _largest(diagram: ReliabilityResult) -> list[ReliabilityPoint]:
    largest = sorted(diagram.points, key=lambda each: -each.n)[:_MOST_STEPS]
    return sorted(largest, key=lambda each: each.mean_forecast)


def _step_row(name: str, each: ReliabilityPoint) -> tuple[Cell, ...]:
    low, high = percent_text(each.forecast_low, 1), percent_text(each.forecast_high, 1)
    return (
        Cell(clean(name, _NAME), code=True),
        Cell(low if low == high else f"{low} to {high}", each.forecast_low),
        Cell(percent_text(each.mean_forecast, 1), each.mean_forecast),
        Cell(percent_text(each.observed_frequency, 1), each.observed_frequency),
        Cell(f"{each.n:,}", each.n),
        Cell(_band_text(each), each.band_low),
    )


def _band_text(each: ReliabilityPoint) -> str:
    if each.band_low is None or each.band_high is None:
        return DASH
    return f"{percent_text(each.band_low, 1)} to {percent_text(each.band_high, 1)}"


def classes_table(view: View) -> tuple[Table, ...]:
    """Return what the calibration of the same classes costs."""
    known = [each for each in _diagrams(view) if each.decomposition is not None]
    if not known:
        return ()
    return (
        Table(
            id="class-calibration",
            folded=True,
            caption=f"Single classes against the rest: the costliest miscalibration, "
            f"{view.losses.unit}",
            columns=(
                Column("class", "Class"),
                Column("miscalibration", "Miscalibration", numeric=True),
                Column("p_value", "p-value", numeric=True),
                Column("log_loss", "Log loss", numeric=True),
                Column("outside", "Rows outside the band", numeric=True),
            ),
            rows=tuple(_class_row(view, each) for each in known),
        ),
    )


def _class_row(view: View, each: ReliabilityResult) -> tuple[Cell, ...]:
    parts = each.decomposition
    assert parts is not None  # only those with parts are shown
    return (
        Cell(clean(each.class_ or "", _NAME), code=True),
        Cell(bracket_text(view, parts), parts.miscalibration),
        Cell(DASH if parts.p_value is None else p_value_text(parts.p_value), parts.p_value),
        Cell(part_text(view, parts.loss), parts.loss),
        Cell(percent_text(each.share_outside_band), each.share_outside_band),
    )
