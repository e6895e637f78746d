"""How often the tests of calibration cry wolf: simulated files whose forecasts are right.

Run it from anywhere: ``python benchmarks/calibration_under_chance.py [--files N]``. Two classes and
ten, few rows and more. Printed are the share of files in which the gap test (|z| > 1.96) and the
test of miscalibration (p <= 0.05) reject, which should be 0.05, the share of rows outside the 90 %
band, which should be about 0.1, and how often a finding says that something is off. At the end the
same for a model whose logits are half as large again, where they should be near 1.
"""

from __future__ import annotations

import argparse

import numpy as np

import evalreport


def forecasts(rng: np.random.Generator, n_rows: int, n_classes: int) -> np.ndarray:
    logits = rng.normal(0.0, 1.5, (n_rows, n_classes))
    weights = np.exp(logits)
    return weights / weights.sum(axis=1, keepdims=True)


def outcomes(rng: np.random.Generator, probs: np.ndarray) -> np.ndarray:
    below = (probs.cumsum(axis=1) < rng.random(len(probs))[:, None]).sum(axis=1)
    return np.minimum(below, probs.shape[1] - 1)


def sharpened(probs: np.ndarray, power: float) -> np.ndarray:
    raised = probs**power
    return raised / raised.sum(axis=1, keepdims=True)


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
                calibration.decomposition.p_value <= 0.05,
                calibration.reliability[0].share_outside_band,
                bool(codes & {"overconfident", "underconfident", "miscalibrated"}),
            )
        )
    return [float(np.mean(column)) for column in zip(*seen, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    n_files = parser.parse_args().files
    print(f"{n_files} files each; standard error of 0.05: {(0.05 * 0.95 / n_files) ** 0.5:.3f}")
    heads = " ".join(f"{each:>7}" for each in ("gap", "test", "band", "found"))
    print(f"{'forecasts':22} {'classes':>7} {'rows':>6} {heads}")
    for power, what in ((1.0, "right"), (1.5, "half as sharp again")):
        for n_classes, n_rows in ((2, 200), (2, 2000), (10, 200), (10, 2000)):
            shares = simulate(n_files, n_rows, n_classes, power)
            numbers = " ".join(f"{each:7.3f}" for each in shares)
            print(f"{what:22} {n_classes:7} {n_rows:6} {numbers}", flush=True)


if __name__ == "__main__":
    main()
