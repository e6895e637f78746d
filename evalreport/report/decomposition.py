"""What calibration costs, in words and in a table, and whether chance explains it."""

from __future__ import annotations

from evalreport.findings.calibration import SELDOM, gap_chance, is_clear_gap, is_clearly_off
from evalreport.formats import MINUS, clean, score_text
from evalreport.report.model import Cell, Column, Table, Text
from evalreport.report.view import View, say
from evalreport.results import CalibrationError, DecompositionResult, ReliabilityResult

_N_SIMULATIONS = 200
Row = tuple[str, str, str]


def calibration_verdict(view: View) -> str:
    """Return the verdict on calibration as the end of a sentence; empty if there is none."""
    result = view.result
    gap, chance, parts = (
        result.calibration.gap,
        gap_chance(result),
        result.calibration.decomposition,
    )
    if gap is None or chance is None:
        return ""
    degree = "more" if gap > 0 else "less"
    if is_clear_gap(result):
        return f"all in all it is {degree} confident than it should be."
    off = parts is not None and is_clearly_off(parts)
    if chance < SELDOM:
        end = ", and some forecasts are off by more than chance explains." if off else "."
        return f"a hint, no proof, that it is {degree} confident than it should be{end}"
    if off:
        return "neither too sure nor too cautious overall, but some forecasts are off."
    return "no sign that it is too sure of itself, or too cautious."


def gap_note(view: View) -> tuple[Text, ...]:
    """Return the loss beside the loss that the forecasts expect."""
    calibration, loss = view.result.calibration, view.result.overall.cross_entropy
    if calibration.gap is None or loss is None:
        return ()
    expected = view.losses.text(max(loss - calibration.gap, 0.0))
    change = view.losses.signed(calibration.gap)
    interval = calibration.gap_interval
    if interval is not None:
        low, high = (view.losses.signed(end) for end in interval)
        change = f"{change}, 95% CI {low} to {high}"
    text = f"The forecasts expect a loss of {expected}; it was {view.losses.text(loss)} ({change})."
    return (say(f"{text} {_gap_and_chance(view)}".rstrip()),)


def _gap_and_chance(view: View) -> str:
    chance = gap_chance(view.result)
    if chance is None:
        return ""
    if is_clear_gap(view.result):
        return "More than chance explains."
    if chance >= SELDOM:
        return "Chance alone could explain that."
    return f"Chance alone would do that about once in {1 / chance:,.0f} times."


def what_chance_is(view: View) -> tuple[Text, ...]:
    """Say why there is no range of chance, or what it takes into account."""
    shown = [each for each in view.result.calibration.reliability if each.points]
    if not shown:
        return ()
    why = view.result.calibration.chance_left_out
    if why:
        return (say(f"No grey range and no p-value: {why}, so chance is not simulated."),)
    parts = []
    if view.result.clusters:
        parts.append("outcomes of a cluster that are as much alike as these")
    if view.is_soft:
        parts.append("soft labels that stray from the forecasts as far as these do")
    if view.is_weighted:
        parts.append("as many rows of equal weight as would tell as much")
    return (say(f"Chance is simulated with {' and '.join(parts)}."),) if parts else ()


def is_chance(diagram: ReliabilityResult) -> bool:
    """Whether chance alone could put the steps this far from the line."""
    parts = diagram.decomposition
    return parts is not None and parts.p_value is not None and parts.p_value >= SELDOM


def parts_table(view: View) -> tuple[Table, ...]:
    """Return what the loss is made of, and the calibration error; nothing if neither is known."""
    calibration = view.result.calibration
    rows: list[Row] = []
    if calibration.decomposition is not None:
        rows += _parts(view, calibration.decomposition)
    if calibration.ece is not None:
        rows += [_ece(calibration.ece), *_squared_ece(calibration.ece)]
    if not rows:
        return ()
    columns = (
        Column("part", "Part"),
        Column("value", "Value", numeric=True),
        Column("meaning", "What it is", wide=True),
    )
    cells = tuple((Cell(name), Cell(value), Cell(what)) for name, value, what in rows)
    caption = f"What the loss is made of, {view.losses.unit}"
    return (
        Table(id="calibration-parts", caption=caption, columns=columns, rows=cells, folded=True),
    )


def _parts(view: View, parts: DecompositionResult) -> list[Row]:
    event = _event(view, parts)

    def text(nats: float) -> str:
        return part_text(view, nats)

    rows = [
        (f"Log loss of {event}", text(parts.loss), "Miscalibration − discrimination + uncertainty"),
        ("Miscalibration", *_miscalibration(view, parts)),
        (
            "Discrimination",
            text(parts.discrimination),
            "What forecasts save by telling rows apart, once recalibrated",
        ),
        ("Uncertainty", text(parts.uncertainty), "Always saying how often it happens"),
    ]
    if parts.p_value is not None:
        rows.append(("Chance of such a miscalibration", *_chance(parts.p_value)))
    return rows


def _event(view: View, parts: DecompositionResult) -> str:
    if parts.view == "binary":
        return f"“{clean(parts.class_ or '', 40)}” or not"
    if parts.view == "top-label":
        return "the top class being right"
    return f"“{clean(parts.class_ or '', 40)}” against the rest"


def _miscalibration(view: View, parts: DecompositionResult) -> tuple[str, str]:
    if parts.miscalibration_bracket is None:
        meaning = "What recalibration saves, fitted on these rows"
    else:
        meaning = "What recalibration saves: fitted on other rows, and on these rows (in the sum)"
    return bracket_text(view, parts), meaning


def bracket_text(view: View, parts: DecompositionResult) -> str:
    """Return the miscalibration as a range, if it is known as one."""
    bracket = parts.miscalibration_bracket or (parts.miscalibration,) * 2
    low, high = (part_text(view, each) for each in bracket)
    return low if low == high else f"{low} to {high}"


def part_text(view: View, nats: float) -> str:
    """Return a part of a loss; rounding to the grid can bring it below 0 by less than is shown."""
    return score_text(view.losses.value(max(nats, 0.0)))


def _chance(p_value: float) -> tuple[str, str]:
    least = 1 / (_N_SIMULATIONS + 1)
    value = f"under {score_text(0.005)}" if p_value <= least else score_text(p_value)
    return (
        value,
        f"p-value: share of {_N_SIMULATIONS} simulated calibrated models that show as much",
    )


def p_value_text(p_value: float) -> str:
    """Return a p-value; the least that the simulations can tell is no number of its own."""
    least = 1 / (_N_SIMULATIONS + 1)
    return f"under {score_text(0.005)}" if p_value <= least else score_text(p_value)


def _ece(error: CalibrationError) -> Row:
    spread = error.standard_deviation_if_calibrated
    by_chance = f"{score_text(error.expected_if_calibrated)} ± {score_text(spread)}"
    of = "" if error.view == "binary" else " of the top class"
    return (
        f"Calibration error (ECE){of}",
        score_text(error.value),
        f"{by_chance} if calibrated. Mean distance of forecast and frequency in {error.bins} bins "
        "of equal width, as a probability",
    )


def _squared_ece(error: CalibrationError) -> list[Row]:
    if error.rmsce2 is None:
        return []
    return [
        (
            "ECE, squared and debiased",
            _squared_text(error.rmsce2),
            "Mean squared distance less what chance adds: about 0 if calibrated, on either side",
        )
    ]


def _squared_text(value: float) -> str:
    text = score_text(abs(value), 5)
    return f"{MINUS}{text}" if value < 0 and not text.startswith("<") else text
