"""Limits in test suites."""

from __future__ import annotations

import pytest

import evalreport
from evalreport.testing import assert_limits

EVALUATION = evalreport.evaluate([1, 0] * 20, [0.8, 0.3] * 20, title="two")


def test_an_evaluation_within_its_limits_passes():
    assert_limits(EVALUATION, max_loss=0.3, min_skill=0.1, fail_on="error")
    assert_limits(EVALUATION, evalreport.Limits(max_loss=0.3))


def test_the_failure_message_is_the_terminal_summary():
    with pytest.raises(AssertionError) as caught:
        assert_limits(EVALUATION, max_loss=0.2)
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["limits not met", ""]
    assert "✖ failed  Log loss 0.290 nats is over the limit of 0.2." in lines
    assert "Log loss 0.290 nats (95% CI" in str(caught.value)


def test_keywords_win_over_the_limits_they_come_with():
    assert_limits(EVALUATION, evalreport.Limits(max_loss=0.1), max_loss=0.3)


def test_strict_fails_on_what_could_not_be_judged():
    only_one = evalreport.evaluate(["a"] * 12, [[0.9, 0.1]] * 12, classes=["a", "b"])
    assert_limits(only_one, min_skill=0.1)
    with pytest.raises(AssertionError, match="not judged"):
        assert_limits(only_one, min_skill=0.1, strict=True)


def test_a_test_that_cannot_fail_is_refused():
    with pytest.raises(evalreport.SettingsError, match="assert_limits needs a limit"):
        assert_limits(EVALUATION)
