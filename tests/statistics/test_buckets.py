"""Hash buckets: what is kept of the rows to compare two runs in pairs."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.batch import PredictionBatch
from evalreport.hashing import hashes_of
from evalreport.statistics.buckets import N_BUCKETS, Buckets, BucketState, buckets_of
from evalreport.statistics.interface import Sums
from evalreport.statistics.packing import pack, unpack
from evalreport.statistics.paired import NotPaired, PairedDifference, paired_difference
from evalreport.statistics.plan import Plan


def batch(probs, observed, ids=None, weights=None, source=0) -> PredictionBatch:
    probs = np.asarray(probs, dtype=np.float64)
    return PredictionBatch(
        classes=("no", "yes"),
        observed=np.asarray(observed, dtype=np.int64),
        probs=np.column_stack([1.0 - probs, probs]),
        ids=None if ids is None else np.array(ids, dtype=object),
        weights=None if weights is None else np.asarray(weights, dtype=np.float64),
        rows=np.arange(1, len(probs) + 1),
        source=source,
    )


def buckets(rows: PredictionBatch, floor: float | None = 2.0**-52) -> BucketState:
    plan = Plan(rows.classes, 1, rows.weights is not None, floor)
    return plan.from_batch(rows)[plan.buckets]


def two_models(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, what one model says of them, and what a slightly worse one says."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(scale=2.0, size=n)
    observed = rng.random(n) < 1.0 / (1.0 + np.exp(-scores))
    worse = 1.1 * scores + rng.normal(scale=0.2, size=n)
    return observed.astype(int), 1.0 / (1.0 + np.exp(-scores)), 1.0 / (1.0 + np.exp(-worse))


def losses(probs: np.ndarray, observed: np.ndarray) -> np.ndarray:
    return -np.log(np.where(observed == 1, probs, 1.0 - probs))


def test_every_row_is_in_one_bucket_and_nothing_is_lost():
    observed, probs, _ = two_models(5_000)
    state = buckets(batch(probs, observed))
    assert len(state.sums.rows) > 1_000
    assert set(state.sums.rows) <= set(range(N_BUCKETS))
    assert state.sums.total()[0] == 5_000
    loss = sum(state.sums.value(key, 3) for key in state.sums.rows)
    assert float(loss) == pytest.approx(losses(probs, observed).sum(), rel=1e-14)


def test_the_bucket_of_an_id_never_changes():
    names = np.array(["a", "row 7", "Straße"], dtype=object)
    assert buckets_of(hashes_of(names)).tolist() == [644, 523, 577]


def test_the_paired_difference_agrees_with_the_differences_of_the_rows():
    ratios = []
    for seed in range(5):
        observed, one, other = two_models(20_000, seed)
        paired = paired_difference(buckets(batch(one, observed)), buckets(batch(other, observed)))
        assert isinstance(paired, PairedDifference)
        by_row = losses(other, observed) - losses(one, observed)
        assert paired.difference == pytest.approx(by_row.mean(), rel=1e-12)
        assert paired.n == 20_000
        ratios.append(paired.standard_error / (by_row.std(ddof=1) / np.sqrt(20_000)))
        low, high = paired.interval
        assert low < by_row.mean() < high
    assert 0.9 < min(ratios) <= max(ratios) < 1.1


def test_three_rows_a_bucket_by_hand():
    def state(sums):
        rows = {key: (3, 0, key, loss << 64) for key, loss in enumerate(sums)}
        return BucketState(Sums((0, 0, 0, -64), rows), ("id",))

    paired = paired_difference(state([1] * 12), state([1, 4] * 6))
    assert isinstance(paired, PairedDifference)
    # Differences of the sums are 0 and 3, half and half: 0.5 a row, each bucket 1.5 from it.
    assert paired.difference == 0.5
    assert paired.standard_error == pytest.approx(np.sqrt(12 / 11 * 12 * 1.5**2) / 36)
    assert paired.degrees == 11


def test_the_difference_of_a_run_and_itself_is_nothing_at_all():
    observed, probs, _ = two_models(500)
    state = buckets(batch(probs, observed))
    paired = paired_difference(state, state)
    assert isinstance(paired, PairedDifference)
    assert paired.interval == (0.0, 0.0)


def test_with_ids_rows_may_come_in_any_order():
    observed, one, other = two_models(3_000)
    ids = [f"row {i}" for i in range(3_000)]
    order = np.random.default_rng(1).permutation(3_000)
    first = buckets(batch(one, observed, ids))
    shuffled = buckets(batch(other[order], observed[order], np.array(ids)[order]))
    straight = buckets(batch(other, observed, ids))
    assert shuffled == straight
    assert paired_difference(first, shuffled) == paired_difference(first, straight)


def test_weights_count():
    observed, one, other = two_models(4_000)
    weights = np.random.default_rng(2).uniform(0.5, 3.0, 4_000)
    before, after = (buckets(batch(each, observed, weights=weights)) for each in (one, other))
    paired = paired_difference(before, after)
    assert isinstance(paired, PairedDifference)
    by_row = losses(other, observed) - losses(one, observed)
    assert paired.difference == pytest.approx(np.average(by_row, weights=weights), rel=1e-12)


def two_states(change) -> tuple[BucketState, BucketState]:
    observed, probs, _ = two_models(200)
    ids = [f"row {i}" for i in range(200)]
    given = {"probs": probs, "observed": observed, "ids": ids, "weights": None}
    return buckets(batch(**given)), buckets(batch(**given | change(given)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: {"ids": None}, "rows are told by id in one and by their place in the other"),
        (
            lambda rows: {"ids": [f"other {i}" for i in range(200)]},
            "they do not hold the same rows",
        ),
        (lambda rows: {"ids": ["row 1", *rows["ids"][1:]]}, "they do not hold the same rows"),
        (
            lambda rows: {name: rows[name][:150] for name in ("probs", "observed", "ids")},
            "they do not hold the same number of rows",
        ),
        (lambda rows: {"weights": np.full(200, 2.0)}, "only one of them has weights"),
    ],
)
def test_other_rows_are_not_compared_and_the_reason_is_given(change, reason):
    assert paired_difference(*two_states(change)) == NotPaired(reason)


def test_other_weights_an_infinite_loss_and_too_few_rows_are_not_compared():
    observed, probs, _ = two_models(200)
    ones, twos = (buckets(batch(probs, observed, weights=np.full(200, w))) for w in (1.0, 2.0))
    assert paired_difference(ones, twos) == NotPaired("rows have other weights")
    certain = np.where(np.arange(200) == 7, 1.0 - observed, probs)
    infinite = buckets(batch(certain, observed), floor=None)
    finite = buckets(batch(probs, observed), floor=None)
    assert paired_difference(finite, infinite) == NotPaired("without a floor a loss is infinite")
    few = buckets(batch(probs[:5], observed[:5]))
    assert paired_difference(few, few) == NotPaired("there are too few rows")
    none = Buckets(False, None).empty()
    assert paired_difference(none, none) == NotPaired("no rows were scored")


def test_rows_of_two_inputs_are_told_apart_by_their_input():
    observed, probs, _ = two_models(300)
    first = buckets(batch(probs, observed))
    assert paired_difference(first, buckets(batch(probs, observed, source=1))) == NotPaired(
        "they do not hold the same rows"
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_the_state_stays_small_whatever_the_number_of_rows(weighted):
    observed, probs, _ = two_models(200_000)
    weights = np.random.default_rng(3).uniform(0.1, 9.0, 200_000) if weighted else None
    state = buckets(batch(probs, observed, weights=weights))
    text = json.dumps(state.to_json())
    assert len(text) < 60_000
    plan = Buckets(weighted, 2.0**-52)
    assert plan.from_json(json.loads(text)) == state


def test_buckets_stay_out_of_the_digest():
    observed, probs, _ = two_models(100)
    plan = Plan(("no", "yes"), 1)
    one, other = (
        plan.from_batch(replace(batch(probs, observed), rows=np.arange(100) + first))
        for first in (1, 501)
    )
    assert one[plan.buckets] != other[plan.buckets]
    assert one.digest() == other.digest()


@given(
    st.dictionaries(
        st.integers(0, 65_535), st.tuples(st.integers(0, 2**200), st.integers(0, 9)), max_size=20
    ),
    st.integers(0, 100),
)
def test_packed_sums_read_back_the_same(rows, shift):
    sums = Sums((-64, 0), {key: (big << shift, small) for key, (big, small) in rows.items()})
    assert unpack(json.loads(json.dumps(pack(sums)))) == sums
