"""Limits: what passes, what fails, and what cannot be judged."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.bands import BANDS
from evalreport.errors import SettingsError
from evalreport.limits import GroupLimits, Limits, are_met, judge_limits
from evalreport.limits.wording import told_apart
from tests import sample_results


def only(result, **limits):
    (judged,) = judge_limits(result, Limits(**limits))
    return judged


def with_loss(loss: float | None, **changes):
    result = sample_results.binary()
    overall = replace(result.overall, log_loss=loss, kl_divergence=loss, **changes)
    return replace(result, overall=overall)


@pytest.mark.parametrize(
    ("loss", "outcome"),
    [(0.3, "passed"), (math.nextafter(0.3, 1), "failed"), (math.nextafter(0.3, 0), "passed")],
)
def test_the_last_bit_of_the_loss_decides(loss, outcome):
    judged = only(with_loss(loss), max_loss=0.3)
    assert (judged.outcome, judged.value, judged.limit) == (outcome, loss, 0.3)


@pytest.mark.parametrize(
    ("skill", "outcome"), [(0.1, "passed"), (math.nextafter(0.1, 0), "failed"), (0.9, "passed")]
)
def test_skill_fails_below_its_limit(skill, outcome):
    result = sample_results.binary()
    result = replace(result, baseline=replace(result.baseline, skill=skill))
    assert only(result, min_skill=0.1).outcome == outcome


def test_an_infinite_loss_is_over_every_limit():
    judged = only(sample_results.unfloored(), max_loss=1e300)
    assert (judged.outcome, judged.value) == ("failed", "infinite")
    assert judged.why == "Log loss ∞ nats is over the limit of 1e+300."


def test_what_was_not_measured_is_not_judged_and_never_passed():
    limits = Limits(
        max_loss=9.0, min_skill=-9.0, max_ece=1.0, max_zero_probability=9, worst_band="terrible"
    )
    judged = judge_limits(sample_results.empty(), limits)
    assert {(each.outcome, each.value) for each in judged} == {("not judged", None)}
    assert judged[0].why == "Not judged: no row was scored."


def test_zero_probability_rows_are_counted_whatever_the_floor_makes_of_them():
    typical = sample_results.typical()
    assert only(typical, max_zero_probability=12).outcome == "passed"
    judged = only(typical, max_zero_probability=11)
    assert (judged.outcome, judged.value) == ("failed", 12)
    assert judged.why == "12 rows were given zero probability; the limit is 11."


@pytest.mark.parametrize("actual", [band.name for band in BANDS])
@pytest.mark.parametrize("worst", [band.name for band in BANDS])
def test_a_band_fails_if_it_is_further_up_the_scale(actual, worst):
    result = with_loss(0.1)
    band = replace(result.overall.band, name=actual)
    result = replace(result, overall=replace(result.overall, band=band))
    names = [band.name for band in BANDS]
    expected = "failed" if names.index(actual) > names.index(worst) else "passed"
    assert only(result, worst_band=worst).outcome == expected


def test_findings_fail_by_their_severity():
    broken, perfect = sample_results.broken(), sample_results.perfect()
    n_errors = sum(each.severity == "error" for each in broken.findings)
    assert only(broken, fail_on="error").value == n_errors > 0
    assert "error" not in {each.severity for each in perfect.findings}
    assert only(perfect, fail_on="error").outcome == "passed"
    assert only(perfect, fail_on="warning").why == "1 warning found: leakage."
    assert judge_limits(broken, Limits(fail_on="never")) == ()


def test_classes_and_slices_have_limits_of_their_own():
    typical = sample_results.typical()
    refund = next(each for each in typical.classes if each.name == "refund")
    french = next(each for each in typical.slices if each.value == "fr")
    limits = Limits(
        classes=(GroupLimits(name="refund", max_loss=0.1, max_zero_probability=99),),
        slices=(GroupLimits(column="language", name="fr", max_loss=9.0, min_skill=0.99),),
    )
    judged = {each.name: each for each in judge_limits(typical, limits)}
    assert {name: (each.value, each.outcome) for name, each in judged.items()} == {
        "classes.refund.max_loss": (refund.log_loss, "failed"),
        "classes.refund.max_zero_probability": (refund.zero_probability_rows, "passed"),
        "slices.language.fr.max_loss": (french.log_loss, "passed"),
        "slices.language.fr.min_skill": (french.skill, "failed"),
    }
    assert judged["classes.refund.max_loss"].why.startswith("Class refund: log loss ")


def test_a_class_or_slice_that_is_not_there_is_not_judged():
    limits = Limits(
        classes=(GroupLimits(name="refnud", max_loss=0.1),),
        slices=(
            GroupLimits(column="language", name="xx", max_loss=0.1),
            GroupLimits(column="planet", name="mars", max_loss=0.1),
        ),
    )
    judged = judge_limits(sample_results.typical(), limits)
    assert [(each.outcome, each.why) for each in judged] == [
        ("not judged", "Not judged: class refnud: no class of that name."),
        ("not judged", "Not judged: slice language = xx: no such value."),
        ("not judged", "Not judged: slice planet = mars: no slice column of that name."),
    ]


def test_names_with_dots_keep_their_place_in_the_settings_file_apart():
    one = GroupLimits(column="a.b", name="c", max_loss=1.0).place
    other = GroupLimits(column="a", name="b.c", max_loss=1.0).place
    assert (one, other) == ('slices."a.b".c', 'slices.a."b.c"')


def test_soft_labels_are_judged_on_the_excess():
    result = replace(with_loss(None), task="soft")
    result = replace(result, overall=replace(result.overall, kl_divergence=0.2, cross_entropy=0.9))
    judged = only(result, max_loss=0.3)
    assert (judged.outcome, judged.value) == ("passed", 0.2)
    assert judged.why == "Excess loss 0.200 nats is within the limit of 0.3."


@pytest.mark.parametrize(
    ("outcomes", "lenient", "strict"),
    [
        ((), True, True),
        (("passed",), True, True),
        (("passed", "not judged"), True, False),
        (("inconclusive",), True, False),
        (("passed", "failed"), False, False),
    ],
)
def test_strict_wants_everything_to_pass(outcomes, lenient, strict):
    template = only(with_loss(0.1), max_loss=0.3)
    judged = [replace(template, outcome=outcome) for outcome in outcomes]
    assert (are_met(judged), are_met(judged, strict=True)) == (lenient, strict)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_loss": math.nan}, "max_loss takes a finite number, not nan."),
        ({"max_loss": "0.3"}, "max_loss takes a finite number, not '0.3'."),
        ({"min_skill": True}, "min_skill takes a finite number, not True."),
        ({"max_ece": 1.5}, "max_ece takes a number from 0 to 1, not 1.5."),
        (
            {"max_zero_probability": -1},
            "max_zero_probability takes a number of rows, 0 or more; not -1.",
        ),
        ({"fail_on": "note"}, "fail_on takes 'error' or 'warning' or 'never', not 'note'."),
        (
            {"worst_band": "good"},
            "worst_band takes the name of a band, not 'good'.\n  Bands: perfect, great, on the "
            "right track, fine, can probably improve, not great, terrible, something is broken.",
        ),
    ],
)
def test_a_limit_that_means_nothing_is_refused(given, message):
    with pytest.raises(SettingsError) as caught:
        Limits(**given).refuse_unknown_bands()
    assert str(caught.value) == message


def test_a_class_has_no_skill_to_limit():
    with pytest.raises(SettingsError, match=r"^classes\.a\.min_skill: a class by itself has no"):
        GroupLimits(name="a", min_skill=0.1)


@given(value=st.floats(0, 40), limit=st.floats(0, 40))
def test_a_number_is_shown_on_the_side_of_the_limit_that_it_lies_on(value, limit):
    shown = float(told_apart(value, limit))
    assert (shown > limit, shown < limit) == (value > limit, value < limit)
