"""The sections of a report on Gaussian forecasts, below the verdict."""

from __future__ import annotations

from evalreport.formats import (
    clean,
    count_text,
    density_text,
    percent_text,
    range_text,
    score_text,
    size_text,
)
from evalreport.report.comparison import changes_section
from evalreport.report.explain import INTERVAL_METHOD
from evalreport.report.gaussian import ends_text, gaussian_of
from evalreport.report.model import (
    Cell,
    Column,
    Figure,
    Section,
    Table,
    Tag,
    Text,
)
from evalreport.report.task_parts import (
    help_section,
    slices_section,
    slices_table,
    task_quality_section,
    task_run_section,
)
from evalreport.report.view import View, say, strong
from evalreport.report.worst_table import worst_section
from evalreport.task_results import GaussianRow, GaussianSlice


def gaussian_sections(view: View, command: str) -> tuple[Section, ...]:
    """Return every section that has something to show."""
    columns = view.result.input.columns
    mean, std = columns.probabilities
    named = [
        ("outcome", columns.label),
        ("mean", mean),
        ("standard deviation", std),
    ]
    candidates = (
        changes_section(view),
        _calibration_section(view),
        _slices_section(view),
        _worst_section(view),
        task_quality_section(view),
        _help_section(),
        task_run_section(view, command, named, INTERVAL_METHOD),
    )
    return tuple(each for each in candidates if each is not None)


def _calibration_section(view: View) -> Section | None:
    gaussian = gaussian_of(view)
    if gaussian.mean_squared_z is None:
        return None
    return Section(
        id="calibration",
        title="Calibration",
        nav_title="Calibration",
        lede=_calibration_lede(view),
        figures=(_pit_figure(view),),
        tables=(_calibration_table(view),),
    )


def _calibration_lede(view: View) -> Text:
    gaussian = gaussian_of(view)
    z = score_text(gaussian.mean_squared_z)
    what = "z is how many standard deviations the outcome lies from the mean"
    start = f"{what}. Its mean square is {z}"
    found = view.found("overconfident", "underconfident")
    if found is None:
        return say(f"{start}: ", strong("about as it should be"), ", which is 1.")
    words = "too small" if found.code == "overconfident" else "too large"
    return say(f"{start}, where 1 is right: ", strong(f"the deviations are {words}"), ".")


def _pit_figure(view: View) -> Figure:
    gaussian = gaussian_of(view)
    fullest = max(gaussian.pit, key=lambda each: each.n)
    place = range_text(fullest.low, fullest.high)
    test = (
        ""
        if gaussian.pit_p_value is None
        else f" Chi-squared test that they are equal: p {_p_text(gaussian.pit_p_value)}."
    )
    return Figure(
        name="pit_histogram",
        caption=f"{percent_text(fullest.share, 1)} of outcomes fall into the bin of {place}",
        note="Rows by the probability that the forecast gave to values up to the outcome. Every "
        f"bar should reach the dashed line at 5%.{test}",
        title="How outcomes lie in their forecasts",
        description=f"The fullest of 20 bins, {place}, holds {percent_text(fullest.share, 1)} of "
        "rows; 5% is right. High ends mean that the standard deviations are too small, a high "
        "middle that they are too large, a slope that the means are off.",
        table=Table(
            id="pit",
            caption="Rows by the probability given to values up to the outcome",
            columns=(
                Column("bin", "Probability"),
                Column("rows", "Rows", numeric=True),
                Column("share", "Share, 5% is right", numeric=True),
            ),
            rows=tuple(
                (
                    Cell(range_text(each.low, each.high)),
                    Cell(f"{each.n:,}", each.n),
                    Cell(percent_text(each.share, 1), each.share),
                )
                for each in gaussian.pit
            ),
        ),
    )


def _p_text(p_value: float) -> str:
    return "under 0.001" if p_value < 0.001 else score_text(p_value)


def _calibration_table(view: View) -> Table:
    gaussian = gaussian_of(view)
    interval = gaussian.mean_squared_z_interval
    ends = "" if interval is None else f"95% CI {' to '.join(map(score_text, interval))}"
    saved = density_text(gaussian.recoverable, view.losses)
    rows = (
        ("Mean of z", density_text(gaussian.mean_z), "0 is right"),
        ("Mean of z squared", score_text(gaussian.mean_squared_z), ends or "1 is right"),
        ("Best factor on all deviations", score_text(gaussian.best_scale), "1 is right"),
        (f"What that factor saves, {view.losses.unit} per row", saved, "On these rows"),
        (
            f"Loss with one deviation for all rows, {view.losses.unit}",
            density_text(gaussian.loss_with_constant_std, view.losses),
            "½ ln(2πe · mean squared error)",
        ),
    )
    return Table(
        id="deviations",
        caption="What the standard deviations are worth",
        columns=(
            Column("what", "What"),
            Column("value", "Value", numeric=True),
            Column("note", "Note", wide=True),
        ),
        rows=tuple(
            (Cell(what), Cell(value, strong=True), Cell(note)) for what, value, note in rows
        ),
    )


