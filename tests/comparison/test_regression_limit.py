"""The limit on a regression: three outcomes, with the error rates that it promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import regression_limit
from evalreport.comparison.difference import DETECTABLE, of_pairs
from evalreport.intervals import Moments
from evalreport.limits import Limits, judge_limits
from evalreport.results import ChangeCauses, ComparisonResult, PreviousRun
from tests import sample_results


def compared(moments: Moments | None, zeros=(0, 0), **changes):
    measured = of_pairs(moments)
    n = moments.n if moments else 100
    previous = PreviousRun("v1", (), None, "0", False, n, 0.2, 0.7, 0.7, "fine", 0.0, zeros[0])
    comparison = ComparisonResult(
        previous=previous, paired=True, method="rows", why="", n_common=n, n=n,
        previous_loss=0.2, current_loss=0.2, change=measured.change,
        standard_error=measured.standard_error, interval=measured.interval,
        one_sided=measured.one_sided, outcome=measured.outcome,
        least_detectable=DETECTABLE * (measured.standard_error or 0.0),
        zero_probability_rows=zeros, is_constant=measured.is_constant, rows=None, groups=(),
        changed_rows=(), causes=ChangeCauses(None, None, (None, None), (None, None), None, ()),
    )  # fmt: skip
    return replace(sample_results.binary(), comparison=replace(comparison, **changes))


def judged(result, limit: float):
    (found,) = judge_limits(result, Limits(max_regression=limit))
    return found


@pytest.mark.parametrize(
    ("mean", "outcome"), [(0.05, "failed"), (-0.05, "passed"), (0.01, "inconclusive")]
)
def test_a_regression_has_three_outcomes(mean, outcome):
    found = judged(compared(Moments(1000, mean, 0.5, 1.0)), 0.01)
    assert (found.outcome, found.value) == (outcome, mean)


def test_an_undecided_limit_says_what_these_rows_could_show_and_how_many_it_takes():
    found = judged(compared(Moments(1000, 0.01, 0.5, 0.0)), 0.02)
    assert found.why == (
        "Change +0.010 nats: between −0.016 and +0.036, on both sides of the limit of 0.02. "
        "These 1,000 rows would show a regression of 0.039. For one of 0.02 it takes about 3,865."
    )


def test_more_zero_probabilities_fail_whatever_the_mean_says():
    found = judged(compared(Moments(1000, -0.5, 0.5, 0.0), zeros=(1, 2)), 0.01)
    assert found.outcome == "failed"
    assert found.why == (
        "2 rows given zero probability, 1 in the previous run. Change −0.500 nats: with 95% "
        "confidence below −0.474, within the limit of 0.01. These 1,000 rows would show a "
        "regression of 0.039."
    )
    assert judged(compared(Moments(1000, -0.5, 0.5, 0.0), zeros=(2, 2)), 0.01).outcome == "passed"


def test_of_two_sets_of_rows_the_share_of_zero_probabilities_counts():
    more_rows = compared(Moments(1000, -0.5, 0.5, 0.0), zeros=(1, 2), paired=False, n=2000)
    assert judged(more_rows, 0.01).outcome == "passed"
    as_many = compared(Moments(1000, -0.5, 0.5, 0.0), zeros=(1, 2), paired=False)
    assert judged(as_many, 0.01).outcome == "failed"


def test_the_same_run_twice_passes_a_limit_of_nothing():
    found = judged(compared(Moments(1000, 0.0, 0.0, 0.0)), 0.0)
    assert (found.outcome, found.value) == ("passed", 0.0)
    assert judged(compared(Moments(1000, 0.1, 0.0, 0.0)), 0.05).outcome == "failed"


def test_too_few_rows_are_not_judged():
    assert judged(compared(Moments(9, 0.1, 0.5, 0.0)), 0.0).outcome == "not judged"
    why = "Not judged: it was evaluated without a previous run."
    assert judged(sample_results.binary(), 0.0).why == why


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("worse", "failed"), ("better", "passed"), ("no clear change", "not judged")],
)
def test_an_infinite_loss_in_one_run_only_decides(outcome, expected):
    result = compared(None, change=None, one_sided=None, outcome=outcome)
    assert judged(result, 0.01).outcome == expected


def test_at_a_true_change_of_the_limit_both_errors_are_near_five_percent():
    """The skewness of 4 is that of differences of log losses; the large run is a benchmark."""
    rng = np.random.default_rng(11)
    n_runs, n = 500, 500
    # Gamma of skewness 4, shifted to the mean of the limit.
    shape = 4 / 4**2
    draws = (rng.gamma(shape, size=(n_runs, n)) - shape) / np.sqrt(shape) * 0.3 + 0.02
    outcomes = []
    for d in draws:
        mean, spread = d.mean(), d.std(ddof=1)
        skewness = ((d - mean) ** 3).mean() / d.std() ** 3
        outcomes.append(judged(compared(Moments(n, mean, spread, skewness)), 0.02).outcome)
    rates = [outcomes.count(each) / n_runs for each in ("failed", "passed")]
    assert 0.02 <= rates[0] <= 0.08
    assert 0.02 <= rates[1] <= 0.08


def test_the_benchmark_of_the_limit_goes_the_whole_way():
    rng = np.random.default_rng(5)
    happened, before, now = regression_limit.runs(rng, regression_limit.N_ROWS)
    found = [regression_limit.outcome(happened, (before, now), limit) for limit in (0.0, 1.0)]
    assert found == ["failed", "passed"]
