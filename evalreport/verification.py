"""A second opinion on the log loss: scikit-learn's, over the same rows."""

from __future__ import annotations

import math
import warnings

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray
from evalreport.results import VerificationResult
from evalreport.scoring import FLOOR
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampledRows, SampleState

_DECIMALS = 12
"""The last bits of scikit-learn's number depend on the processor; these do not."""


def verification_of(states: States) -> VerificationResult | None:
    """Verify the sample of some states; None without rows, or if labels are soft."""
    plan = states.plan
    return None if plan.soft else verify(states[plan.sample], plan.floor)


def verify(state: SampleState, floor: float | None) -> VerificationResult | None:
    """Compute the log loss of the sampled rows with scikit-learn, of all of them and by class.

    Parameters
    ----------
    state : SampleState
        The sample: all rows if they fit.
    floor : float or None
        Least probability that was scored. Rows below 2**-52, scikit-learn's own floor, are left
        out if they were scored without it.

    Returns
    -------
    VerificationResult or None
        None without rows.
    """
    rows = state.rows()
    if rows is None:
        return None
    probs = exact.exp(rows.cells) if state.is_log else rows.cells
    given = probs[rows.observed, np.arange(len(rows))]
    told = np.flatnonzero(given >= FLOOR) if (floor or 0.0) < FLOOR else np.arange(len(rows))
    if not len(told):
        return None
    kept = rows.taken(told)
    scored = np.maximum(np.take(probs, told, axis=1), floor or 0.0)
    theirs = _scikit_learn(scored, kept)
    ours = _ours(kept)
    differences = [
        abs(_ours(part) - _scikit_learn(np.take(scored, where, axis=1), part))
        for where in (np.flatnonzero(kept.observed == k) for k in np.unique(kept.observed))
        for part in (kept.taken(where),)
    ]
    return VerificationResult(
        rows=int(kept.counts.sum()),
        ours=ours,
        scikit_learn=round(theirs, _DECIMALS),
        difference=round(abs(ours - theirs), _DECIMALS),
        largest_class_difference=round(max(differences), _DECIMALS),
        left_out=int(rows.counts.sum() - kept.counts.sum()),
    )


def _ours(rows: SampledRows) -> float:
    """Return the mean of the losses as they were scored."""
    masses = _masses(rows)
    return math.fsum(masses * rows.losses) / math.fsum(masses)


def _masses(rows: SampledRows) -> FloatArray:
    if rows.weights is None:
        return rows.counts.astype(np.float64)
    # Weights may be near the largest double: their sum must not be beyond it.
    return np.asarray(rows.counts * (rows.weights / rows.weights.max()))


def _scikit_learn(probs: FloatArray, rows: SampledRows) -> float:
    from sklearn.metrics import log_loss  # slow to import

    with warnings.catch_warnings():
        # Sums off 1 are counted and told elsewhere; here they are scored as they are, too.
        warnings.simplefilter("ignore", UserWarning)
        return float(
            log_loss(
                rows.observed,
                probs.T,
                labels=np.arange(len(probs)),
                sample_weight=_masses(rows),
            )
        )
