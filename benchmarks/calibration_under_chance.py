"""How often the tests of calibration cry wolf: simulated files whose forecasts are right.

Run it from anywhere: ``python benchmarks/calibration_under_chance.py [--files N] [--unequal N]``.

The first table has the share of files in which the gap test and the test of miscalibration reject
at 5 %, for two, three and ten classes, few rows and many, and forecasts of all kinds: each should
be 0.05. "Sure" and "unsure" are the two sides of the gap test, 0.025 each; "clear" is how often a
gap is far enough for a finding, which should be 0.003. It takes about an hour on one core.

The second table has the test of miscalibration with case weights and soft labels.

The third table has the same test of a single class against the rest, with case weights and soft
labels, beside how often the bracket of the miscalibration begins above 0 if forecasts are right.

The fourth table has it with clusters whose outcomes are alike, and what comes of not knowing them.

The last table comes from whole evaluations: the share of rows outside the 90 % band, and how
often a finding says that something is off; at the end the same for a model whose logits are half
as large again, where both tests should be near 1.
"""

from __future__ import annotations

import argparse

import numpy as np

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.corp import Cells
from evalreport.statistics.corp import _outcomes as drawn_outcomes
from evalreport.statistics.corp import _saved as saved
from evalreport.statistics.forecast import ByForecast
from evalreport.statistics.pooling import pooled_blocks
from evalreport.statistics.reliability import Reliability

SPREADS = {"usual": 1.5, "sharp": 6.0, "dull": 0.2}
"""Standard deviation of the logits."""
LEVEL, CLEAR, TIE = 0.05, 3.0, 1e-14


def forecasts(rng: np.random.Generator, n: int, k: int, spread: float = 1.5) -> np.ndarray:
    logits = rng.normal(0.0, spread, (n, k))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def outcomes(rng: np.random.Generator, probs: np.ndarray) -> np.ndarray:
    below = (probs.cumsum(axis=1) < rng.random(len(probs))[:, None]).sum(axis=1)
    return np.minimum(below, probs.shape[1] - 1)


def sharpened(probs: np.ndarray, power: float) -> np.ndarray:
    raised = probs**power
    return raised / raised.sum(axis=1, keepdims=True)


# --- the tests alone ------------------------------------------------------------------------------


def is_called_off(cells: Cells) -> bool:
    """Return whether p <= 0.05, as `corp.simulate` would, ending as soon as that is settled."""

    def saved_by(trues: np.ndarray) -> float:
        return float(saved(trues[None, :], cells, pooled_blocks(trues[None, :], cells.masses))[0])

    mine = saved_by(cells.trues)
    n_worse, drawn = 0, drawn_outcomes(cells)
    for trues in drawn:
        n_worse += saved_by(trues) >= mine - TIE
        if 1 + n_worse > LEVEL * (len(drawn) + 1):
            return False
    return True


def alarms(seed: int, n: int, k: int, spread: float) -> tuple[bool, bool, bool, bool]:
    """Return what the two tests say of one file: too sure, too unsure, clearly so; called off."""
    rng = np.random.default_rng([seed, n, k, int(10 * spread)])
    probs = forecasts(rng, n, k, spread)
    batch = PredictionBatch(tuple(map(str, range(k))), outcomes(rng, probs), probs)
    scored = ScoredBatch(batch)
    gap = ByForecast(weighted=False, floor=FLOOR)
    z = gap.gap(gap.from_batch(scored)).z or 0.0
    reliability = Reliability(weighted=False)
    cells = reliability.cells(reliability.from_batch(scored))
    off = cells is not None and is_called_off(cells)
    return z > 1.96, z < -1.96, abs(z) > CLEAR, off


def print_alarms(n_files: int) -> None:
    """Print how often each test rejects forecasts that are right."""
    heads = " ".join(f"{each:>7}" for each in ("gap", "sure", "unsure", "clear", "test"))
    print(f"{'forecasts':22} {'classes':>7} {'rows':>6} {heads}")
    for kind, spread in SPREADS.items():
        for k in (2, 3, 10):
            for n in (200, 1000, 5000):
                seen = np.array([alarms(seed, n, k, spread) for seed in range(n_files)])
                sure, unsure, clear, off = seen.mean(axis=0)
                shares = (sure + unsure, sure, unsure, clear, off)
                numbers = " ".join(f"{each:7.4f}" for each in shares)
                print(f"{kind:22} {k:7} {n:6} {numbers}", flush=True)


