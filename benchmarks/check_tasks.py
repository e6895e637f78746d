"""Tokens and Gaussian forecasts against other libraries: prints the largest differences.

    python benchmarks/check_tasks.py

Needs statsmodels beside the development extra, for the error of a mean whose rows are clustered.
"""

from __future__ import annotations

import math

import numpy as np
import statsmodels.api as sm
from scipy import integrate, stats

import evalreport
from evalreport.statistics.clusters import ratio_error

RUNS = 20


def clustered(rng: np.random.Generator) -> dict[str, float]:
    """Compare weighted means and errors of tokens with weighted least squares on a constant."""
    lengths = rng.integers(1, 200, int(rng.integers(20, 200)))
    doc = np.repeat(np.arange(len(lengths)), lengths)
    losses = rng.exponential(np.exp(rng.normal(0, 0.4, len(lengths)))[doc])
    weights = rng.exponential(size=len(doc))
    fit = sm.WLS(losses, np.ones(len(doc)), weights).fit(
        cov_type="cluster", cov_kwds={"groups": doc}
    )
    result = evalreport.evaluate(
        probs=-losses, clusters=doc, weights=weights, input_kind="tokens"
    ).result
    linear = ratio_error(
        np.bincount(doc, weights * losses).tolist(), np.bincount(doc, weights).tolist()
    )
    assert linear is not None
    error = result.overall.standard_error or math.nan
    return {
        "mean": abs(result.overall.log_loss / fit.params[0] - 1),
        "clustered error, linearised": abs(linear.linear / fit.bse[0] - 1),
        "clustered error, jackknife": abs(error / fit.bse[0] - 1),
        "perplexity": abs(result.tokens.perplexity / math.exp(fit.params[0]) - 1),
    }


def densities(rng: np.random.Generator) -> dict[str, float]:
    """Compare losses with SciPy's, and the CRPS with its integral."""
    n = 200
    mean, std = rng.normal(0, 10, n), np.exp(rng.normal(0, 1, n))
    y = mean + std * rng.standard_t(3, n)
    result = evalreport.evaluate(y, mean=mean, std=std, input_kind="gaussian").result
    loss = -stats.norm.logpdf(y, mean, std).mean()
    score = np.mean([_crps(*row) for row in zip(y[:20], mean[:20], std[:20], strict=True)])
    part = evalreport.evaluate(y[:20], mean=mean[:20], std=std[:20], input_kind="gaussian").result
    return {
        "loss of the density": abs(result.overall.log_loss - loss),
        "CRPS": abs(part.gaussian.crps / score - 1),
        "variance": abs(result.gaussian.observed_variance / y.var() - 1),
    }


def _crps(y: float, mean: float, std: float) -> float:
    """Integrate the squared difference of the distribution and the step at the outcome."""
    below = integrate.quad(lambda x: stats.norm.cdf(x, mean, std) ** 2, -np.inf, y, epsabs=1e-12)
    above = integrate.quad(lambda x: stats.norm.sf(x, mean, std) ** 2, y, np.inf, epsabs=1e-12)
    return float(below[0] + above[0])


def main() -> None:
    """Print the largest difference of each number over all runs."""
    rng, largest = np.random.default_rng(1), {}
    for _ in range(RUNS):
        for name, difference in (clustered(rng) | densities(rng)).items():
            largest[name] = max(largest.get(name, 0.0), float(difference))
    for name, difference in largest.items():
        print(f"{name:32} {difference:.1e}")


if __name__ == "__main__":
    main()
