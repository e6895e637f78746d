"""The answer in one screen: number, band, headline, and the facts that go with it."""

from __future__ import annotations

import math

from evalreport.bands import BROKEN, band_of, scale
from evalreport.findings import loss_without_zeros
from evalreport.findings.clusters import allows_for_clusters
from evalreport.findings.headline import equal_odds, loss_name, why_no_interval
from evalreport.findings.judgement import FEW_ROWS
from evalreport.findings.score import unseen_zeros
from evalreport.formats import (
    INFINITE,
    capital,
    count_text,
    edge_text,
    floor_text,
    listed,
    percent_text,
    spoken,
)
from evalreport.report import soft
from evalreport.report.changed import change_text, headline_with, previous_fact, previous_line
from evalreport.report.model import Fact, Text, Tone, Verdict
from evalreport.report.ruler import ruler
from evalreport.report.view import View, band_tag, band_tone, code, say, strong
from evalreport.results import Interval

_PREVIOUS_NOTE = "Dashes: previous run. "
_RULER_NOTE = (
    "Line: this run with its 95% CI. Widths are not to scale. {} bands, in nats; 0 is perfect. "
    "Read them together with the baseline below."
)


def verdict(view: View) -> Verdict:
    """Return the verdict on a result."""
    overall = view.result.overall
    headline, tone, sentences = _headline(view)
    clustered = allows_for_clusters(view.result)
    sentences = sentences if clustered is None else (*sentences, say(clustered))
    if overall.interval is None and (rise := unseen_zeros(view.result, view.losses)) is not None:
        sentences = (*sentences, say(rise))
    if view.is_soft and overall.n:
        sentences = (*sentences, soft.least_loss(view))
    return Verdict(
        tone=tone,
        value_label=soft.VALUE_LABEL if view.is_soft else "Log loss, lower is better",
        value_text=view.mean_loss_text(overall.n, overall.judged_loss),
        unit_text=f"{view.losses.unit} per row",
        interval_text=interval_sentence(view),
        band=band_tag(overall.band.name) if overall.band else None,
        headline=headline,
        sentences=sentences,
        ruler=ruler(view),
        ruler_note=_ruler_note(view),
        facts=_facts(view),
        baseline_text=_baseline_line(view),
        previous_text=previous_line(view),
        change_text=change_text(view),
        interval_note=clustered or "",
        loss_name=capital(loss_name(view.result)),
    )


def _ruler_note(view: View) -> str:
    before = "" if view.result.comparison is None else _PREVIOUS_NOTE
    note = _RULER_NOTE.format("Rule-of-thumb" if scale().is_built_in else "Own")
    return before + note + (soft.RULER_NOTE if view.is_soft else "")


def interval_sentence(view: View) -> str:
    """Return the interval, or why there is none."""
    overall = view.result.overall
    if overall.interval is not None:
        about = ", approximate" if overall.interval_is_approximate else ""
        return f"95% CI {view.losses.interval(overall.interval)}{about}"
    return f"No interval: {why_no_interval(view.result)}"


# --- headline ---------------------------------------------------------------------------------

_Headline = tuple[str, Tone, tuple[Text, ...]]


def _headline(view: View) -> _Headline:
    """Return headline, tone and sentences; the first rule that fits decides."""
    overall = view.result.overall
    if not overall.n:
        finding = view.found("no-rows")
        return "No rows could be scored", "bad", (say(finding.why),) if finding else ()
    if overall.judged_loss is None:
        return f"The {loss_name(view.result)} is infinite", "bad", (_infinite(view),)
    if scale().is_built_in and overall.judged_loss > BROKEN.low:
        return "Something is broken", "bad", (_broken(view), *_cause(view))
    if view.found("below-baseline"):
        return "Worse than always predicting class frequencies", "bad", (_harmful(view),)
    if (finding := view.found("no-skill")) is not None:
        return finding.title, "poor", (_no_skill(view),)
    if overall.judged_loss == 0.0:
        return "Perfect score: check for leakage", "watch", (_perfect(view),)
    if _is_uncertain(view):
        return "Too few rows to say", "watch", (_too_few(view), *_cause(view))
    return _ordinary(view)


def _ordinary(view: View) -> _Headline:
    band = view.result.overall.band
    assert band is not None
    first = (*_average(view), *_crossing(view))
    return headline_with(view, band.name), band_tone(band.name), (first, *_cause(view))


def _is_uncertain(view: View) -> bool:
    overall = view.result.overall
    touched = len(overall.band.interval_bands) if overall.band else 0
    return overall.n < FEW_ROWS or touched >= 3


