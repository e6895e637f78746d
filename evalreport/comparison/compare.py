"""Two runs in, what changed between them out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from evalreport.comparison import difference, separate
from evalreport.comparison.causes import causes_of, zero_part_of_means
from evalreport.comparison.comparable import refuse_incomparable
from evalreport.comparison.difference import Difference
from evalreport.comparison.ends import Ends
from evalreport.comparison.groups import (
    groups_of_pairs,
    groups_of_two_samples,
    with_outcomes,
)
from evalreport.comparison.matching import Matching
from evalreport.comparison.pairs import PairSums
from evalreport.comparison.rows import RowStore
from evalreport.errors import InputError, MergeError
from evalreport.formats import clean
from evalreport.results import (
    ChangedRow,
    ChangeOutcome,
    ComparisonResult,
    EvaluationResult,
    PreviousRun,
    RowMatch,
)
from evalreport.statistics.paired import NotPaired, paired_difference
from evalreport.statistics.plan import States


def compare_by_rows(
    previous: EvaluationResult,
    current: EvaluationResult,
    previous_rows: RowStore,
    current_rows: RowStore,
    previous_is_saved: bool = False,
    by_position: bool = False,
) -> ComparisonResult:
    """Compare the rows that are in both runs with each other; without any, the means.

    Parameters
    ----------
    previous, current : EvaluationResult
        Each over all of its own rows.
    previous_rows, current_rows : RowStore
        The same rows, by their ids.
    previous_is_saved : bool
        Whether the previous run was read from an evaluation file.
    by_position : bool
        Whether rows are told by their place, because they have no ids.

    Raises
    ------
    InputError
        If the runs cannot be compared at all.
    """
    refuse_incomparable(previous, current)
    matching = Matching(previous_rows, current_rows)
    values = {name: list(codes) for name, codes in current_rows.slice_values.items()}
    is_wide = current.task == "gaussian"
    is_weighted = current.input.columns.weight is not None or current.task == "tokens"
    nothing = PairSums(is_weighted, is_wide)
    ends = Ends(nothing, nothing)
    for pairs in matching.pairs():
        ends = ends.merge(Ends.of(pairs, current_rows.classes, values, is_wide))
    match = matching.result()
    if by_position and match.other_label:
        raise _of_other_places(previous, match, ends.measured().n)
    if ends.measured().n:
        return _paired_by_rows(previous, current, ends, match, by_position)
    if current.task == "tokens" and match.other_label:
        raise InputError(
            "the two runs cut the same documents into other tokens, as that called "
            f"'{clean(match.example_other_label or '', 40)}', so that their losses per token mean "
            "different things.",
            path=previous.input.paths[0] if previous.input.paths else None,
            hint="Compare the bits per byte of the two reports instead.",
        )
    reason = "no row is in both, once and with the same label"
    return compare_evaluations(previous, current, previous_is_saved, reason, match)


def _of_other_places(previous: EvaluationResult, match: RowMatch, n_alike: int) -> InputError:
    differs = {"tokens": "number of tokens", "gaussian": "outcome"}.get(previous.task, "label")
    n = match.other_label + n_alike
    return InputError(
        f"{match.other_label:,} of {n:,} rows have another {differs} than the row at the same "
        "place in this run, so places do not tell which rows are the same.",
        path=previous.input.paths[0] if previous.input.paths else None,
        hint="Bring both files into the same order, or give both a column of row ids.",
    )


def _paired_by_rows(
    previous: EvaluationResult,
    current: EvaluationResult,
    ends: Ends,
    match: RowMatch,
    by_position: bool,
) -> ComparisonResult:
    found = ends.measured()
    counted = _counted(current)
    told = "place in the file" if by_position else "id"
    has_zero_part = not any(found.is_infinite) and found.bounds is None
    zero_part = ends.least.zero_part() if has_zero_part else None
    changed = () if found.bounds else ends.least.changed.groups.get("", ())
    return _result(
        previous,
        current,
        found.difference,
        paired=True,
        method="rows",
        why=f"The same {counted}s in both runs, told by their {told}, are compared one by one.",
        n_common=found.n,
        previous_loss=found.previous,
        current_loss=found.current,
        outcome=_outcome(found.difference, *found.is_infinite),
        zero_probability_rows=found.zeros,
        rows=match,
        groups=with_outcomes(groups_of_pairs(ends, current)),
        changed_rows=tuple(ChangedRow(**content) for _, content in changed),
        causes=causes_of(previous, current, found.difference.change, zero_part),
        bounds=found.bounds,
    )


def compare_evaluations(
    previous: EvaluationResult,
    current: EvaluationResult,
    previous_is_saved: bool = True,
    reason: str | None = None,
    match: RowMatch | None = None,
    by_position: bool = False,
    path: str | None = None,
) -> ComparisonResult:
    """Compare two evaluations without their rows: by hash buckets, else as two sets of rows.

    Parameters
    ----------
    previous, current : EvaluationResult
        Each over all of its own rows.
    previous_is_saved : bool
        Whether the previous run was read from an evaluation file.
    reason : str, optional
        Why rows are known not to pair.
    match : RowMatch, optional
        What became of the rows when they were brought together.
    by_position : bool
        Whether rows without ids may be told by their place.
    path : str, optional
        The file that the previous run was read from.

    Raises
    ------
    InputError
        If the runs cannot be compared at all.
    """
    refuse_incomparable(previous, current)
    if current.task in separate.TASKS:
        return _of_separate_tasks(previous, current, previous_is_saved, reason, match, path)
    states = _states(previous, path), _states(current)
    paired = NotPaired(reason) if reason else _by_buckets(*states, by_position)
    overall = [_moments(each) for each in states]
    if isinstance(paired, NotPaired):
        measured = difference.of_two_samples(*overall)
        if any(each.plan.clustered for each in states):
            measured = difference.of_two_errors(previous, current)
        why = _why_separate(paired.reason)
    else:
        measured = difference.of_buckets(paired)
        why = "The same rows in both runs are compared by their sums in 1,024 hash buckets."
    is_infinite = tuple(each.overall.judged_loss is None for each in (previous, current))
    zeros = tuple(each.overall.zero_probability_rows for each in (previous, current))
    return _result(
        previous,
        current,
        measured,
        paired=not isinstance(paired, NotPaired),
        method="unpaired" if isinstance(paired, NotPaired) else "buckets",
        why=why,
        n_common=None if isinstance(paired, NotPaired) else paired.n,
        previous_loss=previous.overall.judged_loss,
        current_loss=current.overall.judged_loss,
        outcome=_outcome(measured, *is_infinite),
        zero_probability_rows=(zeros[0], zeros[1]),
        rows=match,
        groups=with_outcomes(groups_of_two_samples(previous, current, *states)),
        changed_rows=(),
        causes=causes_of(previous, current, measured.change, zero_part_of_means(previous, current)),
        is_saved=previous_is_saved,
    )


def _of_separate_tasks(
    previous: EvaluationResult,
    current: EvaluationResult,
    is_saved: bool,
    reason: str | None,
    match: RowMatch | None,
    path: str | None,
) -> ComparisonResult:
    """Compare two evaluations whose sums do not tell rows apart."""
    with _sums_of_this_version(previous, path):
        measured = separate.difference_of(previous, current)
    bounds = separate.bounds_of(previous, current)
    zeros = previous.overall.zero_probability_rows, current.overall.zero_probability_rows
    losses = previous.overall.judged_loss, current.overall.judged_loss
    # Without a band, a loss that is None is infinite; between bounds it is not known.
    is_infinite = (False, False) if bounds else (losses[0] is None, losses[1] is None)
    return _result(
        previous,
        current,
        measured,
        paired=False,
        method="unpaired",
        why=_why_separate(reason or "an evaluation file of this kind does not tell rows apart"),
        n_common=None,
        previous_loss=losses[0],
        current_loss=losses[1],
        outcome=_outcome(measured, *is_infinite),
        zero_probability_rows=zeros,
        rows=match,
        groups=tuple(separate.groups_of(previous, current)),
        changed_rows=(),
        causes=causes_of(previous, current, measured.change, None),
        bounds=bounds,
        is_saved=is_saved,
    )


def _why_separate(reason: str) -> str:
    return (
        f"The runs are compared as two separate sets of rows, because {reason}: chance weighs "
        "more than if the same rows were compared one by one."
    )


@contextmanager
def _sums_of_this_version(result: EvaluationResult, path: str | None) -> Iterator[None]:
    """Say of sums that cannot be read who wrote them.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, MergeError) as error:
        raise InputError(
            f"the sums in the evaluation '{clean(result.title)}' were written by another version, "
            f"evalreport {clean(result.evalreport_version)}.",
            path=path,
            hint="Evaluate the predictions again.",
        ) from error


