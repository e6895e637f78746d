"""How often the 95 % intervals hold the truth, over thousands of simulated files.

Four kinds of rows: calibrated, over-confident, sharp (next to no loss, but for a few rows), and
rows in 30 clusters of uneven size that share a part of what happens. The truth is the mean over
files beyond counting. Plain intervals stand beside. Takes about two minutes.

    python benchmarks/check_intervals.py [--files 2000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from scipy.stats import t

from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.scoring import ScoredBatch
from evalreport.statistics.cluster_cells import ByCluster
from evalreport.statistics.clustered import overall_by_cluster
from evalreport.statistics.overall import Overall
from evalreport.statistics.recoverable import recoverable
from evalreport.statistics.sample import HashSample

Rows = tuple[np.ndarray, np.ndarray, np.ndarray | None]
FLOOR = 2.0**-52


def logistic(scores: np.ndarray) -> np.ndarray:
    """Return the probabilities of these logits."""
    return 1.0 / (1.0 + np.exp(-scores))


def rows(spread: float, sharpness: float) -> Callable[[np.random.Generator, int], Rows]:
    """Return what draws independent rows: logits of this spread, forecast too sharp by a factor."""

    def draw(rng: np.random.Generator, n: int) -> Rows:
        scores = rng.normal(scale=spread, size=n)
        return rng.random(n) < logistic(scores), logistic(sharpness * scores), None

    return draw


def clustered(rng: np.random.Generator, n_clusters: int) -> Rows:
    """Draw uneven clusters; what the rows of one have in common is not forecast."""
    sizes = np.maximum(rng.lognormal(3.5, 0.9, n_clusters).astype(int), 1)
    clusters = np.repeat(np.arange(n_clusters), sizes)
    scores = rng.normal(scale=1.5, size=len(clusters))
    # Some clusters are hard, others easy: the forecast is off by a part of their own.
    common = rng.normal(scale=1.2, size=n_clusters)[clusters]
    return rng.random(len(clusters)) < logistic(scores + common), logistic(scores), clusters


def batch(drawn: Rows) -> PredictionBatch:
    """Return the rows as a batch."""
    happened, probs, clusters = drawn
    names = tuple(map(str, range(0 if clusters is None else int(clusters.max()) + 1)))
    return PredictionBatch(
        ("no", "yes"),
        happened.astype(np.int64),
        np.column_stack([1.0 - probs, probs]),
        clusters=None if clusters is None else SliceColumn("c", clusters, names),
    )


def held(drawn: Rows, truth: float) -> tuple[bool, bool]:
    """Return whether our interval, and a plain one, hold the truth."""
    scored = ScoredBatch(batch(drawn))
    overall = Overall(2, weighted=False, floor=FLOOR)
    result = overall.result(overall.from_batch(scored))
    if drawn[2] is not None:
        everything = ByCluster("all", weighted=False)
        result = overall_by_cluster(everything.from_batch(scored), result)
    losses, ends = scored.losses, result.interval
    half = t.ppf(0.975, len(losses) - 1) * losses.std(ddof=1) / np.sqrt(len(losses))
    plain = abs(losses.mean() - truth) <= half
    return bool(ends and ends[0] <= truth <= ends[1]), bool(plain)


def main() -> None:
    """Print the coverage of each kind of rows, and how often nothing seems recoverable."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2000)
    n_files = parser.parse_args().files
    rng = np.random.default_rng(0)
    kinds = {
        "calibrated": (rows(2.0, 1.0), (200, 1000), 4_000_000),
        "over-confident": (rows(2.0, 1.5), (200, 1000), 4_000_000),
        "sharp": (rows(40.0, 1.0), (200, 1000), 4_000_000),
        "clustered": (clustered, (30,), 200_000),
    }
    print(f"{'rows':16}{'n':>6}{'ours':>8}{'plain t':>9}")
    for name, (draw, sizes, many) in kinds.items():
        truth = float(ScoredBatch(batch(draw(rng, many))).losses.mean())
        for n in sizes:
            covers = np.array([held(draw(rng, n), truth) for _ in range(n_files)]).mean(axis=0)
            print(f"{name:16}{n:6}{covers[0]:8.1%}{covers[1]:9.1%}")
    print(f"\nRecoverable above 0 in calibrated files of 300: {false_gains(rng, n_files):.1%}")


def false_gains(rng: np.random.Generator, n_files: int) -> float:
    """Return how often calibrated forecasts seem to have something to recover."""
    draw, overall, sample = rows(2.0, 1.0), Overall(2, False, FLOOR), HashSample(2)
    n_above = 0
    for _ in range(n_files):
        scored = ScoredBatch(batch(draw(rng, 300)))
        result = overall.result(overall.from_batch(scored))
        found = recoverable(sample.from_batch(scored), result, FLOOR)
        n_above += bool(found and found.interval and found.interval[0] > 0)
    return n_above / n_files


if __name__ == "__main__":
    main()
