"""What a change is made of: zero probabilities, calibration, and another mix of classes.

References
----------
Kitagawa (1955), "Components of a difference between two rates". doi:10.2307/2281213
"""

from __future__ import annotations

import math

from evalreport.results import ChangeCauses, ClassShare, EvaluationResult


def causes_of(
    previous: EvaluationResult,
    current: EvaluationResult,
    change: float | None,
    zero_part: float | None,
) -> ChangeCauses:
    """Return what the change is made of.

    Parameters
    ----------
    previous, current : EvaluationResult
        Each over all of its own rows.
    change : float or None
        Of the rows compared.
    zero_part : float or None
        The part of it that rows of zero probability make.
    """
    rest = None if change is None or zero_part is None else change - zero_part
    return ChangeCauses(
        zero_probability=zero_part,
        other_rows=rest,
        gap=(previous.calibration.gap, current.calibration.gap),
        baseline=(previous.baseline.judged_loss, current.baseline.judged_loss),
        mix=_mix(previous, current),
        class_shares=_shares(previous, current),
    )


def zero_part_of_means(previous: EvaluationResult, current: EvaluationResult) -> float | None:
    """Return how much more rows of zero probability add to the mean loss than they did."""
    parts = []
    for overall in (previous.overall, current.overall):
        share = overall.zero_probability_share_of_loss
        if not overall.zero_probability_rows:
            share = 0.0
        if share is None or overall.judged_loss is None:
            return None
        parts.append(share * overall.judged_loss)
    return parts[1] - parts[0]


def _shares(previous: EvaluationResult, current: EvaluationResult) -> tuple[ClassShare, ...]:
    before = {each.name: each.frequency for each in previous.classes}
    now = {each.name: each.frequency for each in current.classes}
    names = [*now, *(name for name in before if name not in now)]
    return tuple(ClassShare(name, before.get(name, 0.0), now.get(name, 0.0)) for name in names)


def _mix(previous: EvaluationResult, current: EvaluationResult) -> float | None:
    """Return what other class frequencies alone would change: at mean losses of the classes."""
    losses: dict[str, list[float]] = {}
    for result in (previous, current):
        for each in result.classes:
            if each.cross_entropy is not None:
                losses.setdefault(each.name, []).append(each.cross_entropy)
    parts = []
    for share in _shares(previous, current):
        moved = share.current - share.previous
        if moved and share.name not in losses:
            return None
        known = losses.get(share.name, [0.0])
        parts.append(moved * sum(known) / len(known))
    return math.fsum(parts)
