"""A report made by hand that uses everything a page can show, whatever the results may be."""

from __future__ import annotations

from evalreport.report.model import (
    Attention,
    Cell,
    Column,
    Definition,
    Fact,
    Figure,
    Finding,
    IntervalMark,
    Report,
    RulerStep,
    Section,
    ShareMark,
    Span,
    Table,
    Tag,
    Tone,
    Verdict,
)
from tests.charts.results_to_draw import result_to_draw

HOSTILE = "</script><img src=x onerror=alert(1)>"
_BANDS: tuple[tuple[str, str, Tone], ...] = (
    ("Great", "under 0.02", "good"),
    ("On the right track", "0.02 to 0.05", "good"),
    ("Fine", "0.05 to 0.20", "fine"),
    ("Can probably improve", "0.20 to 0.30", "watch"),
    ("Not great", "0.30 to 1.00", "poor"),
    ("Terrible", "1.00 to 2.00", "bad"),
    ("Something is broken", "over 2.00", "bad"),
)


def sample_report(name: str = "refund", n_classes: int = 5, title: str = "ticket-router") -> Report:
    """A typical report; `name` is the first class, a slice value, a row id and a column name."""
    return Report(
        title=title,
        page_title=f"0.217, can probably improve: {title} log loss report",
        kind="Log loss report",
        meta=("predictions.parquet", "12,480 rows, 5 classes"),
        created="2026-11-21T02:14:09Z",
        created_text="21 November 2026, 02:14 UTC",
        key="ticket-router",
        version="0.1.0",
        verdict=_verdict(),
        attention=_attention(name),
        sections=(
            Section("compare", "Compared with the previous run", "Compared", _text("None given.")),
            Section(
                "classes",
                "Where the loss is, by class",
                "By class",
                (Span(name, strong=True), Span(" is 8% of rows and 27% of the loss.")),
                tables=(class_table(name, n_classes),),
            ),
            Section(
                "loss",
                "Loss and probability",
                "Loss and probability",
                _text("Confident mistakes cost the most."),
                figures=(
                    _figure("loss_by_forecast", "What each forecast costs"),
                    _figure("share_by_probability", "Few rows make most of the loss"),
                    _figure("log_curve", "What one row costs"),
                    _figure("loss_by_class", "The loss of each class"),
                ),
            ),
            Section(
                "calibration",
                "Calibration",
                "Calibration",
                _text("It is less confident than it should be."),
                figures=(
                    _figure("reliability", "Reliability diagram"),
                    _figure("class_reliability", "Reliability of single classes"),
                    _figure("forecast_histogram", "How many rows are behind each point"),
                ),
            ),
            Section(
                "worst",
                "Worst rows",
                "Worst rows",
                _text("The rows with the highest loss."),
                tables=(_worst_table(name),),
            ),
            Section(
                "help",
                "How to read this report",
                "How to read this report",
                _text("Log loss measures how much probability the model gave to what happened."),
                definitions=(Definition("Baseline", _text("Always predicting frequencies.")),),
                notes=(_text("Natural logarithm."),),
            ),
            Section(
                "run",
                "Run details",
                "Run details",
                (),
                command=f"evalreport report predictions.parquet --slice '{name}'",
            ),
        ),
        result=result_to_draw((name, *(f"class {rank}" for rank in range(1, n_classes)))),
    )


def class_table(name: str, n_classes: int) -> Table:
    """A sortable table with tags, both kinds of marks, a total and a line on what is missing."""
    columns = (
        Column("name", "Class"),
        Column("log_loss", "Log loss", numeric=True),
        Column("band", "Band"),
        Column("interval", "95% CI", numeric=True),
        Column("mark", "0 to 1", sortable=False),
        Column("rows", "Rows", numeric=True),
        Column("share", "Share of loss", numeric=True),
        Column("share_mark", "0 to 100%", sortable=False),
    )
    names = (name, *(f"class {rank}" for rank in range(1, n_classes)))
    return Table(
        id="classes",
        caption="Log loss by true class",
        note="Dashed line: overall log loss, 0.217.",
        columns=columns,
        rows=tuple(_class_row(each, rank) for rank, each in enumerate(names)),
        total=_class_row("All rows", 3),
        more="and 62 more classes, all fine: see the JSON",
        sortable=True,
    )


