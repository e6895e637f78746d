"""How often healthy predictions raise an alarm: surprises, plain and by cluster, and slices.

    python benchmarks/check_false_alarms.py [--reports 200]

Every file is simulated with forecasts that are right, so every alarm is a false one: of the
surprises there are ten times as many. A last part says how many of the slices that are really bad
are found. Takes about ten minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.special import ndtr

from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.cluster_surprises import SurprisesByCluster
from evalreport.statistics.probability import ByProbability
from evalreport.statistics.sample import HashSample
from evalreport.statistics.slices import BySlice
from evalreport.statistics.surprises import surprises, typical_chances
from evalreport.statistics.worse import flag_worse

N_SLICES = 1000
Draw = Callable[[np.random.Generator, int], np.ndarray]

FORECASTS: dict[str, Draw] = {
    "flat": lambda rng, n: rng.uniform(size=n),
    "sharp": lambda rng, n: rng.beta(0.15, 0.15, n),
    "rare": lambda rng, n: rng.beta(0.05, 3.0, n),
}


def drawn(rng: np.random.Generator, n: int, draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes drawn from their probabilities of two classes, and those."""
    chance = np.clip(draw(rng, n), 1e-12, 1 - 1e-12)
    return (rng.random(n) < chance).astype(np.int64), np.stack([1 - chance, chance], axis=1)


