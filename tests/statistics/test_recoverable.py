"""The hash sample, what recalibration recovers on it, and scikit-learn's second opinion."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.errors import SettingsError
from evalreport.findings import find
from evalreport.results import EvaluationResult, RecoverableResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics import recoverable as recoverable_
from evalreport.statistics import sample
from evalreport.statistics.plan import Plan
from evalreport.statistics.recalibration import FitData, fit
from evalreport.statistics.recoverable import recoverable
from evalreport.statistics.sample import HashSample, SampleState
from tests.strategies import batches


def drawn(n: int, k: int, sharpness: float = 1.0, seed: int = 0, bias: float = 0.0):
    """Outcomes, and forecasts that are too sharp, and too fond of the last classes."""
    rng = np.random.default_rng(seed)
    truth = np.exp(2.0 * rng.normal(size=(n, k)))
    truth /= truth.sum(axis=1, keepdims=True)
    observed = (rng.random((n, 1)) > truth.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    probs = truth**sharpness * np.exp(bias * np.linspace(-1, 1, k))
    return observed, probs / probs.sum(axis=1, keepdims=True)


def batch(observed, probs, ids=None) -> PredictionBatch:
    classes = tuple(str(k) for k in range(probs.shape[1]))
    ids = None if ids is None else np.array(ids, dtype=object)
    return PredictionBatch(classes, observed, probs.copy(), ids=ids)


def recovered(observed, probs, limit: int = 0, ids=None) -> RecoverableResult | str:
    """What is recoverable on a sample of so many rows."""
    rows = batch(observed, probs, ids)
    plan = Plan(rows.classes, 1)
    overall = plan.overall.result(plan.overall.from_batch(ScoredBatch(rows)))
    state = HashSample(len(rows.classes), limit).from_batch(ScoredBatch(rows))
    return recoverable(state.settled(), overall, plan.floor)


def result_of(observed, probs, **options) -> EvaluationResult:
    classes = list(range(probs.shape[1]))
    return evalreport.evaluate(observed, probs, classes=classes, **options).result


def log_loss(observed, probs) -> float:
    return float(-np.log(probs[np.arange(len(probs)), observed]).mean())


# --- the sample -------------------------------------------------------------------------------


@given(rows=batches(max_rows=60), data=st.data())
@settings(max_examples=150)
def test_the_sample_is_the_same_however_the_rows_come(rows, data):
    statistic = HashSample(len(rows.classes), data.draw(st.integers(1, 70)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=5)))
    parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    whole = statistic.from_batch(ScoredBatch(rows))
    merged = statistic.empty()
    for part in data.draw(st.permutations(parts)):
        one = statistic.from_batch(ScoredBatch(part))
        one = one.settled() if data.draw(st.booleans()) else one
        merged = merged.merge(pickle.loads(pickle.dumps(one)))
    assert merged == whole
    kept = whole.rows()
    if kept is not None:
        assert len(kept) <= statistic.limit
        assert (np.diff(kept.hashes.astype(object)) > 0).all()


def test_all_rows_are_kept_as_long_as_they_fit():
    observed, probs = drawn(500, 3)
    state = HashSample(3).from_batch(ScoredBatch(batch(observed, probs)))
    rows = state.rows()
    assert (len(rows), state.holds_all) == (500, True)
    assert math.fsum(rows.losses) / 500 == pytest.approx(log_loss(observed, probs), rel=1e-14)


def test_equal_rows_are_kept_by_count():
    state = HashSample(2, 10).empty()
    for start in range(0, 5_000, 100):
        y = np.arange(start, start + 100) % 4 // 3
        part = batch(y, np.tile([0.75, 0.25], (100, 1)))
        state = state.merge(HashSample(2, 10).from_batch(ScoredBatch(part)))
    assert sorted(state.rows().counts.tolist()) == [1_250, 3_750]
    assert state.holds_all
    assert sum(map(len, state.waiting)) < 200


def test_the_sample_is_fair_and_knows_how_many_rows_there_are():
    observed, probs = drawn(50_000, 4, seed=3)
    state = HashSample(4, 2_000).from_batch(ScoredBatch(batch(observed, probs)))
    assert state.estimated_rows == pytest.approx(50_000, rel=0.08)
    spread = ScoredBatch(batch(observed, probs)).losses.std() / math.sqrt(2_000)
    assert abs(state.rows().losses.mean() - log_loss(observed, probs)) < 4 * spread


def test_ids_tell_equal_rows_apart():
    probs = np.tile([0.75, 0.25], (40, 1))
    rows = batch(np.zeros(40, dtype=np.int64), probs, [f"id {i}" for i in range(40)])
    assert len(HashSample(2).from_batch(ScoredBatch(rows)).rows()) == 40


def test_many_classes_leave_fewer_rows():
    assert [HashSample(k).limit for k in (2, 128, 1_000)] == [65_536, 65_536, 8_388]


def test_rows_are_never_saved():
    evaluation = evalreport.evaluate(*drawn(60, 2), classes=[0, 1])
    assert "sample" not in evaluation.result.state["statistics"]


# --- the fit ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "with_biases"), [(2, False), (2, True), (5, True)])
def test_the_fit_agrees_with_scipy(k, with_biases):
    from scipy import optimize, special

    observed, probs = drawn(3_000, k, sharpness=1.5, bias=0.5)
    logs = np.log(probs)

    def loss(x):
        biases = x[1:] if with_biases else np.zeros(k)
        scores = special.log_softmax(x[0] * logs + biases, axis=1)
        return -scores[np.arange(len(observed)), observed].mean() + 0.5e-6 * (biases**2).sum()

    theirs = optimize.minimize(loss, np.r_[1.0, np.zeros(k * with_biases)], method="BFGS", tol=1e-9)
    data = FitData(np.ascontiguousarray(logs.T), observed, np.ones(len(observed)))
    ours = fit(data, with_biases)
    assert ours.losses(logs.T, observed).mean() == pytest.approx(loss(theirs.x), abs=1e-6)
    assert ours.sharpness == pytest.approx(theirs.x[0], abs=1e-4)


def test_a_constant_forecast_becomes_the_class_frequencies():
    observed = np.arange(400) % 4 // 3
    logs = np.log(np.tile([[0.5], [0.5]], 400))
    found = fit(FitData(logs, observed, np.ones(400)), with_biases=True)
    assert np.exp(-found.losses(logs, observed)[3]) == pytest.approx(0.25, abs=1e-5)


def test_derivatives_are_those_of_the_loss():
    observed, probs = drawn(500, 4, sharpness=1.5, bias=0.5)
    masses = np.random.default_rng(2).random(500)
    data = FitData(np.ascontiguousarray(np.log(probs).T), observed, masses)
    at, h = np.array([0.8, 0.1, -0.3, 0.2, 0.0]), 1e-5
    point = data.around(at)
    for i, step in enumerate(h * np.eye(5)):
        up, down = data.around(at + step), data.around(at - step)
        assert point.slope[i] == pytest.approx((up.value - down.value) / (2 * h), abs=1e-8)
        assert point.curvature[i] == pytest.approx((up.slope - down.slope) / (2 * h), abs=1e-8)


# --- what is recoverable ----------------------------------------------------------------------


def test_too_sharp_forecasts_get_their_temperature_back():
    observed, probs = drawn(40_000, 4, sharpness=1.6, bias=0.4, seed=5)
    _, calibrated = drawn(40_000, 4, seed=5)
    found = result_of(observed, probs).calibration.recoverable
    gain = log_loss(observed, probs) - log_loss(observed, calibrated)
    assert found.temperature == pytest.approx(1.6, abs=0.03)
    assert found.interval[0] < gain < found.interval[1]
    assert found.loss == pytest.approx(gain, abs=0.003)
    assert found.log_loss_after == pytest.approx(log_loss(observed, calibrated), abs=0.003)
    assert (found.with_class_bias, found.rows) == (True, 40_000)


def test_calibrated_forecasts_have_nothing_to_recover():
    above = []
    for seed in range(200):
        above.append(recovered(*drawn(300, 2, seed=seed)).interval[0] > 0)
    assert np.mean(above) < 0.04


def test_a_sample_tells_what_all_rows_tell():
    observed, probs = drawn(30_000, 3, sharpness=1.4, seed=6)
    full, sampled = recovered(observed, probs), recovered(observed, probs, 4_000)
    assert (full.rows, sampled.rows) == (30_000, 4_000)
    assert abs(full.loss - sampled.loss) < 4 * sampled.standard_error
    assert sampled.temperature == pytest.approx(full.temperature, abs=0.1)


def test_where_equal_rows_make_the_sample_unfair_nothing_is_said():
    observed, probs = drawn(6_000, 3, seed=7)
    probs[:3_000], observed[:3_000] = [1.0, 0.0, 0.0], 0
    assert recovered(observed, probs, 1_000) == (
        "many rows are equal, and no ids tell them apart, so that no sample stands for all"
    )
    apart = recovered(observed, probs, 1_000, [f"id {i}" for i in range(6_000)])
    assert isinstance(apart, RecoverableResult)


NOT_TOLD = {
    "there are under 50 rows": lambda y, p: evalreport.evaluate(y[:49], p[:49]),
    "only one class happened in half of the rows": lambda y, p: evalreport.evaluate(
        0 * y, p, classes=[0, 1]
    ),
    "labels are soft": lambda y, p: evalreport.evaluate(targets=p[::-1], probs=p),
    "the loss is infinite": lambda y, p: evalreport.evaluate(
        y, np.vstack([np.eye(2)[1 - y[:1]], p[1:]]), floor=None
    ),
}


@pytest.mark.parametrize("why", NOT_TOLD)
def test_where_nothing_can_be_told_the_report_says_why(why):
    evaluation = NOT_TOLD[why](*drawn(200, 2))
    calibration = evaluation.result.calibration
    assert (calibration.recoverable, calibration.recoverable_left_out) == (None, why)
    assert f"What recalibration would recover is not told: {why}." in evaluation.to_html()


def test_without_its_rows_a_saved_state_tells_nothing_new():
    plan = Plan(("0", "1"), 1)
    states = plan.from_batch(batch(*drawn(200, 2)))
    overall = plan.overall.result(states[plan.overall])
    assert recoverable(SampleState(10), overall, plan.floor) == "the rows are not at hand any more"


def test_copies_weigh_like_weights():
    observed, probs = drawn(400, 2, sharpness=1.7, seed=8)
    weights = np.random.default_rng(9).integers(1, 4, 400)
    weighted = result_of(observed, probs, weights=weights).calibration.recoverable
    whole = np.repeat(np.arange(400), weights)
    copied = recovered(observed[whole], probs[whole])
    assert copied.temperature == pytest.approx(weighted.temperature, rel=1e-4)


@pytest.mark.parametrize("unit", [4.0, 3.0, 1 / 3, 1e200])
@pytest.mark.parametrize("case", ["all rows", "few forecasts", "a sample with ids"])
def test_the_unit_of_the_weights_changes_nothing(case, unit, monkeypatch):
    observed, probs = drawn(3_000, 3, sharpness=1.6, seed=18)
    ids = None
    if case == "few forecasts":
        probs = probs.round(1) + 0.02
        probs /= probs.sum(axis=1, keepdims=True)
    elif case == "a sample with ids":
        monkeypatch.setattr(sample, "MOST_ROWS", 1_000)
        ids = [f"row {i}" for i in range(3_000)]
    weights = np.random.default_rng(19).integers(1, 9, 3_000) / 8
    one, other = (
        result_of(observed, probs, weights=each, ids=ids).calibration.recoverable
        for each in (weights, weights * unit)
    )
    assert one.rows == (1_000 if case == "a sample with ids" else 3_000)
    for name in ("loss", "temperature", "log_loss_after", "interval", "standard_error"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-12)


def test_clusters_widen_the_interval_of_the_gain():
    observed, probs = drawn(400, 2, sharpness=1.7, seed=10)
    times = 5
    options = {"observed": np.tile(observed, times), "probs": np.tile(probs, (times, 1))}
    clusters = np.tile(np.arange(400), times)
    plain = evalreport.evaluate(**options, classes=[0, 1]).result.calibration.recoverable
    wide = evalreport.evaluate(**options, classes=[0, 1], clusters=clusters).result
    assert wide.calibration.recoverable.standard_error > 1.8 * plain.standard_error


def test_logits_are_scaled_as_they_are():
    observed, probs = drawn(3_000, 3, sharpness=1.5, seed=11)
    logits = np.log(probs) + 3.0
    one = result_of(observed, probs).calibration.recoverable
    other = result_of(observed, logits, input_kind="logits").calibration.recoverable
    assert other.temperature == pytest.approx(one.temperature, rel=1e-5)
    assert abs(other.loss - one.loss) < one.standard_error  # in other halves


def test_the_report_says_what_is_recoverable():
    observed, probs = drawn(4_000, 3, sharpness=1.6, seed=12)
    evaluation = evalreport.evaluate(observed, probs, classes=[0, 1, 2])
    found = evaluation.result.calibration.recoverable
    sentence = (
        f"temperature {found.temperature:.2f}; log loss after it {found.log_loss_after:.3f}. "
        "Temperature and a bias for each class, fitted to half of the rows and tried on the other "
        "half: a lower bound of the loss from miscalibration."
    )
    assert sentence in evaluation.to_html()
    assert f"Recoverable: {found.loss:.3f} nats (95% CI " in evaluation.to_html()
    too_sure = next(each for each in find(evaluation.result) if each.code == "overconfident")
    assert too_sure.check.startswith(f"Divide the logits by {found.temperature:.2f}: tried on rows")


def test_bias_alone_is_a_finding_of_its_own():
    observed, probs = drawn(4_000, 4, bias=0.9, seed=13)
    probs = probs**0.93  # neither too sure nor too cautious on the whole
    probs /= probs.sum(axis=1, keepdims=True)
    result = result_of(observed, probs)
    codes = {each.code for each in find(result)}
    found = result.calibration.recoverable
    assert found.loss / result.overall.log_loss > 0.05
    assert codes & {"recoverable", "miscalibrated", "overconfident", "underconfident"}


# --- the second opinion -----------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 12])
@pytest.mark.parametrize("weighted", [False, True])
def test_scikit_learn_comes_to_the_same_number(k, weighted):
    observed, probs = drawn(900, k, seed=14)
    probs[:20] = np.eye(k)[(observed[:20] + 1) % k]  # ruled out what happened
    weights = np.random.default_rng(15).lognormal(0, 2, 900) if weighted else None
    result = result_of(observed, probs, weights=weights, verify=True)
    found = result.verification
    assert (found.rows, found.left_out) == (900, 0)
    assert found.ours == pytest.approx(result.overall.log_loss, rel=1e-13)
    assert found.difference <= 1e-11
    assert found.largest_class_difference <= 1e-11
    assert "verification" not in {each.code for each in result.findings}


@pytest.mark.parametrize(("floor", "left_out"), [(1e-7, 0), (None, 5), ("auto", 5)])
def test_another_floor_is_verified_too(floor, left_out):
    observed, probs = drawn(300, 3, seed=16)
    logs = np.log(probs)
    logs[np.arange(5), observed[:5]] = -50.0
    found = result_of(observed, logs, input_kind="logits", floor=floor, verify=True).verification
    assert found.left_out == left_out
    assert found.difference <= 1e-11


def test_a_difference_is_an_error_finding_with_both_numbers():
    from dataclasses import replace

    result = result_of(*drawn(300, 2), verify=True)
    off = replace(result, verification=replace(result.verification, difference=2e-9))
    error = next(each for each in find(off) if each.code == "verification")
    assert error.severity == "error"
    assert "by scikit-learn" in error.why
    assert "The difference is 2e-09;" in error.why


def test_the_run_details_show_both_numbers():
    evaluation = evalreport.evaluate(*drawn(300, 2), classes=[0, 1], verify=True)
    assert (
        f"Log loss of 300 rows: here {evaluation.log_loss:.12f}, by scikit-learn "
        in evaluation.to_html()
    )


def test_soft_labels_and_tokens_have_no_second_opinion_and_it_is_said(tmp_path):
    _, probs = drawn(50, 2)
    with pytest.raises(SettingsError, match="verify=True needs labels"):
        evalreport.evaluate(targets=probs, probs=probs, verify=True)
    (tmp_path / "t.csv").write_text("logprob\n-0.5\n")
    with pytest.raises(SettingsError, match="verify= has no meaning with input_kind='tokens'"):
        evalreport.evaluate_file(tmp_path / "t.csv", input_kind="tokens", verify=True)


def optional_features() -> str:
    """Names of the processor features that NumPy can do without, as this NumPy spells them."""
    modules = ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath")
    (extension,) = (sys.modules[name] for name in modules if name in sys.modules)
    return " ".join(extension.__cpu_dispatch__)


def test_the_evaluation_file_is_the_same_bytes_on_another_processor(tmp_path: Path):
    observed, probs = drawn(700, 3, sharpness=1.5, seed=17)
    lines = [
        f"{y},{','.join(map(repr, row.tolist()))}" for y, row in zip(observed, probs, strict=True)
    ]
    (tmp_path / "p.csv").write_text("label,p_0,p_1,p_2\n" + "\n".join(lines))
    texts = set()
    for environment in (
        {"OPENBLAS_NUM_THREADS": "1"},
        {
            "NPY_DISABLE_CPU_FEATURES": optional_features(),
            "OPENBLAS_NUM_THREADS": "2",
            "OPENBLAS_CORETYPE": "Prescott",
        },
    ):
        words = ["report", "p.csv", "-o", "none", "--json", "-", "--verify"]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "evalreport", *words],
            cwd=tmp_path,
            env={**os.environ, **environment, "SOURCE_DATE_EPOCH": "0"},
            capture_output=True,
            check=True,
        )
        texts.add(done.stdout)
    assert len(texts) == 1
    assert b'"temperature": 1.' in texts.pop()


@pytest.mark.parametrize(("k", "n_rows", "with_biases"), [(40, 3_200, True), (129, 17_000, False)])
def test_many_classes_are_fitted_to_all_rows_of_the_sample(k, n_rows, with_biases, monkeypatch):
    monkeypatch.setattr(recoverable_, "_LEAST_OF_A_CLASS", 5)
    monkeypatch.setattr(recoverable_, "_ROWS_A_CLASS", 20)
    observed, probs = drawn(n_rows, k, sharpness=1.4, seed=3)
    found = recovered(observed, probs)
    assert (found.rows, found.with_class_bias) == (n_rows, with_biases)
    assert found.temperature == pytest.approx(1.4, abs=0.1)
