"""Rare classes, and many: a high loss that rarity explains is not called broken."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from evalreport.bands import band_of
from evalreport.limits import GroupLimits, Limits, judge_limits
from evalreport.rarity import with_fair_bands
from evalreport.renderers.markdown import MarkdownRenderer
from evalreport.report import build_report
from tests.sample_results import evaluated


def section(report, id_):
    return next(each for each in report.sections if each.id == id_)


def words(text):
    return "".join(span.text for span in text)


@lru_cache
def rare():
    """One positive in a thousand rows, from forecasts that are right."""
    rng = np.random.default_rng(3)
    chance = 1.0 / (1.0 + np.exp(-rng.normal(-9.0, 2.0, 60_000)))
    observed = (rng.random(len(chance)) < chance).astype(int)
    return evaluated(observed, np.column_stack([1.0 - chance, chance]))


@lru_cache
def many():
    """Three hundred classes, equally frequent, from a model that is too cautious."""
    rng = np.random.default_rng(5)
    logits = 2.0 * rng.normal(size=(12_000, 300))
    observed = (1.2 * logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    return evaluated(observed, probs / probs.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("loss", "frequency", "n", "band"),
    [
        (1.0, 0.001, 100, "not great"),
        (1.01, 0.001, 100, None),
        (6.2, 0.001, 100, None),
        (6.3, 0.001, 100, "something is broken"),
        (8.2, 0.001, 29, None),
        (8.4, 0.001, 29, "something is broken"),
        (1.5, 0.05, 100, "terrible"),
        (1.5, 0.049, 100, None),
    ],
)
def test_only_the_worst_two_bands_are_withheld_and_only_where_rarity_explains_them(
    loss, frequency, n, band
):
    result = rare()
    overall = replace(result.overall, log_loss=0.3, kl_divergence=0.3)
    baseline = replace(result.baseline, class_frequencies=0.4)  # a ratio of 3 to 4
    each = replace(
        result.classes[1],
        n=n,
        frequency=frequency,
        log_loss=loss,
        cross_entropy=loss,
        interval=(0.9 * loss, 1.1 * loss),
        band=band_of(loss).name,
    )
    assert with_fair_bands([each], overall, baseline)[0].band == band


def test_a_rare_class_of_a_calibrated_model_is_not_called_broken_anywhere():
    result = rare()
    positive = result.classes[1]
    assert positive.log_loss > 4
    assert positive.frequency < 0.002
    assert positive.band is None
    assert result.classes[0].band == "great"
    assert not [each for each in result.findings if each.severity != "note"]
    report = build_report(result)
    classes = section(report, "classes")
    assert classes.tables[0].rows[0][2].tag is None
    assert "No band where rarity explains the loss." in classes.tables[0].note
    assert "something is broken |" not in MarkdownRenderer().render(report)


def test_the_sentence_on_a_rare_class_says_what_its_rarity_alone_would_cost():
    lede = words(section(build_report(rare()), "classes").lede)
    cost = -np.log(rare().classes[1].frequency)
    assert lede.startswith("No class stands out.")
    assert lede.endswith(f"Always giving it its frequency would cost {cost:.3f}.")


def test_a_limit_on_the_band_of_a_rare_class_is_judged_by_its_loss():
    limits = Limits(classes=(GroupLimits(name=rare().classes[1].name, worst_band="terrible"),))
    (judged,) = judge_limits(rare(), limits)
    assert (judged.outcome, judged.value) == ("failed", "something is broken")


def test_many_classes_have_no_column_of_bands_that_say_the_same_of_all():
    result = many()
    assert band_of(result.overall.log_loss).name == result.overall.band.name
    table = section(build_report(result), "classes").tables[0]
    assert "band" not in [each.key for each in table.columns]
    assert "from" not in table.more


def test_of_many_classes_those_are_shown_whose_mean_forecast_is_furthest_off():
    table = section(build_report(many()), "distributions").tables[0]
    differences = [abs(row[3].value) for row in table.rows]
    assert len(differences) == 12
    assert differences == sorted(differences, reverse=True)
    assert table.more == "and 288 classes that differ less: see the JSON."


def test_an_interval_of_the_skill_that_rounds_to_one_number_is_told_with_a_decimal():
    result = many()
    low, high = result.baseline.skill_interval
    facts = build_report(result).verdict.facts
    text = next(each for each in facts if "frequencies" in each.term).detail
    if f"{low:.0%}" == f"{high:.0%}":
        assert text.endswith(f"95% CI {100 * low:.1f}% to {100 * high:.1f}%")
    else:
        assert text.endswith(f"95% CI {low:.0%} to {high:.0%}")


def test_a_rare_class_that_is_forecast_too_often_is_not_called_as_frequent_as_forecast():
    rare = np.full(10_000, 0.0011)
    observed = np.zeros(10_000, dtype=int)
    observed[:7] = 1
    report = build_report(evaluated(observed, np.column_stack([1.0 - rare, rare])))
    part = section(report, "distributions")
    assert words(part.lede) == (
        "The largest difference is in class “class 1”: forecast 0.110% on average, happened 0.070% "
        "of the time."
    )
    shown = [[cell.text for cell in row] for row in part.tables[0].rows]
    assert shown == [
        ["class 0", "99.930%", "99.890%", "−0.040 points"],
        ["class 1", "0.070%", "0.110%", "+0.040 points"],
    ]


def test_confident_mistakes_that_the_forecasts_expect_are_no_word_on_wrong_labels():
    said = {
        n: " ".join(words(each) for each in section(build_report(mistaken(n)), "worst").notes)
        for n in (3, 30)
    }
    assert "in 3 rows, no more than the 5.0 that the forecasts expect." in said[3]
    assert "wrong" not in said[3]
    assert (
        "in 30 rows; the forecasts expect 5.0. If these labels are wrong, so are 3% of all"
        in said[30]
    )


def mistaken(n_mistakes):
    """A thousand forecasts of 99.5 %, so many of them wrong."""
    observed = np.ones(1_000, dtype=int)
    observed[:n_mistakes] = 0
    return evaluated(observed, np.tile([0.005, 0.995], (1_000, 1)))
