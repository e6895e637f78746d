"""Hypothesis strategies for batches of predictions."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from evalreport.batch import PredictionBatch, SliceColumn

SLICE_VALUES = ("a", "b", "c")


@st.composite
def batches(
    draw: st.DrawFn,
    weighted: bool | None = None,
    with_ids: bool | None = None,
    n_classes: int | None = None,
    max_rows: int = 40,
    soft: bool = False,
) -> PredictionBatch:
    """Draw a batch with sharp, flat and zero probabilities, weights or not, ids or not.

    Soft labels are sharp, flat or one-hot.
    """
    n_rows = draw(st.integers(0, max_rows))
    k = n_classes or draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    probs = np.exp(rng.normal(scale=draw(st.sampled_from([0.1, 1.0, 30.0])), size=(n_rows, k)))
    probs /= probs.sum(axis=1, keepdims=True)
    zeros = rng.random(n_rows) < 0.1
    probs[zeros] = np.eye(k)[rng.integers(0, k, zeros.sum())]
    use_weights = draw(st.booleans()) if weighted is None else weighted
    use_ids = draw(st.booleans()) if with_ids is None else with_ids
    targets = _targets(rng, n_rows, k) if soft else None
    observed = rng.integers(0, k, n_rows)
    return PredictionBatch(
        classes=tuple(f"class {i}" for i in range(k)),
        observed=observed if targets is None else targets.argmax(axis=1),
        probs=probs,
        targets=targets,
        weights=_weights(rng, n_rows) if use_weights else None,
        ids=np.array([f"id {i}" for i in rng.permutation(n_rows)], object) if use_ids else None,
        rows=np.arange(1, n_rows + 1),
        slices=(SliceColumn("group", rng.integers(0, 3, n_rows), SLICE_VALUES),),
        clusters=SliceColumn("page", rng.integers(0, 9, n_rows), tuple("ABCDEFGHI")),
        sums=_sums(rng, n_rows) if draw(st.booleans()) else None,
    )


def _sums(rng: np.random.Generator, n_rows: int) -> np.ndarray:
    return np.where(rng.random(n_rows) < 0.5, 1.0, np.exp(rng.normal(scale=0.01, size=n_rows)))


def _targets(rng: np.random.Generator, n_rows: int, k: int) -> np.ndarray:
    targets = rng.dirichlet(np.full(k, 0.3), n_rows)
    one_hot = rng.random(n_rows) < 0.2
    targets[one_hot] = np.eye(k)[rng.integers(0, k, one_hot.sum())]
    return targets


def _weights(rng: np.random.Generator, n_rows: int) -> np.ndarray:
    weights = rng.lognormal(sigma=3, size=n_rows)
    weights[rng.random(n_rows) < 0.1] = 0.0
    return weights