def _infinite(view: View) -> Text:
    n_zero = view.result.overall.zero_probability_rows
    text = f"{count_text(n_zero, 'row')} gave probability 0 to what happened, and no floor is set."
    known = [each for each in view.result.floors if each.log_loss is not None]
    if not known:
        return say(text)
    first = known[0]
    loss = view.losses.text(first.log_loss)
    return say(f"{text} With a floor of {floor_text(first.floor)} it would be ", strong(loss), ".")


def _broken(view: View) -> Text:
    n_classes = len(view.result.input.classes)
    knows_nothing = view.losses.text(equal_odds(view.result))
    guess = f"A model that knows nothing about {n_classes:,} equally likely classes scores "
    interval = view.result.baseline.skill_interval
    if n_classes > 3 and interval is not None and interval[0] > 0.0:
        saved = percent_text(view.result.baseline.skill)
        return say(
            f"{guess}{knows_nothing}. The bands were made for few classes: this model still loses ",
            strong(f"{saved} less"),
            " than always predicting class frequencies.",
        )
    order = "" if _order_is_right(view) else "column order, "
    return say(
        guess,
        strong(knows_nothing),
        f". Check {order}class names and zero probabilities.",
    )


def _harmful(view: View) -> Text:
    baseline, loss = view.result.baseline.judged_loss, view.result.overall.judged_loss
    more = -(view.result.baseline.skill or 0.0)
    return say(
        f"Ignoring the inputs would score {view.losses.text(baseline)}; this model scores "
        f"{view.losses.text(loss)}, ",
        strong(f"{percent_text(more)} more"),
        "." if _order_is_right(view) else ". Swapped class columns are the usual cause.",
    )


def _order_is_right(view: View) -> bool:
    """Return whether it was looked at, and no other order of the class columns would be better."""
    order = None if view.result.audit is None else view.result.audit.class_order
    return order is not None and order.read_as is None


def _no_skill(view: View) -> Text:
    baseline = view.losses.text(view.result.baseline.judged_loss)
    rows = count_text(view.result.overall.n, "row")
    return say(f"With {rows} the difference from ", strong(baseline), " could be chance.")


def _perfect(view: View) -> Text:
    start = say("Every row got ", strong("100%"), " for what happened.")
    if view.is_soft:
        start = say("Every forecast ", strong("equals"), " its target.")
    return (
        *start,
        *say(
            " Check whether the label, or something made from it, is among "
            "the inputs, and whether training rows are in this file."
        ),
    )


def _too_few(view: View) -> Text:
    overall = view.result.overall
    rows = f"{count_text(overall.n, 'row')}: "
    if overall.interval is None:
        return say(rows, *_average(view))
    return say(rows, f"the interval runs from {view.losses.interval(overall.interval)}.")


def _average(view: View) -> Text:
    if view.is_soft:
        return soft.parts_of_the_loss(view)
    average = spoken(percent_text(view.result.overall.mean_probability))
    return say("On average the model gave ", strong(average), " to what happened.")


def _crossing(view: View) -> Text:
    """Return the sentence for an interval that reaches into a neighbouring band."""
    band = view.result.overall.band
    if band is None or len(band.interval_bands) < 2:
        return ()
    touched = [each for each in scale().bands if each.name in band.interval_bands]
    edges = [edge_text(each.high) for each in touched if each.high is not None][: len(touched) - 1]
    others = [f"“{each.name}”" for each in touched if each.name != band.name]
    verb = "is" if len(others) == 1 else "are"
    unit = "" if view.losses.unit == "nats" else " nats"
    return say(
        f" The interval crosses {listed(edges)}{unit}, so {listed(others)} {verb} also possible."
    )


