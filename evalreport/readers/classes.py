"""Which classes there are, in which order, and which of them binary views speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalreport.errors import MOST_SHOWN, InputError, SettingsError, clipped
from evalreport.readers.glimpse import Labels
from evalreport.readers.interface import ReadSettings
from evalreport.readers.labels import canonical, counterpart, usual_positive
from evalreport.readers.layout import Layout
from evalreport.readers.odd_labels import too_many_labels
from evalreport.readers.suspicions import MANY_LABELS, first_three, name_the_label
from evalreport.readers.wording import listed, quoted
from evalreport.voice import CALLER


@dataclass(frozen=True, slots=True)
class Settled:
    """The columns of the distribution in the order of the classes."""

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    positive: int
    readings: tuple[str, ...]


def settle_classes(
    layout: Layout, settings: ReadSettings, labels: Labels, path: str | None, label: str
) -> Settled:
    """Decide on the classes of a layout and on their order.

    Raises
    ------
    InputError
        If labels and columns do not tell the classes.
    SettingsError
        If the asked classes do not fit the columns.
    """
    closed = _closed_list(settings.classes)
    wanted = None if settings.positive is None else canonical(settings.positive)
    if layout.is_single:
        if closed is not None:
            return _settle_asked_pair(layout, closed, wanted)
        return _settle_found_pair(layout, labels, wanted, path, label)
    if closed is not None:
        layout, note = _in_asked_order(layout, closed)
    elif layout.by_position:
        note = _by_position(layout, labels, path)
    else:
        layout, note = _stripped_if_needed(layout, labels)
    _refuse_namesakes(layout, path)
    columns = f"{len(layout.columns)} columns {quoted(layout.columns)}"
    reading = f"Probabilities: {columns}, one per class."
    positive = _positive_of_many(layout.names, wanted)
    return Settled(layout.columns, layout.names, positive, (reading, *note))


def _closed_list(asked: Sequence[str] | None) -> tuple[str, ...] | None:
    if not asked:
        return None
    classes = tuple(canonical(each) for each in asked)
    if len(set(classes)) < max(len(classes), 2):
        raise SettingsError(
            f"{CALLER.option('classes')} needs two or more different classes, not {listed(asked)}."
        )
    return classes


def _positive_of_many(classes: tuple[str, ...], wanted: str | None) -> int:
    if wanted is not None:
        return _index_of(wanted, classes)
    usual = usual_positive(classes) if len(classes) == 2 else None
    return len(classes) - 1 if usual is None else classes.index(usual)


def _index_of(wanted: str, classes: tuple[str, ...]) -> int:
    if wanted not in classes:
        raise SettingsError(
            f"{CALLER.option('positive', wanted)} names none of the classes {listed(classes)}."
        )
    return classes.index(wanted)


def _in_asked_order(layout: Layout, classes: tuple[str, ...]) -> tuple[Layout, tuple[str, ...]]:
    """Return the layout with its columns in the order of the asked classes."""
    for names in (
        layout.names,
        *([names_without_shared_parts(layout.columns, classes)] if layout.explicit else []),
    ):
        if names is not None and sorted(names) == sorted(classes):
            column_of = dict(zip(names, layout.columns, strict=True))
            columns = tuple(column_of[each] for each in classes)
            return replace(layout, columns=columns, names=classes), ()
    if layout.explicit and len(layout.columns) == len(classes):
        order = f"The columns are taken in the order of the classes: {listed(classes)}."
        return replace(layout, names=classes), (order,)
    raise SettingsError(
        f"{CALLER.option('classes')} names {listed(classes)}, "
        f"and the probability columns are named after {listed(layout.names)}."
    )


def _by_position(layout: Layout, labels: Labels, path: str | None) -> tuple[str, ...]:
    """Return how positions are understood, if the labels are such positions."""
    if not set(labels.all()) <= set(layout.names):
        raise InputError(
            f"'{layout.group}' holds {len(layout.names)} numbers by position, and the labels "
            f"({listed(labels.all(), 5)}) do not say which position is which class.",
            path=path,
            hint=f"Pass {CALLER.option('classes', ['A', 'B', 'C'])} with the class of each "
            "position, in their order.",
        )
    return (
        f"The classes are positions in '{layout.group}', counted from 0: label "
        f"{layout.names[0]} is the first number of a row.",
    )


def _stripped_if_needed(layout: Layout, labels: Labels) -> tuple[Layout, tuple[str, ...]]:
    if not layout.explicit or set(labels.all()) <= set(layout.names):
        return layout, ()
    names = names_without_shared_parts(layout.columns, labels.all())
    if names is None:
        return layout, ()
    note = (
        "The classes are what the names of these columns do not share: "
        f"column '{layout.columns[0]}' is class '{names[0]}'."
    )
    return replace(layout, names=names), (note,)


def names_without_shared_parts(
    columns: Sequence[str], labels: Sequence[str]
) -> tuple[str, ...] | None:
    """Return what the columns do not share at start and end, if every label is among that.

    Examples
    --------
    >>> names_without_shared_parts(["prob_dog", "prob_cat"], ["cat", "dog"])
    ('dog', 'cat')
    """
    start = shared_start(columns)
    end = shared_start([each[::-1] for each in columns])
    for left in range(start, -1, -1):
        for right in range(end, -1, -1):
            names = tuple(canonical(each[left : len(each) - right]) for each in columns)
            if set(labels) <= set(names) and all(names):
                return names
    return None


def shared_start(names: Sequence[str]) -> int:
    """Return how many letters all the names start with in common."""
    # The names between the first and the last in order share whatever those two share.
    pairs = zip(min(names), max(names), strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), len(min(names)))


def _refuse_namesakes(layout: Layout, path: str | None) -> None:
    columns: dict[str, str] = {}
    for column, name in zip(layout.columns, layout.names, strict=True):
        if name in columns:
            pair = quoted([columns[name], column])
            raise InputError(f"columns {pair} are both named after class '{name}'.", path=path)
        columns[name] = column


def _settle_asked_pair(layout: Layout, classes: tuple[str, ...], wanted: str | None) -> Settled:
    if len(classes) != 2:
        raise SettingsError(
            f"{CALLER.option('classes')} names {len(classes)} classes, "
            f"but the single probability column '{layout.columns[0]}' can speak for two only."
        )
    if wanted is None:
        wanted = next((each for each in layout.names if each in classes), usual_positive(classes))
    if wanted is None:
        ways = _pass_positive(classes)
        raise SettingsError(f"{_which_is_positive(layout, classes)}\n  {ways}")
    return _pair(layout, classes, _index_of(wanted, classes))


def _settle_found_pair(
    layout: Layout, labels: Labels, wanted: str | None, path: str | None, label: str
) -> Settled:
    found = labels.all()
    refuse = _Refusal(path, label)
    if not found:
        raise refuse("the column holds no label at all.", name_the_label())
    if labels.more_than(MANY_LABELS):
        raise refuse(
            f"there are over {MANY_LABELS:,} different labels ({first_three(found)}): is it an id, "
            "or a number?",
            name_the_label(),
        )
    if len(found) > 2:
        raise too_many_labels(labels, layout.columns[0], path, label)
    classes = _completed(found, wanted)
    positive = wanted
    if positive is None:
        positive = next((each for each in layout.names if each in classes), usual_positive(classes))
    if positive is None and len(found) == 1:
        raise refuse(*_only_one(layout, found[0]))
    if positive is None:
        raise refuse(_which_is_positive(layout, classes), _pass_positive(classes))
    if positive not in classes:
        raise refuse(
            f"{CALLER.option('positive', positive)} names none of the labels {listed(classes)}.",
            _pass_positive(classes),
        )
    negative = next(each for each in classes if each != positive)
    return _pair(layout, (negative, positive), 1)


@dataclass(frozen=True, slots=True)
class _Refusal:
    path: str | None
    label: str

    def __call__(self, fact: str, hint: str | None) -> InputError:
        return InputError(fact, path=self.path, column=self.label, hint=hint)


def _completed(found: tuple[str, ...], wanted: str | None) -> tuple[str, ...]:
    """Return two labels, even if only one of them ever happened."""
    if len(found) == 2:
        return found
    (only,) = found
    return (only, counterpart(only) if wanted in (None, only) else str(wanted))


def _which_is_positive(layout: Layout, classes: Sequence[str]) -> str:
    return (
        f"the labels are {quoted(classes)}, and nothing says which of them "
        f"column '{layout.columns[0]}' is the probability of."
    )


def _only_one(layout: Layout, label: str) -> tuple[str, str]:
    """Return fact and hint where one label stands in every row."""
    fact = (
        f"the only label is '{clipped(label)}', and nothing says whether column "
        f"'{layout.columns[0]}' is its probability."
    )
    hint = (
        f"Pass {CALLER.option('positive', label)} if it is, else "
        f"{CALLER.option('positive', 'NAME')} with the other class."
    )
    return fact, hint


def _pass_positive(classes: Sequence[str]) -> str:
    if any(len(each) > MOST_SHOWN for each in classes):
        return f"Pass {CALLER.option('positive', 'NAME')} with the one that it is."
    return f"Pass {' or '.join(CALLER.option('positive', each) for each in classes)}."


def _pair(layout: Layout, classes: tuple[str, ...], positive: int) -> Settled:
    reading = (
        f"Column '{layout.columns[0]}' is read as the probability of class '{classes[positive]}'; "
        f"rows that are not '{classes[positive]}' are class '{classes[1 - positive]}'."
    )
    return Settled(layout.columns, classes, positive, (reading,))
