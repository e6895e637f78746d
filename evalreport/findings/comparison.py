"""Findings about what changed since the previous run, and the words for changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.findings.changes import change_in, counted, group_loss, signed, size
from evalreport.findings.judgement import Judgement, Piece, judgement
from evalreport.formats import (
    LossFormat,
    clean,
    count_text,
    listed,
)
from evalreport.results import ComparedGroup, ComparisonResult, EvaluationResult, Interval

_MOST_NAMED = 3
_HARDER = 0.05
"""Part of the baseline that it may move by before the mix of classes is spoken of."""


_LABELS = (
    "another label",
    "Check which labels are right, and whether ids stand for the same rows.",
)
_HAPPENED = {
    "gaussian": ("another outcome", "Check which outcomes are right, and what the ids stand for."),
    "tokens": (
        "another number of tokens",
        "Compare losses per token only of models that cut texts into the same tokens.",
    ),
}
"""What differs in rows of one id that are not the same, and what to check."""


def is_compared(result: EvaluationResult) -> bool:
    """Return whether there is a previous run."""
    return result.comparison is not None


def has_pairs(result: EvaluationResult) -> bool:
    """Return whether the same rows were compared one by one."""
    return result.comparison is not None and result.comparison.rows is not None


# --- words ------------------------------------------------------------------------------------


def signed_interval(interval: Interval | None, losses: LossFormat) -> str:
    """Return the interval of a change: "+0.012 to +0.045"; empty if there is none."""
    if interval is None:
        return ""
    return f"{signed(interval[0], losses)} to {signed(interval[1], losses)}"


def group_name(group: ComparedGroup) -> str:
    """Return a compared group as people write it: "language = fr", "class refund"."""
    if group.column is None:
        return f"class {clean(group.name)}"
    return f"{clean(group.column, 40)} = {clean(group.name)}"


def worst_first(comparison: ComparisonResult) -> list[ComparedGroup]:
    """Return the groups: worse ones first, then better ones, each by how much they weigh."""
    ranks = {"worse": 0, "better": 1, "no clear change": 2}
    return sorted(
        comparison.groups,
        key=lambda each: (ranks[each.outcome], -abs(each.change or 0.0) * each.n, each.name),
    )


# --- findings ---------------------------------------------------------------------------------


def worse(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether this run is worse than the previous one."""
    comparison = result.comparison
    if comparison is None or comparison.outcome != "worse":
        return
    if comparison.change is None and comparison.bounds is None:
        title = "Worse than the previous run: the loss is infinite"
        why = "It was finite in the previous run."
    else:
        by = size(comparison.change, losses, comparison.bounds)
        title = f"Worse than the previous run by {by}"
        interval = signed_interval(comparison.interval, losses)
        why = f"More than chance explains (95% CI {interval}).{zero_sentence(comparison, losses)}"
    yield judgement(
        "worse-than-previous",
        "error",
        title,
        why=why,
        check="See what changed before this run takes the place of the other.",
        section="compare",
        share_of_loss=1.0,
    )


def zero_sentence(comparison: ComparisonResult, losses: LossFormat) -> str:
    """Return what rows of zero probability do to the change; empty if there are none."""
    causes = comparison.causes
    if not any(comparison.zero_probability_rows) or not causes.zero_probability:
        return ""
    part = f" Rows given zero probability make {signed(causes.zero_probability, losses)} of it"
    return f"{part}, all other rows together {signed(causes.other_rows, losses)}."


