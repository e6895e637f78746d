"""Classes and slices in a comparison: their limits, and intervals where rows belong together."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evalreport import GroupLimits
from evalreport.api import evaluate_file
from evalreport.comparing import compare
from evalreport.hashing import hashes_of
from evalreport.limits import Limits, judge_limits
from evalreport.statistics.buckets import buckets_of

RNG = np.random.default_rng(3)
N, N_CLUSTERS = 600, 30
CLUSTERS = RNG.integers(0, N_CLUSTERS, N)
LABELS = RNG.integers(0, 2, N)
SLICES = np.array(["de", "fr"])[RNG.integers(0, 2, N)]
BEFORE = np.clip(RNG.beta(5, 2, N), 0.02, 0.98)
MOVED = RNG.normal(0.0, 0.05, N_CLUSTERS)[CLUSTERS] - 0.06 * (SLICES == "fr")
NOW = np.clip(BEFORE + MOVED + RNG.normal(0.0, 0.01, N), 0.01, 0.99)
CHANGE = np.log(BEFORE) - np.log(NOW)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "previous.csv", tmp_path / "current.csv"
    for path, given in zip(paths, (BEFORE, NOW), strict=True):
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "label", "prob_0", "prob_1", "lang", "patient"])
            for i, p in enumerate(given.tolist()):
                probs = (p, 1 - p) if LABELS[i] == 0 else (1 - p, p)
                writer.writerow([i, LABELS[i], *map(repr, probs), SLICES[i], f"p{CLUSTERS[i]}"])
    return paths


def limit_on(files, limits: GroupLimits):
    found = compare(*files, slices=["lang"]).evaluation.result
    kind = "classes" if limits.column is None else "slices"
    (judged,) = judge_limits(found, Limits(**{kind: (limits,)}))
    return judged


def test_a_slice_has_a_limit_on_its_change_with_three_outcomes(files):
    moved = CHANGE[SLICES == "fr"]
    low, high = (moved.mean() + side * stats.sem(moved) for side in (-1, 1))
    for limit, outcome in ((0.0, "failed"), (float(moved.mean()), "inconclusive"), (1.0, "passed")):
        judged = limit_on(files, GroupLimits(name="fr", column="lang", max_regression=limit))
        assert judged.name == "slices.lang.fr.max_regression"
        assert judged.outcome == outcome
        assert low < judged.value < high
    assert judged.why.startswith("Slice lang = fr: change +0.")
    assert "with 95% confidence below +0." in judged.why


def test_a_class_has_a_limit_on_its_change(files):
    judged = limit_on(files, GroupLimits(name="1", max_regression=0.5))
    assert (judged.name, judged.outcome) == ("classes.1.max_regression", "passed")
    assert judged.value == pytest.approx(CHANGE[LABELS == 1].mean(), rel=1e-9)


def test_a_group_that_was_not_compared_is_not_judged(files):
    judged = limit_on(files, GroupLimits(name="es", column="lang", max_regression=0.5))
    assert judged.outcome == "not judged"
    assert judged.why == "Not judged: slice lang = es was not compared with the previous run."
    alone = evaluate_file(files[1])
    (judged,) = judge_limits(
        alone.result, Limits(classes=(GroupLimits(name="1", max_regression=0.5),))
    )
    assert judged.why == "Not judged: it was evaluated without a previous run."


def test_groups_have_intervals_where_rows_belong_together(files):
    # Every patient has a bucket of its own here, so that buckets are patients.
    names = np.array([f"p{number}" for number in range(N_CLUSTERS)], dtype=object)
    assert len(set(buckets_of(hashes_of(names)).tolist())) == N_CLUSTERS
    found = compare(*files, slices=["lang"], cluster="patient").result
    groups = {each.name: each for each in found.groups}
    for name, chosen in (("fr", SLICES == "fr"), ("0", LABELS == 0)):
        sums = np.bincount(CLUSTERS[chosen], CHANGE[chosen], N_CLUSTERS)
        sizes = np.bincount(CLUSTERS[chosen], minlength=N_CLUSTERS).astype(float)
        mean = sums.sum() / sizes.sum()
        left_out = (sums.sum() - sums) / (sizes.sum() - sizes)
        spread = ((left_out - left_out.mean()) ** 2).sum()
        error = np.sqrt((N_CLUSTERS - 1) / N_CLUSTERS * spread)
        degrees = sizes.sum() ** 2 / (sizes**2).sum() - 1
        half = stats.t.ppf(0.975, degrees) * error
        assert groups[name].change == pytest.approx(mean, rel=1e-9)
        assert groups[name].interval == pytest.approx((mean - half, mean + half), rel=1e-9)
    independent = compare(*files, slices=["lang"]).result.groups
    widths = [
        [each.interval[1] - each.interval[0] for each in side if each.name == "fr"]
        for side in (found.groups, independent)
    ]
    assert widths[0] > widths[1]
