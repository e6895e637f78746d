"""Entropy, cross-entropy and Kullback-Leibler divergence of two discrete distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalreport.errors import SettingsError
from evalreport.exact import log_of
from evalreport.results import ClassResult, DistributionsResult

MOST_OFF_ONE = 1e-6
"""A sum further from 1 than this is no distribution."""


def entropy(p: Sequence[float]) -> float:
    r"""Entropy of a distribution, in nats: :math:`H(P) = -\sum_k p_k \ln p_k`.

    Parameters
    ----------
    p : sequence of float
        Probabilities; 0 ln 0 is 0.

    Examples
    --------
    >>> round(entropy([0.5, 0.5]), 4), entropy([1.0, 0.0])
    (0.6931, 0.0)
    """
    return cross_entropy(p, p)


def cross_entropy(p: Sequence[float], q: Sequence[float]) -> float:
    r"""Cross-entropy, in nats: :math:`H(P, Q) = -\sum_k p_k \ln q_k`; never below `entropy(p)`.

    Parameters
    ----------
    p : sequence of float
        What happens.
    q : sequence of float
        What is forecast.

    Returns
    -------
    float
        Infinity if `q` rules out what happens in `p`.

    Examples
    --------
    >>> round(cross_entropy([0.5, 0.5], [0.25, 0.75]), 4), cross_entropy([0.5, 0.5], [1.0, 0.0])
    (0.837, inf)
    """
    pairs = [(here, there) for here, there in zip(p, q, strict=True) if here > 0.0]
    if any(there == 0.0 for _, there in pairs):
        return math.inf
    return math.fsum(-here * log_of(there) for here, there in pairs) + 0.0


def kl_divergence(p: Sequence[float], q: Sequence[float]) -> float:
    r"""Kullback-Leibler divergence, in nats: :math:`KL(P \| Q) = H(P, Q) - H(P)`, 0 or above.

    Parameters
    ----------
    p : sequence of float
        What happens.
    q : sequence of float
        What is forecast.

    Returns
    -------
    float
        0 if both are equal; infinity if `q` rules out what happens in `p`.

    Examples
    --------
    >>> round(kl_divergence([0.5, 0.5], [0.25, 0.75]), 4), kl_divergence([0.1, 0.9], [0.1, 0.9])
    (0.1438, 0.0)
    """
    pairs = [(here, there) for here, there in zip(p, q, strict=True) if here > 0.0]
    if any(there == 0.0 for _, there in pairs):
        return math.inf
    terms = (here * (log_of(here) - log_of(there)) for here, there in pairs)
    # Rounding alone can bring it below 0.
    return max(math.fsum(terms), 0.0)


def compare_distributions(p: Sequence[float], q: Sequence[float]) -> DistributionsResult:
    """Return all six numbers of two distributions over the same outcomes, in nats.

    Examples
    --------
    >>> numbers = compare_distributions([0.10, 0.40, 0.50], [0.80, 0.15, 0.05])
    >>> round(numbers.cross_entropy_pq / math.log(2), 3)
    3.288
    """
    return DistributionsResult(
        entropy_p=entropy(p),
        entropy_q=entropy(q),
        cross_entropy_pq=_finite(cross_entropy(p, q)),
        cross_entropy_qp=_finite(cross_entropy(q, p)),
        kl_pq=_finite(kl_divergence(p, q)),
        kl_qp=_finite(kl_divergence(q, p)),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def check_distribution(values: Sequence[float], name: str) -> None:
    """Make sure that these are probabilities of two or more outcomes.

    Raises
    ------
    SettingsError
        If a value is out of range, or the sum is not 1.
    """
    for number, value in enumerate(values, start=1):
        if not 0.0 <= value <= 1.0:
            raise SettingsError(
                f"{name}, value {number}: {value:g} is no probability.\n"
                "  Give numbers between 0 and 1 that sum to 1."
            )
    total = math.fsum(values)
    if len(values) < 2 or abs(total - 1.0) > MOST_OFF_ONE:
        raise SettingsError(
            f"{name} has {len(values)} value{'s' if len(values) != 1 else ''} with a sum of "
            f"{total:.6g}.\n  Give two or more numbers between 0 and 1 that sum to 1."
        )


def happened_and_forecast(classes: Sequence[ClassResult]) -> DistributionsResult | None:
    """Return how often the classes happened against how often they were forecast."""
    forecasts = [each.mean_forecast or 0.0 for each in classes]
    if not any(forecasts):
        return None
    # Rows that were scored as they are, with sums off 1, leave a mean that is off 1 as well.
    whole = math.fsum(forecasts)
    return compare_distributions(
        [each.frequency for each in classes], [each / whole for each in forecasts]
    )
