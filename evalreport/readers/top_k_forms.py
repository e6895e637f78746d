"""How a file stores the most likely classes of a row: which columns, and what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from evalreport.errors import InputError, SettingsError
from evalreport.readers.elements import is_list, pair_fields
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import ReadSettings
from evalreport.readers.layout import GROUP_NAMES, PREFIXES_BY_KIND, asked_for, column_families
from evalreport.readers.wording import listed, quoted
from evalreport.voice import CALLER

FormName = Literal["pairs", "record", "lists", "columns", "wide"]

_NESTED = (
    *("top_k", "topk", "top_predictions", "top_probs", "top_scores", "top_logprobs", "logprobs"),
    *GROUP_NAMES,
)
_LABEL_LISTS = (
    *("top_labels", "top_classes", "top_k_labels", "topk_labels", "top_k_classes"),
    *("pred_labels", "predicted_labels", "candidate_labels", "labels", "classes"),
)
_SCORE_LISTS = ("top_k_probs", "topk_probs", "top_k_scores", "top_probabilities", *_NESTED)
_LABEL_WORDS = "label|class|name|pred|prediction|pred_label|predicted|predicted_label"
_SCORE_WORDS = "prob|proba|probability|score|confidence|conf|p|percent|pct|logprob|log_prob"


@dataclass(frozen=True, slots=True)
class TopKForm:
    """Where the most likely classes stand.

    Parameters
    ----------
    name : {"pairs", "record", "lists", "columns", "wide"}
        A list of pairs of label and score, or a map; an object or struct; a list of labels beside
        a list of scores; columns of a label beside columns of a score; or a column for each class,
        with nothing in it where a row does not list the class.
    probs : tuple of str
        The columns of the probabilities.
    labels : tuple of str
        The columns of the labels; empty where labels stand with the probabilities.
    classes : tuple of str
        What each of `probs` is the class of, in wide form.
    """

    name: FormName
    probs: tuple[str, ...]
    labels: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether numbers may stand as text, with a decimal comma."""
        return self.name in ("columns", "wide")

    def __str__(self) -> str:
        if self.name in ("lists", "columns"):
            beside = "beside" if len(self.probs) == 1 else "each beside its probability in"
            return f"{_column_text(self.labels)} {beside} {_column_text(self.probs)}"
        if self.name == "wide":
            return f"{_column_text(self.probs)}, empty where a row does not list the class"
        return f"'{self.probs[0]}', labels with their probabilities"