def _states(result: EvaluationResult, path: str | None = None) -> States:
    with _sums_of_this_version(result, path):
        return States.to_compare(result.state)


def _by_buckets(previous: States, current: States, by_position: bool) -> Any:
    buckets = [states[states.plan.buckets] for states in (previous, current)]
    if any(each.told_by == ("place",) for each in buckets) and not by_position:
        return NotPaired("rows have no ids")
    return paired_difference(*buckets)


def _moments(states: States) -> Any:
    overall = states.plan.overall
    state = states[overall]
    is_infinite = overall.result(state).kl_divergence is None
    return None if is_infinite else overall.excess(state).moments()


def _outcome(measured: Difference, was_infinite: bool, is_infinite: bool) -> ChangeOutcome:
    if was_infinite != is_infinite:
        return "worse" if is_infinite else "better"
    return measured.outcome


def _result(
    previous: EvaluationResult,
    current: EvaluationResult,
    measured: Difference,
    is_saved: bool = False,
    **parts: Any,
) -> ComparisonResult:
    error = measured.standard_error
    only_previous, only_current = _other_classes(previous, current)
    return ComparisonResult(
        previous=_previous_run(previous, is_saved),
        n=_n_of(current),
        change=measured.change,
        standard_error=error,
        interval=measured.interval,
        one_sided=measured.one_sided,
        is_constant=measured.is_constant,
        least_detectable=None if error is None else difference.DETECTABLE * error,
        only_previous_classes=only_previous,
        only_current_classes=only_current,
        counted=_counted(current),
        **parts,
    )


def _other_classes(
    previous: EvaluationResult, current: EvaluationResult
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    there, here = previous.input.classes, current.input.classes
    return (
        tuple(each for each in there if each not in set(here)),
        tuple(each for each in here if each not in set(there)),
    )


def _counted(result: EvaluationResult) -> Literal["row", "document"]:
    has_documents = result.tokens is not None and result.tokens.documents_from != "none"
    return "document" if has_documents else "row"


def _n_of(result: EvaluationResult) -> int:
    """Return how many rows a run has; with tokens documents, if they are told apart."""
    n_documents = None if result.tokens is None else result.tokens.n_documents
    return result.overall.n if n_documents is None else n_documents


def _previous_run(result: EvaluationResult, is_saved: bool) -> PreviousRun:
    return PreviousRun(
        title=result.title,
        paths=result.input.paths,
        created=result.created,
        digest=result.digest,
        is_saved=is_saved,
        n=_n_of(result),
        log_loss=result.overall.judged_loss,
        baseline=result.baseline.judged_loss,
        skill=result.baseline.skill,
        band=None if result.overall.band is None else result.overall.band.name,
        gap=result.calibration.gap,
        zero_probability_rows=result.overall.zero_probability_rows,
    )
