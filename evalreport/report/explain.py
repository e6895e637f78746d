"""The sections that explain: how to read the report, and how it was made."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalreport.bands import Band, scale
from evalreport.findings.clusters import allows_for_clusters
from evalreport.findings.recoverable import verification_sentence
from evalreport.findings.score import unseen_zeros
from evalreport.formats import (
    bytes_text,
    clean,
    cost_text,
    count_text,
    edge_text,
    floor_text,
    listed,
    percent_text,
    scale_text,
    score_text,
)
from evalreport.report import soft
from evalreport.report.model import Cell, Column, Definition, Section, Span, Table, Text
from evalreport.report.view import View, band_range_text, band_tag, code, enumerated, say

INTERVAL_METHOD = "Hall's skewness-corrected interval"
_MOST_COLUMNS = 12
_SKILL_WORDS = ((0.1, "slight"), (0.3, "some"), (0.6, "solid"))
_ROWS_A_CLASS = 50
"""So many rows for each class, and the bias of the baseline is under 0.01 nats."""

_WHAT_TO_DO = {
    "perfect": "Check for leakage: the answer may be among the inputs",
    "great": "Check that it beats the baseline, then use it",
    "on the right track": "Look at the worst rows",
    "fine": "Look at classes and slices",
    "can probably improve": "Look at classes and slices, then at calibration",
    "not great": "Check calibration and labels",
    "terrible": "Compare with the baseline before anything else",
    "something is broken": "Check column order, class names and zero probabilities",
}


def help_section(view: View) -> Section:
    """Return the section on how to read the report."""
    return Section(
        id="help",
        title="How to read this report",
        nav_title="How to read this report",
        lede=say(
            "Log loss (cross-entropy) measures how much probability the model gave to what "
            "happened. 0 means it always gave 100%. Lower is better."
        ),
        definitions=(*(soft.definitions(view) if view.is_soft else ()), *_definitions(view)),
        tables=(_bands_table(),),
    )


def _definitions(view: View) -> tuple[Definition, ...]:
    overall = view.result.overall
    has_loss = overall.judged_loss is not None
    here = f" {percent_text(overall.mean_probability)} here." if has_loss else ""
    bits = f": {score_text(overall.bits)} bits" if has_loss else ""
    loss = "cross-entropy" if view.is_soft else "log loss"
    texts = {
        "Bands": f"{_whose_bands(view)}, in nats. They do not know how many classes you have or "
        "how rare they are, so a low number is not always good and a high one not always bad. The "
        "baseline tells you which.",
        "Baseline": "The loss of a model that always predicts the class frequencies of this file. "
        "0% less loss means the model knows nothing; more loss means it does harm."
        f"{_skill_in_words(view)}{_too_low(view)}",
        "95% CI": "How far the number could move by chance with this many rows, by "
        f"{_interval_method(view)}. It says nothing about other days or other data, and cannot see "
        f"a rare disaster that is not in these rows.{_unseen(view)}",
        "Share of loss": "How much of the total loss comes from this group. Compare it with the "
        "group's share of rows.",
        "Average probability": f"The geometric mean: e to the power of minus the {loss}.{here}",
        "Nats and bits": f"Natural logarithm. Divide by 0.693 for bits{bits}.",
        "Floor": _floor_sentence(view),
    }
    return tuple(Definition(term, say(text)) for term, text in texts.items())


def _skill_in_words(view: View) -> str:
    skill = view.result.baseline.skill
    if skill is None or skill <= 0.0:
        return ""
    word = next((word for most, word in _SKILL_WORDS if skill < most), "strong")
    return (
        f" {percent_text(skill)} less is {word} by our own words: under 10% slight, under 30% "
        "some, under 60% solid, from there on strong."
    )


def _too_low(view: View) -> str:
    """Say by how much the baseline is too low where rows are few for so many classes."""
    baseline, n_rows = view.result.baseline, view.result.overall.n
    n_classes = len(view.result.input.classes)
    if not baseline.too_low_by or n_rows >= _ROWS_A_CLASS * n_classes:
        return ""
    return (
        f" With {count_text(n_rows, 'row')} and {n_classes:,} classes it is too low by about "
        f"{view.losses.amount(baseline.too_low_by)}, because it knows the outcomes of these rows."
    )


def _floor_sentence(view: View) -> str:
    floor = view.result.input.floor
    if floor is None:
        return "None is set: a single zero for what happened makes the log loss infinite."
    cost = cost_text(view.losses.value(-math.log(floor)))
    return (
        f"The least probability that is scored: {floor_text(floor)}. Without it a single zero "
        f"would make the log loss infinite; with it such a row costs {cost} {view.losses.unit}."
    )


def _bands_table() -> Table:
    bands = scale().bands
    return Table(
        id="bands",
        caption="Bands for log loss, in nats",
        columns=(
            Column("range", "Log loss"),
            Column("band", "Band"),
            Column("average", "Average probability given to what happened"),
            *((Column("action", "What to do", wide=True),) if scale().is_built_in else ()),
        ),
        rows=tuple(
            (
                Cell(_exact_range(band)),
                Cell("", tag=band_tag(band.name)),
                Cell(_average_range(band)),
                *((Cell(_WHAT_TO_DO[band.name]),) if scale().is_built_in else ()),
            )
            for band in bands
        ),
    )


def _exact_range(band: Band) -> str:
    """Return the range with what its ends belong to."""
    if band.is_perfect or band.high is None or band.low == 0.0:
        return band_range_text(band)
    if band.includes_low and band.includes_high:
        return f"{band_range_text(band)}, both included"
    if band.includes_low:
        return f"{edge_text(band.low)} to under {edge_text(band.high)}"
    return f"over {edge_text(band.low)} to {edge_text(band.high)}"


def _average_range(band: Band) -> str:
    if band.is_perfect:
        return "100%"
    if band.high is None:
        return f"under {percent_text(math.exp(-band.low))}"
    least = percent_text(math.exp(-band.high))
    return f"over {least}" if band.low == 0.0 else f"{least} to {percent_text(math.exp(-band.low))}"


def run_section(view: View, command: str) -> Section:
    """Return the section on how this report was made."""
    result = view.result
    definitions = [
        Definition("Predictions", predictions_text(view)),
        Definition("Columns", _columns(view)),
        *(
            (Definition("How they were read", say(" ".join(_readings(view)))),)
            if result.input.readings
            else ()
        ),
        Definition("Classes", _classes(view)),
        *_clusters(view),
        Definition("Method", say(_method(view))),
        *_verification(view),
        *own_bands(view),
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


def _whose_bands(view: View) -> str:
    own = view.result.bands
    return "A rule of thumb" if own is None else f"Those of {clean(own.name)}"


def own_bands(view: View) -> Iterator[Definition]:
    """Yield where the bands come from, if they are not the built-in ones."""
    own = view.result.bands
    if own is not None:
        names = ", ".join(clean(each.name) for each in own.bands)
        text = say("own ones, from ", code(clean(own.name)), f" (digest {own.digest}): {names}")
        yield Definition("Bands", text)


def predictions_text(view: View) -> Text:
    """Return what was read: paths, format, size and rows."""
    given = view.result.input
    size = [] if given.bytes is None else [bytes_text(given.bytes)]
    rows = count_text(given.rows_read, "row")
    paths = enumerated(code(clean(path)) for path in given.paths[:_MOST_COLUMNS])
    more = len(given.paths) - _MOST_COLUMNS
    spans = (*paths, *(say(f" and {more:,} more") if more > 0 else ()))
    rest = ", ".join([given.format, *size, rows])
    return (*spans, *say(f", {rest}" if spans else rest))


def _columns(view: View) -> Text:
    used = view.result.input.columns
    named = [
        ("label", used.label),
        ("id", used.id),
        ("weight", used.weight),
        ("cluster", used.cluster),
    ]
    spans: list[Span] = []
    for what, name in named:
        if name is not None:
            spans += [Span(f"{what} "), code(clean(name, 40)), Span("; ")]
    n_probs = len(used.probabilities)
    if used.targets:
        names = [code(clean(name, 40)) for name in used.targets[:_MOST_COLUMNS]]
        more = len(used.targets) - len(names)
        spans += [Span("targets "), *enumerated(names)]
        spans.append(Span(f" and {more:,} more; " if more else "; "))
    spans.append(Span("probabilities " if n_probs > 1 else "probability "))
    spans += enumerated(code(clean(name, 40)) for name in used.probabilities[:_MOST_COLUMNS])
    if n_probs > _MOST_COLUMNS:
        spans.append(Span(f" and {n_probs - _MOST_COLUMNS:,} more"))
    if used.slices:
        spans.append(Span("; slices " if len(used.slices) > 1 else "; slice "))
        spans += enumerated(code(clean(name, 40)) for name in used.slices)
    if used.shown:
        spans += [Span("; shown "), *enumerated(code(clean(name, 40)) for name in used.shown)]
    return tuple(spans)


def _readings(view: View) -> list[str]:
    return [clean(sentence, 400) for sentence in view.result.input.readings]


def _classes(view: View) -> Text:
    given = view.result.input
    names = listed([clean(name, 40) for name in given.classes], most=_MOST_COLUMNS)
    positive = "" if given.positive is None else f"; positive: {clean(given.positive, 40)}"
    return say(f"{names}{positive}")


def _verification(view: View) -> tuple[Definition, ...]:
    found = view.result.verification
    if found is None:
        return ()
    return (Definition("Second opinion", say(verification_sentence(found))),)


def _unseen(view: View) -> str:
    sentence = unseen_zeros(view.result, view.losses)
    return "" if sentence is None else f" {sentence}"


def _interval_method(view: View) -> str:
    clusters = view.result.clusters
    return INTERVAL_METHOD if clusters is None else f"the {clusters.method}"


def _clusters(view: View) -> tuple[Definition, ...]:
    """Return what the rows belong to, and the interval that would not allow for it."""
    clusters, sentence = view.result.clusters, allows_for_clusters(view.result)
    if clusters is None or sentence is None:
        return ()
    if clusters.naive.interval is not None:
        naive = view.losses.interval(clusters.naive.interval)
        sentence += f" With independent rows the interval would be {naive}."
    return (Definition("Clusters", say(sentence)),)


def _smoothing(view: View) -> tuple[str, ...]:
    smoothing = view.result.input.label_smoothing
    return (f"labels smoothed by {scale_text(smoothing)}",) if smoothing else ()


def _method(view: View) -> str:
    floor = view.result.input.floor
    parts = [
        "Natural log in 64-bit floats",
        "no floor"
        if floor is None
        else f"floor {floor_text(floor)} ({cost_text(-math.log(floor))} nats)",
        *_smoothing(view),
        "weighted by row" if view.is_weighted else "unweighted",
        _interval_method(view),
        f"reliability by {view.result.calibration.method}",
    ]
    return ", ".join(parts)
