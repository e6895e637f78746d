"""Laws that hold for the statistics of tokens and of Gaussian forecasts too."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.batch import SliceColumn
from evalreport.errors import MergeError
from evalreport.statistics.documents import ByDocument
from evalreport.statistics.gaussian import ScoredGaussians
from evalreport.statistics.gaussian_plan import GaussianPlan
from evalreport.statistics.interface import Statistic
from evalreport.statistics.task_plan import TaskPlan
from evalreport.statistics.token_plan import TokenPlan
from evalreport.task_batches import GaussianBatch, RowBatch, TokenBatch

TOKEN_PLAN = TokenPlan(
    "cluster", named_documents=True, has_chars=True, has_bytes=True, slices=("group",)
)
GAUSSIAN_PLAN = GaussianPlan(slices=("group",), n_worst=5)


def weights_or_none(draw: st.DrawFn, rng: np.random.Generator, n_rows: int) -> np.ndarray | None:
    """Draw weights of very different size, some of them zero; or none."""
    if draw(st.booleans()):
        return None
    size = draw(st.sampled_from([1.0, 1e-200, 1e250]))
    return size * rng.exponential(size=n_rows) * (rng.random(n_rows) > 0.1)


def groups(rng: np.random.Generator, n_rows: int) -> tuple[SliceColumn, ...]:
    return (SliceColumn("group", rng.integers(0, 3, n_rows), ("a", "b", "c 1")),)


@st.composite
def token_batches(draw: st.DrawFn) -> TokenBatch:
    """Draw rows of no, one or many tokens, some of probability zero, in a few documents."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_rows = draw(st.integers(0, 20))
    lengths = rng.integers(0, 6, n_rows)
    log_probs = -rng.gamma(0.5, draw(st.sampled_from([1e-9, 1.0, 300.0])), int(lengths.sum()))
    log_probs[rng.random(len(log_probs)) < 0.1] = 0.0
    if draw(st.booleans()):
        log_probs[rng.random(len(log_probs)) < 0.1] = -np.inf
    return TokenBatch(
        np.maximum(log_probs, np.where(np.isinf(log_probs), -np.inf, -2048.0)),
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        documents=rng.integers(0, 5, n_rows),
        document_ids=("a", "b", "c", "d", "é"),
        n_chars=rng.integers(0, 50, n_rows),
        n_bytes=rng.integers(0, 90, n_rows),
        in_order=True,
        n_skipped=rng.integers(0, 2, n_rows),
        # Some rows were left out, between those that are here and around them.
        numbers=np.cumsum(rng.integers(1, 3, n_rows)) + 1,
        stretch=(1, 2 * n_rows + 3) if n_rows else (1, 1),
        weights=weights_or_none(draw, rng, n_rows),
        slices=groups(rng, n_rows),
    )


@st.composite
def gaussian_batches(draw: st.DrawFn) -> GaussianBatch:
    """Draw outcomes of any size, near their forecasts and far from them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_rows = draw(st.integers(0, 40))
    size = draw(st.sampled_from([1e-6, 1.0, 1e9]))
    means = rng.normal(draw(st.sampled_from([0.0, 1e6])), size, n_rows)
    stds = size * rng.lognormal(sigma=2.0, size=n_rows)
    return GaussianBatch(
        means + stds * rng.standard_t(2, n_rows),
        means,
        stds,
        ids=np.array([f"id {i}" for i in rng.permutation(n_rows)], object),
        weights=weights_or_none(draw, rng, n_rows),
        slices=groups(rng, n_rows),
    )


def statistics_of(plan: TaskPlan, batch: RowBatch) -> dict[str, Statistic[Any]]:
    """Return the statistics for rows with or without weights, and those that ran out of room."""
    weighted = batch.weights is not None
    named = {each.name: each for each in replace(plan, weighted=weighted).statistics}
    return named | {
        "too many documents": ByDocument(2, weighted),
        "too many documents by group": ByDocument(4, weighted, "group"),
    }


def hold_the_laws(statistic: Statistic[Any], left: Any, right: Any, whole: Any) -> None:
    left, right, whole = (statistic.from_batch(part) for part in (left, right, whole))
    assert left.merge(right) == whole == right.merge(left)
    assert statistic.empty().merge(left) == left == left.merge(statistic.empty())
    assert pickle.loads(pickle.dumps(whole)) == whole
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def cut_in_two(batch: RowBatch, cut: int) -> list[Any]:
    return [each.without_zero_weights() for each in (batch[:cut], batch[cut:], batch)]


TOKEN_NAMES = [each.name for each in TOKEN_PLAN.statistics]
TOKEN_NAMES += ["too many documents", "too many documents by group"]
GAUSSIAN_NAMES = [each.name for each in GAUSSIAN_PLAN.statistics]


@pytest.mark.parametrize("name", TOKEN_NAMES)
@given(batch=token_batches(), data=st.data())
def test_cutting_a_token_file_anywhere_gives_the_same_state(name, batch, data):
    parts = cut_in_two(batch, data.draw(st.integers(0, len(batch))))
    hold_the_laws(statistics_of(TOKEN_PLAN, batch)[name], *parts)


@pytest.mark.parametrize("name", GAUSSIAN_NAMES)
@given(batch=gaussian_batches(), data=st.data())
def test_cutting_gaussian_forecasts_anywhere_gives_the_same_state(name, batch, data):
    parts = cut_in_two(batch, data.draw(st.integers(0, len(batch))))
    hold_the_laws(statistics_of(GAUSSIAN_PLAN, batch)[name], *map(ScoredGaussians, parts))


@given(batch=token_batches())
def test_all_states_of_tokens_survive_json_together(batch):
    states = replace(TOKEN_PLAN, weighted=batch.weights is not None).from_batch(batch)
    again = TokenPlan.states_from_json(json.loads(json.dumps(states.to_json())))
    assert again == states
    assert again.digest() == states.digest()


@given(batch=gaussian_batches(), seed=st.integers(0, 2**32))
def test_with_ids_the_order_of_gaussian_forecasts_changes_nothing(batch, seed):
    shuffled = batch.where(np.random.default_rng(seed).permutation(len(batch)))
    plan = replace(GAUSSIAN_PLAN, weighted=batch.weights is not None)
    states = plan.from_batch(batch)
    assert plan.from_batch(shuffled).to_json() == states.to_json()
    again = GaussianPlan.states_from_json(json.loads(json.dumps(states.to_json())))
    assert again == states


def test_documents_named_by_their_place_stay_out_of_the_digest():
    plan = TokenPlan("row")
    log_probs, starts = np.array([-1.0, -2.0, -3.0]), np.array([0, 2, 3])
    one, other = (
        TokenBatch(log_probs.copy(), starts.copy(), np.array([0, 1]), ids)
        for ids in (("0:1", "0:2"), ("0:7", "1:1"))
    )
    assert plan.from_batch(one).digest() == plan.from_batch(other).digest()


def test_states_of_different_tasks_do_not_merge_and_say_why():
    with pytest.raises(MergeError, match="these states measure different things"):
        TOKEN_PLAN.empty().merge(GAUSSIAN_PLAN.empty())
    with pytest.raises(MergeError, match="differ in their documents_from: cluster and row"):
        TOKEN_PLAN.empty().merge(replace(TOKEN_PLAN, documents_from="row").empty())
