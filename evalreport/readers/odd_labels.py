"""Why there are more labels than one probability column can speak for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import combinations

from evalreport.errors import InputError, clipped
from evalreport.readers.glimpse import Labels
from evalreport.readers.labels import usual_positive
from evalreport.readers.suspicions import look_alike
from evalreport.voice import CALLER

HEADER_AGAIN = "This is the header again: files were joined with their headers; remove it."
_SHOWN = 5


def too_many_labels(labels: Labels, prob: str, path: str | None, column: str) -> InputError:
    """Return the error for labels that are no pair, with the row of one that is a slip.

    Parameters
    ----------
    labels : Labels
        Three different labels or more.
    prob : str
        The single column of probabilities.
    path, column : str or None, str
        File, and column of the labels.
    """
    found = labels.all()
    too_few = f"and the single probability column '{clipped(prob)}' can speak for two only."
    slip = _slip(found, column)
    if slip is not None:
        label, hint = slip
        others = " and ".join(f"'{clipped(each)}'" for each in found if each != label)
        beside = others if len(found) == 3 else f"{len(found) - 1} others"
        return InputError(
            f"label '{clipped(label)}' stands beside {beside}, {too_few}",
            path=path,
            row=labels.row_of(label),
            column=column,
            value=label,
            hint=hint,
        )
    many = "many" if len(found) > _SHOWN else str(len(found))
    listed = ", ".join(map(clipped, found[:_SHOWN])) + (", …" if len(found) > _SHOWN else "")
    return InputError(
        f"there are {many} labels ({listed}), {too_few}",
        path=path,
        column=column,
        hint=_keep_two(labels) + _or_targets(found, column),
    )


def _slip(found: Sequence[str], column: str) -> tuple[str, str] | None:
    """Return a label that was meant to be another one, or is none, and what to do about it."""
    if column in found:
        return column, HEADER_AGAIN
    if len({_folded(each) for each in found}) > 2:
        return None
    for earlier, later in combinations(found, 2):
        if _folded(earlier) == _folded(later):
            return later, _hint_on_twin(later, earlier)
    return None


def _folded(label: str) -> str:
    return unicodedata.normalize("NFKC", label).strip().casefold()


def _hint_on_twin(label: str, other: str) -> str:
    if label.strip() == other.strip():
        return f"It differs from '{clipped(other)}' by blanks alone: write labels in one spelling."
    return look_alike(label, [other]) or (
        f"It differs from '{clipped(other)}' in case alone: write labels in one spelling."
    )


def _keep_two(labels: Labels) -> str:
    """Return how two of the labels can be kept; which two, if one pair is the usual one."""
    found = labels.all()
    pairs = [each for each in combinations(found, 2) if usual_positive(each) is not None]
    pair = pairs[0] if len(found) == 3 and len(pairs) == 1 else ("A", "B")
    ways = f"{CALLER.option('classes', pair)} and {CALLER.option('on_invalid', 'drop')}"
    where = ""
    if pair != ("A", "B"):
        other = next(each for each in found if each not in pair)
        row = labels.row_of(other)
        where = "" if row is None else f"; '{clipped(other)}' stands in row {row} first"
    return f"Pass {ways} to keep two of them, or give one probability column per class{where}."


def _or_targets(found: Sequence[str], label: str) -> str:
    """Return what else numbers between 0 and 1 can be: how far it happened, as in a draw."""
    try:
        numbers = [float(each) for each in found]
    except ValueError:
        return ""
    if not all(0 <= each <= 1 for each in numbers) or all(each in (0, 1) for each in numbers):
        return ""
    option = CALLER.option("target_probs", label)
    return f" If these are targets, where 0.5 is a draw, pass {option}."
