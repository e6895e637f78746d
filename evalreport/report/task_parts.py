"""Sections that token files and Gaussian forecasts have alike."""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.formats import bytes_text, capital, clean, count_text
from evalreport.report.model import Cell, Column, Definition, Section, Span, Table, Tag, Text
from evalreport.report.view import View, code, enumerated, say, severity_tag, strong

_MOST_PATHS = 12
_PASSED = Tag("Passed", "good")


def number_interval_text(text: str, view: View, *, nothing_in: str) -> str:
    """Return the interval of the verdict, or why there is none.

    Parameters
    ----------
    text : str
        The ready interval; empty if there is none.
    view : View
        The result.
    nothing_in : str
        What there are too few of: "documents", "rows".
    """
    overall = view.result.overall
    if text:
        return f"95% CI {text}{', approximate' if overall.interval_is_approximate else ''}"
    if not overall.n:
        return f"No interval: no {nothing_in}"
    if overall.log_loss is None:
        return "No interval: the loss is infinite"
    return f"No interval: under 10 {nothing_in}, or all have the same loss"


def task_quality_section(view: View, checks: Sequence[tuple[str, int, str]] = ()) -> Section:
    """Return the section on data quality.

    Parameters
    ----------
    view : View
        The result.
    checks : sequence of (str, int, str)
        What was looked for, how often it was found, and what was done about it.
    """
    given = view.result.input
    was = "was" if given.rows_read == 1 else "were"
    invalid = view.result.data_quality.invalid
    left_out = [(capital(each.reason), each.n, "Left out") for each in invalid]
    found = [*checks, *(left_out or [("Could not be scored", 0, "Left out")])]
    return Section(
        id="quality",
        title="Data quality",
        nav_title="Data quality",
        lede=say(
            f"{count_text(given.rows_read, 'row')} {was} read and ",
            strong(f"{given.rows_scored:,} scored"),
            ".",
        ),
        tables=(
            Table(
                id="quality",
                caption="What was checked, and what was done about it",
                columns=(
                    Column("check", "Check"),
                    Column("rows", "Count", numeric=True),
                    Column("done", "What was done"),
                    Column("result", "Result"),
                ),
                rows=tuple(_quality_row(*each) for each in found),
            ),
        ),
    )


def _quality_row(check: str, n: int, done: str) -> tuple[Cell, ...]:
    return (
        Cell(check),
        Cell(f"{n:,}", n),
        Cell(done if n else "None found"),
        Cell("", tag=severity_tag("note") if n else _PASSED),
    )


def task_run_section(
    view: View, command: str, columns: Sequence[tuple[str, str | None]], method: str
) -> Section:
    """Return the section on how the report was made.

    Parameters
    ----------
    view : View
        The result.
    command : str
        The command that gives the same numbers.
    columns : sequence of (str, str or None)
        What was read from which column; None for what there is no column of.
    method : str
        How the interval was made, after what is said anyway.
    """
    result = view.result
    definitions = [
        Definition("Predictions", _predictions(view)),
        Definition("Columns", _columns(columns)),
        Definition(
            "How they were read",
            say(" ".join(clean(each, 400) for each in result.input.readings)),
        ),
        Definition("Method", say(f"Natural log in 64-bit floats, no floor, unweighted, {method}")),
        Definition("Digest", say(code(result.digest), " The same digest means the same numbers.")),
        Definition("Tool", say(f"evalreport {result.evalreport_version}")),
    ]
    return Section(
        id="run",
        title="Run details",
        nav_title="Run details",
        lede=(),
        definitions=tuple(definitions),
        command=command,
    )


def _predictions(view: View) -> Text:
    given = view.result.input
    size = [] if given.bytes is None else [bytes_text(given.bytes)]
    paths = enumerated(code(clean(path)) for path in given.paths[:_MOST_PATHS])
    more = len(given.paths) - _MOST_PATHS
    spans = (*paths, *(say(f" and {more:,} more") if more > 0 else ()))
    rest = ", ".join([given.format, *size, count_text(given.rows_read, "row")])
    return (*spans, *say(f", {rest}" if spans else rest))


def _columns(columns: Sequence[tuple[str, str | None]]) -> Text:
    spans: list[Span] = []
    for what, name in columns:
        if name is not None:
            start = f"; {what} " if spans else f"{what} "
            spans += [Span(start), code(clean(name, 40))]
    return tuple(spans)
