"""The rows of the highest loss: how many, in which order, and the same ones however they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.errors import SettingsError
from evalreport.evaluation import EvaluateSettings
from evalreport.scoring import ScoredBatch
from evalreport.statistics.places import highest
from evalreport.statistics.rows import WorstRows


def batch_of(losses, ids=None, labels=None) -> ScoredBatch:
    given_to = np.exp(-np.asarray(losses, dtype=float))
    n = len(given_to)
    observed = np.zeros(n, dtype=np.int64) if labels is None else np.asarray(labels)
    probs = np.full((n, 2), 0.0)
    probs[np.arange(n), observed], probs[np.arange(n), 1 - observed] = given_to, 1 - given_to
    names = None if ids is None else np.array(ids, dtype=object)
    return ScoredBatch(
        PredictionBatch(("a", "b"), observed, probs, ids=names, rows=np.arange(1, n + 1))
    )


def ids_of(statistic: WorstRows, scored: ScoredBatch) -> list[str | None]:
    return [each.id for each in statistic.results(statistic.from_batch(scored), ())]


@given(
    st.lists(st.sampled_from([0.0, 0.5, 0.5, 2.0, np.inf]), max_size=40),
    st.integers(0, 12),
    st.booleans(),
)
def test_the_highest_are_those_that_sorting_all_would_put_first(scores, limit, with_ids):
    values = np.array(scores, dtype=float)
    rng = np.random.default_rng(len(scores))
    ids = np.array([f"{i:03}" for i in rng.permutation(len(scores))], dtype=object)
    order = sorted(range(len(scores)), key=lambda i: (-values[i], ids[i] if with_ids else i))
    rows = np.arange(len(scores))
    found = highest(values, limit, ids if with_ids else None, rows)
    assert set(found.tolist()) == set(order[:limit])


def test_ties_go_by_the_first_rows_of_the_input():
    statistic = WorstRows(3)
    state = statistic.from_batch(batch_of([1.0] * 50))
    assert [each.row for each in statistic.results(state, ())] == [1, 2, 3]


def test_ties_go_by_the_first_ids_if_rows_have_ids():
    ids = [f"{i:02}" for i in range(50)][::-1]
    assert ids_of(WorstRows(3), batch_of([1.0] * 50, ids)) == ["00", "01", "02"]


@given(st.permutations(range(12)), st.integers(0, 12))
def test_rows_that_share_an_id_come_in_one_order_however_they_are_read(order, cut):
    labels = np.array([i % 2 for i in order])
    losses = np.array([[0.2, 0.7, 1.1][i // 4] for i in order])
    scored = batch_of(losses, ["same"] * 12, labels).batch
    statistic = WorstRows(5)
    parts = [statistic.from_batch(ScoredBatch(part)) for part in (scored[:cut], scored[cut:])]
    merged = parts[0].merge(parts[1])
    rows = [(each.label, each.loss) for each in statistic.results(merged, ())]
    straight = batch_of(
        [[0.2, 0.7, 1.1][i // 4] for i in range(12)], ["same"] * 12, [i % 2 for i in range(12)]
    )
    expected = statistic.results(statistic.from_batch(straight), ())
    assert rows == [(each.label, each.loss) for each in expected]


def predictions() -> dict:
    return {"observed": [0, 1, 1, 0] * 10, "probs": np.linspace(0.05, 0.95, 40)}


@pytest.mark.parametrize("n", [0, 1, 33, 1000])
def test_as_many_rows_are_listed_as_were_asked_for(n):
    evaluation = evalreport.evaluate(**predictions(), worst=n)
    assert len(evaluation.worst_rows) == min(n, 40)
    assert ("Rows with the highest loss" in evaluation.to_html()) == (n > 0)


def test_how_many_are_listed_changes_no_number_and_no_digest():
    one, other = (evalreport.evaluate(**predictions(), worst=n).result for n in (0, 30))
    assert one.digest == other.digest
    assert one.overall == other.overall
    assert one.findings == other.findings


@pytest.mark.parametrize("n", [-1, 1001])
def test_a_number_out_of_range_is_refused(n):
    with pytest.raises(SettingsError, match="the worst rows are 0 to 1,000 in number, not"):
        EvaluateSettings(n_worst=n)


def test_a_hostile_text_is_shown_as_text_and_clipped():
    hostile = "</td><script>alert(1)</script>\x1b[31m\u202e" + "z" * 300
    html = evalreport.evaluate(**predictions(), worst=1, show={"note": [hostile] * 40}).to_html()
    assert "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;[31mz" in html
    assert "z" * 200 not in html
    assert "What stands in" in html
