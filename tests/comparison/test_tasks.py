"""Tokens, Gaussian forecasts and most likely classes, compared by row or by document."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import evalreport
from evalreport.comparing import compare
from evalreport.errors import InputError
from evalreport.evaluation_file import to_document
from evalreport.intervals import Moments, hall_interval
from evalreport.limits import Limits, judge_limits
from tests.weighted import standard_error

RNG = np.random.default_rng(11)
LENGTHS = RNG.integers(5, 60, 40)
BEFORE = [RNG.gamma(1.0, 1.2, n).round(6) for n in LENGTHS]
NOW = [np.round(losses * RNG.uniform(0.9, 1.3), 6) for losses in BEFORE]
LANGUAGES = ["de" if i % 3 else "fr" for i in range(len(LENGTHS))]


def lists(path: Path, documents, order=1, with_id=True) -> Path:
    rows = [
        ({"id": f"d{i}"} if with_id else {})
        | {"lang": LANGUAGES[i], "logprobs": [-float(each) for each in losses]}
        for i, losses in enumerate(documents)
    ][::order]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def single_tokens(path: Path, documents, language=None) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["doc", "lang", "logprob"])
        for i, losses in enumerate(documents):
            for place, loss in enumerate(losses):
                name = LANGUAGES[i] if language is None else language(i, place)
                writer.writerow([f"d{i}", name, -loss])
    return path


def tokens(previous, current, **options):
    return compare(previous, current, input_kind="tokens", **options).result


def ratio(documents) -> float:
    return float(sum(map(sum, documents)) / sum(map(len, documents)))


# --- tokens -----------------------------------------------------------------------------------


def test_documents_are_the_unit_of_chance_for_tokens(tmp_path):
    found = tokens(lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW, order=-1))
    moved = np.array([sum(b) - sum(a) for a, b in zip(BEFORE, NOW, strict=True)])
    change = moved.sum() / LENGTHS.sum()
    n, residuals = len(LENGTHS), moved - change * LENGTHS
    error = standard_error(LENGTHS, moved / LENGTHS)
    assert (found.paired, found.counted, found.n_common, found.n) == (True, "document", n, n)
    assert found.change == pytest.approx(change, rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    skewness = (residuals**3).mean() / (residuals**2).mean() ** 1.5
    spread = residuals.std(ddof=1) * n / LENGTHS.sum()
    # The change is a ratio: longer documents weigh more.
    shares = LENGTHS / LENGTHS.sum()
    share = (residuals**2 * shares).sum() / (residuals**2).sum()
    unequal = {
        "ratio": (residuals * LENGTHS).mean() * n / LENGTHS.sum() / LENGTHS.mean() / spread,
        "stretch": np.sqrt(max(1 + 2 * (share - 1 / n), 1)),
        "effective": 1 / (shares**2).sum(),
    }
    expected = hall_interval(Moments(n, change, spread, skewness, **unequal), -np.inf)
    assert found.interval == pytest.approx(expected, rel=1e-9)
    assert found.previous_loss == pytest.approx(ratio(BEFORE), rel=1e-12)
    assert found.current_loss == pytest.approx(ratio(NOW), rel=1e-12)


def test_slices_of_tokens_are_compared_over_their_own_documents(tmp_path):
    paths = lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW)
    groups = {each.name: each for each in tokens(*paths, slices=["lang"]).groups}
    for name in ("de", "fr"):
        chosen = [i for i, each in enumerate(LANGUAGES) if each == name]
        before, now = ([side[i] for i in chosen] for side in (BEFORE, NOW))
        assert groups[name].n == len(chosen)
        assert groups[name].change == pytest.approx(ratio(now) - ratio(before), rel=1e-9)


def test_lists_and_single_tokens_give_the_same_comparison(tmp_path):
    one = tokens(
        lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW), slices=["lang"]
    )
    other = tokens(
        single_tokens(tmp_path / "a.csv", BEFORE),
        single_tokens(tmp_path / "b.csv", NOW),
        cluster="doc",
        slices=["lang"],
    )
    # The tokens of a list are added up before documents are, so the last digit may differ.
    assert (one.n_common, one.counted) == (other.n_common, other.counted)
    assert one.interval == pytest.approx(other.interval, rel=1e-12)
    assert [each.change for each in one.groups] == pytest.approx(
        [each.change for each in other.groups], rel=1e-12
    )


def test_the_order_and_the_pieces_of_token_files_do_not_matter(tmp_path, monkeypatch):
    paths = single_tokens(tmp_path / "a.csv", BEFORE), single_tokens(tmp_path / "b.csv", NOW)
    first = to_document(tokens(*paths, cluster="doc"))
    lines = paths[1].read_text().splitlines()
    mixed = [lines[0], *(lines[1 + i] for i in RNG.permutation(len(lines) - 1))]
    paths[1].write_text("\n".join(mixed))
    monkeypatch.setattr("evalreport.readers.tokens.MAX_ROWS", 100)
    assert to_document(tokens(*paths, cluster="doc")) == first


def test_a_column_of_which_documents_hold_several_values_is_not_compared_by(tmp_path):
    def by_place(i, place):
        return "start" if place < 3 else "rest"

    paths = (
        single_tokens(tmp_path / "a.csv", BEFORE, by_place),
        single_tokens(tmp_path / "b.csv", NOW, by_place),
    )
    assert tokens(*paths, cluster="doc", slices=["lang"]).groups == ()


def test_documents_cut_into_other_tokens_are_left_out_or_refused(tmp_path):
    other = [losses[1:] if i < 2 else losses for i, losses in enumerate(NOW)]
    previous = lists(tmp_path / "a.jsonl", BEFORE)
    found = compare(previous, lists(tmp_path / "b.jsonl", other), input_kind="tokens")
    assert (found.result.n_common, found.result.rows.other_label) == (len(NOW) - 2, 2)
    titles = list(found.evaluation.findings["title"])
    assert "2 documents have another number of tokens in the previous run" in titles
    with pytest.raises(InputError, match="cut the same documents into other tokens, as that"):
        tokens(previous, lists(tmp_path / "c.jsonl", [losses[1:] for losses in NOW]))


def test_documents_without_tokens_are_no_documents(tmp_path):
    empty = [*NOW, *(np.array([]) for _ in range(200))]  # some share no hash with any other
    previous, current = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path, documents in ((previous, [*BEFORE, *empty[len(NOW) :]]), (current, empty)):
        rows = [
            {"id": f"d{i}", "logprobs": [-float(each) for each in losses]}
            for i, losses in enumerate(documents)
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = tokens(previous, current)
    assert (found.n_common, found.n, found.previous.n) == (len(NOW),) * 3
    assert found.change == pytest.approx(ratio(NOW) - ratio(BEFORE), rel=1e-9)


def test_tokens_of_probability_zero_make_the_change_infinite(tmp_path):
    paths = lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW)
    paths[1].write_text(paths[1].read_text().replace("[-", '["-inf", -', 1))
    paths[0].write_text(paths[0].read_text().replace("[-", "[-1.0, -", 1))
    found = compare(*paths, input_kind="tokens")
    assert (found.change, found.outcome) == (None, "worse")
    assert found.result.zero_probability_rows == (0, 1)
    (limit,) = judge_limits(found.evaluation.result, Limits(max_regression=9.0))
    assert limit.outcome == "failed"
    assert limit.why == "1 document given zero probability, 0 in the previous run."


def test_tokens_without_documents_pair_only_by_position(tmp_path):
    paths = lists(tmp_path / "a.jsonl", BEFORE, with_id=False), None
    paths = paths[0], lists(tmp_path / "b.jsonl", NOW, with_id=False)
    assert tokens(*paths).why.startswith(
        "The runs are compared as two separate sets of rows, because rows have no ids"
    )
    placed = tokens(*paths, pair_by_position=True)
    assert (placed.paired, placed.n_common) == (True, len(NOW))
    assert "told by their place in the file" in placed.why


# --- Gaussian forecasts -----------------------------------------------------------------------

OUTCOMES = RNG.normal(3.0, 2.0, 200)
ERRORS = RNG.normal(0.0, 0.5, 200)


def forecasts(path: Path, errors, order=None, outcomes=OUTCOMES, weights=None) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "y", "mean", "std", "store", "w"])
        for i in range(len(outcomes)) if order is None else order:
            y, weight = float(outcomes[i]), 1.0 if weights is None else float(weights[i])
            writer.writerow([f"r{i}", y, float(y + errors[i]), 0.5, "ab"[i % 2], weight])
    return path


def densities(errors) -> np.ndarray:
    return -stats.norm.logpdf(errors, 0.0, 0.5)


def test_gaussian_forecasts_are_compared_as_their_paired_differences(tmp_path):
    previous = forecasts(tmp_path / "a.csv", ERRORS)
    current = forecasts(tmp_path / "b.csv", 1.3 * ERRORS, RNG.permutation(200))
    found = compare(previous, current, input_kind="gaussian", slices=["store"]).result
    moved = densities(1.3 * ERRORS) - densities(ERRORS)
    assert found.change == pytest.approx(moved.mean(), rel=1e-9)
    assert found.standard_error == pytest.approx(stats.sem(moved), rel=1e-9)
    expected = hall_interval(Moments(200, moved.mean(), moved.std(ddof=1), stats.skew(moved)), -9)
    assert found.interval == pytest.approx(expected, rel=1e-9)
    assert [each.change for each in found.groups] == pytest.approx(
        [moved[::2].mean(), moved[1::2].mean()], rel=1e-9
    )
    assert found.changed_rows[0].label == repr(float(OUTCOMES[np.abs(moved).argmax()]))


def test_weights_of_forecasts_count_in_the_change(tmp_path):
    weights = RNG.uniform(0.5, 2.0, 200)
    previous = forecasts(tmp_path / "a.csv", ERRORS, weights=weights)
    current = forecasts(tmp_path / "b.csv", 1.3 * ERRORS, weights=weights)
    found = compare(previous, current, input_kind="gaussian", weight="w").result
    moved = densities(1.3 * ERRORS) - densities(ERRORS)
    mean = np.average(moved, weights=weights)
    error = standard_error(weights, moved)
    assert (found.change, found.standard_error) == pytest.approx((mean, error), rel=1e-9)


def test_an_id_with_another_outcome_is_another_row(tmp_path):
    previous = forecasts(tmp_path / "a.csv", ERRORS)
    other = OUTCOMES.copy()
    other[:3] += 1.0
    current = forecasts(tmp_path / "b.csv", ERRORS, outcomes=other)
    found = compare(previous, current, input_kind="gaussian")
    assert (found.result.rows.other_label, found.result.n_common) == (3, 197)
    assert "3 rows have another outcome in the previous run" in list(
        found.evaluation.findings["title"]
    )


# --- most likely classes ----------------------------------------------------------------------

LOGITS = RNG.normal(0.0, 2.0, (300, 6))
LABELS = [RNG.choice(6, p=np.exp(row) / np.exp(row).sum()) for row in LOGITS]


def softmax(sharpness: float) -> np.ndarray:
    powers = np.exp(sharpness * LOGITS)
    return powers / powers.sum(axis=1, keepdims=True)


def top(path: Path, probs: np.ndarray, k: int) -> Path:
    with path.open("w") as file:
        for i, row in enumerate(probs):
            listed = {f"c{j}": float(row[j]) for j in np.argsort(-row)[:k]}
            known = {"id": f"r{i}", "label": f"c{LABELS[i]}", "lang": "ab"[i % 2]}
            file.write(json.dumps(known | {"probs": listed}) + "\n")
    return path


def test_rows_that_list_every_class_compare_like_classes(tmp_path):
    paths = [top(tmp_path / f"{s}.jsonl", softmax(s), 6) for s in (1.0, 1.2)]
    listed = compare(*paths, top_k=True, slices=["lang"]).result
    classes = compare(*paths, slices=["lang"]).result
    assert listed.bounds is None
    for name in ("change", "standard_error", "interval", "one_sided"):
        assert getattr(listed, name) == pytest.approx(getattr(classes, name), rel=1e-9)
    expected = {each.name: each for each in classes.groups}
    assert len(listed.groups) == len(expected) == 8
    for each in listed.groups:
        assert (each.n, each.outcome) == (expected[each.name].n, expected[each.name].outcome)
        assert each.change == pytest.approx(expected[each.name].change, rel=1e-9)


def test_the_change_of_bounded_losses_lies_between_bounds_that_hold_the_truth(tmp_path):
    probs = softmax(1.0), softmax(1.2)
    paths = [
        top(tmp_path / f"{name}.jsonl", p, 2) for name, p in zip(("a", "b"), probs, strict=True)
    ]
    found = compare(*paths, top_k=True, slices=["lang"], floor=1e-6).result
    rows = np.arange(300)
    truth = np.mean(np.log(probs[0][rows, LABELS]) - np.log(probs[1][rows, LABELS]))
    least, most = found.bounds.change
    assert found.change is None
    assert least < truth < most
    assert found.interval[0] < least < most < found.interval[1]
    # By hand: a row that does not list what happened loses between two values.
    ends = []
    for p in probs:
        order = np.sort(p, axis=1)[:, ::-1]
        inside = p[rows, LABELS] >= order[:, 1]
        bound = np.minimum(order[:, 1], 1.0 - order[:, :2].sum(axis=1))
        exact = -np.log(p[rows, LABELS])
        ends.append(
            (np.where(inside, exact, -np.log(bound)), np.where(inside, exact, -np.log(1e-6)))
        )
    assert least == pytest.approx(np.mean(ends[1][0] - ends[0][1]), rel=1e-9)
    assert most == pytest.approx(np.mean(ends[1][1] - ends[0][0]), rel=1e-9)
    moved = ends[1][1] - ends[0][0]
    high = hall_interval(Moments(300, moved.mean(), moved.std(ddof=1), stats.skew(moved)), -99)[1]
    assert found.interval[1] == pytest.approx(high, rel=1e-9)
    assert all(each.bounds.change[0] < each.bounds.change[1] for each in found.groups if each.n > 9)


@pytest.mark.parametrize(
    ("place", "outcome", "words"),
    [
        (-5.0, "failed", "with 95% confidence above"),
        (5.0, "passed", "with 95% confidence below"),
        (0.5, "inconclusive", "on both sides of the limit of"),
    ],
)
def test_a_bounded_change_is_judged_where_both_bounds_agree(tmp_path, place, outcome, words):
    # This run is so much worse that even its least loss is above the most of the previous one.
    previous = top(tmp_path / "a.jsonl", softmax(1.0), 4)
    current = top(tmp_path / "b.jsonl", softmax(-1.0), 4)
    found = compare(previous, current, top_k=True, floor=0.01).evaluation.result
    least, most = found.comparison.bounds.change
    limit = max(0.0, least + place * (most - least))
    (judged,) = judge_limits(found, Limits(max_regression=limit))
    assert (judged.outcome, words in judged.why) == (outcome, True)
    assert found.comparison.outcome == "worse"


# --- saved evaluations ------------------------------------------------------------------------


def test_saved_evaluations_of_tasks_are_two_sets_of_rows(tmp_path):
    paths = lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW)
    runs = [evalreport.evaluate_file(path, input_kind="tokens") for path in paths]
    found = compare(*runs).result
    errors = [run.result.overall.standard_error for run in runs]
    assert (found.method, found.paired) == ("unpaired", False)
    assert found.change == pytest.approx(ratio(NOW) - ratio(BEFORE), rel=1e-9)
    assert found.standard_error == pytest.approx(np.hypot(*errors), rel=1e-9)
    assert "does not tell rows apart" in found.why


def test_saved_bounds_are_compared_end_by_end(tmp_path):
    paths = [top(tmp_path / f"{s}.jsonl", softmax(s), 2) for s in (1.0, 1.2)]
    runs = [evalreport.evaluate_file(path, top_k=True, floor=1e-6) for path in paths]
    found = compare(*runs).result
    was, now = (run.result.overall.top_k for run in runs)
    assert found.bounds.change == pytest.approx(
        (
            now.log_loss_at_least - was.log_loss_at_most,
            now.log_loss_at_most - was.log_loss_at_least,
        )
    )
    assert found.interval[0] < found.bounds.change[0] < found.bounds.change[1] < found.interval[1]


def test_every_output_tells_of_a_comparison_of_tasks(tmp_path):
    files = {
        "tokens": (lists(tmp_path / "a.jsonl", BEFORE), lists(tmp_path / "b.jsonl", NOW)),
        "gaussian": (
            forecasts(tmp_path / "a.csv", ERRORS),
            forecasts(tmp_path / "b.csv", 1.3 * ERRORS),
        ),
    }
    for kind, paths in files.items():
        evaluation = compare(*paths, input_kind=kind).evaluation
        assert "Worse than the previous run" in evaluation.to_html()
        assert ", worse than the previous run by 0." in evaluation.to_markdown().splitlines()[1]
        assert ": worse by 0." in repr(evaluation)
        again = tmp_path / "again.json"
        evaluation.to_json(again)
        assert evalreport.read_evaluation(again).result == evaluation.result
