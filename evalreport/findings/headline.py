"""Which loss a report speaks of: the log loss, or with soft labels the excess over the targets.

Every result carries it as ``judged_loss``; here are the words for it, and what goes with it.
"""

from __future__ import annotations

from evalreport.results import ClassResult, EvaluationResult, SliceResult

_LEAST_FOR_INTERVAL = 10


def is_soft(result: EvaluationResult) -> bool:
    """Return whether what happened is told by distributions."""
    return result.task == "soft"


def loss_name(result: EvaluationResult) -> str:
    """Return what the loss of all rows is called inside a sentence."""
    return "excess loss" if is_soft(result) else "log loss"


def no_better(skill: float, than: str = "always predicting class frequencies") -> str:
    """Return the words for a loss whose distance from the baseline chance could explain.

    Examples
    --------
    >>> no_better(-0.01)
    'No better than always predicting class frequencies'
    >>> no_better(0.2)  # it is better on these rows, and other rows might say otherwise
    'Not clearly better than always predicting class frequencies'
    """
    return f"{'Not clearly' if skill > 0.0 else 'No'} better than {than}"


def why_no_interval(result: EvaluationResult) -> str:
    """Return why the loss of all rows has no interval, in a few words."""
    overall, clusters = result.overall, result.clusters
    if not overall.n:
        return "no rows"
    if overall.judged_loss is None:
        return "the loss is infinite"
    if clusters is not None and clusters.n is not None and clusters.n < _LEAST_FOR_INTERVAL:
        return f"under {_LEAST_FOR_INTERVAL} clusters"
    if overall.n < _LEAST_FOR_INTERVAL:
        return f"under {_LEAST_FOR_INTERVAL} rows"
    if clusters is not None:
        one_is_all = clusters.effective is not None and clusters.effective < 2.0
        return "one cluster is nearly all" if one_is_all else "every cluster has the same loss"
    if overall.effective_n is not None and overall.effective_n < 2.0:
        return "one row has nearly all of the weight"
    return "every row has the same loss"


def overall_beside(each: ClassResult | SliceResult, result: EvaluationResult) -> float | None:
    """Return the loss of all rows that the loss of a class or slice is compared with.

    The loss of a class is a part of the cross-entropy: it has no entropy to be counted from.
    """
    overall = result.overall
    return overall.cross_entropy if isinstance(each, ClassResult) else overall.judged_loss


def equal_odds(result: EvaluationResult) -> float:
    """Return what equal odds for every class would lose, in terms of the loss spoken of."""
    targets = result.overall.target_entropy if is_soft(result) else 0.0
    return max((result.baseline.uniform or 0.0) - (targets or 0.0), 0.0)