# --- whole evaluations ----------------------------------------------------------------------------


def simulate(n_files: int, n_rows: int, n_classes: int, power: float) -> list[float]:
    names = [f"c{k}" for k in range(n_classes)]
    seen = []
    for seed in range(n_files):
        rng = np.random.default_rng([seed, n_rows, n_classes])
        right = forecasts(rng, n_rows, n_classes)
        observed = np.array(names)[outcomes(rng, right)]
        result = evalreport.evaluate(observed, sharpened(right, power), classes=names).result
        calibration = result.calibration
        codes = {each.code for each in result.findings}
        seen.append(
            (
                abs(calibration.gap_z) > 1.96,
                calibration.decomposition.p_value <= LEVEL,
                calibration.reliability[0].share_outside_band,
                bool(codes & {"overconfident", "underconfident", "miscalibrated"}),
            )
        )
    return [float(np.mean(column)) for column in zip(*seen, strict=True)]


def print_whole(n_files: int) -> None:
    """Print what whole evaluations say of forecasts that are right, and of some that are not."""
    heads = " ".join(f"{each:>7}" for each in ("gap", "test", "band", "found"))
    print(f"{'forecasts':22} {'classes':>7} {'rows':>6} {heads}")
    for power, what in ((1.0, "right"), (1.5, "half as sharp again")):
        for n_classes, n_rows in ((2, 200), (2, 2000), (10, 200), (10, 2000)):
            shares = simulate(n_files, n_rows, n_classes, power)
            numbers = " ".join(f"{each:7.3f}" for each in shares)
            print(f"{what:22} {n_classes:7} {n_rows:6} {numbers}", flush=True)


# --- weights and soft labels ----------------------------------------------------------------------


def cells_of(kind: str, seed: int, n: int, slope: float) -> Cells:
    """Return the cells of a file with case weights, votes of five, shares or smoothed labels."""
    rng = np.random.default_rng([seed, n])
    logits = rng.normal(0.0, 1.5, n)
    chance, probs = (1.0 / (1.0 + np.exp(-each * logits)) for each in (1.0, slope))
    happened = (rng.random(n) < chance).astype(float)
    if kind == "votes":
        happened = rng.binomial(5, chance) / 5
    elif kind in ("shares", "weighted shares"):
        happened = rng.beta(4 * chance, 4 - 4 * chance)
    elif kind == "smoothed":
        happened, probs = 0.9 * happened + 0.05, 0.9 * probs + 0.05
    weighted, soft = kind in ("weights", "weighted shares"), kind != "weights"
    batch = PredictionBatch(
        ("no", "yes"),
        (happened > 0.5).astype(np.int64),
        np.column_stack([1 - probs, probs]),
        weights=rng.lognormal(0.0, 1.0, n) if weighted else None,
        targets=np.column_stack([1 - happened, happened]) if soft else None,
    )
    reliability = Reliability(weighted, soft)
    cells = reliability.cells(reliability.from_batch(ScoredBatch(batch)))
    assert cells is not None
    return cells


def print_unequal(n_files: int) -> None:
    """Print how often the test rejects with weights or soft labels: right, and too sharp."""
    print(f"{'test at 5 %':22} {'rows':>6} {'right':>7} {'by 1.4':>7}")
    for kind in ("weights", "votes", "shares", "weighted shares", "smoothed"):
        for n in (200, 1000):
            shares = (
                np.mean([is_called_off(cells_of(kind, seed, n, slope)) for seed in range(n_files)])
                for slope in (1.0, 1.4)
            )
            print(f"{kind:22} {n:6} {' '.join(f'{each:7.3f}' for each in shares)}", flush=True)


# --- single classes -------------------------------------------------------------------------------


