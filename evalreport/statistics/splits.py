"""Training, validation and test rows in one file: how far apart their losses are.

References
----------
Welch (1947), "The generalization of 'Student's' problem when several different population
variances are involved". doi:10.1093/biomet/34.1-2.28
"""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.intervals import LEAST_ROWS
from evalreport.results import Interval, SliceResult, SplitGap, SplitPart, SplitRole, SplitsResult
from evalreport.statistics.plan import States
from evalreport.two_means import two_means

COLUMNS = ("split", "fold", "subset", "dataset", "partition")
VALUES: dict[str, SplitRole] = {
    "train": "training",
    "training": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "holdout": "test",
}
_ROLES: tuple[SplitRole, ...] = ("training", "validation", "test")


def splits_of(states: States, slices: Sequence[SliceResult]) -> SplitsResult | None:
    """Return the first column of slices that tells training rows from others, or None.

    It is named ``split``, ``fold``, ``subset``, ``dataset`` or ``partition`` and has a value for
    training and one for validation or test, such as ``train`` and ``test``. Upper and lower case
    are alike, and other values are left aside.
    """
    columns = dict.fromkeys(each.column for each in slices)
    for column in (each for each in columns if each.strip().casefold() in COLUMNS):
        found = _parts(states, [each for each in slices if each.column == column])
        if found is not None:
            return found
    return None


def _parts(states: States, slices: Sequence[SliceResult]) -> SplitsResult | None:
    named = [(VALUES.get(each.value.strip().casefold()), each) for each in slices]
    by_role = {role: each for role, each in named if role is not None}
    n_named = sum(1 for role, _ in named if role is not None)
    # Two values for the same role leave open which of them is meant.
    if "training" not in by_role or len(by_role) < 2 or n_named > len(by_role):
        return None
    training = by_role["training"]
    roles = [role for role in _ROLES if role in by_role]
    return SplitsResult(
        column=training.column,
        parts=tuple(_part(role, by_role[role]) for role in roles),
        gaps=tuple(_gap(states, role, by_role[role], training) for role in roles[1:]),
    )


def _part(role: SplitRole, each: SliceResult) -> SplitPart:
    return SplitPart(role, each.value, each.n, each.frequency, each.judged_loss, each.interval)


def _gap(states: States, role: SplitRole, each: SliceResult, training: SliceResult) -> SplitGap:
    if each.judged_loss is None or training.judged_loss is None:
        return SplitGap(role, None, None)
    gap = each.judged_loss - training.judged_loss
    return SplitGap(role, gap, _welch(states, each, training))


def _welch(states: States, one: SliceResult, other: SliceResult) -> Interval | None:
    """Return the 95 % interval of a difference of two means; None if one has under ten rows."""
    if min(one.n, other.n) < LEAST_ROWS:
        return None
    statistic = next(each for each in states.plan.by_slice if each.column == one.column)
    between = two_means(
        *(statistic.moments(states[statistic], each.value) for each in (one, other))
    )
    return None if between is None else between.interval