def _cause(view: View) -> tuple[Text, ...]:
    """Return the sentence on what weighs most, if anything does."""
    overall = view.result.overall
    rest, n_zero = loss_without_zeros(view.result), overall.zero_probability_rows
    if rest is not None and (overall.zero_probability_share_of_loss or 0.0) > 0.05:
        share = percent_text(overall.zero_probability_share_of_loss)
        rows = f"{count_text(n_zero, 'row')} given zero probability"
        verb, them = ("makes", "it") if n_zero == 1 else ("make", "them")
        loss = f"{view.losses.text(rest)} ({band_of(rest).name})"
        return (
            say(strong(rows), f" {verb} {share} of the loss. Without {them} it would be {loss}."),
        )
    if view.found("flattering-bands"):
        baseline = view.losses.text(view.result.baseline.judged_loss)
        return (
            say(
                "The bands flatter any model at this base rate: always predicting class "
                f"frequencies scores {baseline}, “{view.result.baseline.band}” too. Judge by the "
                "loss saved."
            ),
        )
    if view.found("many-classes"):
        saved = percent_text(view.result.baseline.skill)
        return (
            say(
                "The bands were made for few classes: this model loses ",
                strong(f"{saved} less"),
                " than always predicting class frequencies.",
            ),
        )
    group = view.judged("slice", "class")
    if group is None:
        return ()
    name = next((piece.text for piece in group.short if piece.is_data), "")
    kind = "" if group.finding.code == "slice" else "Class "
    return (say(kind, code(name), group.short[-1].text.replace(":", " scores", 1), "."),)


# --- facts ------------------------------------------------------------------------------------


def _facts(view: View) -> tuple[Fact, ...]:
    facts = (_against_baseline(view), previous_fact(view), _where_the_loss_is(view))
    return (*facts, soft.targets_fact(view)) if view.is_soft and view.result.overall.n else facts


def _against_baseline(view: View) -> Fact:
    baseline = view.result.baseline
    term = "Against always predicting class frequencies"
    if baseline.judged_loss is None:
        return Fact(term, "Not defined", "No row was scored")
    number = f"Baseline {view.losses.text(baseline.judged_loss)}{training_text(view)}"
    if baseline.skill is None:
        alike = "Every row has the same target" if view.is_soft else "Only one class happened"
        why = alike if not baseline.judged_loss else "The loss is infinite"
        return Fact(term, "Not defined", f"{why}. {number}")
    interval = baseline.skill_interval
    detail = f"{number}. 95% CI {_skill_interval(interval)}" if interval else number
    return Fact(term, less_or_more(baseline.skill), detail)


def training_text(view: View) -> str:
    """Return what always predicting the frequencies of training scores, in brackets; or nothing."""
    loss = view.result.baseline.training_frequencies
    return "" if loss is None else f" (with those of training {view.losses.text(loss)})"


def less_or_more(skill: float) -> str:
    """Return skill in words: "86% less loss", "17% more loss"."""
    if skill == 0.0:
        return "The same loss"
    return f"{percent_text(abs(skill))} {'less' if skill > 0 else 'more'} loss"


def _skill_interval(interval: Interval) -> str:
    low, high = interval
    # With many rows both ends may round to the same percentage.
    decimals = 0 if percent_text(low) != percent_text(high) else 1
    ends = [percent_text(abs(each), decimals) for each in (low, high)]
    if low >= 0:
        return f"{ends[0]} to {ends[1]}"
    if high <= 0:
        return f"{ends[1]} to {ends[0]} more"
    return f"{ends[0]} more to {ends[1]} less"


def _baseline_line(view: View) -> str:
    baseline = view.result.baseline
    if baseline.judged_loss is None:
        return ""
    number = f"Baseline {view.losses.text(baseline.judged_loss)}{training_text(view)}"
    if baseline.skill is None:
        return f"{number}: always predicting class frequencies"
    than = "as" if baseline.skill == 0.0 else "than"
    words = less_or_more(baseline.skill)
    return f"{number}: {words[0].lower() + words[1:]} {than} always predicting class frequencies"


def _where_the_loss_is(view: View) -> Fact:
    term, overall = "Where the loss is", view.result.overall
    if not overall.n:
        return Fact(term, "Nowhere", "No row was scored")
    if overall.judged_loss is None:
        n_zero = count_text(overall.zero_probability_rows, "row")
        return Fact(term, f"{INFINITE} in {n_zero}", "Rows that gave 0 to what happened")
    if overall.judged_loss == 0.0:
        return Fact(term, "Nowhere", "Every row has a loss of 0")
    rows, loss = loss_of_the_doubtful(view)
    shares = f"{percent_text(rows)} of rows, {percent_text(loss)} of the loss"
    where = "Rows where what happened got 50% or less"
    if view.is_soft:
        where = f"Rows that lose {view.losses.text(math.log(2.0))} or more above their target"
    return Fact(term, shares, where)


def loss_of_the_doubtful(view: View) -> tuple[float, float]:
    """Return the share of rows, and of the loss, where what happened got 50 % or less."""
    bins = [each for each in view.result.loss_by_probability if each.high <= 0.5]
    loss = sum(each.share_of_loss or 0.0 for each in bins)
    return sum(each.n for each in bins) / view.result.overall.n, loss