def _slices_section(view: View) -> Section | None:
    slices = gaussian_of(view).slices
    if not slices:
        return None
    ordered = sorted(slices, key=lambda each: (each.gain is None, each.gain or 0.0))
    lede = say("Least gained over its own mean and variance: ", strong(_name(ordered[0])), ".")
    table = slices_table(
        "Loss by slice, the least gained first",
        _SLICE_COLUMNS,
        [_slice_row(view, each) for each in ordered],
        note="Baseline: always predicting the mean and the variance of the slice. Gain: baseline "
        "minus loss.",
    )
    return slices_section(view, lede, table)


_SLICE_COLUMNS = (
    Column("name", "Slice"),
    Column("rows", "Rows", numeric=True),
    Column("log_loss", "Loss", numeric=True),
    Column("interval", "95% CI", numeric=True),
    Column("baseline", "Baseline", numeric=True),
    Column("gain", "Gain", numeric=True, is_brief=True),
    Column("error", "Mean squared error", numeric=True),
    Column("z", "Mean z²", numeric=True, is_brief=True),
)


def _name(each: GaussianSlice) -> str:
    return f"{clean(each.column, 40)} = {clean(each.value, 40)}"


def _slice_row(view: View, each: GaussianSlice) -> tuple[Cell, ...]:
    ends = "" if each.interval is None else ends_text(view, each.interval)
    worse = each.gain is not None and each.gain < 0
    return (
        Cell(_name(each)),
        Cell(f"{each.n:,}", each.n),
        Cell(density_text(each.loss, view.losses), each.loss, strong=True),
        Cell(ends),
        Cell(density_text(each.baseline, view.losses), each.baseline),
        Cell(
            density_text(each.gain, view.losses),
            each.gain,
            tag=Tag("Worse", "bad") if worse else None,
        ),
        Cell(size_text(each.mean_squared_error), each.mean_squared_error),
        Cell(score_text(each.mean_squared_z), each.mean_squared_z),
    )


def _worst_section(view: View) -> Section | None:
    rows = gaussian_of(view).worst_rows
    return worst_section(
        f"The {count_text(len(rows), 'row')} with the highest loss. Look here for wrong outcomes "
        "and wrong units first.",
        rows,
        view.result.input.columns,
        columns=(
            Column("observed", "Outcome", numeric=True),
            Column("mean", "Mean", numeric=True),
            Column("std", "Standard deviation", numeric=True),
            Column("z", "z", numeric=True),
            Column("loss", "Loss", numeric=True),
        ),
        cells=lambda each: _worst_cells(view, each),
    )


def _worst_cells(view: View, each: GaussianRow) -> tuple[Cell, ...]:
    return (
        Cell(size_text(each.observed), each.observed),
        Cell(size_text(each.mean), each.mean),
        Cell(size_text(each.standard_deviation), each.standard_deviation),
        Cell(density_text(each.z), each.z),
        Cell(density_text(each.loss, view.losses), each.loss, strong=True),
    )


def _help_section() -> Section:
    texts = {
        "Loss of the density": "Minus the logarithm of the density that the forecast gave to the "
        "outcome: ½ ln(2πs²) + (y − m)² / 2s². It may be below zero, and measuring the outcome in "
        "another unit adds the same to every model's loss.",
        "Baseline": "Always predicting the mean and the variance of these outcomes: "
        "½ ln(2πe · variance).",
        "Gain": "Baseline minus loss. It does not depend on the unit of the outcome.",
        "Mean squared error": "With one standard deviation for all rows, the least loss is "
        "½ ln(2πe · mean squared error): making the one small makes the other small.",
        "z": "Outcome minus mean, in standard deviations. Its square is 1 on average if the "
        "deviations are right; above 1 they are too small.",
        "CRPS": "Continuous ranked probability score: in the unit of the outcome, and mild where "
        "the logarithm is harsh. For a forecast without spread it is the absolute error.",
        "95% CI": f"How far the number could move by chance with this many rows, by "
        f"{INTERVAL_METHOD}. It says nothing about other days or other data.",
        "No bands": "The loss of a density has no natural zero, so there are no bands.",
    }
    return help_section(
        "The loss says how much density the forecasts put where the outcomes fell.", texts
    )
