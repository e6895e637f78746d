"""Rows that belong together: intervals that allow for it, and clusters in bounded memory."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.errors import InputError
from evalreport.renderers import markdown_renderer
from evalreport.report import build_report
from evalreport.results import EvaluationResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.settings import ReportSettings
from evalreport.statistics.cluster_cells import ByCluster, ClusterState, ClusterSums, join_key
from evalreport.statistics.cluster_gaps import difference_interval
from evalreport.statistics.clustered import gap_by_cluster, mean_error
from evalreport.statistics.forecast import ByForecast
from evalreport.statistics.interface import Sums
from evalreport.statistics.left_out import Everything
from evalreport.task_results import TaskColumns
from tests.strategies import batches


def rows_of(sizes, seed: int = 0, effect: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, forecasts that miss what a cluster has in common, and the clusters."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    scores = rng.normal(scale=1.5, size=len(clusters))
    common = effect * rng.normal(size=len(sizes))[clusters]
    observed = rng.random(len(clusters)) < 1.0 / (1.0 + np.exp(-scores - common))
    return observed.astype(int), 1.0 / (1.0 + np.exp(-scores)), clusters


def evaluated(observed, probs, clusters=None, **options) -> EvaluationResult:
    names = None if clusters is None else [f"c{each}" for each in clusters]
    return evalreport.evaluate(observed, probs, clusters=names, **options).result


def uneven(n: int, seed: int) -> np.ndarray:
    return np.maximum(np.random.default_rng(seed).lognormal(3.0, 1.0, n).astype(int), 1)


# --- by hand, by law, by brute force ----------------------------------------------------------


def test_clusters_of_one_row_tell_what_independent_rows_tell():
    observed, probs, _ = rows_of([1] * 200)
    plain = evaluated(observed, probs)
    by_row = evaluated(observed, probs, np.arange(200))
    assert by_row.overall.standard_error == pytest.approx(plain.overall.standard_error, rel=1e-12)
    assert by_row.clusters.n == 200
    assert by_row.clusters.effective == pytest.approx(200)
    assert by_row.clusters.naive.interval == plain.overall.interval


@pytest.mark.parametrize("weighted", [False, True])
def test_copying_every_row_of_a_cluster_changes_nothing(weighted):
    observed, probs, clusters = rows_of(uneven(60, 1) // 4 + 1)
    n, times = len(observed), 3
    rng = np.random.default_rng(2)
    weights = rng.uniform(0.5, 2.0, n) if weighted else None
    columns = {"s": rng.integers(0, 3, n)}
    one = evaluated(observed, probs, clusters, slices=columns, weights=weights)
    many = evaluated(
        np.tile(observed, times),
        np.tile(probs, times),
        np.tile(clusters, times),
        slices={"s": np.tile(columns["s"], times)},
        weights=None if weights is None else np.tile(weights, times),
    )
    close = {"rel": 1e-9}
    assert many.overall.interval == pytest.approx(one.overall.interval, **close)
    assert many.baseline.skill_interval == pytest.approx(one.baseline.skill_interval, **close)
    assert many.calibration.gap_z == pytest.approx(one.calibration.gap_z, **close)
    assert many.calibration.gap_interval == pytest.approx(one.calibration.gap_interval, **close)
    for before, after in zip(one.classes + one.slices, many.classes + many.slices, strict=True):
        assert after.interval == pytest.approx(before.interval, **close)
    for before, after in zip(one.slices, many.slices, strict=True):
        assert after.p_value == pytest.approx(before.p_value, **close)
    # Rows that count as independent would seem to tell three times as much.
    assert many.clusters.naive.standard_error < 0.6 * one.clusters.naive.standard_error


def jackknife(statistic, clusters: np.ndarray) -> float:
    """Standard error by really leaving out each cluster in turn."""
    values = np.array([statistic(clusters != each) for each in np.unique(clusters)])
    n = len(values)
    return math.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())


def half_width(interval) -> float:
    return (interval[1] - interval[0]) / 2


def test_every_interval_is_that_of_leaving_out_each_cluster_in_turn():
    from scipy.stats import t

    observed, probs, clusters = rows_of(uneven(40, 3))
    values = np.random.default_rng(4).integers(0, 2, len(observed))
    result = evaluated(observed, probs, clusters, slices={"s": values})
    losses = -np.log(np.where(observed == 1, probs, 1 - probs))

    def quantile(chosen):
        sizes = np.bincount(clusters[chosen])
        return t.ppf(0.975, sizes.sum() ** 2 / (sizes**2).sum() - 1)

    everything = np.ones(len(observed), bool)
    error = jackknife(lambda kept: losses[kept].mean(), clusters)
    assert result.overall.standard_error == pytest.approx(error, rel=1e-10)
    assert half_width(result.overall.interval) == pytest.approx(error * quantile(everything))
    groups = [(each, observed == int(each.name)) for each in result.classes]
    groups += [(each, values == int(each.value)) for each in result.slices]
    for each, mask in groups:
        error = jackknife(lambda kept, mask=mask: losses[mask][kept].mean(), clusters[mask])
        assert half_width(each.interval) == pytest.approx(error * quantile(mask), rel=1e-9)
        if each in result.slices:
            assert each.standard_error == pytest.approx(error, rel=1e-9)

    def skill(kept):
        share = observed[kept].mean()
        entropy = -(share * math.log(share) + (1 - share) * math.log(1 - share))
        return 1 - losses[kept].mean() / entropy

    error = jackknife(skill, clusters) * quantile(everything)
    assert half_width(result.baseline.skill_interval) == pytest.approx(error, rel=0.05)


def test_slices_are_pulled_together_by_what_their_clusters_tell_of_chance():
    observed, probs, clusters = rows_of(uneven(90, 17), seed=17, effect=2.0)
    slices = {"s": clusters % 3}  # whole clusters, so slices differ by the clusters they have
    plain, together = (
        evaluated(observed, probs, each, slices=slices).slices for each in (None, clusters)
    )
    for alone, each in zip(plain, together, strict=True):
        assert each.log_loss == alone.log_loss
        assert each.standard_error > 1.5 * alone.standard_error
    spreads = [np.std([each.shrunken for each in found]) for found in (plain, together)]
    assert spreads[1] < spreads[0]


@pytest.mark.parametrize("weighted", [False, True])
def test_a_slice_is_compared_with_the_rest_by_leaving_out_each_cluster_in_turn(weighted):
    from scipy.stats import t

    observed, probs, clusters = rows_of(uneven(40, 5), seed=5)
    rng = np.random.default_rng(6)
    weights = rng.lognormal(size=len(observed)) if weighted else np.ones(len(observed))
    # Some clusters are in one slice, some in the other, and some have rows in both.
    here = (clusters % 3 == 0) | ((clusters % 3 == 1) & (rng.random(len(clusters)) < 0.4))
    options = {"weights": weights} if weighted else {}
    result = evaluated(observed, probs, clusters, slices={"s": here.astype(int)}, **options)
    losses = -np.log(np.where(observed == 1, probs, 1 - probs))

    def difference(kept):
        sides = (kept & here, kept & ~here)
        means = [np.average(losses[each], weights=weights[each]) for each in sides]
        return means[0] - means[1]

    sizes = [np.bincount(clusters[each], weights[each]) for each in (here, ~here)]
    degrees = min(each.sum() ** 2 / (each**2).sum() for each in sizes) - 1
    everything = np.ones(len(observed), bool)
    expected = t.sf(difference(everything) / jackknife(difference, clusters), degrees)
    found = {each.value: each.p_value for each in result.slices}
    assert found["1"] == pytest.approx(expected, rel=1e-9)
    assert found["0"] + found["1"] == pytest.approx(1.0)


@pytest.mark.parametrize("shared", [False, True])
def test_healthy_slices_of_clusters_are_called_worse_as_seldom_as_promised(shared):
    rng, p_values = np.random.default_rng(15), []
    for _ in range(1_000):
        sizes = np.maximum(rng.lognormal(2.5, 0.8, 40), 1.0)
        losses = sizes * rng.gamma(4.0, 0.075, 40)
        # Either whole clusters are in the slice, or a part of most of them.
        part = rng.beta(0.5, 1.0, 40) if shared else (np.arange(40) < 15).astype(float)
        own = losses * part * rng.gamma(30.0, 1 / 30, 40)
        everything = Everything(dict(enumerate(zip(sizes, losses * (1 - part) + own, strict=True))))
        here = dict(enumerate(zip(sizes * part, own, strict=True)))
        found = everything.difference({key: here[key] for key in range(40) if part[key]})
        p_values.append(found.p_value)
    # Losses are skewed, so one side errs more often than the other.
    assert 0.03 <= np.mean(np.abs(np.array(p_values) - 0.5) > 0.45) / 2 <= 0.07


def test_a_cluster_that_outweighs_all_others_leaves_no_interval_and_no_error():
    observed, probs, clusters = rows_of([20] * 30)
    weights = np.where(clusters == 0, 1.0, 1e-30)
    slices = {"s": np.arange(600) % 2, "split": np.where(np.arange(600) % 2, "train", "test")}
    result = evaluated(observed, probs, clusters, weights=weights, slices=slices)
    assert (result.overall.interval, result.overall.standard_error) == (None, None)
    assert {each.p_value for each in result.slices} == {None}
    assert result.splits.gaps[0].interval is None


def test_soft_labels_with_clusters_have_the_intervals_that_hard_ones_have():
    rng = np.random.default_rng(10)
    targets, probs = rng.dirichlet([1.0, 1.0], 300), rng.dirichlet([1.0, 1.0], 300)
    clusters = np.arange(300) // 5
    options = {"targets": targets, "probs": probs}
    result = evalreport.evaluate(**options, clusters=clusters).result
    by_row = evalreport.evaluate(**options, clusters=np.arange(300)).result
    plain = evalreport.evaluate(**options).result
    assert by_row.overall.standard_error == pytest.approx(plain.overall.standard_error, rel=1e-12)
    assert result.overall.interval is not None
    assert all(each.interval is not None for each in result.classes)
    assert by_row.calibration.gap_z == pytest.approx(plain.calibration.gap_z, rel=0.4)
    widths = [half_width(each.baseline.skill_interval) for each in (by_row, plain)]
    assert widths[0] == pytest.approx(widths[1], rel=0.05)


@pytest.mark.parametrize("weighted", [False, True])
def test_skill_and_gap_of_soft_labels_are_those_of_leaving_out_each_cluster_in_turn(weighted):
    from scipy.stats import entropy, norm, t

    rng = np.random.default_rng(11)
    clusters = np.repeat(np.arange(40), uneven(40, 12))
    n, common = len(clusters), rng.dirichlet([0.5] * 3, 40)[clusters]
    targets = 0.6 * common + 0.4 * rng.dirichlet([0.5] * 3, n)
    probs = 0.5 * common + 0.5 * rng.dirichlet([1.0] * 3, n)
    weights = rng.uniform(0.5, 2.0, n) if weighted else np.ones(n)
    options = {"weights": weights} if weighted else {}
    result = evalreport.evaluate(targets=targets, probs=probs, clusters=clusters, **options).result
    excess = entropy(targets, probs, axis=1)

    def skill(kept):
        mean = np.average(targets[kept], axis=0, weights=weights[kept])
        divergences = entropy(targets[kept], np.broadcast_to(mean, targets[kept].shape), axis=1)
        return 1 - (weights * excess)[kept].sum() / (weights[kept] * divergences).sum()

    def gap(kept):
        gaps = excess + entropy(targets, axis=1) - entropy(probs, axis=1)
        return np.average(gaps[kept], weights=weights[kept])

    sizes = np.bincount(clusters, weights)
    quantile = t.ppf(0.975, sizes.sum() ** 2 / (sizes**2).sum() - 1)
    error = jackknife(skill, clusters)
    assert sum(result.baseline.skill_interval) / 2 == pytest.approx(result.baseline.skill)
    assert half_width(result.baseline.skill_interval) == pytest.approx(error * quantile, rel=0.05)
    error = jackknife(gap, clusters)
    assert half_width(result.calibration.gap_interval) == pytest.approx(error * quantile, rel=1e-6)
    # With few clusters 17 standard errors are as rare as 7 of a normal variable.
    degrees = sizes.sum() ** 2 / (sizes**2).sum() - 1
    z = norm.isf(t.sf(gap(np.ones(n, bool)) / error, degrees))
    assert result.calibration.gap_z == pytest.approx(z, rel=0.03)


def test_right_forecasts_of_few_clusters_are_seldom_called_off():
    n_files, called = 300, 0
    statistic, by_row = ByCluster("all", weighted=False), ByForecast(False, FLOOR)
    for seed in range(n_files):
        rng = np.random.default_rng([seed, 16])
        clusters = np.repeat(np.arange(30), uneven(30, seed) // 2 + 1)
        # Nearly sure forecasts: in some files no cluster has seen a row that loses much.
        probs = 1.0 / (1.0 + np.exp(-rng.normal(0.0, 6.0, len(clusters))))
        batch = PredictionBatch(
            ("0", "1"),
            (rng.random(len(clusters)) < probs).astype(np.int64),
            np.column_stack([1 - probs, probs]),
            clusters=SliceColumn("c", clusters, tuple(map(str, range(30)))),
        )
        scored = ScoredBatch(batch)
        least = by_row.gap(by_row.from_batch(scored)).standard_error
        z, interval = gap_by_cluster(statistic.from_batch(scored), least)
        called += abs(z) > 1.96
        assert (abs(z) > 1.96) == (interval[0] > 0.0 or interval[1] < 0.0)
    assert called / n_files <= 0.07


def test_the_gap_between_splits_is_that_of_leaving_out_each_cluster_in_turn():
    from scipy.stats import t

    observed, probs, clusters = rows_of(uneven(40, 13), seed=13)
    # Every fourth cluster is test, every other stands on both sides or is training alone.
    is_test = (clusters % 4 == 0) | ((clusters % 4 == 1) & (np.arange(len(clusters)) % 2 == 0))
    names = np.where(is_test, "test", "train")
    result = evaluated(observed, probs, clusters, slices={"split": names})
    losses = -np.log(np.where(observed == 1, probs, 1 - probs))

    def gap(kept):
        return losses[kept & is_test].mean() - losses[kept & ~is_test].mean()

    found = result.splits.gaps[0]
    sizes = [np.bincount(clusters[each]) for each in (is_test, ~is_test)]
    degrees = min(each.sum() ** 2 / (each**2).sum() for each in sizes) - 1
    expected = jackknife(gap, clusters) * t.ppf(0.975, degrees)
    assert found.gap == pytest.approx(gap(np.ones(len(losses), bool)))
    assert sum(found.interval) / 2 == pytest.approx(found.gap)
    assert half_width(found.interval) == pytest.approx(expected, rel=1e-9)


def test_what_clusters_have_in_common_cancels_where_half_of_each_is_on_either_side():
    rng = np.random.default_rng(14)
    levels, noise = rng.gamma(2.0, 0.5, 30), 0.01 * rng.normal(size=30)
    one = {i: ClusterSums(1 / 60, (level + noise[i]) / 60) for i, level in enumerate(levels)}
    other = {i: ClusterSums(1 / 60, level / 60) for i, level in enumerate(levels)}
    low, high = difference_interval(one, other)
    assert (low + high) / 2 == pytest.approx(noise.mean())
    assert high - low < 0.01
    apart = {i + 30: each for i, each in other.items()}
    low, high = difference_interval(one, apart)
    assert high - low > 0.5


# --- coverage ---------------------------------------------------------------------------------


def test_the_interval_covers_where_that_of_independent_rows_fails():
    rng = np.random.default_rng(6)
    n_files, n_covered, n_naive = 600, 0, 0
    for _ in range(n_files):
        sizes = np.maximum(rng.lognormal(2.5, 0.8, 30).astype(int), 1)
        means = rng.gamma(4.0, 0.075, 30)  # each cluster has its own mean loss, 0.3 on average
        losses = [rng.exponential(mean, size) for mean, size in zip(means, sizes, strict=True)]
        whole = sizes.sum()
        sums = [ClusterSums(len(each) / whole, each.sum() / whole) for each in losses]
        low, high = mean_error(sums).interval()
        n_covered += low <= 0.3 <= high
        rows = np.concatenate(losses)
        n_naive += abs(rows.mean() - 0.3) <= 1.96 * rows.std(ddof=1) / math.sqrt(whole)
    assert 0.92 <= n_covered / n_files <= 0.97
    assert n_naive / n_files < 0.90


# --- bounded memory ---------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["all", "class", "forecast", "slice"])
@given(batch=batches(), data=st.data())
def test_too_many_cells_become_buckets_whatever_the_order(by, batch, data):
    limit = data.draw(st.integers(0, 12))
    statistic = ByCluster(by, batch.weights is not None, column="group", limit=limit)
    cut = data.draw(st.integers(0, len(batch)))
    left, right, whole = (
        statistic.from_batch(ScoredBatch(each)) for each in (batch[:cut], batch[cut:], batch)
    )
    assert left.merge(right) == whole == right.merge(left)
    assert len(whole.sums.rows) <= limit
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_buckets_of_clusters_tell_nearly_the_same():
    observed, probs, clusters = rows_of(np.full(4_000, 5), seed=7)
    exact = evaluated(observed, probs, clusters)
    batch = PredictionBatch(
        ("0", "1"),
        observed,
        np.column_stack([1 - probs, probs]),
        clusters=SliceColumn("c", clusters, tuple(f"c{i}" for i in range(4_000))),
    )
    state = ByCluster("all", False, limit=2_000).from_batch(ScoredBatch(batch))
    assert state.bits == 10
    error = mean_error(state.cells()[""].values())
    assert error.jackknife == pytest.approx(exact.overall.standard_error, rel=0.08)
    assert error.n_clusters > 1_000


def test_clusters_that_are_too_many_at_any_rate_give_no_interval_rather_than_a_wrong_one():
    state = ClusterState(3, ByCluster("class", False).empty().sums)
    for cluster in range(500):
        sums = Sums(state.sums.units, {join_key(cluster << 55, "0"): (1, 5)})
        state = state.merge(ClusterState(3, sums))
    assert (state.bits, len(state.sums.rows), state.cells()) == (0, 0, {})


# --- what is said -----------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    observed, probs, clusters = rows_of(uneven(30, 8), seed=9)
    frame = pd.DataFrame({"label": observed, "prob": probs, "patient": [f"p{c}" for c in clusters]})
    frame.insert(0, "id", np.arange(len(frame)))
    frame.to_csv(tmp_path / "p.csv", index=False)
    return tmp_path / "p.csv"


def test_the_report_says_what_the_interval_allows_for(file):
    evaluation = evalreport.evaluate_file(file, cluster="patient")
    result = evaluation.result
    n, effective = result.overall.n, result.clusters.effective
    assert result.input.columns.cluster == "patient"
    sentence = (
        "The interval allows for rows of one 'patient' belonging together: "
        f"{n} rows, 30 clusters, effectively {effective:.1f}."
    )
    assert sentence.replace(" ", "") in repr(evaluation).replace("\n", "").replace(" ", "")
    assert sentence in markdown_renderer().render(build_report(result)).replace("`", "'")
    page = evaluation.to_html().replace("&#39;", "'")
    assert sentence in page
    assert "jackknife over clusters" in page
    assert "Hall's" not in page
    few = next(each for each in result.findings if each.code == "few-clusters")
    assert few.severity == "warning"
    assert few.title == f"Few clusters: 30 clusters, as good as {effective:.1f} of equal size"
    assert "approximate-interval" not in {each.code for each in result.findings}


def test_without_an_interval_nothing_says_what_it_allows_for(tmp_path):
    rows = "".join(f"{row % 2},{0.2 + row / 50},p{row % 3}\n" for row in range(20))
    (tmp_path / "few.csv").write_text(f"label,prob,patient\n{rows}", encoding="utf-8")
    evaluation = evalreport.evaluate_file(tmp_path / "few.csv", cluster="patient")
    assert evaluation.result.overall.interval is None
    text = " ".join(repr(evaluation).split())
    assert "Rows of one 'patient' belong together: 20 rows, 3 clusters" in text
    assert "interval allows" not in text + evaluation.to_html()


def test_with_under_ten_clusters_there_is_no_interval():
    observed, probs, clusters = rows_of([50] * 9)
    evaluation = evalreport.evaluate(observed, probs, clusters=clusters)
    assert evaluation.interval is None
    assert "no interval: under 10 clusters" in repr(evaluation)
    few = next(each for each in evaluation.result.findings if each.code == "few-clusters")
    assert few.title == "Few clusters: 9 clusters"
    assert few.why.endswith("With fewer than 10 there is no interval.")


def test_the_order_of_rows_and_the_format_change_nothing(file, tmp_path):
    frame = pd.read_csv(file)
    frame.sample(frac=1, random_state=1).to_parquet(tmp_path / "p.parquet")
    one, other = (
        evalreport.evaluate_file(tmp_path / name, cluster="patient").result
        for name in ("p.csv", "p.parquet")
    )
    assert one.digest == other.digest
    assert one.state == other.state
    assert one.overall == other.overall


def test_a_row_without_a_cluster_is_refused_or_left_out(file, tmp_path):
    lines = file.read_text().splitlines()
    lines[3] = lines[3].rpartition(",")[0] + ", "
    (tmp_path / "q.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"row 3, column 'patient': the cluster is missing\."):
        evalreport.evaluate_file(tmp_path / "q.csv", cluster="patient")
    dropped = evalreport.evaluate_file(tmp_path / "q.csv", cluster="patient", on_invalid="drop")
    assert [each.reason for each in dropped.result.data_quality.invalid] == ["cluster is missing"]
    assert evalreport.evaluate_file(tmp_path / "q.csv").result.clusters is None


def test_a_cluster_column_that_is_not_there_is_named(file):
    with pytest.raises(InputError, match="there is no column 'page', which cluster= asks for"):
        evalreport.evaluate_file(file, cluster="page")


def test_the_command_in_the_report_names_the_column():
    settings = ReportSettings(inputs=("p.csv",), task_columns=TaskColumns(cluster="patient"))
    assert settings.command() == "evalreport report p.csv --cluster patient"


# --- rows that are not there ------------------------------------------------------------------


def test_a_stress_line_says_what_unseen_zeros_would_add():
    observed, probs, _ = rows_of([1] * 300)
    evaluation = evalreport.evaluate(observed, probs)
    rise = evaluation.result.overall.unseen_zeros_would_add
    assert rise == pytest.approx(3 / 300 * 52 * math.log(2))
    assert (
        "Up to 3 in 300 rows could be given probability 0 without one being seen here, "
        "which would add 0.360 nats." in evaluation.to_html()
    )


def test_rows_with_zeros_have_no_stress_line():
    observed, probs, _ = rows_of([1] * 300)
    with_zero = np.where(np.arange(300) == 5, 1.0 - observed, probs)
    assert evaluated(observed, with_zero).overall.unseen_zeros_would_add is None
    assert evaluated(observed, probs, floor=None).overall.unseen_zeros_would_add is None
