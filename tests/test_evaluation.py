"""The whole evaluation against independent libraries, and its independence of how it is read."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, brier_score_loss, d2_log_loss_score
from sklearn.metrics import log_loss as sklearn_log_loss

import evalreport
from evalreport.evaluation import EvaluateSettings, evaluate_predictions
from evalreport.readers import open_predictions
from evalreport.readers.interface import ReadSettings

P = [0.8, 0.9, 0.9, 0.6, 0.8, 0.1, 0.4, 0.2, 0.1, 0.3]
Y = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Predictions of three classes with ids, weights and a slice that is harder than the rest."""
    rng = np.random.default_rng(5)
    n = 3000
    logits = rng.normal(scale=2, size=(n, 3))
    hard = rng.random(n) < 0.2
    sharp = np.where(hard[:, None], logits / 4, logits)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.exp(sharp) / np.exp(sharp).sum(axis=1, keepdims=True)
    observed = (truth.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    frame = pd.DataFrame(probs, columns=["prob_cat", "prob_dog", "prob_owl"])
    frame.insert(0, "id", [f"row-{i:05d}" for i in rng.permutation(n)])
    frame.insert(1, "label", np.array(["cat", "dog", "owl"])[observed])
    frame["part"] = np.where(hard, "hard", "easy")
    frame["weight"] = rng.lognormal(size=n)
    return frame


def probs_of(frame: pd.DataFrame) -> np.ndarray:
    return frame[["prob_cat", "prob_dog", "prob_owl"]].to_numpy()


def evaluate(frame: pd.DataFrame, **options) -> evalreport.Evaluation:
    return evalreport.evaluate(
        frame["label"],
        frame[["prob_cat", "prob_dog", "prob_owl"]],
        classes=["cat", "dog", "owl"],
        ids=frame["id"],
        slices={"part": frame["part"]},
        **options,
    )


def test_the_ten_rows_of_the_textbook():
    evaluation = evalreport.evaluate(Y, P)
    assert evaluation.log_loss == pytest.approx(sklearn_log_loss(Y, P), rel=1e-12)
    assert round(evaluation.log_loss, 3) == 0.247
    assert evaluation.band == "can probably improve"
    losses = evaluation.worst_rows["loss"].round(3).tolist()
    assert losses == [0.511, 0.511, 0.357, 0.223, 0.223, 0.223, 0.105, 0.105, 0.105, 0.105]


def test_the_headline_is_that_of_scikit_learn_and_scipy(table):
    overall = evaluate(table).result.overall
    probs, observed = probs_of(table), table["label"]
    losses = -np.log(probs[np.arange(len(probs)), pd.Categorical(observed).codes])
    assert overall.log_loss == pytest.approx(sklearn_log_loss(observed, probs), rel=1e-12)
    assert overall.standard_error == pytest.approx(stats.sem(losses), rel=1e-10)
    assert overall.accuracy == pytest.approx(
        accuracy_score(observed, np.array(["cat", "dog", "owl"])[probs.argmax(axis=1)]), rel=1e-12
    )
    one_hot = np.eye(3)[pd.Categorical(observed).codes]
    assert overall.brier_score == pytest.approx(((probs - one_hot) ** 2).sum(axis=1).mean())
    assert overall.bits == pytest.approx(overall.log_loss / math.log(2), rel=1e-14)
    assert overall.perplexity == pytest.approx(math.exp(overall.log_loss), rel=1e-14)
    assert overall.mean_probability == pytest.approx(stats.gmean(np.exp(-losses)), rel=1e-12)


def test_skill_is_the_d2_score_of_scikit_learn(table):
    baseline = evaluate(table).result.baseline
    assert baseline.skill == pytest.approx(
        d2_log_loss_score(table["label"], probs_of(table)), rel=1e-12
    )
    assert baseline.uniform == pytest.approx(math.log(3), rel=1e-15)


def test_weights_count_as_they_do_in_scikit_learn(table):
    weighted = evaluate(table, weights=table["weight"])
    reference = sklearn_log_loss(table["label"], probs_of(table), sample_weight=table["weight"])
    assert weighted.log_loss == pytest.approx(reference, rel=1e-12)
    assert weighted.skill == pytest.approx(
        d2_log_loss_score(table["label"], probs_of(table), sample_weight=table["weight"]),
        rel=1e-10,
    )


def test_whole_weights_give_the_mean_of_repeated_rows(table):
    some = table.head(300)
    times = np.arange(len(some)) % 3 + 1
    weighted = evaluate(some, weights=times)
    repeated = evaluate(some.loc[some.index.repeat(times)])
    assert weighted.log_loss == pytest.approx(repeated.log_loss, rel=1e-14)
    assert weighted.result.overall.accuracy == pytest.approx(repeated.result.overall.accuracy)


def test_equal_weights_change_no_number(table):
    plain, weighted = evaluate(table).result, evaluate(table, weights=[2.5] * len(table)).result
    assert weighted.overall.log_loss == pytest.approx(plain.overall.log_loss, rel=1e-14)
    assert weighted.overall.interval == pytest.approx(plain.overall.interval, rel=1e-12)
    assert weighted.baseline.skill_interval == pytest.approx(plain.baseline.skill_interval)
    assert weighted.calibration.gap_z == pytest.approx(plain.calibration.gap_z, rel=1e-10)


def test_classes_add_up_to_the_whole(table):
    result = evaluate(table).result
    rebuilt = sum(each.frequency * each.log_loss for each in result.classes)
    assert rebuilt == pytest.approx(result.overall.log_loss, rel=1e-13)
    assert sum(each.share_of_loss for each in result.classes) == pytest.approx(1, rel=1e-13)
    assert sum(each.n for each in result.classes) == result.overall.n


def test_one_vs_rest_is_the_binary_log_loss_of_scikit_learn(table):
    for k, each in enumerate(evaluate(table).result.classes):
        reference = sklearn_log_loss(table["label"] == each.name, probs_of(table)[:, k])
        assert each.one_vs_rest_log_loss == pytest.approx(reference, rel=1e-12)


def test_a_slice_is_what_its_rows_give_by_themselves(table):
    hard = next(each for each in evaluate(table).result.slices if each.value == "hard")
    alone = evaluate(table[table["part"] == "hard"]).result
    assert hard.log_loss == alone.overall.log_loss
    assert hard.interval == alone.overall.interval
    assert (hard.baseline, hard.skill) == (alone.baseline.class_frequencies, alone.baseline.skill)
    assert hard.worse_than_rest is True


def test_a_healthy_slice_is_not_called_worse(table):
    table = table.assign(part=np.arange(len(table)) % 4)
    flags = [each.worse_than_rest for each in evaluate(table).result.slices]
    assert flags == [False] * 4


def test_the_binary_brier_score_is_that_of_scikit_learn():
    result = evalreport.evaluate(Y, P).result
    assert result.overall.brier_score_binary == pytest.approx(brier_score_loss(Y, P), rel=1e-12)
    assert result.overall.brier_score == pytest.approx(2 * brier_score_loss(Y, P), rel=1e-12)


def test_zero_probability_is_floored_counted_and_shown_under_other_floors():
    rng = np.random.default_rng(2)
    p = rng.uniform(0.3, 0.9, 1000)
    y = np.ones(1000, int)
    p[0] = 0.0
    result = evalreport.evaluate(y, p, classes=[0, 1]).result
    assert result.overall.zero_probability_rows == 1
    assert result.overall.log_loss == pytest.approx(
        sklearn_log_loss(y, p, labels=[0, 1]), rel=1e-12
    )
    keras = next(each for each in result.floors if each.label == "Keras")
    assert keras.log_loss == pytest.approx(-np.log(np.clip(p, 1e-7, None)).mean(), rel=1e-12)
    rise = -math.log(2.0**-52) / 1000
    assert result.overall.zero_probability_share_of_loss == pytest.approx(
        rise / result.overall.log_loss, rel=1e-12
    )


def test_without_a_floor_a_zero_makes_the_mean_infinite_which_is_null():
    result = evalreport.evaluate([1, 0], [0.0, 0.5], classes=[0, 1], floor=None).result
    assert result.overall.log_loss is None
    assert result.overall.zero_probability_rows == 1
    assert result.worst_rows[0].loss is None
    assert result.worst_rows[1].loss == pytest.approx(math.log(2))


def test_permuting_the_classes_changes_nothing_but_their_order(table):
    one = evaluate(table).result
    other = evalreport.evaluate(
        table["label"], table[["prob_owl", "prob_cat", "prob_dog"]], classes=["owl", "cat", "dog"]
    ).result
    assert other.overall.log_loss == one.overall.log_loss
    assert {each.name: each.log_loss for each in other.classes} == {
        each.name: each.log_loss for each in one.classes
    }


def test_a_constant_forecast_of_the_frequencies_has_no_skill():
    y = np.repeat([0, 1], [30, 70])
    result = evalreport.evaluate(y, np.full(100, 0.7)).result
    assert result.baseline.skill == pytest.approx(0, abs=1e-12)
    assert [point.n for point in result.calibration.reliability[0].points] == [100]


def test_one_class_only_leaves_skill_undefined():
    result = evalreport.evaluate([1] * 20, np.linspace(0.5, 0.9, 20), classes=[0, 1]).result
    assert result.baseline.class_frequencies == 0.0
    assert result.baseline.skill is None
    assert result.classes[0].log_loss is None


# --- the same bytes however it is read ------------------------------------------------------------


def document_of(paths, **options) -> dict:
    settings = ReadSettings(slices=("part",), **options)
    predictions = open_predictions([str(path) for path in paths], settings)
    result = evaluate_predictions(
        predictions, EvaluateSettings(), title="t", created=None, version="0"
    )
    document = json.loads(evalreport.Evaluation(result).to_json())
    for key in ("paths", "format", "bytes"):
        del document["input"][key]
    return document


def test_csv_tsv_parquet_and_any_row_order_give_the_same_document(table, tmp_path):
    shuffled = table.sample(frac=1, random_state=1)
    files = [tmp_path / name for name in ("a.csv", "b.tsv", "c.parquet", "d.csv")]
    table.to_csv(files[0], index=False)
    table.to_csv(files[1], index=False, sep="\t")
    table.to_parquet(files[2], index=False, row_group_size=100)
    shuffled.to_csv(files[3], index=False)
    documents = [document_of([path]) for path in files]
    assert documents[1:] == documents[:1] * 3


def test_one_file_or_three_give_the_same_document(table, tmp_path):
    whole = tmp_path / "whole.csv"
    table.to_csv(whole, index=False)
    parts = [tmp_path / f"part-{i}.csv" for i in range(3)]
    for i, path in enumerate(parts):
        table.iloc[i * 1000 : (i + 1) * 1000].to_csv(path, index=False)
    assert document_of(parts) == document_of([whole])
    assert document_of(parts[::-1]) == document_of([whole])


def test_a_document_from_before_a_key_was_added_is_still_read(table, tmp_path):
    path = tmp_path / "a.csv"
    table.to_csv(path, index=False)
    document = json.loads(evalreport.evaluate_file(path, slices=["part"]).to_json())
    del document["data_quality"]["rescaling_adds"]
    assert document["audit"]["class_order"].pop("rows") == len(table)
    (tmp_path / "old.json").write_text(json.dumps(document), encoding="utf-8")
    old = evalreport.read_evaluation(tmp_path / "old.json")
    assert old.log_loss == document["overall"]["log_loss"]
    assert "<html" in old.to_html()


def test_the_document_reads_back_to_the_same_bytes(table, tmp_path):
    evaluation = evaluate(table, weights=table["weight"])
    path = tmp_path / "evaluation.json"
    text = evaluation.to_json(path)
    again = evalreport.read_evaluation(path)
    assert again.to_json() == text
    assert again.result == evaluation.result


def test_arrays_and_files_have_the_same_digest(table, tmp_path):
    path = tmp_path / "a.csv"
    table.to_csv(path, index=False)
    assert evalreport.evaluate_file(path, slices=["part"]).digest == evaluate(table).digest


@pytest.mark.parametrize("weight", [5e-324, 1e-300, 1e-110, 1e103, 1e155, 1e300])
def test_the_unit_of_the_weights_changes_nothing(table, weight):
    some = table.head(12)
    plain = evaluate(some).result
    weighted = evaluate(some, weights=[weight] * 12).result
    assert weighted.overall.log_loss == pytest.approx(plain.overall.log_loss, rel=1e-14)
    assert weighted.overall.interval == pytest.approx(plain.overall.interval, rel=1e-10)
    assert weighted.overall.band == plain.overall.band


def test_a_weight_next_to_nothing_beside_a_huge_one_counts_for_nothing(table):
    some = table.head(12)
    weights = [1e300] + [1e-300] * 11
    result = evaluate(some, weights=weights).result
    assert result.overall.log_loss == pytest.approx(evaluate(some.head(1)).log_loss, rel=1e-14)


@pytest.mark.parametrize("heaviest", [1e152, 1e200, 1e300])
@pytest.mark.parametrize("options", [{}, {"clusters": np.arange(60) % 20}])
def test_a_row_may_outweigh_all_others_by_far(heaviest, options):
    probs = np.random.default_rng(0).dirichlet([1.0, 1.0, 1.0], 60)
    weights = np.where(np.arange(60) == 7, heaviest, 1.0)
    found = evalreport.evaluate(np.arange(60) % 3, probs, weights=weights, **options)
    assert found.log_loss == pytest.approx(-np.log(probs[7, 1]), rel=1e-12)
    assert found.interval is None
    assert found.result.baseline.skill_interval is None
