"""The audit: what it finds in sick files, and that it is silent about healthy ones."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.findings import find, judge_result
from evalreport.hashing import hashes_of
from evalreport.results import EvaluationResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.class_order import class_order, class_order_of
from evalreport.statistics.grid import ProbabilityGrid
from evalreport.statistics.plan import Plan, States
from evalreport.statistics.row_ids import IdSketch, RowIds
from evalreport.statistics.sample import HashSample

CODES = {"swapped-classes", "coarse-probabilities", "duplicate-ids", "id-like-label"}


def forecasts(
    rng: np.random.Generator, n_rows: int, k: int, skill: float, sharpness: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes drawn from distributions, and what a model of so much skill says of them."""
    truth = skill * rng.normal(size=(n_rows, k)) + 0.5 * rng.normal(size=k)
    chances = np.exp(truth - truth.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    observed = (rng.random((n_rows, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    powers = chances**sharpness
    return observed, powers / powers.sum(axis=1, keepdims=True)


def result(observed, probs, classes=None, **options) -> EvaluationResult:
    names = classes or [f"class {i}" for i in range(np.shape(probs)[1])]
    labels = np.array(names, dtype=object)[observed]
    return evalreport.evaluate(labels, probs, classes=names, **options).result


def codes(of: EvaluationResult) -> set[str]:
    return {each.code for each in of.findings} & CODES


def finding(of: EvaluationResult, code: str):
    return next(each for each in of.findings if each.code == code)


# --- healthy files ------------------------------------------------------------------------------


def plain_states(observed, probs, ids=None):
    """The three statistics alone: two hundred whole evaluations would take minutes."""
    k = probs.shape[1]
    classes = tuple(map(str, range(k)))
    scored = ScoredBatch(PredictionBatch(classes, observed, probs, ids=ids))
    grid, row_ids = ProbabilityGrid(1 if k == 2 else None), RowIds()
    return (
        class_order(HashSample(k).from_batch(scored), classes, FLOOR),
        grid.result(grid.from_batch(scored)),
        row_ids.result(row_ids.from_batch(scored)),
    )


@pytest.mark.parametrize(
    ("k", "n_rows", "skill", "sharpness"),
    [(2, 60, 2.0, 1.0), (5, 400, 1.5, 3.0), (20, 1_000, 0.3, 6.0)],
    ids=["two classes, few rows", "five classes, too sure", "twenty classes, hardly any skill"],
)
def test_two_hundred_healthy_files_raise_no_suspicion(k, n_rows, skill, sharpness):
    rng = np.random.default_rng(k)
    for _ in range(200):
        observed, probs = forecasts(rng, n_rows, k, skill, sharpness)
        ids = np.array([f"row {i}" for i in rng.permutation(n_rows)], dtype=object)
        order, grid, row_ids = plain_states(observed, probs, ids)
        assert order is not None
        assert order.read_as is None
        assert grid is None
        assert row_ids.repeated == 0


def test_a_class_that_the_model_rules_out_is_no_swapped_class():
    rng = np.random.default_rng(1)
    observed, probs = forecasts(rng, 2_000, 4, 3.0)
    probs[:, 2] = 0.0
    probs /= probs.sum(axis=1, keepdims=True)
    assert "swapped-classes" not in codes(result(observed, probs))


def test_sharp_nonsense_is_not_explained_by_an_order_that_fits_by_chance():
    rng = np.random.default_rng(2)
    observed = rng.integers(0, 12, 130)
    probs = np.full((130, 12), 1e-6)
    probs[np.arange(130), rng.integers(0, 12, 130)] = 1 - 11e-6
    assert "swapped-classes" not in codes(result(observed, probs))


# --- class order --------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 10, 60])
def test_swapped_columns_are_found_and_the_number_promised_is_the_number_that_comes_out(k):
    rng = np.random.default_rng(k)
    observed, probs = forecasts(rng, 40 * k, k, 8.0)
    order = np.roll(np.arange(k), k // 3 + 1)
    mixed = probs[:, order]
    names = [f"class {i}" for i in range(k)]
    swapped = result(observed, mixed, names)
    audit = swapped.audit.class_order
    assert audit.read_as == tuple(names[i] for i in order)
    again = result(observed, mixed[:, np.argsort(order)], names)
    assert audit.log_loss_read_so == pytest.approx(again.overall.log_loss, abs=1e-5)
    assert audit.log_loss == pytest.approx(swapped.overall.log_loss, abs=1e-5)
    assert finding(swapped, "swapped-classes").severity == "error"
    assert "swapped-classes" not in codes(again)


def test_the_sentence_names_the_order_both_numbers_and_that_nothing_was_changed():
    rng = np.random.default_rng(5)
    observed, probs = forecasts(rng, 300, 3, 8.0)
    found = finding(result(observed, probs[:, [1, 0, 2]], ["a", "b", "c"]), "swapped-classes")
    assert found.title == "Class order looks swapped"
    assert found.why.startswith("Reading the columns as b, a, c would give 0.")
    assert " instead of " in found.why
    assert found.why.endswith("Nothing was changed.")


def test_a_single_column_for_the_other_class_is_named_with_the_option():
    rng = np.random.default_rng(6)
    observed, probs = forecasts(rng, 500, 2, 8.0)
    labels = np.array(["no", "yes"], dtype=object)[observed]
    of = evalreport.evaluate(labels, probs[:, 0], positive="yes").result
    found = finding(of, "swapped-classes")
    assert found.title.endswith("looks like the probability of the other class")
    assert found.check == "If it is so, pass positive='no'."
    right = evalreport.evaluate(labels, probs[:, 0], positive="no").result
    assert "swapped-classes" not in codes(right)


def test_labels_off_by_one_are_called_that():
    rng = np.random.default_rng(7)
    observed, probs = forecasts(rng, 600, 4, 8.0)
    kept = observed < 3
    names = ["0", "1", "2", "3"]
    found = finding(result(observed[kept] + 1, probs[kept], names), "swapped-classes")
    assert found.title == "Labels look off by one"
    assert "Reading the columns as 1, 2, 3, 0 would give" in found.why


def test_columns_matched_by_name_are_to_be_renamed(tmp_path):
    rng = np.random.default_rng(8)
    observed, probs = forecasts(rng, 200, 3, 8.0)
    rows = [
        f"{'abc'[y]},{p[1]!r},{p[0]!r},{p[2]!r}"
        for y, p in zip(observed, probs.tolist(), strict=True)
    ]
    (tmp_path / "p.csv").write_text("\n".join(["label,prob_a,prob_b,prob_c", *rows]))
    found = finding(evalreport.evaluate_file(tmp_path / "p.csv").result, "swapped-classes")
    assert found.check == (
        "Columns are matched to classes by their names. Check where the file was written; if it "
        "is so, rename the columns to b,a,c, in the order of the columns."
    )


def test_the_audit_changes_no_number():
    rng = np.random.default_rng(9)
    observed, probs = forecasts(rng, 300, 3, 8.0)
    mixed = probs[:, [1, 0, 2]]
    expected = -np.log(np.maximum(mixed[np.arange(300), observed], FLOOR)).mean()
    assert result(observed, mixed).overall.log_loss == pytest.approx(expected, rel=1e-12)


def test_too_few_rows_for_the_classes_are_not_judged():
    rng = np.random.default_rng(10)
    observed, probs = forecasts(rng, 49, 3, 8.0)
    assert result(observed, probs).audit.class_order is None


def test_of_more_rows_than_the_sample_holds_it_judges_alike_and_says_how_many_it_saw():
    rng = np.random.default_rng(11)
    observed, probs = forecasts(rng, 5_000, 4, 8.0)
    mixed, classes = probs[:, [1, 0, 2, 3]], tuple("abcd")
    scored = ScoredBatch(PredictionBatch(classes, observed, mixed))
    few, every = (
        class_order(HashSample(4, limit).from_batch(scored).settled(), classes, FLOOR)
        for limit in (500, 5_000)
    )
    assert (few.read_as, few.rows, every.rows) == (("b", "a", "c", "d"), 500, 5_000)
    assert few.read_as == every.read_as
    assert every.log_loss == pytest.approx(scored.losses.mean(), abs=1e-5)
    assert few.log_loss == pytest.approx(every.log_loss, rel=0.1)
    assert few.log_loss_read_so == pytest.approx(every.log_loss_read_so, rel=0.4)


def test_a_verdict_by_a_sample_says_of_how_many_rows_it_speaks():
    rng = np.random.default_rng(12)
    observed, probs = forecasts(rng, 300, 3, 8.0)
    whole = result(observed, probs[:, [1, 0, 2]], ["a", "b", "c"])
    order = replace(whole.audit.class_order, rows=200)
    seen = replace(whole, audit=replace(whole.audit, class_order=order))
    found = next(each for each in find(seen) if each.code == "swapped-classes")
    assert found.why.endswith(" in a sample of 200 rows. Nothing was changed.")
    short = next(
        each.short for each in judge_result(seen) if each.finding.code == "swapped-classes"
    )
    assert "".join(piece.text for piece in short).endswith(" read the other way, in a sample")


def test_where_most_rows_are_equal_no_sample_is_judged_by():
    rng = np.random.default_rng(13)
    observed, probs = forecasts(rng, 4_000, 3, 8.0)
    mixed = probs[:, [1, 0, 2]]
    mixed[:2_000], observed[:2_000] = [1.0, 0.0, 0.0], 0
    scored = ScoredBatch(PredictionBatch(tuple("abc"), observed, mixed))
    state = HashSample(3, 1_000).from_batch(scored).settled()
    assert class_order(state, tuple("abc"), FLOOR) is None


def test_a_state_without_its_rows_is_not_judged():
    observed, probs = forecasts(np.random.default_rng(14), 300, 3, 8.0)
    plan = Plan(tuple("abc"), 2)
    states = plan.from_batch(PredictionBatch(plan.classes, observed, probs))
    read = States.from_json(states.to_json())
    assert class_order_of(states).rows == 300
    assert (class_order_of(read), class_order_of(read.merge(states))) == (None, None)


@pytest.mark.parametrize("floor", [None, FLOOR, 1e-3])
def test_certain_rows_count_as_the_floor(floor):
    probs = np.tile([[1.0, 0.0], [0.75, 0.25]], (30, 1))
    observed = np.tile([1, 0], 30)
    scored = ScoredBatch(PredictionBatch(("a", "b"), observed, probs), floor)
    order = class_order(HashSample(2).from_batch(scored), ("a", "b"), floor)
    expected = (-math.log(floor or FLOOR) - math.log(0.75)) / 2
    assert order.log_loss == pytest.approx(expected, abs=1e-4)


def test_more_classes_than_can_be_looked_at_are_not_judged():
    classes = tuple(map(str, range(201)))
    batch = PredictionBatch(classes, np.zeros(5_000, np.int64), np.full((5_000, 201), 1 / 201))
    assert class_order(HashSample(201).from_batch(ScoredBatch(batch)), classes, FLOOR) is None


def test_another_order_that_does_not_help_is_told_where_the_model_is_worse_than_the_baseline():
    rng = np.random.default_rng(11)
    observed, probs = forecasts(rng, 2_000, 4, 3.0)
    mixed_up = result(rng.permutation(observed), probs)
    assert finding(mixed_up, "below-baseline").check == (
        "No other order of the class columns would help: check that predictions and labels belong "
        "to the same rows, in the same order."
    )


# --- grid ---------------------------------------------------------------------------------------


def rounded_to(n: int, rng: np.random.Generator, n_rows: int = 300) -> np.ndarray:
    """Distributions of three classes in whole n-ths."""
    votes = rng.multinomial(n, [0.6, 0.3, 0.1], n_rows)
    return votes / n


@pytest.mark.parametrize("n", [3, 5, 10, 25, 100, 150, 255, 1000, 10_000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_votes_and_decimals_are_seen_in_double_and_single_precision(n, dtype):
    rng = np.random.default_rng(n)
    probs = rounded_to(n, rng).astype(dtype).astype(np.float64)
    _, grid, _ = plain_states(rng.integers(0, 3, 300), probs)
    assert grid.denominator == n


@pytest.mark.parametrize(("name", "digits"), [("float16", 10), ("bfloat16", 7)])
def test_half_precision_is_seen(name, digits):
    rng = np.random.default_rng(3)
    observed, probs = forecasts(rng, 400, 3, 2.0)
    mantissa, exponent = np.frexp(probs)
    steps = 2.0 ** (digits + 1)
    few = np.ldexp(np.rint(mantissa * steps) / steps, exponent)
    _, grid, _ = plain_states(observed, few)
    assert (grid.denominator, grid.number_format) == (None, name)


def test_numpys_own_half_precision_is_seen_in_one_column_of_two():
    rng = np.random.default_rng(4)
    observed, probs = forecasts(rng, 400, 2, 2.0)
    one = probs[:, 1].astype(np.float16).astype(np.float64)
    _, grid, _ = plain_states(observed, np.stack([1 - one, one], axis=1))
    assert grid.number_format == "float16"


def test_single_precision_is_fine():
    rng = np.random.default_rng(4)
    observed, probs = forecasts(rng, 400, 3, 2.0)
    _, grid, _ = plain_states(observed, probs.astype(np.float32).astype(np.float64))
    assert grid is None


def test_one_probability_off_the_grid_in_a_million_is_enough():
    probs = np.full((500_000, 2), 0.5)
    probs[333_333] = (0.5000123456, 0.4999876544)
    _, grid, _ = plain_states(np.zeros(500_000, np.int64), probs)
    assert grid is None


def test_few_decimals_are_a_note_and_a_warning_once_they_made_zeros():
    rng = np.random.default_rng(12)
    observed, probs = forecasts(rng, 2_000, 2, 1.0)
    coarse = result(observed, np.round(probs, 3))
    found = finding(coarse, "coarse-probabilities")
    assert found.title == "All probabilities are multiples of 0.001: zeros may be rounding"
    assert (found.severity, found.check) == ("note", "Write more digits, or logits.")
    _, sharp = forecasts(rng, 2_000, 2, 9.0)
    zeros = finding(result(observed, np.round(sharp, 3)), "coarse-probabilities")
    assert zeros.severity == "warning"
    assert "gave 0 to what happened." in zeros.why


def test_six_decimals_without_zeros_are_no_finding():
    rng = np.random.default_rng(13)
    observed, probs = forecasts(rng, 2_000, 2, 1.0)
    of = result(observed, np.round(probs, 6))
    assert of.audit.grid.denominator == 1_000_000
    assert codes(of) == set()


def test_zeros_and_ones_are_called_decisions():
    rng = np.random.default_rng(14)
    observed = rng.integers(0, 3, 200)
    probs = np.eye(3)[np.where(rng.random(200) < 0.8, observed, 0)]
    found = finding(result(observed, probs), "coarse-probabilities")
    assert found.title == "All probabilities are 0 or 1: these are decisions, not forecasts"


# --- row ids ------------------------------------------------------------------------------------


def sketch(ids: list[str], limit: int = 65_536) -> IdSketch:
    array = np.array(ids, dtype=object)
    n = len(ids)
    batch = PredictionBatch(("a", "b"), np.zeros(n, np.int64), np.full((n, 2), 0.5), ids=array)
    return RowIds(limit).from_batch(ScoredBatch(batch))


def test_repeated_ids_are_counted_exactly_while_they_are_few():
    counts = RowIds().result(sketch(["x", "y", "x", "z", "x", "", "名前", "名前"]))
    assert (counts.n, counts.distinct, counts.repeated, counts.is_exact) == (7, 4, 3, True)


def test_above_the_limit_the_counts_are_estimates_that_say_so():
    ids = [f"id {i}" for i in range(40_000)] + [f"id {i}" for i in range(0, 40_000, 4)]
    statistic = RowIds(4_096)
    counts = statistic.result(sketch(ids, 4_096))
    assert not counts.is_exact
    assert counts.distinct == pytest.approx(40_000, rel=0.08)
    assert counts.repeated == pytest.approx(10_000, rel=0.10)
    assert 0 < counts.repeated_at_least < counts.repeated


def test_a_large_file_cut_anywhere_has_the_same_sketch():
    ids = [f"id {i % 30_000}" for i in range(50_000)]
    whole = sketch(ids, 1_000)
    for cut in (1, 20_000, 49_999):
        assert sketch(ids[:cut], 1_000).merge(sketch(ids[cut:], 1_000)) == whole
        assert sketch(ids[cut:], 1_000).merge(sketch(ids[:cut], 1_000)) == whole


def test_hashes_tell_a_million_ordinary_ids_apart():
    numbers = np.array([str(i) for i in range(1_000_000)], dtype=object)
    assert len(np.unique(hashes_of(numbers))) == 1_000_000


def test_hashes_look_at_length_order_and_every_letter():
    texts = ["", "\0", "\0\0", "ab", "ba", "a", "b", "aa", "é", "e\u0301", "\ud800", "x" * 5_000]
    assert len(set(hashes_of(np.array(texts, dtype=object)).tolist())) == len(texts)


def test_hashes_are_the_same_everywhere():
    assert hashes_of(np.array(["case-000", "名前"], dtype=object)).tolist() == HASHES


HASHES = [3536062585196521099, 7982902697739833872]


def test_duplicate_ids_are_a_warning_with_numbers(tmp_path):
    rng = np.random.default_rng(15)
    observed, probs = forecasts(rng, 300, 3, 2.0)
    ids = [f"case {i % 280}" for i in range(300)]
    of = result(observed, probs, ids=ids)
    found = finding(of, "duplicate-ids")
    assert (found.title, found.severity) == ("20 rows repeat an id", "warning")
    assert found.why.startswith("300 rows share 280 ids in column")
    assert of.data_quality.duplicate_ids == 20


def test_ids_that_are_the_labels_are_no_ids():
    rng = np.random.default_rng(16)
    observed, probs = forecasts(rng, 300, 3, 2.0)
    names = ["a", "b", "c"]
    of = result(observed, probs, names, ids=[names[i] for i in observed])
    assert codes(of) == {"id-like-label"}
    assert "Its value is the label in every row." in finding(of, "id-like-label").why
    other = result(observed, probs, names, ids=[f"group {i}" for i in observed])
    assert "It has 3 different values in 300 rows" in finding(other, "id-like-label").why


def test_without_ids_nothing_is_said_of_them():
    rng = np.random.default_rng(17)
    of = result(*forecasts(rng, 100, 2, 2.0))
    assert of.audit.row_ids is None
    assert of.data_quality.duplicate_ids is None


# --- distributions ------------------------------------------------------------------------------


def test_class_frequencies_are_compared_with_mean_forecasts():
    of = result(np.array([0, 0, 0, 1]), [[0.5, 0.5], [0.7, 0.3], [0.9, 0.1], [0.3, 0.7]])
    assert [each.mean_forecast for each in of.classes] == pytest.approx([0.6, 0.4])
    expected = 0.75 * math.log(0.75 / 0.6) + 0.25 * math.log(0.25 / 0.4)
    assert of.distributions.kl_pq == pytest.approx(expected)
    assert of.distributions.entropy_p == pytest.approx(of.baseline.class_frequencies)


def test_mean_forecasts_are_weighted_as_the_losses_are():
    of = result(np.array([0, 1]), [[0.9, 0.1], [0.2, 0.8]], weights=[3.0, 1.0])
    assert [each.mean_forecast for each in of.classes] == pytest.approx([0.725, 0.275])


def test_the_hash_of_a_text_does_not_depend_on_its_neighbours():
    texts = ["", "a", "b\nc", "\n", "名前", "case-000", "case-001", "\ud800"]
    alone = [int(hashes_of(np.array([each], dtype=object))[0]) for each in texts]
    assert hashes_of(np.array(texts, dtype=object)).tolist() == alone
    assert hashes_of(np.array(texts[5:7], dtype=object)).tolist() == alone[5:7]


@pytest.mark.parametrize("n_distinct", [500, 9_000, 29_000])
def test_few_ids_that_come_often_are_counted_as_such(n_distinct):
    numbers = np.random.default_rng(1).integers(0, n_distinct, 30_000)
    hashes = hashes_of(np.array([f"id {each}" for each in numbers], dtype=object))
    found, counts = np.unique(hashes, return_counts=True)
    sketch = IdSketch.of(8_192, hashes, 0)
    assert np.frombuffer(sketch.hashes, "<u8").tolist() == found[:8_192].tolist()
    assert np.frombuffer(sketch.counts, "<i8").tolist() == counts[:8_192].tolist()