def _column_text(names: Sequence[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {quoted(names)}"


def find_form(glimpse: Glimpse, free: Sequence[str], settings: ReadSettings) -> TopKForm:
    """Find where the most likely classes stand among the columns that are `free`.

    Raises
    ------
    InputError
        If they stand nowhere, or could stand in two places.
    SettingsError
        If there are not as many columns of labels as of probabilities.
    """
    if settings.top_labels:
        return _labels_as_asked(glimpse, free, settings)
    if settings.probs:
        return _probs_as_asked(glimpse, free, settings)
    found = [*_nested(glimpse, free), *_lists(glimpse, free), *_numbered(free)]
    if not found:
        found = list(_families(free, settings))
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"the most likely classes could be in {found[0]}; or in {found[1]}.",
            path=glimpse.path,
            hint=f"Say with {CALLER.option('probs')}, and {CALLER.option('top_labels')} for labels "
            "that stand apart, which it is.",
        )
    raise InputError(
        "no columns are named like the most likely classes of a row with their probabilities.",
        path=glimpse.path,
        hint=f"Pass {CALLER.option('probs', 'COL')}, and {CALLER.option('top_labels', 'COL')} if "
        f"the labels stand apart; the other columns are: {listed(free)}.",
    )


def _kind(glimpse: Glimpse, name: str) -> pa.DataType:
    return glimpse.first_rows(name).type


def _holds_pairs(kind: pa.DataType) -> bool:
    return is_list(kind) and pair_fields(kind) is not None


def _called(name: str, names: Sequence[str]) -> bool:
    return name.rpartition(".")[2].strip().casefold() in names


def _form_of(glimpse: Glimpse, name: str) -> TopKForm | None:
    """Return the form of one column that holds labels and probabilities alike."""
    kind = _kind(glimpse, name)
    if _holds_pairs(kind):
        return TopKForm("pairs", (name,))
    return TopKForm("record", (name,)) if pa.types.is_struct(kind) else None


def _nested(glimpse: Glimpse, free: Sequence[str]) -> list[TopKForm]:
    names = dict.fromkeys(each for each in (*free, *glimpse.groups) if _called(each, _NESTED))
    forms = (_form_of(glimpse, each) for each in names)
    return [each for each in forms if each is not None]


def _lists(glimpse: Glimpse, free: Sequence[str]) -> list[TopKForm]:
    labels, scores = (
        [each for each in free if _called(each, names) and _is_plain_list(glimpse, each)]
        for names in (_LABEL_LISTS, _SCORE_LISTS)
    )
    return [TopKForm("lists", (score,), (label,)) for label in labels for score in scores]


def _is_plain_list(glimpse: Glimpse, name: str) -> bool:
    kind = _kind(glimpse, name)
    return is_list(kind) and not _holds_pairs(kind)


def _numbered(free: Sequence[str]) -> list[TopKForm]:
    labels, scores = (_by_number(free, words) for words in (_LABEL_WORDS, _SCORE_WORDS))
    numbers = sorted(labels.keys() & scores.keys())
    if not numbers:
        return []
    return [
        TopKForm(
            "columns",
            tuple(scores[each] for each in numbers),
            tuple(labels[each] for each in numbers),
        )
    ]


def _by_number(free: Sequence[str], words: str) -> dict[int, str]:
    """Return the columns named like ``label_1``, ``top1_label`` or ``top_label_1``."""
    shapes = (rf"(?:top[_ -]?)?(?:{words})[_ -]?(\d+)", rf"top[_ -]?(\d+)[_ -]?(?:{words})")
    found: dict[int, str] = {}
    for name in free:
        for shape in shapes:
            match = re.fullmatch(shape, name.strip().casefold())
            if match:
                found.setdefault(int(match[1]), name)
    return found


def _families(free: Sequence[str], settings: ReadSettings) -> Iterator[TopKForm]:
    for family in column_families(free, PREFIXES_BY_KIND[settings.input_kind]):
        if not family.is_single:
            yield TopKForm("wide", family.columns, classes=family.names)


def _labels_as_asked(glimpse: Glimpse, free: Sequence[str], settings: ReadSettings) -> TopKForm:
    labels = asked_for(glimpse, free, settings.top_labels, "top_labels").columns
    rest = [each for each in free if each not in labels]
    is_list = len(labels) == 1 and _is_plain_list(glimpse, labels[0])
    if settings.probs:
        scores = asked_for(glimpse, rest, settings.probs).columns
    elif is_list:
        named = [each for each in rest if _called(each, _SCORE_LISTS)]
        scores = tuple(each for each in named if _is_plain_list(glimpse, each))
    else:
        scores = tuple(_by_number(rest, _SCORE_WORDS).values())
    if len(scores) != len(labels):
        raise SettingsError(
            f"{CALLER.option('top_labels')} names {len(labels)} "
            f"column{'s' if len(labels) > 1 else ''} and there "
            f"{'are' if len(scores) != 1 else 'is'} {len(scores)} of probabilities beside: name as "
            f"many with {CALLER.option('probs')}."
        )
    return TopKForm("lists" if is_list else "columns", scores, labels)


def _probs_as_asked(glimpse: Glimpse, free: Sequence[str], settings: ReadSettings) -> TopKForm:
    if len(settings.probs) == 1:
        name = settings.probs[0]
        nested = name in glimpse.groups or name in free
        form = _form_of(glimpse, name) if nested else None
        if form is not None:
            return form
    asked = asked_for(glimpse, free, settings.probs)
    beside = (*_lists(glimpse, free), *_numbered(free))
    fitting = [each for each in beside if each.probs == asked.columns]
    if fitting:
        return fitting[0]
    if asked.is_single:
        raise InputError(
            "nothing says which classes these probabilities are of.",
            path=glimpse.path,
            column=asked.columns[0],
            hint=f"Pass {CALLER.option('top_labels', 'COL')} with the labels beside them.",
        )
    return TopKForm("wide", asked.columns, classes=asked.names)
