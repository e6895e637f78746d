"""How often the 95 % interval of the skill of soft labels holds the skill of the population.

Forecasts and targets are drawn a thousand times; so is a large population whose skill is the truth.
Prints one line for each kind of data. Takes about a minute.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import entropy

from evalreport.batch import PredictionBatch
from evalreport.evaluation import results_of
from evalreport.statistics.plan import Plan

REPEATS = 500
POPULATION = 400_000


def draw(rng: np.random.Generator, n: int, k: int, sharpness: float, share: float):
    """Return targets and forecasts that hold a share of them."""
    targets = rng.dirichlet(np.full(k, sharpness), n)
    return targets, share * targets + (1 - share) * rng.dirichlet(np.ones(k), n)


def skill(targets: np.ndarray, probs: np.ndarray) -> float:
    """Return the skill by its definition."""
    mean = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return float(1 - entropy(targets, probs, axis=1).mean() / entropy(targets, mean, axis=1).mean())


def main() -> None:
    """Print the coverage, and how often a calibrated model is called off by its gap."""
    rng = np.random.default_rng(0)
    for n, k, sharpness, share in ((50, 2, 0.3, 0.3), (200, 3, 0.2, 0.2), (1000, 10, 0.5, 0.5)):
        truth = skill(*draw(rng, POPULATION, k, sharpness, share))
        plan = Plan(tuple(map(str, range(k))), k - 1, soft=True)
        held = []
        for _ in range(REPEATS):
            targets, probs = draw(rng, n, k, sharpness, share)
            batch = PredictionBatch(
                plan.classes, targets.argmax(1), probs, targets=targets, rows=np.arange(1, n + 1)
            )
            low, high = results_of(plan.from_batch(batch))["baseline"].skill_interval
            held.append(low <= truth <= high)
        print(
            f"{n:>6} rows, {k:>2} classes: {100 * np.mean(held):.1f}% of intervals hold {truth:.3f}"
        )


if __name__ == "__main__":
    main()
