"""Findings about classes and slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalreport.findings.headline import overall_beside
from evalreport.findings.judgement import (
    FEW_ROWS_IN_A_GROUP,
    Judgement,
    Piece,
    judgement,
)
from evalreport.formats import LossFormat, clean, count_text, listed, percent_text, times_text
from evalreport.rarity import is_beyond_rarity, n_large
from evalreport.results import ClassResult, EvaluationResult, SliceResult

_LEAST_RATIO = 1.5
"""Share of the loss over share of the rows before a group stands out."""
_TRIFLING = 0.01
"""Share of the loss below which a class is no warning: mending it would change next to nothing."""


def classes(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge which classes carry much more than their share of the loss."""
    for each in result.classes:
        if stands_out(each, result):
            name = clean(each.name)
            yield judgement(
                "class",
                "note" if (each.share_of_loss or 0.0) < _TRIFLING else "warning",
                f"Class {name} has {_ratio(each, result)} the overall loss",
                why=_numbers(each, result, losses),
                check="Check the labels and the inputs of these rows.",
                section="classes",
                share_of_loss=each.share_of_loss or 0.0,
                short=(Piece("class "), Piece(name, is_data=True), _brief(each, losses)),
            )


def slices(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge which slices carry much more than their share of the loss."""
    for each in flagged_slices(result, result.slices):
        name = slice_name(each)
        yield judgement(
            "slice",
            "warning",
            f"{name} has {_ratio(each, result)} the overall loss",
            why=_numbers(each, result, losses),
            check="Check the labels and the inputs of these rows.",
            section="slices",
            share_of_loss=each.share_of_loss or 0.0,
            short=(Piece(name, is_data=True), _brief(each, losses)),
        )


def flagged_slices(result: EvaluationResult, slices: Sequence[SliceResult]) -> list[SliceResult]:
    """Return the slices that stand out, by more than chance among so many.

    Training and test rows have a finding of their own.
    """
    split = None if result.splits is None else result.splits.column
    return [
        each
        for each in slices
        if each.column != split and stands_out(each, result) and each.worse_than_rest is not False
    ]


def slice_name(each: SliceResult) -> str:
    """Return a slice as people write it: "language = fr"."""
    return f"{clean(each.column, 40)} = {clean(each.value)}"


def stands_out(each: ClassResult | SliceResult, result: EvaluationResult) -> bool:
    """Return whether a group is clearly above the overall loss, and has a large part in it."""
    overall = overall_beside(each, result)
    if overall is None or each.interval is None or each.share_of_loss is None:
        return False
    return (
        each.n >= FEW_ROWS_IN_A_GROUP
        and each.interval[0] > overall
        and each.share_of_loss >= _LEAST_RATIO * each.frequency
        and (not isinstance(each, ClassResult) or _is_odd_for_its_class(each, overall, result))
    )


def _is_odd_for_its_class(each: ClassResult, overall: float, result: EvaluationResult) -> bool:
    baseline = result.baseline.class_frequencies
    return is_beyond_rarity(each, n_large(result.classes), overall, baseline)


def _ratio(each: ClassResult | SliceResult, result: EvaluationResult) -> str:
    return times_text((each.judged_loss or 0.0) / (overall_beside(each, result) or 1.0))


def _shares(each: ClassResult | SliceResult) -> str:
    return f"{percent_text(each.frequency)} of rows, {percent_text(each.share_of_loss)} of the loss"


def _brief(each: ClassResult | SliceResult, losses: LossFormat) -> Piece:
    return Piece(f": {losses.text(each.judged_loss)}, {_shares(each)}")


def _numbers(each: ClassResult | SliceResult, result: EvaluationResult, losses: LossFormat) -> str:
    text = f"{losses.text(each.judged_loss)} on {count_text(each.n, 'row')}: {_shares(each)}."
    here, everywhere = each.zero_probability_rows, result.overall.zero_probability_rows
    if not here:
        return text
    if here == everywhere:
        return f"{text} {_all_zeros(here)} here."
    verb = "is" if here == 1 else "are"
    return f"{text} {here:,} of the {everywhere:,} zero-probability rows {verb} here."


def _all_zeros(n: int) -> str:
    return "The zero-probability row is" if n == 1 else f"All {n:,} zero-probability rows are"


def class_sizes(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether every class happened, and often enough."""
    if not result.overall.n:
        return
    # A class may have a part of some soft labels, and the largest of none.
    seen = [each for each in result.classes if each.frequency]
    if len(seen) == 1:
        yield _one_class(seen[0])
    elif len(seen) < len(result.classes):
        yield _unseen([clean(each.name, 40) for each in result.classes if not each.frequency])
    small = [each for each in seen if each.n < FEW_ROWS_IN_A_GROUP]
    if small:
        yield _small(small)


def _one_class(only: ClassResult) -> Judgement:
    name = clean(only.name, 40)
    return judgement(
        "one-class",
        "warning",
        f"Only class “{name}” happened",
        why="The baseline is 0 then, and skill is not defined.",
        check="Check that the label column is the right one.",
        section="classes",
        short=(Piece("Only class "), Piece(name, is_data=True), Piece(" happened")),
    )


def _unseen(names: list[str]) -> Judgement:
    one, quoted = len(names) == 1, [f"“{name}”" for name in names]
    who = f"Class “{names[0]}”" if one else f"{len(names):,} classes"
    title = f"{who} never happened"
    short = (Piece("Class "), Piece(names[0], is_data=True), Piece(" never happened"))
    return judgement(
        "unseen-class",
        "note",
        title,
        why="It has a probability column and no rows."
        if one
        else f"They have a probability column and no rows: {listed(quoted)}.",
        check="Nothing can be said about how well it is predicted."
        if one
        else "Nothing can be said about how well they are predicted.",
        section="classes",
        short=short if one else title,
    )


def _small(classes: list[ClassResult]) -> Judgement:
    first = classes[0]
    name, rows = clean(first.name, 40), count_text(first.n, "row")
    if len(classes) == 1:
        title = f"Class “{name}” has {rows}: its numbers are a hint"
        short: str | tuple[Piece, ...] = (
            Piece("Class "),
            Piece(name, is_data=True),
            Piece(f" has {rows}: its numbers are a hint"),
        )
    else:
        title = f"{len(classes):,} classes have fewer than 30 rows: their numbers are a hint"
        short = title
    names = [f"“{clean(each.name, 40)}” with {count_text(each.n, 'row')}" for each in classes]
    return judgement(
        "small-class",
        "note",
        title,
        why="Fewer than 30 rows say little." if len(classes) == 1 else f"{listed(names)}.",
        check="Read their intervals, not their means.",
        section="classes",
        short=short,
    )
