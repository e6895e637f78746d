"""Comparisons of real predictions, against independent computations."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evalreport.api import evaluate_file
from evalreport.comparing import compare
from evalreport.evaluated import read_evaluation

EXAMPLES = Path(__file__).resolve().parents[2] / "example_data"
PREVIOUS, CURRENT = EXAMPLES / "digits_previous.csv", EXAMPLES / "digits.csv"


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def losses_of(path: Path, chosen=lambda row: True) -> dict[str, float]:
    return {
        name: -math.log(max(float(row[f"prob_{row['label']}"]), 2.0**-52))
        for name, row in rows_of(path).items()
        if chosen(row)
    }


def changes(chosen=lambda row: True) -> np.ndarray:
    before, now = losses_of(PREVIOUS, chosen), losses_of(CURRENT, chosen)
    return np.array([now[name] - before[name] for name in now])


def hall(values: np.ndarray, confidence: float) -> tuple[float, float]:
    """Hall's interval written down anew, by arrays and SciPy."""
    n, s = len(values), values.std(ddof=1)
    g = stats.skew(values)
    q = stats.t.ppf(0.5 + confidence / 2, n - 1) / np.sqrt(n)
    low, high = (3 / g * (np.cbrt(1 + g * (x - g / (6 * n))) - 1) for x in (q, -q))
    return values.mean() - s * low, values.mean() - s * high


@pytest.fixture(scope="module")
def comparison():
    return compare(PREVIOUS, CURRENT, slices=["ink"]).result


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("saved")
    for path in (PREVIOUS, CURRENT):
        evaluate_file(path, slices=["ink"]).to_json(folder / f"{path.stem}.json")
    return folder / "digits_previous.json", folder / "digits.json"


def test_change_error_and_interval_are_those_of_the_paired_differences(comparison):
    d = changes()
    test = stats.ttest_rel(list(losses_of(CURRENT).values()), list(losses_of(PREVIOUS).values()))
    assert comparison.method == "rows"
    assert comparison.n_common == len(d) == 899
    assert comparison.change == pytest.approx(d.mean(), rel=1e-9)
    assert comparison.standard_error == pytest.approx(stats.sem(d), rel=1e-9)
    assert comparison.change / comparison.standard_error == pytest.approx(test.statistic, rel=1e-9)
    assert comparison.interval == pytest.approx(hall(d, 0.95), rel=1e-9)
    assert comparison.one_sided == pytest.approx(hall(d, 0.90), rel=1e-9)


@pytest.mark.parametrize("group", ["class 9", "class 4", "ink light"])
def test_classes_and_slices_are_the_differences_of_their_own_rows(comparison, group):
    kind, name = group.split()
    column = "label" if kind == "class" else "ink"
    d = changes(lambda row: row[column] == name)
    (found,) = [
        each
        for each in comparison.groups
        if each.name == name and each.column == (None if kind == "class" else "ink")
    ]
    assert (found.n, found.change) == (len(d), pytest.approx(d.mean(), rel=1e-9))
    assert found.interval == pytest.approx(hall(d, 0.95), rel=1e-9)


def test_outcomes_of_groups_are_corrected_for_looking_at_many(comparison):
    p_values = [each.p_value for each in comparison.groups]
    accepted = stats.false_discovery_control(p_values) <= 0.05
    outcomes = [each.outcome != "no clear change" for each in comparison.groups]
    assert outcomes == accepted.tolist()
    assert {each.name for each in comparison.groups if each.outcome == "worse"} == {"0", "9"}


def test_the_rows_that_changed_most_are_the_largest_differences(comparison):
    before, now = losses_of(PREVIOUS), losses_of(CURRENT)
    largest = sorted(now, key=lambda name: -abs(now[name] - before[name]))[:20]
    assert [each.id for each in comparison.changed_rows] == largest


def test_two_saved_evaluations_tell_the_error_within_a_tenth(comparison, saved):
    from_files = compare(*saved).result
    assert (from_files.method, from_files.paired, from_files.n_common) == ("buckets", True, 899)
    assert from_files.change == pytest.approx(comparison.change, rel=1e-9)
    assert from_files.standard_error == pytest.approx(comparison.standard_error, rel=0.1)


def test_without_common_rows_it_is_welchs_test(saved, tmp_path):
    lines = CURRENT.read_text().splitlines()
    (tmp_path / "less.csv").write_text("\n".join(lines[:800]))
    evaluate_file(tmp_path / "less.csv").to_json(tmp_path / "less.json")
    found = compare(saved[0], tmp_path / "less.json").result
    one, other = list(losses_of(PREVIOUS).values()), list(losses_of(CURRENT).values())[:799]
    test = stats.ttest_ind(other, one, equal_var=False)
    interval = test.confidence_interval(0.95)
    assert (found.method, found.paired, found.n_common) == ("unpaired", False, None)
    assert "as two separate sets of rows, because they do not hold the same number" in found.why
    assert found.change == pytest.approx(np.mean(other) - np.mean(one), rel=1e-9)
    assert found.interval == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_a_saved_evaluation_can_be_compared_with_predictions(saved):
    found = compare(saved[0], CURRENT, slices=["ink"])
    assert (found.result.method, found.outcome) == ("buckets", "no clear change")


def test_the_evaluation_file_holds_the_comparison_and_gives_it_back(saved, tmp_path):
    evaluation = evaluate_file(CURRENT, slices=["ink"], previous=PREVIOUS)
    evaluation.to_json(tmp_path / "e.json")
    assert read_evaluation(tmp_path / "e.json").result == evaluation.result
    document = json.loads((tmp_path / "e.json").read_text())["comparison"]
    assert {"previous", "paired", "n_common", "change", "interval", "outcome"} <= document.keys()
    assert {"kind", "name", "previous", "current", "change", "interval", "outcome"} <= (
        document["groups"][0].keys()
    )
