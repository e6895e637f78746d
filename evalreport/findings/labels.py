"""The finding that labels, or the mapping of class names, may be wrong; no row is ever left out."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.judgement import FEW_ROWS, Judgement, Piece, judgement
from evalreport.formats import LossFormat, clean, count_text, expected_text, percent_text
from evalreport.results import (
    EvaluationResult,
    LabelNoiseResult,
    MistakenPair,
    MistakenSlice,
)

_FEW = 5
_MUCH_MORE = 3.0
_UNLIKELY = 0.001
_CHECK = (
    "Look at these rows first: wrong labels, or class names that were mixed up, are likelier than "
    "a model that is so sure and so wrong."
)


def labels_are_checked(result: EvaluationResult) -> bool:
    """Return whether there are rows enough for labels to be doubted."""
    return result.label_noise is not None and result.overall.n >= FEW_ROWS


def label_noise(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether most confident mistakes are of one kind, or come from one slice.

    Nothing is said if the class columns look swapped: that is told already.
    """
    noise = result.label_noise
    order = None if result.audit is None else result.audit.class_order
    if noise is None or (order is not None and order.read_as is not None):
        return
    if noise.p_value >= _UNLIKELY:
        return
    pair = noise.pairs[0]
    # With two classes one of the two mistakes always has the larger half.
    if len(result.input.classes) > 2 and _is_most(pair.n, noise):
        yield _of_one_kind(pair, noise)
        return
    for each in noise.slices:
        if _is_most(each.n, noise) and each.n > _MUCH_MORE * each.frequency * _total(noise):
            yield _in_one_slice(each, noise)
            return


def _total(noise: LabelNoiseResult) -> int:
    return noise.confident_mistakes


def _is_most(n: int, noise: LabelNoiseResult) -> bool:
    """Return whether a group has most of the mistakes, and far more than are expected at all."""
    return n >= _FEW and n > 0.5 * _total(noise) and n > _MUCH_MORE * noise.expected


def _of_one_kind(pair: MistakenPair, noise: LabelNoiseResult) -> Judgement:
    label, predicted = clean(pair.label, 40), clean(pair.predicted, 40)
    rows = count_text(pair.n, "row")
    return judgement(
        "label-noise",
        "warning",
        f"Check the labels: {rows} labelled “{label}” got over 99% for “{predicted}”",
        why=_beside_all(pair.n, noise),
        check=_CHECK,
        section="worst",
        short=(
            Piece(f"Check the labels: {rows} labelled "),
            Piece(label, is_data=True),
            Piece(" got over 99% for "),
            Piece(predicted, is_data=True),
        ),
    )


def _in_one_slice(each: MistakenSlice, noise: LabelNoiseResult) -> Judgement:
    name = f"{clean(each.column, 40)} = {clean(each.value)}"
    mistakes = f"{each.n:,} of {_total(noise):,} confident mistakes"
    return judgement(
        "label-noise",
        "warning",
        f"Check the labels: {mistakes} are in {name}",
        why=f"{_beside_all(each.n, noise)} It has {percent_text(each.frequency)} of the rows.",
        check=_CHECK,
        section="worst",
        short=(
            Piece(f"Check the labels: {mistakes} are in "),
            Piece(name, is_data=True),
        ),
    )


def _beside_all(n: int, noise: LabelNoiseResult) -> str:
    share = percent_text(n / _total(noise))
    rows = count_text(_total(noise), "row")
    return (
        f"That is {share} of the {rows} in which another class than the label got over 99%; the "
        f"forecasts expect {expected_text(noise.expected)} such rows in all."
    )
