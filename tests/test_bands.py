"""Score bands: the edges, and what an interval touches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.bands import BANDS, band_of, judge


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (0.0, "perfect"),
        (5e-324, "great"),
        (0.0199999, "great"),
        (0.02, "on the right track"),
        (0.0499999, "on the right track"),
        (0.05, "fine"),
        (0.1999999, "fine"),
        (0.2, "can probably improve"),
        (0.3, "can probably improve"),
        (0.3000001, "not great"),
        (1.0, "not great"),
        (1.0000001, "terrible"),
        (2.0, "terrible"),
        (2.0000001, "something is broken"),
        (1e300, "something is broken"),
    ],
)
def test_the_unrounded_loss_decides_the_band(loss, name):
    assert band_of(loss).name == name


@given(st.floats(min_value=0, allow_nan=False))
def test_every_loss_is_in_exactly_one_band(loss):
    assert sum(loss in band for band in BANDS) == 1


def test_an_interval_names_every_band_it_touches_from_best_to_worst():
    verdict = judge(0.217, (0.197, 0.31))
    assert verdict is not None
    assert verdict.name == "can probably improve"
    assert verdict.interval_bands == ("fine", "can probably improve", "not great")


def test_an_interval_that_starts_at_zero_does_not_reach_perfect():
    verdict = judge(0.01, (0.0, 0.03))
    assert verdict is not None
    assert verdict.interval_bands == ("great", "on the right track")


def test_without_a_loss_there_is_no_band():
    assert judge(None, None) is None
