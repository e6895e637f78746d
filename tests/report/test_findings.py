"""What needs attention, and what is told to be fine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import evalreport
from evalreport.findings import find, judge_result, passed_checks
from evalreport.formats import LossFormat
from evalreport.report import build_report
from evalreport.results import EvaluationResult, InvalidReason
from tests import sample_results
from tests.sample_results import evaluated


def codes(result: EvaluationResult) -> list[str]:
    return [each.code for each in find(result)]


def finding(result: EvaluationResult, code: str):
    return next(each for each in find(result) if each.code == code)


def constant(n_positive: int, n: int, forecast: float) -> EvaluationResult:
    """Always the same forecast of a class that happens in some of the rows."""
    observed = [1] * n_positive + [0] * (n - n_positive)
    return evaluated(observed, [[1 - forecast, forecast]] * n, ("no", "yes"))


def test_errors_come_before_warnings_and_those_before_notes_and_then_the_larger_share():
    found = judge_result(sample_results.typical())
    order = [("error", "warning", "note").index(each.finding.severity) for each in found]
    assert order == sorted(order)
    groups = [each.share_of_loss for each in found if each.finding.code in ("class", "slice")]
    assert groups == sorted(groups, reverse=True)


def test_zero_probabilities_are_an_error_that_names_the_floor_in_force():
    zero = finding(sample_results.typical(), "zero-prob")
    assert zero.severity == "error"
    assert zero.title == "Zero probability given to what happened in 12 rows"
    assert zero.why == (
        "The loss of such a row is infinite. Here it is capped at 36.0 nats (floor 2^-52 = "
        "2.2e-16). These 12 rows are 0.1% of the data and 16% of the loss. Without them the log "
        "loss is 0.177 (fine)."
    )
    assert zero.section == "worst"


def test_without_a_floor_zero_probabilities_make_the_mean_infinite():
    zero = finding(sample_results.unfloored(), "zero-prob")
    assert "No floor is set, so the mean is infinite too." in zero.why


def test_a_single_zero_is_told_in_the_singular():
    probs = [[0.8, 0.2]] * 149 + [[0.0, 1.0]]
    zero = finding(evaluated([0] * 100 + [1] * 49 + [0], probs), "zero-prob")
    assert zero.title.endswith("in 1 row")
    assert "This row is 0.7% of the data" in zero.why


def test_a_band_that_depends_on_the_floor_is_a_warning_with_both_ends():
    floor = finding(sample_results.typical(), "floor")
    assert floor.severity == "warning"
    assert floor.why == (
        "Other tools would print 0.211 (floor 2^-52 = 2.2e-16) to 0.183 (floor 2^-10 = 0.00098) "
        "for this file: the band changes."
    )


def test_a_model_that_does_harm_is_an_error_and_one_that_knows_nothing_a_warning():
    swapped = constant(300, 1_000, 0.9)
    assert "below-baseline" in codes(swapped)
    assert finding(swapped, "below-baseline").severity == "error"
    rng = np.random.default_rng(0)
    forecasts = np.clip(0.5 + 0.05 * rng.normal(size=400), 0.01, 0.99)
    observed = rng.integers(0, 2, 400)
    guessing = evaluated(observed, np.stack([1 - forecasts, forecasts], axis=1))
    assert "no-skill" in codes(guessing)
    assert "Better than always predicting class frequencies" not in passed_checks(guessing)


@pytest.mark.parametrize(
    ("probs", "title"),
    [
        ([[1.0, 0.0], [0.0, 1.0]] * 20, "Perfect score: check for leakage"),
        ([[0.9995, 0.0005], [0.0005, 0.9995]] * 20, "Almost perfect score: check for leakage"),
        ([[0.7, 0.3], [0.3, 0.7]] * 500, "Every top class is right: check for leakage"),
    ],
)
def test_what_is_too_good_to_be_true_is_suspected(probs, title):
    result = evaluated([0, 1] * (len(probs) // 2), probs)
    assert finding(result, "leakage").title == title


def test_an_ordinary_model_is_not_suspected():
    assert "leakage" not in codes(sample_results.binary())
    assert "Not suspiciously perfect: no sign of leakage" in passed_checks(sample_results.binary())


def test_a_bad_slice_is_named_with_its_shares_and_its_zeros():
    worst = finding(sample_results.typical(), "slice")
    assert worst.title == "language = fr has 3.3 times the overall loss"
    assert worst.why == (
        "0.690 on 1,864 rows: 15% of rows, 49% of the loss. All 12 zero-probability rows are here."
    )


def test_a_slice_that_is_not_worse_than_the_rest_is_left_in_peace():
    result = sample_results.typical()
    slices = tuple(replace(each, worse_than_rest=False) for each in result.slices)
    assert "slice" not in codes(replace(result, slices=slices))


def test_a_group_of_few_rows_is_not_accused():
    result = sample_results.typical()
    classes = tuple(replace(each, n=29) for each in result.classes)
    assert "class" not in codes(replace(result, classes=classes))


@pytest.mark.parametrize(
    ("sample", "code", "severity"),
    [
        (sample_results.typical, "underconfident", "note"),
        (sample_results.binary, "overconfident", "warning"),
    ],
)
def test_being_too_sure_is_a_warning_and_being_too_cautious_a_note(sample, code, severity):
    assert finding(sample(), code).severity == severity


def test_confidence_is_not_compared_with_accuracy_where_the_two_tell_another_story():
    result = sample_results.binary()
    calibration = replace(result.calibration, mean_confidence=0.5)
    why = finding(replace(result, calibration=calibration), "overconfident").why
    assert why == "It loses 0.112 nats a row more than its own forecasts expect."


def test_bands_that_flatter_every_model_are_told_off():
    rare = constant(10, 1_000, 0.011)
    assert finding(rare, "flattering-bands").why == (
        "Always predicting class frequencies scores 0.056, which the bands call “fine”."
    )


def test_bands_made_for_few_classes_are_put_into_perspective_with_many():
    assert "many-classes" in codes(sample_results.many())
    assert "many-classes" not in codes(sample_results.typical())


def test_forecasts_that_are_the_class_frequencies_do_no_harm_however_rare_the_class_is():
    for n_positive, n in ((19, 20_000), (333, 1_000), (500, 1_000)):
        same = constant(n_positive, n, n_positive / n)
        assert same.baseline.skill == 0.0
        assert same.baseline.skill_interval is None
        assert "below-baseline" not in codes(same)
        assert finding(same, "no-skill").title == (
            "No better than always predicting class frequencies"
        )


def test_rows_of_one_loss_are_not_called_too_few_for_an_interval():
    few = finding(constant(50, 50, 0.9), "few-rows")
    assert few.why == "No interval: every row has the same loss."
    assert finding(constant(2, 8, 0.3), "few-rows").why == "That is too few for an interval."


def test_without_an_interval_rows_that_differ_are_not_said_to_have_the_same_loss():
    heavy = np.append(1e9, np.ones(23))
    losses = {"observed": np.tile([0, 1], 12), "probs": np.linspace(0.1, 0.9, 24)}
    alike = {"observed": np.tile([0, 1], 12), "probs": np.tile([0.2, 0.3], 12)}
    for data, more, why in (
        (losses, {"weights": heavy}, "one row has nearly all of the weight"),
        (losses, {"weights": heavy, "clusters": np.arange(24)}, "one cluster is nearly all"),
        (alike, {"clusters": np.arange(24) // 2}, "every cluster has the same loss"),
    ):
        result = evalreport.evaluate(**data, **more).result
        assert result.overall.interval is None
        assert finding(result, "few-rows").why == f"No interval: {why}."
    documents = evalreport.evaluate(
        probs=[[-0.1 * i] for i in range(1, 21)],
        weights=np.append(1e9, np.ones(19)),
        input_kind="tokens",
    )
    assert "under 10 documents, one is nearly all, or all have" in documents.to_markdown()


def test_few_rows_small_classes_and_classes_that_never_happened_are_told():
    few = evaluated([0, 0, 1], [[0.7, 0.2, 0.1]] * 3, ("a", "b", "c"))
    assert {"few-rows", "small-class", "unseen-class"} <= set(codes(few))
    assert finding(few, "unseen-class").title == "Class “c” never happened"
    assert finding(few, "small-class").why == "“a” with 2 rows and “b” with 1 row."
    assert "one-class" in codes(evaluated([0, 0, 0], [[0.7, 0.3]] * 3))


def test_rows_left_out_are_a_note_and_a_warning_if_they_are_many():
    result = sample_results.typical()
    note = finding(result, "left-out")
    assert (note.severity, note.title) == ("note", "38 rows were left out")
    assert note.why.startswith(
        "26 because the label is missing and 12 because the probability is NaN."
    )
    many = replace(result.input, rows_rejected=2_000)
    assert finding(replace(result, input=many), "left-out").severity == "warning"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("rows_rescaled", "rescaled"),
        ("rows_not_summing_to_one", "sums"),
        ("rows_scored_as_is", "as-is"),
    ],
)
def test_probabilities_that_do_not_sum_to_one_are_told_with_what_was_done(field, code):
    result = sample_results.binary()
    quality = replace(result.data_quality, **{field: 7})
    changed = replace(result, data_quality=quality)
    assert code in codes(changed)
    assert "Probabilities sum to 1 in every scored row" not in passed_checks(changed)
    assert "Probabilities sum to 1 in every scored row" in passed_checks(result)


def test_when_nothing_could_be_scored_that_is_the_only_thing_to_say():
    assert codes(sample_results.empty()) == ["no-rows"]
    assert passed_checks(sample_results.empty()) == ()


@pytest.mark.parametrize("name", sample_results.SAMPLES)
def test_every_finding_says_what_why_and_what_to_check(name):
    for each in judge_result(sample_results.SAMPLES[name]()):
        texts = (each.finding.title, each.finding.why, each.finding.check)
        assert all(text and not text.isspace() and "None" not in text for text in texts)
        assert all(text.endswith((".", "?")) for text in texts[1:])
        assert "".join(piece.text for piece in each.short)


def test_names_out_of_the_data_are_cleaned_and_marked_as_data():
    found = judge_result(sample_results.many())
    text = "".join(each.finding.title + each.finding.why for each in found)
    assert "\x1b" not in text
    assert "\u202e" not in text
    data = [p.text for each in found if each.finding.code == "class" for p in each.short if p[1]]
    assert "</script><img src=x onerror=alert(1)>" in data


def test_losses_in_findings_follow_the_unit():
    in_bits = judge_result(sample_results.binary(), LossFormat("bits"))
    assert "0.162 bits a row more" in next(
        each.finding.why for each in in_bits if each.finding.code == "overconfident"
    )


def test_reasons_are_counted_in_the_plural_of_their_rows():
    result = sample_results.binary()
    quality = replace(result.data_quality, invalid=(InvalidReason("label is missing", 1, ()),))
    given = replace(result.input, rows_rejected=1, rows_read=2_001)
    left_out = finding(replace(result, input=given, data_quality=quality), "left-out")
    assert left_out.title == "1 row was left out"


def test_forecasts_that_are_off_without_a_gap_are_found_and_say_what_they_cost():
    # A tenth too high everywhere: too sure above one half, too cautious below it.
    probs = [[0.7, 0.3]] * 500 + [[0.3, 0.7]] * 500
    observed = [1] * 100 + [0] * 400 + [1] * 300 + [0] * 200
    result = evaluated(observed, probs)
    found = [each for each in find(result) if each.code == "miscalibrated"]
    assert abs(result.calibration.gap_z) < 1e-9
    assert [each.severity for each in found] == ["note"]  # 4 % of the loss
    assert found[0].title == "Some forecasts come true more often than they say, or less"
    assert found[0].why.startswith(
        "That costs 0.021 to 0.024 nats a row, and hardly any calibrated"
    )


def test_both_ends_of_what_miscalibration_costs_are_written_alike():
    result = sample_results.binary()
    parts = replace(
        result.calibration.decomposition, miscalibration_bracket=(0.004, 0.0503), p_value=0.005
    )
    off = replace(result, calibration=replace(result.calibration, decomposition=parts, gap_z=0.1))
    assert "That costs 0.004 to 0.050 nats a row" in finding(off, "miscalibrated").why


def test_swapped_columns_are_blamed_only_if_nobody_looked_or_they_are_swapped():
    report = build_report(constant(300, 1_000, 0.5))
    said = "".join(span.text for span in report.verdict.sentences[0])
    assert said.startswith("Ignoring the inputs would score 0.611; this model scores 0.693")
    assert "Swapped" not in said
    unseen = replace(constant(300, 1_000, 0.5), audit=None)
    said = "".join(span.text for span in build_report(unseen).verdict.sentences[0])
    assert said.endswith("Swapped class columns are the usual cause.")
