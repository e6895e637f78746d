"""Laws that hold for every statistic: the states of parts merge to the state of the whole."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evalreport.batch import PredictionBatch
from evalreport.errors import MergeError
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.interface import Transient
from evalreport.statistics.plan import Plan, States
from tests.strategies import batches

PLAN = Plan(("a", "b"), 1, slices=("group",), clustered=True)
NAMES = [each.name for each in PLAN.statistics]
SOFT_NAMES = [each.name for each in replace(PLAN, soft=True).statistics]


def plan_for(batch: PredictionBatch, floor: float | None = FLOOR) -> Plan:
    weighted = batch.weights is not None
    soft = batch.targets is not None
    columns: dict[str, Any] = {"slices": ("group",), "clustered": True}
    return Plan(batch.classes, batch.positive, weighted, floor, soft=soft, **columns)


def any_batches(**options: Any) -> st.SearchStrategy[PredictionBatch]:
    """Draw hard and soft labels alike."""
    return st.booleans().flatmap(lambda soft: batches(soft=soft, **options))


def state_of(plan: Plan, name: str, batch: PredictionBatch) -> Any:
    assume(name in {each.name for each in plan.statistics})  # some are for hard labels only
    return statistic(plan, name).from_batch(ScoredBatch(batch, plan.floor))


def statistic(plan: Plan, name: str) -> Any:
    return next(each for each in plan.statistics if each.name == name)


@pytest.mark.parametrize("name", NAMES)
@given(batch=any_batches(), data=st.data())
def test_cutting_the_file_anywhere_gives_the_same_state(name, batch, data):
    plan = plan_for(batch)
    cut = data.draw(st.integers(0, len(batch)))
    left, right = state_of(plan, name, batch[:cut]), state_of(plan, name, batch[cut:])
    whole = state_of(plan, name, batch)
    empty = statistic(plan, name).empty()
    assert left.merge(right) == whole
    assert right.merge(left) == whole
    assert empty.merge(left) == left == left.merge(empty)


@pytest.mark.parametrize("name", NAMES)
@given(batch=any_batches())
def test_a_state_survives_pickle_and_json(name, batch):
    plan = plan_for(batch)
    state = state_of(plan, name, batch)
    assert pickle.loads(pickle.dumps(state)) == state
    if isinstance(state, Transient):
        assert state.to_json() is None  # rows are never saved
        return
    assert statistic(plan, name).from_json(json.loads(json.dumps(state.to_json()))) == state


@pytest.mark.parametrize("floor", [FLOOR, 1e-7, None])
@given(batch=any_batches(with_ids=True), seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_with_ids_the_order_of_the_rows_changes_nothing(floor, batch, seed):
    plan = plan_for(batch, floor)
    shuffled = batch.where(np.ones(len(batch), bool))
    order = np.random.default_rng(seed).permutation(len(batch))
    shuffled = PredictionBatch(
        classes=batch.classes,
        observed=batch.observed[order],
        probs=batch.probs[order],
        targets=None if batch.targets is None else batch.targets[order],
        weights=None if batch.weights is None else batch.weights[order],
        ids=batch.ids[order],
        rows=batch.rows,
        slices=tuple(replace(each, codes=each.codes[order]) for each in batch.slices),
        clusters=replace(batch.clusters, codes=batch.clusters.codes[order]),
        sums=None if batch.sums is None else batch.sums[order],
    )
    assert plan.from_batch(shuffled).to_json() == plan.from_batch(batch).to_json()


@given(batch=any_batches(with_ids=False))
def test_without_ids_the_digest_does_not_depend_on_row_numbers(batch):
    plan = plan_for(batch)
    renumbered = PredictionBatch(
        **{
            **{name: getattr(batch, name) for name in batch.__dataclass_fields__},
            "rows": batch.rows + 100,
        }
    )
    assert plan.from_batch(renumbered).digest() == plan.from_batch(batch).digest()


@given(batch=any_batches(max_rows=20))
def test_all_states_of_a_plan_survive_json_together(batch):
    states = plan_for(batch).from_batch(batch)
    again = States.from_json(json.loads(json.dumps(states.to_json())))
    assert again.to_json() == states.to_json()
    assert again.digest() == states.digest()
    assert again.merge(states).digest() == states.merge(states).digest()


@pytest.mark.parametrize("name", SOFT_NAMES)
@given(batch=batches(), data=st.data())
def test_smoothed_labels_can_be_cut_anywhere_too(name, batch, data):
    plan = Plan(batch.classes, batch.positive, batch.weights is not None, label_smoothing=0.1)
    plan = replace(plan, slices=("group",), clustered=True)
    cut = data.draw(st.integers(0, len(batch)))
    left, right, whole = (plan.from_batch(part) for part in (batch[:cut], batch[cut:], batch))
    assert left.merge(right).by_name[name] == whole.by_name[name]


def test_soft_labels_do_not_fit_a_plan_for_hard_ones():
    targets = np.array([[0.5, 0.5]])
    batch = PredictionBatch(("a", "b"), np.array([0]), targets.copy(), targets=targets)
    with pytest.raises(ValueError, match="this plan is for hard labels"):
        Plan(("a", "b"), 1).from_batch(batch)


def test_hard_and_soft_states_do_not_merge_and_say_why():
    one, other = Plan(("a", "b"), 1), Plan(("a", "b"), 1, soft=True)
    with pytest.raises(MergeError, match="differ in their soft: False and True"):
        one.empty().merge(other.empty())


def test_states_with_different_settings_do_not_merge_and_say_why():
    one, other = Plan(("a", "b"), 1), Plan(("a", "b"), 1, floor=1e-7)
    with pytest.raises(MergeError, match=r"differ in their floor: 2\.22.*e-16 and 1e-07"):
        one.empty().merge(other.empty())


def test_scoring_leaves_its_inputs_unchanged():
    probs = np.array([[0.25, 0.75], [1.0, 0.0]])
    batch = PredictionBatch(("a", "b"), np.array([0, 1]), probs, rows=np.array([1, 2]))
    Plan(("a", "b"), 1).from_batch(batch)
    assert probs.tolist() == [[0.25, 0.75], [1.0, 0.0]]
    with pytest.raises(ValueError, match="read-only"):
        probs[0, 0] = 1.0
