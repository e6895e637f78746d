"""What changed for which class and which slice, with a correction for looking at many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalreport.comparison import difference
from evalreport.comparison.difference import Difference
from evalreport.comparison.ends import Ends
from evalreport.comparison.pairs import CLASSES, slice_grouping
from evalreport.intervals import Moments
from evalreport.results import (
    ChangeBounds,
    ClassResult,
    ComparedGroup,
    EvaluationResult,
    SliceResult,
)
from evalreport.statistics.plan import States
from evalreport.statistics.worse import LEAST_ROWS, largest_accepted

Group = ClassResult | SliceResult


def groups_of_pairs(ends: Ends, current: EvaluationResult) -> Iterator[ComparedGroup]:
    """Yield every class and slice of this run that has pairs."""
    for each in _groups_of(current):
        grouping = slice_grouping(each.column) if isinstance(each, SliceResult) else CLASSES
        found = ends.measured(grouping, _name(each))
        if found.n:
            losses = (found.previous, found.current)
            yield compared_group(
                each, found.n, *losses, found.difference, found.zeros, found.bounds
            )


def groups_of_two_samples(
    previous: EvaluationResult, current: EvaluationResult, before: States, now: States
) -> Iterator[ComparedGroup]:
    """Yield every class and slice that is in both runs, compared as two sets of rows."""
    for was, each in groups_in_both(previous, current):
        measured = difference.of_two_samples(_moments(before, was), _moments(now, each))
        if before.plan.clustered or now.plan.clustered:
            measured = Difference(measured.change)
        zeros = was.zero_probability_rows, each.zero_probability_rows
        yield compared_group(each, each.n, was.judged_loss, each.judged_loss, measured, zeros)


def groups_in_both(
    previous: EvaluationResult, current: EvaluationResult
) -> Iterator[tuple[Group, Group]]:
    """Yield every class and slice that has rows in both runs, as it was and as it is."""
    old = {_key(each): each for each in _groups_of(previous)}
    for each in _groups_of(current):
        was = old.get(_key(each))
        if was is not None and was.n and each.n:
            yield was, each


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
    least, most = (group.change, group.change) if group.bounds is None else group.bounds.change
    if group.p_value is None or group.p_value > cut:
        return group
    if least is not None and least > 0.0:
        return replace(group, outcome="worse")
    return replace(group, outcome="better") if most is not None and most < 0.0 else group


def compared_group(
    each: Group,
    n: int,
    previous: float | None,
    current: float | None,
    measured: Difference,
    zeros: tuple[int, int],
    bounds: ChangeBounds | None = None,
) -> ComparedGroup:
    """Return what became of a class or slice, before looking at many is corrected for."""
    return ComparedGroup(
        kind="slice" if isinstance(each, SliceResult) else "class",
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
        bounds=bounds,
        one_sided=measured.one_sided,
        is_constant=measured.is_constant,
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