def _class_row(name: str, rank: int) -> tuple[Cell, ...]:
    _, _, tone = _BANDS[rank % 7]
    loss = 0.698 / (rank + 1)
    return (
        Cell(name),
        Cell(f"{loss:.3f}", value=loss, strong=True),
        Cell("", value=loss, tag=Tag(_BANDS[rank % 7][0], tone)),
        Cell("0.530 to 0.908", value=0.53),
        Cell("", mark=IntervalMark("85.0", "65.5", "109.3", "29.2", tone, rank == 0)),
        Cell(f"{1044 + rank:,}", value=1044 + rank),
        Cell("27%", value=0.27),
        Cell("", mark=ShareMark("31.3", "13.7", tone)),
    )


def _worst_table(name: str) -> Table:
    return Table(
        id="worst",
        caption="Rows with the highest loss",
        columns=(
            Column("id", "Row id"),
            Column("label", "Happened"),
            Column("probability", "Probability given", numeric=True),
            Column("loss", "Loss", numeric=True),
            Column("slice", name),
        ),
        rows=tuple(
            (
                Cell(f"{name}-{number}" if number < 2 else f"T-{number}", code=True),
                Cell(name if number % 2 else "billing"),
                Cell("0", value=0.0, strong=True),
                Cell("36.04", value=36.04 - number, note="capped"),
                Cell("fr"),
            )
            for number in range(20)
        ),
        sortable=True,
        filter_label="Filter rows",
    )


def _figure(name: str, caption: str) -> Figure:
    columns = (Column("probability", "Probability"), Column("rows", "Rows", numeric=True))
    rows = tuple((Cell(f"{low}% to {low + 10}%"), Cell("12", value=12.0)) for low in (0, 10, 20))
    return Figure(
        name=name,
        caption=caption,
        note="Grey: share of rows. Blue: share of loss.",
        title=f"{caption}, as a plot",
        description="7% of rows make 72% of the loss.",
        table=Table(id=name.replace("_", "-"), caption=caption.lower(), columns=columns, rows=rows),
    )


def _verdict() -> Verdict:
    return Verdict(
        tone="watch",
        value_label="Log loss, lower is better",
        value_text="0.217",
        unit_text="nats per row",
        interval_text="95% CI 0.197 to 0.238",
        band=Tag("Can probably improve", "watch"),
        headline="Can probably improve",
        sentences=(
            (
                Span("On average the model gave "),
                Span("81%", strong=True),
                Span(" to what happened. The interval crosses 0.20, so “fine” is also possible."),
            ),
        ),
        ruler=tuple(_ruler_step(*band) for band in _BANDS),
        ruler_note="Rule-of-thumb bands, in nats; 0 is perfect. Read them with the baseline below.",
        facts=(
            Fact("Against always predicting class frequencies", "86% less loss", "Baseline 1.516."),
            Fact("Accuracy", "91%", "The largest probability is what happened."),
            Fact("Where the loss is", "7% of rows, 72% of the loss", "Rows that got 50% or less"),
        ),
        limits_text="Limit failed: log loss over 0.20",
    )


def _ruler_step(name: str, range_text: str, tone: Tone) -> RulerStep:
    if name == "Fine":
        return RulerStep(
            name, range_text, tone, "Previous run: 0.189", False, "97.8", "2.2", "92.9"
        )
    if name == "Can probably improve":
        return RulerStep(name, range_text, tone, "This run: 0.217", True, "0.0", "38.3", "16.8")
    return RulerStep(name, range_text, tone)


def _attention(name: str) -> Attention:
    finding = Finding(
        tag=Tag("Error", "bad"),
        title=f"Zero probability given to {name} in 12 rows",
        why="The loss of such a row is infinite. Here it is capped at 36.04 nats.",
        check="Check for a class the model cannot output.",
        link_text="See the rows",
        section="worst",
    )
    return Attention(
        summary="1 error, 1 note. 2 checks passed.",
        findings=(finding,),
        folded=(
            Finding(
                Tag("Note", "none"), "38 rows were left out", "", "See why.", "See more", "run"
            ),
        ),
        passed=("Every class has at least 30 rows", "Every label is a predicted class"),
    )


def _text(words: str) -> tuple[Span, ...]:
    return (Span(words),)
