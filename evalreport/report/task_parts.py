"""Sections that token files and Gaussian forecasts have alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalreport.formats import capital, clean, count_text, expected_text, floor_text
from evalreport.report.explain import predictions_text
from evalreport.report.model import (
    Cell,
    Column,
    Definition,
    Fact,
    Section,
    Span,
    Table,
    Tag,
    Text,
    Tone,
    Verdict,
)
from evalreport.report.view import View, code, say, severity_tag, strong

_PASSED = Tag("Passed", "good")
_METHOD = "Natural log in 64-bit floats"
MOST_SLICES = 50


@dataclass(frozen=True, slots=True)
class TaskWords:
    """What the verdict of a task calls things.

    Parameters
    ----------
    loss_name : str
        What the number is, in a few words: "Loss per token".
    per : str
        What the loss is the mean over: "token".
    counted : str
        What there may be too few of for an interval: "documents".
    """

    loss_name: str
    per: str
    counted: str


def verdict_without_bands(
    view: View,
    words: TaskWords,
    headline: tuple[str, Tone],
    loss_text: Callable[[float], str],
    *,
    sentences: Iterable[Text],
    facts: Iterable[Fact],
    baseline_text: str,
) -> Verdict:
    """Return a verdict of a task whose losses have no bands.

    Parameters
    ----------
    view : View
        The result.
    words : TaskWords
        What things are called.
    headline : (str, Tone)
        The answer, and how good it is.
    loss_text : callable
        A loss in nats as text, in the unit shown.
    sentences, facts : iterable
        What stands below and beside the number.
    baseline_text : str
        One more line for summaries.
    """
    overall = view.result.overall
    ends = () if overall.interval is None else map(loss_text, overall.interval)
    loss = overall.log_loss
    return Verdict(
        tone=headline[1],
        value_label=f"{words.loss_name}, lower is better",
        value_text=view.mean_loss_text(overall.n, None) if loss is None else loss_text(loss),
        unit_text=f"{view.losses.unit} per {words.per}",
        interval_text=_interval_text(" to ".join(ends), view, words.counted),
        band=None,
        headline=headline[0],
        sentences=tuple(sentences),
        ruler=(),
        ruler_note="",
        facts=tuple(facts),
        baseline_text=baseline_text,
        loss_name=words.loss_name,
    )


def _interval_text(text: str, view: View, counted: str) -> str:
    """Return the interval of the verdict, or why there is none."""
    overall = view.result.overall
    if text:
        return f"95% CI {text}{', approximate' if overall.interval_is_approximate else ''}"
    if not overall.n:
        return f"No interval: no {counted}"
    if overall.log_loss is None:
        return "No interval: the loss is infinite"
    return f"No interval: under 10 {counted}, one is nearly all, or all have the same loss"


def help_section(lede: str, texts: Mapping[str, str]) -> Section:
    """Return the section on how to read the report: terms and what they mean."""
    return Section(
        id="help",
        title="How to read this report",
        nav_title="How to read this report",
        lede=say(lede),
        definitions=tuple(Definition(term, say(text)) for term, text in texts.items()),
    )


def slices_section(view: View, lede: Text, table: Table) -> Section:
    """Return the section on slices."""
    return Section(
        id="slices",
        title="Where the loss is, by slice",
        nav_title="By slice",
        lede=lede,
        tables=(table,),
    )


def slices_table(
    caption: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], note: str = ""
) -> Table:
    """Return the table of slices, worst first; what is beyond 50 is only counted."""
    more = len(rows) - MOST_SLICES
    return Table(
        id="slices",
        caption=caption,
        columns=columns,
        rows=tuple(rows[:MOST_SLICES]),
        note=note,
        more=f"and {count_text(more, 'more slice')}: see the JSON." if more > 0 else "",
        sortable=True,
        filter_label="Filter slices",
    )


def weight_sentence(view: View, what: str) -> Iterator[Text]:
    """Yield a sentence on weights, if there are any: how many rows or tokens they leave."""
    overall = view.result.overall
    if view.is_weighted and overall.n and overall.effective_n is not None:
        effective = expected_text(overall.effective_n)
        yield say(
            f"Weighted: {count_text(overall.n, what)} tell as much as {effective} of equal weight."
        )


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
    quality = view.result.data_quality
    left_out = [(capital(each.reason), each.n, "Left out") for each in quality.invalid]
    found = [*checks, *(left_out or [("Could not be scored", 0, "Left out")])]
    if view.is_weighted:
        found.append(("Rows of weight 0", quality.zero_weight_rows, "Counted, not scored"))
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
                    Column("result", "Result"),
                    Column("done", "What was done", wide=True),
                ),
                rows=tuple(_quality_row(*each) for each in found),
            ),
        ),
    )


def _quality_row(check: str, n: int, done: str) -> tuple[Cell, ...]:
    return (
        Cell(check),
        Cell(f"{n:,}", n),
        Cell("", tag=severity_tag("note") if n else _PASSED),
        Cell(done if n else "None found"),
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
        What was read from which column, beside id, weight and slices; None for what there is no
        column of.
    method : str
        How the interval was made, after what is said anyway.
    """
    result = view.result
    weighted = "weighted by row" if view.is_weighted else "unweighted"
    floor = "no floor" if result.input.floor is None else f"floor {floor_text(result.input.floor)}"
    used = result.input.columns
    columns = [*columns, ("id", used.id), ("weight", used.weight)]
    columns += [("slice", each) for each in used.slices]
    definitions = [
        Definition("Predictions", predictions_text(view)),
        Definition("Columns", _columns(columns)),
        Definition(
            "How they were read",
            say(" ".join(clean(each, 400) for each in result.input.readings)),
        ),
        Definition("Method", say(f"{_METHOD}, {floor}, {weighted}, {method}")),
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


def _columns(columns: Sequence[tuple[str, str | None]]) -> Text:
    spans: list[Span] = []
    for what, name in columns:
        if name is not None:
            start = f"; {what} " if spans else f"{what} "
            spans += [Span(start), code(clean(name, 40))]
    return tuple(spans)
