"""Whether the losses of two runs mean the same, so that their difference means something."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.errors import InputError
from evalreport.formats import clean, floor_text
from evalreport.results import EvaluationResult, InputResult
from evalreport.voice import CALLER

_CLASSES = ("binary", "multiclass", "soft")
_KINDS = {"tokens": "tokens", "gaussian": "Gaussian forecasts", "top-k": "most likely classes"}
_AGAIN = "Compare the two files of predictions instead of a saved evaluation"

Objection = tuple[str, str]
"""What is wrong, and what to do about it."""


def refuse_incomparable(
    previous: EvaluationResult, current: EvaluationResult, path: str | None = None
) -> None:
    """Make sure that the losses of two runs mean the same.

    Parameters
    ----------
    previous, current : EvaluationResult
        Each over all of its own rows.
    path : str, optional
        The file that the previous run was read from.

    Raises
    ------
    InputError
        If they were scored differently, or speak of other classes.
    """
    for fact, hint in _objections(previous, current):
        first = previous.input.paths[0] if previous.input.paths else None
        raise InputError(fact, path=path or first, hint=hint)


def _objections(previous: EvaluationResult, current: EvaluationResult) -> Iterator[Objection]:
    was, now = (_KINDS.get(each.task, "classes") for each in (previous, current))
    if was != now:
        yield (
            f"the previous run is one of {was}, and this one of {now}.",
            "Compare two runs of the same kind.",
        )
    given, mine = previous.input, current.input
    yield from _of_scoring(given, mine)
    if (previous.task == "soft") != (current.task == "soft"):
        yield f"{_which(previous.task == 'soft')} has soft labels.", f"{_AGAIN}."
    if (given.columns.weight is None) != (mine.columns.weight is None):
        yield (
            f"{_which(mine.columns.weight is None)} has weights.",
            "Give both a weight column, or none.",
        )
    if previous.task in _CLASSES and not set(given.classes) & set(mine.classes):
        yield (
            "the previous run and this one have no class in common: "
            f"'{clean(given.classes[0], 40)}' there, '{clean(mine.classes[0], 40)}' here.",
            "Classes are matched by their names: rename the columns, or pass "
            f"{CALLER.option('classes')}.",
        )


def _of_scoring(given: InputResult, mine: InputResult) -> Iterator[Objection]:
    if given.label_smoothing != mine.label_smoothing:
        there, here = (_smoothing(each.label_smoothing) for each in (given, mine))
        same = _spelled("label_smoothing", given.label_smoothing)
        yield (
            f"the previous run was scored {there}, and this one {here}.",
            f"{_AGAIN}, or pass {same}.",
        )
    if given.floor != mine.floor:
        there, here = (_floor(each.floor) for each in (given, mine))
        same = _spelled("floor", given.floor)
        yield (
            f"the previous run was scored {there}, and this one {here}.",
            f"{_AGAIN}, or pass {same}.",
        )


def _spelled(option: str, value: float | None) -> str:
    """Return an option that takes a number, as the caller spells it."""
    if CALLER.keywords:
        return f"{option}={value!r}"
    return CALLER.option(option, "none" if value is None else f"{value!r}")


def _which(is_previous: bool) -> str:
    return f"only {'the previous run' if is_previous else 'this run, not the previous one,'}"


def _floor(floor: float | None) -> str:
    return "without a floor" if floor is None else f"with the floor {floor_text(floor)}"


def _smoothing(share: float) -> str:
    return f"with label smoothing {share:g}" if share else "without label smoothing"
