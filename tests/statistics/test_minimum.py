"""The optimiser's end is one place: whatever it starts from, and however a processor rounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalreport.scoring import FLOOR
from evalreport.statistics.minimum import STEP, Point, minimum, rounded
from evalreport.statistics.recalibration import FitData, Recalibration, fit

SURE = math.log(FLOOR)


def rows_of(n, k, sharpness, seed):
    """Logarithms of forecasts that are too sure, or not sure enough, and what happened."""
    rng = np.random.default_rng(seed)
    logits = 2.0 * rng.normal(size=(n, k))
    truth = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    observed = (rng.random((n, 1)) > truth.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    logits *= sharpness
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return np.maximum(logs.T, SURE), observed


def of_mean_0(parameters):
    """Parameters with the biases that say the same and add up to nothing."""
    biases = parameters[1:]
    return np.append(parameters[0], biases - biases.sum() / max(len(biases), 1))


def on_another_processor(objective, seed):
    """The same function as another processor has it: other last digits."""
    rng = np.random.default_rng(seed)

    def around(parameters):
        value, slope, curvature = objective(parameters)
        other = curvature * (1 + 4e-16 * rng.normal(size=curvature.shape))
        return Point(
            value * (1 + 4e-16 * rng.normal()),
            slope * (1 + 4e-16 * rng.normal(size=slope.shape)),
            (other + other.T) / 2,
        )

    return around


@given(
    st.integers(60, 400), st.integers(2, 6), st.floats(0.2, 6.0), st.booleans(), st.integers(0, 999)
)
@settings(max_examples=25, deadline=None)
def test_other_starts_other_orders_and_other_last_digits_end_at_the_same_numbers(
    n, k, sharpness, with_biases, seed
):
    logs, observed = rows_of(n, k, sharpness, seed)
    data = FitData(logs, observed, np.ones(n))
    found = fit(data, with_biases)
    rng = np.random.default_rng(seed)
    start = Recalibration(math.exp(rng.normal()), rng.normal(size=k) * with_biases)
    order = rng.permutation(n)
    shuffled = FitData(logs[:, order], observed[order], np.full(n, 3.0))
    exact, digits = (
        minimum(each, np.zeros(1 + k * with_biases))
        for each in (data.around, on_another_processor(data.around, seed))
    )
    # Which step of the grid is nearest is the same unless the end is nearer to its middle than
    # digits tell: with one parameter in some hundred thousand.
    assert np.abs(of_mean_0(exact) - of_mean_0(digits)).max() < 1e-5 * STEP
    for again in (fit(data, with_biases, start), fit(shuffled, with_biases)):
        assert again.sharpness == pytest.approx(found.sharpness, rel=1.001 * STEP)
        assert again.biases == pytest.approx(found.biases, abs=1.001 * STEP)
    assert (rounded(found.biases) == found.biases).all()


HARD = {
    "right with certainty": (lambda y: np.where(np.arange(3)[:, None] == y, 0.0, SURE), 1.0),
    "right with doubts": (lambda y: np.where(np.arange(3)[:, None] == y, -1.0, -1.1), None),
    "wrong with certainty": (lambda y: np.where(np.arange(3)[:, None] == (y + 1) % 3, 0, SURE), 0),
    "always the same": (lambda y: np.full((3, len(y)), -math.log(3.0)), 1.0),
}


@pytest.mark.parametrize("case", HARD)
def test_forecasts_that_leave_the_temperature_open_still_get_one(case):
    observed = np.arange(300) % 3
    forecasts, sharpness = HARD[case]
    logs = forecasts(observed).astype(float)
    data, calls = FitData(logs, observed, np.ones(300)), []

    def counted(parameters):
        calls.append(parameters)
        return data.around(parameters)

    ends = [minimum(counted, start) for start in (np.zeros(4), np.array([2.0, 0.0, 1.0, -1.0]))]
    assert len(calls) < 60
    assert np.abs(ends[0] - ends[1]).max() < STEP
    found = fit(data, with_biases=True)
    # A temperature of 1,000 is not quite the same as none at all.
    best = min(math.log(3.0), -logs[observed, range(300)].mean())
    assert found.losses(logs, observed).mean() < best + 0.013
    if sharpness is None:  # the more, the better: only the ridge holds it back
        assert 20.0 < found.sharpness < 1_000.0
    else:
        assert found.sharpness == pytest.approx(sharpness, abs=0.002)


def test_with_100_classes_it_takes_few_looks():
    logs, observed = rows_of(8_000, 100, 1.5, 3)
    data, calls = FitData(logs, observed, np.ones(8_000)), []

    def counted(parameters):
        calls.append(parameters)
        return data.around(parameters)

    end = minimum(counted, np.zeros(101))
    assert len(calls) <= 10
    assert np.abs(data.around(end).slope).max() < 1e-12


def test_a_function_that_bends_downwards_at_first_is_followed_to_its_end():
    def hill(x):
        raised, spread = x**2, np.exp(-(x**2))
        return Point(
            float(1 - spread.sum()), 2 * x * spread, np.diag(2 * spread * (1 - 2 * raised))
        )

    assert minimum(hill, np.array([1.6])) == pytest.approx([0.0], abs=1e-12)
