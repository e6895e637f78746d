"""How often the regression limit is wrong: ``python benchmarks/regression_limit.py``.

Two runs of 500 rows each, whose true change equals the limit, compared 2,000 times by the whole
way from predictions to the judged limit: so often should a run that is exactly at the limit fail,
and so often pass, 5 % each. The differences of the losses are as skewed as those of real models.
"""

from __future__ import annotations

import sys
import time

import numpy as np

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.comparison import Keeping, RowStore, compare_by_rows
from evalreport.evaluation import evaluate_predictions
from evalreport.findings import with_comparison
from evalreport.limits import Limits, judge_limits
from evalreport.readers import predictions_from_arrays
from evalreport.results import EvaluationResult

N_ROWS, N_RUNS = 500, 2_000
IDS = np.array([f"row {i}" for i in range(N_ROWS)])


def runs(rng: np.random.Generator, n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what happened and the forecasts of two models: the second is too sure of itself."""
    logits = rng.normal(0.0, 2.0, n_rows)
    happened = (rng.random(n_rows) < 1 / (1 + np.exp(-logits))).astype(int)
    before = 1 / (1 + np.exp(-logits))
    now = 1 / (1 + np.exp(-1.6 * logits + rng.normal(0.0, 0.4, n_rows)))
    return happened, before, now


def true_change(rng: np.random.Generator) -> tuple[float, float]:
    """Return the change over very many rows, and the skewness of the differences."""
    happened, before, now = runs(rng, 20_000_000)
    losses = [-np.log(np.where(happened == 1, p, 1 - p)) for p in (before, now)]
    d = losses[1] - losses[0]
    return float(d.mean()), float(((d - d.mean()) ** 3).mean() / d.std() ** 3)


def outcome(happened: np.ndarray, forecasts: tuple[np.ndarray, np.ndarray], limit: float) -> str:
    """Return what the regression limit says of two runs."""
    results: list[EvaluationResult] = []
    stores: list[RowStore] = []
    for probs in forecasts:
        predictions = predictions_from_arrays(happened, probs, ids=IDS)
        store = RowStore(Keeping(2.0**-52).classes, predictions.classes)

        def keep(batch: PredictionBatch, store: RowStore = store) -> None:
            store.add(batch)

        results.append(
            evaluate_predictions(
                predictions,
                title="simulated",
                created=None,
                version=evalreport.__version__,
                on_batch=keep,
            )
        )
        stores.append(store)
    compared = compare_by_rows(results[0], results[1], stores[0], stores[1])
    judged = with_comparison(results[1], compared)
    return judge_limits(judged, Limits(max_regression=limit))[0].outcome


def main(n_runs: int) -> None:
    rng = np.random.default_rng(20261122)
    change, skewness = true_change(rng)
    print(f"true change {change:.5f} nats, skewness of the differences {skewness:.2f}")
    started, outcomes = time.perf_counter(), []
    for _ in range(n_runs):
        happened, *forecasts = runs(rng, N_ROWS)
        outcomes.append(outcome(happened, (forecasts[0], forecasts[1]), change))
    for name in ("failed", "passed", "inconclusive"):
        print(f"{name:<13}{outcomes.count(name) / n_runs:7.2%}")
    print(f"{n_runs:,} comparisons of {N_ROWS} rows, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_RUNS)
