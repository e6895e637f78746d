"""The sections on single rows: those that cost the most, and those changed or left out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.findings.rows import MOST_NATS, cap_applies
from evalreport.formats import (
    INFINITE,
    clean,
    cost_text,
    count_text,
    percent_text,
    probability_text,
)
from evalreport.report.label_noise import label_notes, label_tables
from evalreport.report.model import Cell, Column, Section, Table, Tag, Text
from evalreport.report.view import View, say, severity_tag, strong
from evalreport.report.worst_table import WORST, what_is_shown, worst_table
from evalreport.results import InvalidReason, WorstRow

_PASSED = Tag("Passed", "good")
_SAMPLED = 65_536
"""With more rows than this the class order is judged by a sample of them."""
_TINY = 2.0**-52
"""The floor of 64-bit floats: `tiny_probability_rows` counts the rows below it."""


def worst_section(view: View) -> Section | None:
    """Return the section on the rows of the highest loss."""
    rows = [each for each in view.result.worst_rows if each.loss != 0.0]
    if not rows:
        return None
    return Section(
        id="worst",
        title=WORST,
        nav_title=WORST,
        lede=_worst_lede(view, rows),
        tables=(_worst_table(view, rows), *label_tables(view)),
        notes=label_notes(view),
    )


def _worst_lede(view: View, rows: list[WorstRow]) -> Text:
    overall = view.result.overall
    count = "The row" if len(rows) == 1 else f"The {len(rows):,} rows"
    shares = [f"{percent_text(len(rows) / overall.n)} of rows"]
    losses = [each.loss for each in rows if each.loss is not None]
    if overall.judged_loss and not view.is_weighted and len(losses) == len(rows):
        of_the_loss = min(math.fsum(losses) / (overall.judged_loss * overall.n), 1.0)
        shares.append(f"{percent_text(of_the_loss)} of the loss")
    return (
        *say(
            f"{count} with the highest loss: ",
            strong(", ".join(shares)),
            ". Look here for wrong labels first. ",
        ),
        *what_is_shown(view.result.input.columns, rows),
    )


def _worst_table(view: View, rows: list[WorstRow]) -> Table:
    return worst_table(
        rows,
        view.result.input.columns,
        columns=(
            Column("happened", "Largest target" if view.is_soft else "Happened"),
            Column("probability", "Probability given", numeric=True),
            Column("predicted", "Top prediction"),
            Column("predicted_probability", "Its probability", numeric=True),
            Column("loss", "Excess loss" if view.is_soft else "Loss", numeric=True),
        ),
        cells=lambda each: _worst_cells(view, each),
    )


def _worst_cells(view: View, each: WorstRow) -> tuple[Cell, ...]:
    return (
        Cell(clean(each.label)),
        Cell(probability_text(each.probability), each.probability, strong=True),
        Cell(clean(each.predicted)),
        Cell(probability_text(each.predicted_probability), each.predicted_probability),
        Cell(
            INFINITE if each.loss is None else view.losses.amount(each.loss),
            each.loss,
            note="capped" if not view.is_soft and _is_capped(view, each) else "",
        ),
    )


def _is_capped(view: View, each: WorstRow) -> bool:
    floor = view.result.input.floor
    if floor is None:
        return each.loss is not None and each.loss >= MOST_NATS
    return each.probability < floor


def quality_section(view: View) -> Section:
    """Return the section on data quality."""
    given, overall = view.result.input, view.result.overall
    read = f"{count_text(given.rows_read, 'row')} {'was' if given.rows_read == 1 else 'were'} read"
    scored = f"{overall.n:,} {'was' if overall.n == 1 else 'were'} scored"
    return Section(
        id="quality",
        title="Data quality",
        nav_title="Data quality",
        lede=say(f"{read} and ", strong(scored), "."),
        tables=(
            Table(
                id="quality",
                caption="What was checked, and what was done about it",
                columns=(
                    Column("check", "Check"),
                    Column("rows", "Rows", numeric=True),
                    Column("result", "Result"),
                    Column("done", "What was done", wide=True),
                ),
                rows=tuple(_quality_rows(view)),
            ),
        ),
    )


def _quality_rows(view: View) -> Iterator[tuple[Cell, ...]]:
    quality, overall = view.result.data_quality, view.result.overall
    if overall.n:
        n_zero = overall.zero_probability_rows
        yield _quality_row(
            view, "Zero probability for what happened", n_zero, _capped(view), "zero-prob"
        )
        if view.result.input.floor is not None:
            yield _quality_row(
                view, "Above zero but below the floor", overall.floored_rows, _capped(view), "floor"
            )
        else:
            yield from _rows_of_great_loss(view)
    yield from (_left_out_row(view, each) for each in quality.invalid)
    if not quality.invalid:
        yield _quality_row(view, "Could not be scored", 0, "Left out")
    yield from _audit_rows(view)
    sums = quality.rows_not_summing_to_one
    if quality.rows_rescaled:
        yield _quality_row(
            view, "Did not sum to 1", quality.rows_rescaled, "Rescaled to 1", "rescaled"
        )
    else:
        yield _quality_row(view, "Off a sum of 1 by 0.01 at most", sums, "Scored as found", "sums")
    if quality.rows_scored_as_is:
        yield _quality_row(
            view, "Off by more than 0.01", quality.rows_scored_as_is, "Scored as found", "as-is"
        )
    if quality.rows_lowered_to_one:
        yield _quality_row(
            view, "A hair above 1", quality.rows_lowered_to_one, "Lowered to 1 (at most 1e-6)"
        )
    if quality.zero_weight_rows:
        yield _quality_row(view, "Weight of zero", quality.zero_weight_rows, "Not scored")


def _rows_of_great_loss(view: View) -> Iterator[tuple[Cell, ...]]:
    """Yield what a floor would have caught, where there is none."""
    overall, losses = view.result.overall, view.losses
    tiny = f"Loss above {cost_text(losses.value(-math.log(_TINY)))} {losses.unit}"
    done = "Scored in full; others would floor it"
    yield _quality_row(view, tiny, overall.tiny_probability_rows, done, "floor")
    if not cap_applies(view.result):
        return
    cap = f"{losses.value(MOST_NATS):,.0f} {losses.unit}"
    yield _quality_row(view, f"Loss above {cap}", overall.capped_rows, f"Scored as {cap}", "capped")


def _audit_rows(view: View) -> Iterator[tuple[Cell, ...]]:
    """Yield what was suspected of the input as a whole, and of its ids."""
    quality, audit = view.result.data_quality, view.result.audit
    if audit is not None and audit.class_order is not None:
        yield _suspicion(view, "Class order", "swapped-classes", "As the columns say")
    elif audit is not None and view.result.overall.n > _SAMPLED:
        why = "Over 200 classes, or many equal rows and no ids"
        yield (Cell("Class order"), Cell("–"), Cell("Not looked at"), Cell(why))
    if audit is not None and view.result.overall.n:
        yield _suspicion(view, "Coarse probabilities", "coarse-probabilities", "On no coarse grid")
    if quality.duplicate_ids is not None:
        code = "duplicate-ids" if view.found("duplicate-ids") else "id-like-label"
        yield _quality_row(
            view, "Repeated row id", quality.duplicate_ids, "Scored all the same", code
        )


def _suspicion(view: View, check: str, code: str, fine: str) -> tuple[Cell, ...]:
    finding = view.found(code)
    return (
        Cell(check),
        Cell("all" if finding else "–"),
        Cell("", tag=severity_tag(finding.severity) if finding else _PASSED),
        Cell("Scored as read; see above" if finding else fine),
    )


def _quality_row(
    view: View, check: str, n_rows: int, done: str, code: str = ""
) -> tuple[Cell, ...]:
    """Return a row; `code` is that of the finding that says how bad it is."""
    finding = view.found(code)
    tag = severity_tag(finding.severity if finding else "note") if n_rows else _PASSED
    return (
        Cell(check),
        Cell(f"{n_rows:,}", n_rows),
        Cell("", tag=tag),
        Cell(done if n_rows else "None found"),
    )


def _left_out_row(view: View, each: InvalidReason) -> tuple[Cell, ...]:
    finding = view.found("left-out")
    place = ""
    if each.examples:
        first = each.examples[0]
        place = f"; first in row {first.row:,}, column {clean(first.column, 40)}"
    return (
        Cell(each.reason[:1].upper() + each.reason[1:]),
        Cell(f"{each.n:,}", each.n),
        Cell("", tag=severity_tag(finding.severity if finding else "note")),
        Cell(f"Left out{place}"),
    )


def _capped(view: View) -> str:
    floor = view.result.input.floor
    if floor is None:
        return "Scored as infinite"
    cost = cost_text(view.losses.value(-math.log(floor)))
    return f"Loss capped at {cost} {view.losses.unit}"
