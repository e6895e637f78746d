"""What probabilities that do not sum to 1 do to the log loss, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

import evalreport
from evalreport.results import EvaluationResult


def rows(n: int = 400, k: int = 3, spread: float = 0.004, seed: int = 0):
    """Labels, distributions, and the same times a factor close to 1 for each row."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(k, 0.7), n).clip(1e-6)
    probs /= probs.sum(axis=1, keepdims=True)
    observed = rng.integers(0, k, n)
    factors = np.exp(-np.abs(rng.normal(0.0, spread, n)).clip(None, 0.0095))
    return observed, probs, probs * factors[:, None]


def result(observed, probs, **options) -> EvaluationResult:
    return evalreport.evaluate(observed, probs, **options).result


def why(of: EvaluationResult, code: str) -> str:
    return next(each.why for each in of.findings if each.code == code)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_change_leads_from_the_loss_as_found_to_that_of_rescaled_rows(weighted):
    observed, _, off = rows()
    options = {"weights": np.random.default_rng(1).exponential(size=400)} if weighted else {}
    found = result(observed, off, **options)
    rescaled = result(observed, off, normalize="rescale", **options)
    adds = found.data_quality.rescaling_adds
    mean = np.average(np.log(off.sum(axis=1)), weights=options.get("weights"))
    assert adds == pytest.approx(mean, rel=1e-12)
    assert found.overall.log_loss + adds == pytest.approx(rescaled.overall.log_loss, abs=1e-12)
    assert rescaled.data_quality.rescaling_adds == pytest.approx(adds, abs=1e-8)


def test_three_rows_by_hand():
    observed, probs = [0, 1, 0], [[0.5, 0.5], [0.2, 0.8], [0.45, 0.45]]
    found = result(observed, probs, normalize="as-is")
    assert found.data_quality.rescaling_adds == pytest.approx(np.log(0.9) / 3, rel=1e-14)


def test_soft_labels_change_by_the_same():
    observed, _, off = rows()
    targets = 0.8 * np.eye(3)[observed] + 0.2 / 3
    found = evalreport.evaluate(probs=off, targets=targets).result
    rescaled = evalreport.evaluate(probs=off, targets=targets, normalize="rescale").result
    adds = found.data_quality.rescaling_adds
    change = rescaled.overall.kl_divergence - found.overall.kl_divergence
    assert change == pytest.approx(adds, abs=1e-12)


def test_sums_that_rounding_explains_change_nothing():
    observed, probs, _ = rows()
    assert result(observed, probs * (1 + 5e-7)).data_quality.rescaling_adds is None
    assert result(observed, probs.astype(np.float32)).data_quality.rescaling_adds is None


def test_a_row_that_is_scored_as_the_floor_stays_there():
    observed, probs = [0, 1, 0], [[0.0, 0.9], [0.2, 0.8], [0.45, 0.45]]
    found = result(observed, probs, normalize="as-is")
    rescaled = result(observed, probs, normalize="rescale")
    adds = found.data_quality.rescaling_adds
    assert found.overall.log_loss + adds == pytest.approx(rescaled.overall.log_loss, abs=1e-13)


def test_both_numbers_are_told_if_they_differ():
    observed, probs, off = rows(2000)
    found, rescaled = result(observed, off), result(observed, off, normalize="rescale")
    loss, after = found.overall.log_loss, rescaled.overall.log_loss
    assert f"the log loss would be {after:.3f} (\u22120.00" in why(found, "sums")
    assert f"As found the log loss was {loss:.3f} (\u22120.00" in why(rescaled, "rescaled")
    far = result(observed, 0.95 * probs, normalize="as-is")
    after = f"{far.overall.log_loss + np.log(0.95):.3f}"
    assert why(far, "as-is").endswith(
        f"With each row divided by its sum the log loss would be {after} (\u22120.0513)."
    )


def test_a_difference_that_no_reader_would_see_is_not_told():
    observed, probs, _ = rows()
    slight = probs.copy()
    slight[0] *= 0.995
    assert result(observed, slight).data_quality.rescaling_adds < 0
    assert "divided" not in why(result(observed, slight), "sums")


def test_where_the_rows_are_cut_changes_nothing():
    observed, _, off = rows(3000)
    ids = [f"row {i}" for i in range(3000)]
    order = np.random.default_rng(2).permutation(3000)
    whole = result(observed, off, ids=ids)
    other = result(observed[order], off[order], ids=[ids[i] for i in order])
    assert whole.digest == other.digest
    assert whole.data_quality == other.data_quality