def evaluated(kind: str, seed: int, n: int, power: float) -> tuple[bool, bool]:
    """Return whether the test rejects in one of three classes, and the bracket begins above 0."""
    rng = np.random.default_rng([seed, n, 3])
    right = forecasts(rng, n, 3)
    targets = weights = None
    if kind == "votes":
        targets = np.array([rng.multinomial(5, each) for each in right]) / 5
    elif kind.endswith("shares"):
        targets = np.array([rng.dirichlet(4 * each + 1e-6) for each in right])
    if kind.startswith("weight"):
        weights = rng.lognormal(0.0, 1.0, n)
    observed = np.array(["a", "b", "c"])[outcomes(rng, right)] if targets is None else None
    result = evalreport.evaluate(
        observed, sharpened(right, power), targets=targets, weights=weights, classes=["a", "b", "c"]
    ).result
    first = min(
        (each for each in result.calibration.reliability if each.view == "class-wise"),
        key=lambda each: each.class_,  # always the same class, not the worst one
    )
    return first.decomposition.p_value <= LEVEL, first.decomposition.miscalibration_bracket[0] > 0.0


def print_single(n_files: int) -> None:
    """Print how often the test rejects for a single class: right, and too sharp."""
    print(f"{'single class':22} {'rows':>6} {'right':>7} {'above 0':>7} {'by 1.4':>7}")
    for kind in ("weights", "votes", "shares", "weighted shares"):
        for n in (200, 1000):
            right = np.mean([evaluated(kind, seed, n, 1.0) for seed in range(n_files)], axis=0)
            sharp = np.mean([evaluated(kind, seed, n, 1.4)[0] for seed in range(n_files // 5)])
            numbers = " ".join(f"{each:7.3f}" for each in (*right, sharp))
            print(f"{kind:22} {n:6} {numbers}", flush=True)


# --- clusters -------------------------------------------------------------------------------------


def clustered(seed: int, n: int, n_clusters: int, alike: float, power: float) -> tuple[bool, bool]:
    """Return whether the test rejects if it knows the clusters, which are uneven, and if not."""
    from scipy.special import ndtr

    rng = np.random.default_rng([seed, n, n_clusters])
    sizes = rng.lognormal(0.0, 1.0, n_clusters)
    clusters = rng.choice(n_clusters, n, p=sizes / sizes.sum())
    logits = rng.normal(0.0, 1.5, n) + rng.normal(0.0, 0.7, n_clusters)[clusters]
    right, probs = (1.0 / (1.0 + np.exp(-each * logits)) for each in (1.0, power))
    own, shared = rng.normal(size=n), rng.normal(size=n_clusters)[clusters]
    observed = ndtr(alike**0.5 * shared + (1.0 - alike) ** 0.5 * own) < right
    found = (
        evalreport.evaluate(observed.astype(int), probs, clusters=each).result.calibration
        for each in (clusters, None)
    )
    known, unknown = (each.decomposition.p_value <= LEVEL for each in found)
    return known, unknown


def print_clustered(n_files: int) -> None:
    """Print how often the test rejects with clusters: right, the same unknown, and too sharp."""
    print(f"{'clusters':>8} {'alike':>6} {'rows':>6} {'right':>7} {'unknown':>7} {'by 1.6':>7}")
    for n, n_clusters, alike in ((600, 30, 0.0), (600, 30, 0.2), (2000, 30, 0.1), (2000, 100, 0.3)):
        data = (n, n_clusters, alike)
        known, unknown = np.mean([clustered(i, *data, 1.0) for i in range(n_files)], axis=0)
        sharp = np.mean([clustered(i, *data, 1.6)[0] for i in range(n_files // 5)])
        numbers = " ".join(f"{each:7.3f}" for each in (known, unknown, sharp))
        print(f"{n_clusters:8} {alike:6} {n:6} {numbers}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--unequal", type=int, default=500)
    parser.add_argument("--single", type=int, default=300)
    parser.add_argument("--clustered", type=int, default=300)
    parser.add_argument("--whole", type=int, default=200)
    options = parser.parse_args()
    for n_files, show in (
        (options.files, print_alarms),
        (options.unequal, print_unequal),
        (options.single, print_single),
        (options.clustered, print_clustered),
        (options.whole, print_whole),
    ):
        if n_files:
            print(f"{n_files} files each; standard error of 0.05: {(0.0475 / n_files) ** 0.5:.3f}")
            show(n_files)


if __name__ == "__main__":
    main()
