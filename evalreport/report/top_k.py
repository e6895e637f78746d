"""The words of a report on rows that hold only their most likely classes."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.top_k import is_open, listed_text
from evalreport.formats import INFINITE, capital, count_text, percent_text
from evalreport.report.model import Fact, Tag, Text, Tone, Verdict
from evalreport.report.verdict import interval_sentence, less_or_more
from evalreport.report.view import View, band_tag, band_tone, say, strong
from evalreport.results import EvaluationResult
from evalreport.top_k_results import LossBounds, RankResult, TopKResult

AT_LEAST = "≥"
WHOLE_ROWS = (
    "Expected loss, Brier score, one-vs-rest and the reliability of single classes need the "
    "probabilities of all classes: rows that leave some out do not tell them."
)


def top_k_size(result: EvaluationResult) -> str:
    """Return how much was scored: "1,000 rows, top 5"."""
    return f"{count_text(result.overall.n, 'row')}, {listed_text(result)}"


def top_k_of(view: View) -> TopKResult:
    """Return the part of a result that tells of most likely classes."""
    assert view.result.overall.top_k is not None
    return view.result.overall.top_k


def bounds_text(view: View, each: LossBounds | RankResult | TopKResult) -> str:
    """Return a loss, or the two values that it lies between."""
    low, high = each.log_loss_at_least, each.log_loss_at_most
    if low is None:
        return INFINITE
    if high is None:
        return f"{AT_LEAST} {view.losses.text(low)}"
    if low == high:
        return view.losses.text(low)
    return f"{view.losses.text(low)} to {view.losses.text(high)}"


# --- verdict ----------------------------------------------------------------------------------


def top_k_verdict(view: View) -> Verdict:
    """Return the verdict: the loss, or the least that it can be, with the bands it may be in."""
    overall = view.result.overall
    if overall.top_k is None:
        return _nothing_scored(view)
    top_k, opened = overall.top_k, is_open(view.result)
    headline, tone = _headline(view)
    least = view.mean_loss_text(overall.n, top_k.log_loss_at_least)
    value = f"{AT_LEAST} {least}" if opened and least != INFINITE else least
    return Verdict(
        tone=tone,
        value_label="Log loss is at least this, lower is better"
        if opened
        else "Log loss, lower is better",
        value_text=value,
        unit_text=f"{view.losses.unit} per row",
        interval_text=_interval_text(view),
        band=_band(top_k),
        headline=headline,
        sentences=tuple(_sentences(view)),
        ruler=(),
        ruler_note="",
        facts=tuple(_facts(view)),
        baseline_text=_baseline_line(view),
        loss_name="Log loss",
    )


def _nothing_scored(view: View) -> Verdict:
    return Verdict(
        tone="bad",
        value_label="Log loss, lower is better",
        value_text=view.losses.text(None),
        unit_text=f"{view.losses.unit} per row",
        interval_text="No interval: no rows",
        band=None,
        headline="No rows could be scored",
        sentences=(),
        ruler=(),
        ruler_note="",
        facts=(),
    )


def _interval_text(view: View) -> str:
    top_k = top_k_of(view)
    if not is_open(view.result):
        return interval_sentence(view)
    if top_k.interval is None:
        return (
            "No interval: nothing bounds it from above"
            if top_k.log_loss_at_most is None
            else "No interval: under 10 rows, one is nearly all, or all have the same loss"
        )
    return f"95% CI {view.losses.interval(top_k.interval)}, bounds and chance together"


def _band(top_k: TopKResult) -> Tag | None:
    low, high = top_k.band_at_least, top_k.band_at_most
    if low is None or low == high:
        return band_tag(low)
    if high is None:
        return Tag(f"{capital(low)}, or worse", band_tone(low))
    return Tag(f"From {low} to {high}", band_tone(high))


def _headline(view: View) -> tuple[str, Tone]:
    top_k = top_k_of(view)
    if view.found("below-baseline"):
        return "Worse than always predicting class frequencies", "bad"
    if top_k.log_loss_at_least is None:
        return "The log loss is infinite", "bad"
    if is_open(view.result) and top_k.rows_outside == view.result.overall.n:
        return "No row lists what happened", "bad"
    if view.found("few-rows"):
        return "Too few rows to say", "watch"
    band = _band(top_k)
    assert band is not None
    return band.text, band.tone


def _sentences(view: View) -> Iterator[Text]:
    top_k, n = top_k_of(view), view.result.overall.n
    if not is_open(view.result):
        yield say(
            f"Every row lists what happened among its {listed_text(view.result)}: ",
            strong("the loss is exact"),
            ".",
        )
        return
    where = f"observed a class outside the {listed_text(view.result)}"
    yield say(
        strong(f"{top_k.rows_outside:,} of {count_text(n, 'row')}"),
        f" {where}, so that their loss is only known to be no less than what they leave to such "
        "classes.",
    )
    if top_k.log_loss_at_most is not None:
        most = view.losses.text(top_k.log_loss_at_most)
        yield say("If they gave it nothing, the log loss would be ", strong(most), ".")
    else:
        yield say("Without a floor nothing bounds the log loss from above.")


def _facts(view: View) -> Iterator[Fact]:
    overall, top_k = view.result.overall, top_k_of(view)
    yield _against_baseline(view)
    yield Fact(
        f"Rows that list what happened among their {listed_text(view.result)}",
        percent_text(1.0 - top_k.share_outside, 1),
        f"{percent_text(overall.accuracy, 1)} have it first",
    )
    yield Fact(
        "What rows leave to other classes",
        f"{percent_text(top_k.mean_rest, 1)} on average",
        f"Rows list {_count_listed(top_k)}",
    )


def _count_listed(top_k: TopKResult) -> str:
    fewest, most = top_k.fewest_listed, top_k.most_listed
    if fewest == most:
        return count_text(most, "class", "classes")
    return f"{fewest:,} to {count_text(most, 'class', 'classes')}"


def _against_baseline(view: View) -> Fact:
    term, top_k = "Against always predicting class frequencies", top_k_of(view)
    number = f"Baseline {view.losses.text(view.result.baseline.class_frequencies)}"
    return Fact(term, _skill_words(view), number) if top_k else Fact(term, "Not defined", number)


def _skill_words(view: View) -> str:
    top_k = top_k_of(view)
    low, high = top_k.skill_at_least, top_k.skill_at_most
    if high is None:
        return "Not defined"
    if low == high:
        return less_or_more(high)
    if low is None:
        return f"{less_or_more(high)} at best"
    if low >= 0:
        return f"{percent_text(low)} to {percent_text(high)} less loss"
    return f"{less_or_more(high)} at best, {_lower(less_or_more(low))} at worst"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _baseline_line(view: View) -> str:
    number = f"Baseline {view.losses.text(view.result.baseline.class_frequencies)}"
    return f"{number}, always predicting class frequencies: {_lower(_skill_words(view))}"