def more_zeros(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether more rows were given zero probability than before."""
    comparison = result.comparison
    if comparison is None or not comparison.paired:
        return
    was, now = comparison.zero_probability_rows
    if now > was:
        yield judgement(
            "more-zeros",
            "error",
            f"{counted(comparison, now)} given zero probability, {was:,} in the previous run",
            why="Without a floor the loss of such a row is infinite: a floor makes the change "
            "look smaller than it is.",
            check="Check what the model can no longer say.",
            section="compare",
        )


def worse_groups(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge for which classes and slices this run is worse."""
    if result.comparison is None:
        return
    found = [each for each in worst_first(result.comparison) if each.outcome == "worse"]
    if not found:
        return
    first, n_more = found[0], len(found) - 1
    name = group_name(first)
    more = f", and {count_text(n_more, 'more group')}" if n_more else ""
    then, now = (group_loss(losses, result, first, is_now) for is_now in (False, True))
    was = f"{then} then, {now} now"
    text = f" is worse than in the previous run by {size(first.change, losses, first.bounds)}"
    yield judgement(
        "worse-group",
        "warning",
        f"{name[0].upper()}{name[1:]}{text}{more}",
        why=f"{was}, on {counted(result.comparison, first.n)}.{_others(found[1:], losses)}",
        check="Check what changed for these rows.",
        section="compare",
        short=(Piece(name, is_data=True), Piece(f"{text}: {was}{more}")),
    )


def _others(groups: Sequence[ComparedGroup], losses: LossFormat) -> str:
    named = [f"{group_name(each)} {change_in(losses, each.change, each.bounds)}" for each in groups]
    return f" Also {listed(named, most=_MOST_NAMED)}." if named else ""


def different_rows(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether both runs scored the same rows, once each and with the same labels."""
    comparison = result.comparison
    if comparison is None or comparison.rows is None:
        return
    match, n_common = comparison.rows, comparison.n_common or 0
    what = f"{comparison.counted}s"
    if match.only_previous or match.only_current:
        yield judgement(
            "different-rows",
            "warning",
            f"The two runs scored different {what}",
            why=f"{n_common:,} of {comparison.n:,} {what} are compared; {match.only_current:,} are "
            f"only in this run and {match.only_previous:,} only in the previous one. The change "
            "is measured on those in both.",
            check=f"Check whether {what} were added or lost on purpose.",
            section="compare",
        )
    if match.repeated:
        yield judgement(
            "repeated-ids",
            "warning",
            f"{count_text(match.repeated, 'row')} share their id with others and are not compared",
            why=f"As '{clean(match.example_repeated or '', 40)}': an id that stands more than once "
            "does not tell which row is which.",
            check="Check what the ids stand for.",
            section="compare",
        )


def other_labels(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether labels or weights of the same rows differ between the runs."""
    comparison = result.comparison
    if comparison is None or comparison.rows is None:
        return
    match = comparison.rows
    if match.other_label:
        have = "has" if match.other_label == 1 else "have"
        what, check = _HAPPENED.get(result.task, _LABELS)
        yield judgement(
            "other-label",
            "warning",
            f"{counted(comparison, match.other_label)} {have} {what} in the previous run",
            why=f"As '{clean(match.example_other_label or '', 40)}'. Such {comparison.counted}s "
            "are not compared.",
            check=check,
            section="compare",
        )
    if match.other_weight:
        yield judgement(
            "other-weight",
            "note",
            f"{counted(comparison, match.other_weight)} of another weight in the previous run",
            why="The weights of this run are used for both.",
            check="Check the weight columns.",
            section="compare",
        )


def other_classes(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether both runs know the same classes."""
    comparison = result.comparison
    if comparison is None:
        return
    there, here = comparison.only_previous_classes, comparison.only_current_classes
    if not there and not here:
        return
    known = [
        f"{_class_names(names)} only in {where}"
        for names, where in ((there, "the previous run"), (here, "this one"))
        if names
    ]
    yield judgement(
        "other-classes",
        "warning" if there else "note",
        "The two runs know different classes",
        why=f"{'; '.join(known)}. Rows of a class that only one run knows are not compared.",
        check="Check the names of the class columns: classes are matched by their names.",
        section="compare",
    )


def _class_names(names: Sequence[str]) -> str:
    return listed([f"'{clean(each, 40)}'" for each in names], most=_MOST_NAMED)


def same_run(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the two runs are one and the same."""
    comparison = result.comparison
    if comparison is None or comparison.previous.digest != result.digest:
        return
    previous = comparison.previous
    is_same_file = not previous.is_saved and previous.paths == result.input.paths != ()
    yield judgement(
        "same-run",
        "warning" if is_same_file else "note",
        "The previous run is this very file"
        if is_same_file
        else "This run and the previous one are the same",
        why="Every number is equal, so no limit on the change can fail.",
        check="Check that the previous run is the one that was meant.",
        section="compare",
    )


def unpaired(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the same rows could be compared one by one."""
    if result.comparison is not None and not result.comparison.paired:
        yield judgement(
            "unpaired",
            "note",
            "The runs could not be compared row by row",
            why=result.comparison.why,
            check="Give both runs a column of row ids, and compare the same rows.",
            section="compare",
        )


def mix(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the rows of this run are harder, or easier, by their mix of classes."""
    if result.comparison is None:
        return
    was, now = result.comparison.causes.baseline
    if not was or now is None or abs(now - was) <= _HARDER * was:
        return
    kind = "harder" if now > was else "easier"
    alone = result.comparison.causes.mix
    effect = f" Class frequencies alone would change the loss by {signed(alone, losses)}."
    yield judgement(
        "other-mix",
        "note",
        f"The mix of classes is {kind} than in the previous run",
        why=f"Always predicting the class frequencies scores {losses.text(now)}, and scored "
        f"{losses.text(was)} before.{'' if alone is None else effect}",
        check="Compare the skill of the two runs rather than their loss.",
        section="compare",
    )
