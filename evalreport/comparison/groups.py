"""What changed for which class and which slice, with a correction for looking at many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalreport.comparison import difference
from evalreport.comparison.difference import Difference
from evalreport.comparison.pairs import (
    CLASSES,
    CURRENT,
    N_IS_INFINITE,
    N_IS_ZERO,
    N_WAS_INFINITE,
    N_WAS_ZERO,
    PREVIOUS,
    N,
    PairSums,
    slice_grouping,
)
from evalreport.intervals import Moments
from evalreport.results import ClassResult, ComparedGroup, EvaluationResult, SliceResult
from evalreport.statistics.plan import States
from evalreport.statistics.worse import LEAST_ROWS, largest_accepted

Group = ClassResult | SliceResult


def groups_of_pairs(sums: PairSums, current: EvaluationResult) -> Iterator[ComparedGroup]:
    """Yield every class and slice of this run that has pairs."""
    for each in _groups_of(current):
        grouping, name = CLASSES, _name(each)
        if isinstance(each, SliceResult):
            grouping = slice_grouping(each.column)
        row = sums.row(grouping, name)
        if not row[N]:
            continue
        was_infinite, is_infinite = row[N_WAS_INFINITE] > 0, row[N_IS_INFINITE] > 0
        measured = Difference(None)
        if not was_infinite and not is_infinite:
            measured = difference.of_pairs(sums.moments(grouping, name))
        if sums.clustered:
            measured = Difference(measured.change)  # too narrow where rows belong together
        yield _compared(
            each,
            row[N],
            None if was_infinite else sums.mean(grouping, name, PREVIOUS),
            None if is_infinite else sums.mean(grouping, name, CURRENT),
            measured,
            (row[N_WAS_ZERO], row[N_IS_ZERO]),
        )


def groups_of_two_samples(
    previous: EvaluationResult, current: EvaluationResult, before: States, now: States
) -> Iterator[ComparedGroup]:
    """Yield every class and slice that is in both runs, compared as two sets of rows."""
    old = {_key(each): each for each in _groups_of(previous)}
    for each in _groups_of(current):
        was = old.get(_key(each))
        if was is None or not was.n or not each.n:
            continue
        measured = difference.of_two_samples(_moments(before, was), _moments(now, each))
        if before.plan.clustered or now.plan.clustered:
            measured = Difference(measured.change)
        zeros = was.zero_probability_rows, each.zero_probability_rows
        yield _compared(each, each.n, was.judged_loss, each.judged_loss, measured, zeros)


def _groups_of(result: EvaluationResult) -> Sequence[Group]:
    # With soft labels a class has parts of rows, and no rows of its own to compare.
    classes: Sequence[Group] = () if result.task == "soft" else result.classes
    return (*classes, *result.slices)


def with_outcomes(groups: Iterator[ComparedGroup]) -> tuple[ComparedGroup, ...]:
    """Return the groups with their outcomes, at a false discovery rate of 5 % over all of them."""
    every = list(groups)
    tested = [each.p_value for each in every if each.p_value is not None]
    cut = largest_accepted(tested) if tested else -1.0
    return tuple(_with_outcome(each, cut) for each in every)


def _with_outcome(group: ComparedGroup, cut: float) -> ComparedGroup:
    if group.p_value is None or group.p_value > cut or not group.change:
        return group
    return replace(group, outcome="worse" if group.change > 0 else "better")


def _compared(
    each: Group,
    n: int,
    previous: float | None,
    current: float | None,
    measured: Difference,
    zeros: tuple[int, int],
) -> ComparedGroup:
    is_slice = isinstance(each, SliceResult)
    return ComparedGroup(
        kind="slice" if is_slice else "class",
        column=each.column if isinstance(each, SliceResult) else None,
        name=_name(each),
        n=n,
        previous=previous,
        current=current,
        change=measured.change,
        interval=measured.interval,
        p_value=measured.p_value if n >= LEAST_ROWS else None,
        outcome="no clear change",
        zero_probability_rows=zeros,
    )


def _name(each: Group) -> str:
    return each.value if isinstance(each, SliceResult) else each.name


def _key(each: Group) -> Sequence[str]:
    return (each.column, each.value) if isinstance(each, SliceResult) else (each.name,)


def _moments(states: States, each: Group) -> Moments | None:
    plan = states.plan
    if isinstance(each, ClassResult):
        return plan.by_class.moments(states[plan.by_class], plan.classes.index(each.name))
    by_slice = next(one for one in plan.by_slice if one.column == each.column)
    return by_slice.moments(states[by_slice], each.value)
