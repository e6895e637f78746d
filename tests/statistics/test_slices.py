"""Slices: shrinkage, wrong flags, too many values; and training rows beside test rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import evalreport
from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.errors import InputError
from evalreport.report import build_report
from evalreport.results import EvaluationResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.plan import Plan
from evalreport.statistics.shrinkage import shrunken
from evalreport.statistics.slices import BySlice
from evalreport.statistics.worse import flag_worse
from tests.weighted import standard_error


def drawn(rng: np.random.Generator, n: int, spread: float = 2.0):
    """Outcomes with the probabilities they were drawn from."""
    probs = 1 / (1 + np.exp(-spread * rng.normal(size=n)))
    return (rng.random(n) < probs).astype(np.int64), probs


def scored(observed, probs, values) -> ScoredBatch:
    names, codes = np.unique(values, return_inverse=True)
    column = SliceColumn("s", codes.astype(np.int64), tuple(map(str, names)))
    matrix = np.stack([1 - probs, probs], axis=1)
    return ScoredBatch(PredictionBatch(("0", "1"), observed, matrix, slices=(column,)))


def slices_of(observed, probs, values):
    statistic = BySlice("s", 2, False, FLOOR)
    return flag_worse(statistic.results(statistic.from_batch(scored(observed, probs, values))))


# --- wrong flags and power ----------------------------------------------------------------------


def test_healthy_slices_are_not_called_worse():
    rng = np.random.default_rng(8)
    flagged = 0
    for _ in range(5):
        values = np.repeat(np.arange(300), rng.integers(30, 120, 300))
        observed, probs = drawn(rng, len(values))
        flagged += sum(bool(each.worse_than_rest) for each in slices_of(observed, probs, values))
    assert flagged == 0


def test_a_slice_that_is_bad_is_called_worse_among_hundreds():
    rng = np.random.default_rng(9)
    values = np.repeat(np.arange(300), 150)
    observed, probs = drawn(rng, len(values), spread=3.0)
    bad = values == 17
    observed[bad] = rng.integers(0, 2, bad.sum())
    flagged = [each.value for each in slices_of(observed, probs, values) if each.worse_than_rest]
    assert flagged == ["17"]


def test_a_slice_of_fewer_than_thirty_rows_is_neither_judged_nor_shrunken():
    rng = np.random.default_rng(10)
    values = np.array(["small"] * 29 + ["a", "b", "c", "d"] * 100)
    observed, probs = drawn(rng, len(values))
    result = evalreport.evaluate(observed, probs, slices={"s": values}).result
    small = next(each for each in result.slices if each.value == "small")
    assert (small.worse_than_rest, small.shrunken) == (None, None)
    assert all(each.shrunken is not None for each in result.slices if each.value != "small")


# --- shrinkage ----------------------------------------------------------------------------------


def test_shrinkage_by_hand():
    # Mean 0.4, variance 0.13, minus a mean squared error of 0.01: tau squared is 0.12.
    factor = 0.12 / (0.12 + 0.01)
    expected = [0.4 - factor * 0.3, 0.4 - factor * 0.1, 0.4 + factor * 0.4]
    assert shrunken([0.1, 0.3, 0.8], [0.1] * 3) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.001, 2)), min_size=3, max_size=20))
def test_no_loss_is_pulled_beyond_the_mean_or_pushed_away_from_it(pairs):
    losses, errors = zip(*pairs, strict=True)
    mean = sum(losses) / len(losses)
    for loss, pulled in zip(losses, shrunken(losses, errors), strict=True):
        assert min(loss, mean) - 1e-9 <= pulled <= max(loss, mean) + 1e-9


def test_the_worst_of_many_slices_is_hardly_too_high_once_it_is_shrunken():
    rng = np.random.default_rng(11)
    raw, pulled = [], []
    for _ in range(30):
        truth = 0.5 + 0.05 * rng.normal(size=200)
        losses = truth + 0.05 * rng.normal(size=200)
        worst = int(losses.argmax())
        raw.append(losses[worst] - truth[worst])
        pulled.append(shrunken(losses.tolist(), [0.05] * 200)[worst] - truth[worst])
    assert np.mean(raw) > 0.06
    assert abs(np.mean(pulled)) < 0.02


# --- too many values ----------------------------------------------------------------------------


def test_a_column_of_ids_is_refused_by_name_and_count():
    values = np.array([f"u{i}" for i in range(10_001)])
    with pytest.raises(InputError) as caught:
        evalreport.evaluate([0, 1] * 5000 + [1], [0.5] * 10_001, slices={"user": values})
    assert str(caught.value) == (
        "column 'user': 10,001 different values are too many to report by (at most 10,000).\n"
        "  Is this an id or a number? Slice by a column that groups the rows."
    )


def test_ten_thousand_values_are_reported():
    values = np.repeat([f"u{i}" for i in range(10_000)], 2)
    result = evalreport.evaluate([0, 1] * 10_000, [0.5] * 20_000, slices={"user": values}).result
    assert len(result.slices) == 10_000


def four_thousand_values(start: int) -> PredictionBatch:
    names = tuple(f"{number}" for number in range(start, start + 4000))
    column = SliceColumn("s", np.arange(4000), names)
    zeros, probs = np.zeros(4000, np.int64), np.full((4000, 2), 0.5)
    return PredictionBatch(("0", "1"), zeros, probs, slices=(column,))


def test_values_that_become_too_many_over_several_batches_are_refused_when_they_do():
    plan = Plan(("0", "1"), 1, slices=("s",))
    first, second, third = (plan.from_batch(four_thousand_values(n)) for n in (0, 4000, 8000))
    states = first.merge(second).merge(first)
    with pytest.raises(InputError, match=r"column 's': 12,000 different values are too many"):
        states.merge(third)


# --- splits -------------------------------------------------------------------------------------


def with_splits(train_noise: float, test_noise: float, names=("train", "test"), column="split"):
    """Evaluate rows whose outcomes are redrawn at random in a share of either split."""
    rng = np.random.default_rng(12)
    observed, probs = drawn(rng, 4000, spread=3.0)
    split = np.where(np.arange(4000) < 2500, names[0], names[1])
    noise = np.where(split == names[0], train_noise, test_noise)
    redrawn = rng.random(4000) < noise
    observed = np.where(redrawn, rng.integers(0, 2, 4000), observed)
    return evalreport.evaluate(observed, probs, slices={column: split}).result


def finding(result: EvaluationResult, code: str):
    return next((each for each in result.findings if each.code == code), None)


def test_the_gap_is_the_difference_of_the_losses_with_welchs_interval():
    rng = np.random.default_rng(13)
    observed, probs = drawn(rng, 500)
    split = np.where(np.arange(500) % 3 == 0, "Test", "Train")
    result = evalreport.evaluate(observed, probs, slices={"split": split}).result
    losses = -np.log(np.where(observed == 1, probs, 1 - probs))
    expected = stats.ttest_ind(losses[split == "Test"], losses[split == "Train"], equal_var=False)
    gap = result.splits.gaps[0]
    ends = expected.confidence_interval()
    assert gap.interval == pytest.approx((ends.low, ends.high), rel=1e-9)
    assert gap.gap == pytest.approx(sum(gap.interval) / 2)


def test_standard_error_and_intervals_agree_where_rows_differ_in_weight():
    rng = np.random.default_rng(21)
    n = 600
    chance = rng.uniform(0.05, 0.95, n)
    observed, weights = (rng.random(n) < chance).astype(int), rng.lognormal(size=n)
    is_test = np.arange(n) < 250
    names = np.where(is_test, "test", "train")
    result = evalreport.evaluate(
        observed, chance, weights=weights, slices={"split": names, "s": is_test.astype(int)}
    ).result
    losses = -np.log(np.where(observed == 1, chance, 1 - chance))

    def error_and_degrees(chosen):
        w = weights[chosen]
        return standard_error(w, losses[chosen]), w.sum() ** 2 / (w**2).sum() - 1

    sides = [error_and_degrees(each) for each in (is_test, ~is_test)]
    found = {(each.column, each.value): each.standard_error for each in result.slices}
    for names in (("split", "test"), ("s", "1")):
        assert found[names] == pytest.approx(sides[0][0], rel=1e-9)
    variance = sum(error**2 for error, _ in sides)
    degrees = variance**2 / sum(error**4 / degrees for error, degrees in sides)
    half = stats.t.ppf(0.975, degrees) * np.sqrt(variance)
    gap = result.splits.gaps[0]
    assert gap.interval == pytest.approx((gap.gap - half, gap.gap + half), rel=1e-9)


def test_healthy_slices_of_weighted_rows_are_seldom_worse_by_chance():
    rng, p_values = np.random.default_rng(22), []
    statistic = BySlice("s", 2, True, FLOOR)
    column = SliceColumn("s", (np.arange(3_000) % 10).astype(np.int64), tuple("0123456789"))
    for _ in range(60):
        chance = rng.beta(1.0, 1.0, 3_000)
        batch = PredictionBatch(
            ("0", "1"),
            (rng.random(3_000) < chance).astype(np.int64),
            np.stack([1 - chance, chance], axis=1),
            weights=rng.lognormal(0.0, 0.7, 3_000),
            slices=(column,),
        )
        results = statistic.results(statistic.from_batch(ScoredBatch(batch)))
        p_values += [each.p_value for each in results]
    assert 0.025 <= np.mean(np.array(p_values) < 0.05) <= 0.075


@pytest.mark.parametrize("names", [("train", "test"), ("Training", "HOLDOUT"), ("train", "dev")])
@pytest.mark.parametrize("column", ["split", "Fold", "subset", "dataset", "partition"])
def test_training_and_other_rows_are_told_by_the_names_they_usually_have(names, column):
    splits = with_splits(0.0, 0.0, names, column).splits
    assert [each.value for each in splits.parts] == list(names)
    assert splits.column == column


@pytest.mark.parametrize(
    ("names", "column"), [(("a", "b"), "split"), (("train", "test"), "store"), (("1", "2"), "fold")]
)
def test_other_columns_and_values_are_plain_slices(names, column):
    assert with_splits(0.0, 0.0, names, column).splits is None


def test_two_names_for_the_same_rows_are_left_alone():
    rng = np.random.default_rng(1)
    observed, probs = drawn(rng, 90)
    split = np.array(["train", "training", "test"] * 30)
    assert evalreport.evaluate(observed, probs, slices={"split": split}).result.splits is None


def test_test_rows_that_lose_more_are_overfitting_with_both_numbers():
    result = with_splits(0.0, 0.5)
    found = finding(result, "overfitting")
    assert found.title.startswith("Test rows have ")
    assert found.title.endswith(" times the log loss of training rows")
    assert "on 2,500 training rows" in found.why
    assert "62% of all rows are training rows" in found.why
    assert finding(result, "slice") is None


def test_no_loss_at_all_on_training_rows_is_told_as_what_it_usually_means():
    observed = np.array([0, 1] * 200)
    probs = observed.astype(float)
    probs[300:] = (
        np.where(np.arange(100) % 5 == 0, 0.4, 0.7) * (2 * observed[300:] - 1) + 1 - observed[300:]
    )
    split = np.where(np.arange(400) < 300, "train", "test")
    result = evalreport.evaluate(observed, probs, slices={"split": split}).result
    found = finding(result, "overfitting")
    assert found.title == "The log loss is 0 on training rows, 0.469 on test rows"
    assert "A loss of 0 on training rows usually means overfitting." in found.why


def test_test_rows_that_lose_less_are_told_as_odd():
    found = finding(with_splits(0.5, 0.0), "better-than-training")
    assert found.title == "Test rows have less log loss than training rows"
    assert "a gap of −" in found.why
    assert "were among the training rows" in found.check


def test_without_a_gap_there_is_a_note_that_the_headline_mixes_both():
    result = with_splits(0.0, 0.0)
    assert finding(result, "mixed-splits").severity == "note"
    assert finding(result, "overfitting") is None


def test_with_under_ten_clusters_a_side_the_gap_has_no_interval_and_no_verdict():
    rng = np.random.default_rng(2)
    observed, probs = drawn(rng, 400)
    result = evalreport.evaluate(
        observed,
        probs,
        slices={"split": np.array(["train", "test"] * 200)},
        clusters=np.arange(400) // 50,
    ).result
    assert result.splits.gaps[0].gap is not None
    assert result.splits.gaps[0].interval is None
    assert finding(result, "mixed-splits") is not None


# --- the report ---------------------------------------------------------------------------------


def slices_section(result: EvaluationResult):
    return next(each for each in build_report(result).sections if each.id == "slices")


def test_the_report_puts_training_and_test_rows_first():
    section = slices_section(with_splits(0.0, 0.5))
    assert section.tables[0].id == "splits"
    assert "".join(span.text for span in section.lede).count("a gap of +") == 1
    assert section.tables[0].rows[1][0].text == "test (test)"


def test_of_a_thousand_slices_the_worst_are_shown_and_all_are_listed():
    rng = np.random.default_rng(14)
    values = np.repeat(np.arange(1000), 31)
    observed, probs = drawn(rng, len(values))
    result = evalreport.evaluate(observed, probs, slices={"store": values}).result
    table = next(each for each in slices_section(result).tables if each.id == "slices")
    assert len(table.rows) == 30
    assert table.more.startswith("and 970 more slices")
    assert len(table.rest.rows) == 1000
    assert table.rest.rows[0][0].text == table.rows[0][0].text
    html = evalreport.api.Evaluation(result).to_html()
    assert html.count("All 1,000 slices") == 2
    assert len(html.encode()) < 500_000


def test_intervals_of_slices_are_called_unadjusted():
    note = next(
        each for each in slices_section(with_splits(0, 0)).tables if each.id == "slices"
    ).note
    assert "not adjusted for looking at 2; findings are" in note
