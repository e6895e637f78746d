"""How often the gap test cries wolf with weights, soft labels and clusters.

Run it from anywhere: ``python benchmarks/gap_under_chance.py [--files 1500]``.

Every file is simulated with forecasts that are right. "Sure" and "unsure" are the shares of files
that are more than 1.96 standard errors off to either side, 0.025 each; "interval" how often the
interval of the gap leaves out 0, "clear" how often a gap is far enough for a finding. Takes about
half an hour on one core.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
from scipy.special import ndtr

from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.cluster_cells import ByCluster
from evalreport.statistics.clustered import gap_by_cluster
from evalreport.statistics.forecast import ByForecast
from evalreport.statistics.gap_spread import GapSpread

KINDS = ("labels", "votes", "shares", "smoothed", "clusters")
SPREADS = {"usual": 1.5, "sharp": 6.0}
"""Standard deviation of the logits."""
ALIKE = 0.2
"""Correlation of how surprising rows of a cluster are."""


def forecasts(rng: np.random.Generator, n: int, k: int, spread: float) -> np.ndarray:
    """Return right forecasts; shape (n, k)."""
    logits = rng.normal(0.0, spread, (n, k))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def drawn(probs: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return what happens at these levels: what is least likely at the lowest."""
    order = np.argsort(probs, axis=1)
    sums = np.take_along_axis(probs, order, axis=1).cumsum(axis=1)
    place = (sums < level[:, None]).sum(axis=1).clip(0, probs.shape[1] - 1)
    return order[np.arange(len(order)), place]


def batch(
    rng: np.random.Generator, kind: str, weighted: bool, n: int, k: int, spread: float
) -> PredictionBatch:
    """Return a file of n rows, or of n clusters."""
    clusters = targets = None
    if kind == "clusters":
        sizes = np.maximum(rng.lognormal(2.8, 0.8, n).astype(int), 1)
        clusters = SliceColumn("c", np.repeat(np.arange(n), sizes), tuple(map(str, range(n))))
    rows = n if clusters is None else len(clusters.codes)
    probs, level = forecasts(rng, rows, k, spread), rng.random(rows)
    if clusters is not None:
        common = np.sqrt(ALIKE) * rng.normal(size=n)[clusters.codes]
        level = ndtr(common + np.sqrt(1.0 - ALIKE) * rng.normal(size=rows))
    observed = drawn(probs, level)
    if kind == "votes":
        targets = rng.multinomial(5, probs) / 5
    elif kind == "shares":
        targets = rng.gamma(4.0 * probs + 1e-12)
        targets /= targets.sum(axis=1, keepdims=True)
    elif kind == "smoothed":
        targets, probs = 0.9 * np.eye(k)[observed] + 0.1 / k, 0.9 * probs + 0.1 / k
    return PredictionBatch(
        tuple(map(str, range(k))),
        observed if targets is None else targets.argmax(axis=1),
        probs,
        targets=targets,
        weights=rng.lognormal(0.0, 1.0, rows) if weighted else None,
        clusters=clusters,
    )


def tested(rows: PredictionBatch) -> tuple[float, bool]:
    """Return the gap in standard errors, and whether its interval leaves out 0."""
    weighted, soft, scored = rows.weights is not None, rows.targets is not None, ScoredBatch(rows)
    by_row = ByForecast(weighted, FLOOR, soft)
    gap = by_row.gap(by_row.from_batch(scored))
    if rows.clusters is not None:
        statistic = ByCluster("all", weighted, soft)
        z, interval = gap_by_cluster(statistic.from_batch(scored), gap.standard_error)
    else:
        spread = GapSpread(weighted)
        state = spread.from_batch(scored)
        z, interval = spread.z(state) if soft else gap.z, spread.interval(state)
    return z or 0.0, interval is not None and not interval[0] <= 0.0 <= interval[1]


def main() -> None:
    """Print how often right forecasts are called off."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1500)
    n_files = parser.parse_args().files
    print(f"{n_files} files each; standard error of 0.05: {(0.0475 / n_files) ** 0.5:.3f}")
    heads = " ".join(f"{each:>8}" for each in ("both", "sure", "unsure", "interval", "clear"))
    print(f"{'labels':18} {'forecasts':9} {'classes':>7} {'n':>5} {heads}")
    for weighted, kind, spread, k in product((False, True), KINDS, SPREADS, (2, 10)):
        for n in (30, 100, 200) if kind == "clusters" else (200, 1000):
            rng = np.random.default_rng([n, k, int(SPREADS[spread]), KINDS.index(kind), weighted])
            files = (batch(rng, kind, weighted, n, k, SPREADS[spread]) for _ in range(n_files))
            z, is_off = map(np.array, zip(*map(tested, files), strict=True))
            sides = (z > 1.96).mean(), (z < -1.96).mean()
            shares = (sum(sides), *sides, is_off.mean(), (np.abs(z) > 3.0).mean())
            name = f"{kind}{', weights' if weighted else ''}"
            numbers = " ".join(f"{each:8.4f}" for each in shares)
            print(f"{name:18} {spread:9} {k:7} {n:5} {numbers}", flush=True)


if __name__ == "__main__":
    main()