def drawn_classes(
    rng: np.random.Generator, n: int, k: int, spread: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes drawn from their probabilities of many classes, and those."""
    powers = np.exp(spread * rng.normal(size=(n, k)))
    probs = powers / powers.sum(axis=1, keepdims=True)
    observed = (rng.random((n, 1)) > probs.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    return observed.astype(np.int64), probs


def surprise_alarms(n_reports: int) -> None:
    """Print how often each row of the surprise table has a p value below 5 %."""
    print("surprises, p below 0.05 (expected count); verdicts")
    statistic = ByProbability(weighted=False)
    generators = (
        (2, 1000, 4.0),
        (3, 200, 3.0),
        (3, 5000, 3.0),
        (10, 200, 2.0),
        (10, 2000, 2.0),
        (10, 20_000, 2.0),
    )
    for k, n, spread in generators:
        rng = np.random.default_rng(k)
        sample, tables = HashSample(k), []
        for _ in range(n_reports):
            observed, probs = drawn_classes(rng, n, k, spread)
            scored = ScoredBatch(PredictionBatch(tuple(map(str, range(k))), observed, probs))
            chances = typical_chances(sample.from_batch(scored))
            bins = statistic.results(statistic.from_batch(scored))
            tables.append(surprises(bins, chances))
        rates = [
            f"{each[0].at_most:g}: {np.mean([it.p_value < 0.05 for it in each]):.1%} "
            f"({np.mean([it.expected for it in each]):.2g})"
            for each in zip(*tables, strict=True)
        ]
        verdicts = sum(any(it.far_too_often for it in table) for table in tables)
        print(f"  {k} classes, {n:,} rows: {', '.join(rates)}; {verdicts} of {n_reports} reports")


def clustered_alarms(n_reports: int) -> None:
    """Print the same for rows that belong together, and what it would be if that were ignored."""
    print("surprises of uneven clusters, p below 0.05 (if rows were independent; expected count)")
    statistic, by_cluster = ByProbability(weighted=False), SurprisesByCluster()
    for n_clusters, k, spread, alike in product((30, 100, 200), (2, 10), (2.5,), (0.0, 0.1, 0.4)):
        rng, sample, tables = np.random.default_rng([n_clusters, k]), HashSample(k), []
        for _ in range(n_reports):
            clusters = uneven(rng, n_clusters)
            observed, probs = drawn_together(rng, clusters, k, spread, alike)
            column = SliceColumn("c", clusters, tuple(map(str, range(n_clusters))))
            names = tuple(map(str, range(k)))
            scored = ScoredBatch(PredictionBatch(names, observed, probs, clusters=column))
            bins = statistic.results(statistic.from_batch(scored))
            chances = typical_chances(sample.from_batch(scored))
            together = by_cluster.alike(by_cluster.from_batch(scored))
            tables.append((surprises(bins, chances, together), surprises(bins, chances)))
        rates = []
        for place in range(4):
            ours, naive = ([table[i][place].p_value < 0.05 for table in tables] for i in (0, 1))
            expected = np.mean([table[0][place].expected for table in tables])
            limit = tables[0][0][place].at_most
            rates.append(f"{limit:g}: {np.mean(ours):.1%} ({np.mean(naive):.1%}; {expected:.2g})")
        print(
            f"  {n_clusters} clusters, {k} classes, alike {alike}: {', '.join(rates)}", flush=True
        )


def uneven(rng: np.random.Generator, n_clusters: int) -> np.ndarray:
    """Return the cluster of each row, 22 rows each on average."""
    sizes = np.maximum(rng.lognormal(2.8, 0.8, n_clusters).astype(int), 1)
    return np.repeat(np.arange(n_clusters), sizes)


def drawn_together(
    rng: np.random.Generator, clusters: np.ndarray, k: int, spread: float, alike: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes drawn from their probabilities, of which rows of a cluster are alike.

    What is least likely happens at the lowest levels, and levels of a cluster go together.
    """
    _, probs = drawn_classes(rng, len(clusters), k, spread)
    common = np.sqrt(alike) * rng.normal(size=clusters.max() + 1)[clusters]
    level = ndtr(common + np.sqrt(1.0 - alike) * rng.normal(size=len(clusters)))
    order = np.argsort(probs, axis=1)
    sums = np.take_along_axis(probs, order, axis=1).cumsum(axis=1)
    place = (sums < level[:, None]).sum(axis=1).clip(0, k - 1)
    return order[np.arange(len(order)), place], probs


def slice_alarms(n_reports: int, n_bad: int = 0) -> None:
    """Print how many slices are called worse, a report of a thousand."""
    print(f"slices, {n_bad} of {N_SLICES:,} bad")
    statistic = BySlice("s", 2, False, FLOOR)
    names = tuple(f"{i:04}" for i in range(N_SLICES))
    for name, draw in FORECASTS.items():
        rng = np.random.default_rng(1)
        wrong = reports = found = below = tested = 0
        for _ in range(n_reports):
            codes = np.repeat(np.arange(N_SLICES), rng.integers(30, 300, N_SLICES))
            observed, probs = drawn(rng, len(codes), draw)
            flipped = (codes < n_bad) & (rng.random(len(codes)) < 0.15)
            observed[flipped] = 1 - observed[flipped]
            column = SliceColumn("s", codes, names)
            batch = PredictionBatch(("0", "1"), observed, probs, slices=(column,))
            slices = flag_worse(statistic.results(statistic.from_batch(ScoredBatch(batch))))
            healthy = [each for each in slices if int(each.value) >= n_bad]
            below += sum((each.p_value or 0.0) < 0.05 for each in healthy)
            tested += len(healthy)
            flags = [int(each.value) for each in slices if each.worse_than_rest]
            found += sum(flag < n_bad for flag in flags)
            n_wrong = sum(flag >= n_bad for flag in flags)
            wrong, reports = wrong + n_wrong, reports + bool(n_wrong)
        power = f", {found / (n_bad * n_reports):.0%} of the bad found" if n_bad else ""
        print(
            f"  {name}: {wrong} wrong flags, in {reports} of {n_reports} reports{power}; "
            f"{below / tested:.1%} of the healthy have p below 0.05 by themselves"
        )


def main() -> None:
    """Run all simulations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200)
    n_reports = parser.parse_args().reports
    surprise_alarms(10 * n_reports)
    clustered_alarms(2 * n_reports)
    slice_alarms(n_reports)
    slice_alarms(max(1, n_reports // 10), n_bad=20)


if __name__ == "__main__":
    main()
