"""What the section on the worst rows says of labels that may be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.tails import expected_words
from evalreport.formats import clean, count_text, percent_text, spoken
from evalreport.report.model import Cell, Column, Table, Text
from evalreport.report.view import View, say, strong


def label_tables(view: View) -> Iterator[Table]:
    """Yield the table of confident mistakes by label and prediction, if they are of some kinds."""
    noise = view.result.label_noise
    if noise is None or len(view.result.input.classes) < 3 or noise.confident_mistakes < 2:
        return
    yield Table(
        id="confident-mistakes",
        folded=True,
        caption="Confident mistakes: another class got over 99%",
        columns=(
            Column("label", "Labelled"),
            Column("predicted", "Predicted"),
            Column("rows", "Rows", numeric=True),
            Column("share", "Share of these", numeric=True),
        ),
        rows=tuple(
            (
                Cell(clean(each.label)),
                Cell(clean(each.predicted)),
                Cell(f"{each.n:,}", each.n),
                Cell(percent_text(each.n / noise.confident_mistakes)),
            )
            for each in noise.pairs
        ),
    )


def label_notes(view: View) -> tuple[Text, ...]:
    """Return what confident mistakes would mean if their labels were wrong."""
    noise, n = view.result.label_noise, view.result.overall.n
    if noise is None:
        return ()
    suspects = _suspects(noise.suspects, n)
    if not noise.confident_mistakes:
        return (say(suspects),) if noise.suspects else ()
    rows = count_text(noise.confident_mistakes, "row")
    found = "Another class than the label got over 99% in "
    expected = expected_words(noise.expected)
    if noise.confident_mistakes <= noise.expected:
        return (
            say(
                found,
                strong(rows),
                f", no more than the {expected} that the forecasts expect. {suspects}",
            ),
        )
    rate = spoken(percent_text(noise.error_rate))
    return (
        say(
            found,
            strong(rows),
            f"; the forecasts expect {expected}. If these labels are wrong, so are {rate} of all, "
            "and at that rate no model could lose less than ",
            strong(view.losses.amount(noise.entropy_floor)),
            f". {suspects}",
        ),
    )


def _suspects(n_suspects: int, n_rows: int) -> str:
    if not n_suspects:
        return "By the thresholds of confident learning no label is worth a second look."
    verb = "is" if n_suspects == 1 else "are"
    which = "label of 1 row" if n_suspects == 1 else f"labels of {n_suspects:,} rows"
    return (
        f"By the thresholds of confident learning the {which} "
        f"({percent_text(n_suspects / n_rows)}) {verb} worth a second look; no row was left out."
    )
