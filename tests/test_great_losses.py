"""Losses beyond what probabilities can tell: counted, told, and capped in the open."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import evalreport
from evalreport.results import EvaluationResult

N_ROWS = 40
CAPPED, TINY = 3000.0, 100.0


def logits_of(*losses: float, n_rows: int = N_ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and logits: even odds, but for the first rows, which lose this much."""
    logits = np.zeros((n_rows, 2))
    logits[: len(losses), 0] = losses
    return np.ones(n_rows, dtype=int), logits


def evaluate(*losses: float, **options) -> EvaluationResult:
    observed, logits = logits_of(*losses)
    observed[N_ROWS // 2 :] = 0
    return evalreport.evaluate(observed, logits, input_kind="logits", **options).result


def test_a_row_beyond_the_cap_is_scored_as_the_cap_and_counted():
    result = evaluate(CAPPED, 2048.5, TINY)
    expected = (2048 + 2048 + TINY + (N_ROWS - 3) * math.log(2)) / N_ROWS
    assert result.overall.log_loss == pytest.approx(expected, rel=1e-12)
    assert result.overall.capped_rows == 2
    assert result.overall.tiny_probability_rows == 3
    assert result.floors[0].n == 3


def test_the_finding_says_that_the_number_is_too_low():
    (finding,) = [each for each in evaluate(CAPPED).findings if each.code == "capped"]
    assert finding.severity == "warning"
    assert finding.title == "1 row loses more than 2,048 nats and is scored as that"
    assert finding.why == "It is 2% of the rows. The true loss is higher than the number here."


def test_large_losses_below_the_cap_are_counted_and_not_called_capped():
    result = evaluate(2047.0, TINY, 36.0)
    assert (result.overall.capped_rows, result.overall.tiny_probability_rows) == (0, 2)
    assert "capped" not in {each.code for each in result.findings}


def test_a_loss_that_is_infinite_is_a_zero_probability_and_no_capped_row():
    logs = np.log([[0.5, 0.5]] * 20)
    logs[0] = [0.0, -np.inf]
    overall = evalreport.evaluate(
        [1] * 20, logs, input_kind="log-probabilities", classes=[0, 1]
    ).result.overall
    assert (overall.zero_probability_rows, overall.capped_rows) == (1, 0)
    assert overall.tiny_probability_rows == 0
    assert overall.log_loss is None


def test_with_a_floor_nothing_reaches_the_cap():
    overall = evaluate(CAPPED, TINY, floor=2.0**-52).overall
    assert (overall.capped_rows, overall.floored_rows) == (0, 2)
    assert overall.tiny_probability_rows == 2


def test_probabilities_count_what_a_floor_of_another_size_would_catch():
    probs = np.full((20, 2), 0.5)
    probs[0] = [1.0, 1e-20]
    for floor in (2.0**-52, 1e-30, None):
        overall = evalreport.evaluate([1] * 20, probs, classes=[0, 1], floor=floor).result.overall
        assert overall.tiny_probability_rows == 1
        assert overall.capped_rows == 0


def test_soft_labels_are_capped_in_the_part_that_happened():
    _, logits = logits_of(CAPPED, TINY, n_rows=20)
    targets = np.tile([0.5, 0.5], (20, 1))
    result = evalreport.evaluate(targets=targets, probs=logits, input_kind="logits").result
    assert (result.overall.capped_rows, result.overall.tiny_probability_rows) == (1, 2)


def test_page_and_summary_tell_of_it():
    observed, logits = logits_of(CAPPED, TINY)
    evaluation = evalreport.evaluate(observed, logits, input_kind="logits", classes=[0, 1])
    page = evaluation.to_html()
    assert "Loss above 36.0 nats" in page
    assert "Loss above 2,048 nats" in page
    assert "Scored as 2,048 nats" in page
    assert "1 row loses more than 2,048 nats and is scored as that" in repr(evaluation)
    assert json.loads(evaluation.to_json())["overall"]["capped_rows"] == 1


def test_what_is_fine_is_said_for_logits_only():
    fine = "No loss is beyond the cap of 2,048 nats"
    observed, logits = logits_of(1.0)
    classes = [0, 1]
    of_logits = evalreport.evaluate(observed, logits, input_kind="logits", classes=classes)
    assert fine in of_logits.to_html()
    probs = np.full((N_ROWS, 2), 0.5)
    assert fine not in evalreport.evaluate(observed, probs, classes=classes).to_html()
