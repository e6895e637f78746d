"""Soft labels: which columns hold the distribution of what happened, and of which classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalreport.errors import InputError, SettingsError
from evalreport.readers.classes import Settled, settle_classes, shared_start
from evalreport.readers.glimpse import Glimpse, Labels
from evalreport.readers.interface import ReadSettings
from evalreport.readers.labels import canonical
from evalreport.readers.layout import Layout, asked_for, find_layout, group_layout
from evalreport.readers.wording import quoted
from evalreport.voice import CALLER

_BETWEEN_WORDS = " _-.[]"
_WORDS_FOR_PROBABILITY = ("probability", "proba", "prob")


@dataclass(frozen=True, slots=True)
class SoftPlan:
    """The columns of targets and probabilities, both in the order of the classes."""

    targets: tuple[str, ...]
    settled: Settled
    likely_cause: str | None = None


def refuse_contradictions(has_targets: bool, has_label: bool, normalizes: bool) -> None:
    """Refuse settings of which one says that labels are soft and another that they are not.

    Raises
    ------
    SettingsError
        If there are targets and a label, or targets are to be normalised and there are none.
    """
    targets, label = CALLER.option("target_probs"), CALLER.option("label")
    if has_targets and has_label:
        raise SettingsError(
            f"{label} and {targets} both say what happened.\n  Pass one of the two."
        )
    if normalizes and not has_targets:
        raise SettingsError(
            f"{CALLER.flag('normalize_targets')} divides target probabilities by their sum, "
            f"and there are none.\n  Say what happened with {targets}."
        )


def plan_targets(glimpse: Glimpse, free: Sequence[str], settings: ReadSettings) -> SoftPlan:
    """Find the columns of targets and probabilities among those that are `free`.

    Raises
    ------
    InputError
        If a column is not there, or the two sets do not belong together.
    SettingsError
        If the asked classes do not fit the columns.
    """
    asked = settings.target_probs
    if len(asked) == 1 and asked[0] in glimpse.groups:
        targets = group_layout(glimpse, asked[0])
        others = {name: each for name, each in glimpse.groups.items() if name != asked[0]}
        glimpse = replace(glimpse, groups=others)
    else:
        targets = asked_for(glimpse, free, asked, "target_probs")
    rest = [each for each in free if each not in targets.columns]
    probs = find_layout(glimpse, rest, settings, Labels(lambda limit: targets.names, 1))
    settled = settle_targets(targets, probs, settings, glimpse.path)
    return replace(settled, likely_cause=probs.likely_cause)


def settle_targets(
    targets: Layout, probs: Layout, settings: ReadSettings, path: str | None
) -> SoftPlan:
    """Decide which target column speaks of which class, and on the order of the classes.

    Raises
    ------
    InputError
        If there is not one target column for each probability column.
    """
    if len(targets.columns) != len(probs.columns):
        n_targets, n_probs = len(targets.columns), len(probs.columns)
        raise InputError(
            f"there {_are(n_targets, 'target')} and {_number(n_probs, 'probability')}, "
            "and each class needs one of both.",
            path=path,
            hint="A single target speaks of the class of a single probability.",
        )
    if probs.is_single:
        return _single(targets, probs, settings, path)
    named, column_of, note = _matched(targets, probs)
    settled = settle_classes(named, settings, _no_labels(), path, targets.columns[0])
    # The order of the classes may have been asked for; columns of probabilities tell it.
    ordered = tuple(column_of[column] for column in settled.columns)
    columns = f"{len(ordered)} columns {quoted(ordered)}"
    reading = f"Targets: {columns}, one per class, instead of a label."
    return SoftPlan(ordered, replace(settled, readings=(reading, *settled.readings, note)))


def _single(targets: Layout, probs: Layout, settings: ReadSettings, path: str | None) -> SoftPlan:
    pair = settings.classes or ("0", canonical(settings.positive or "1"))
    asked = replace(settings, classes=pair)
    settled = settle_classes(probs, asked, _no_labels(), path, targets.columns[0])
    positive = settled.classes[settled.positive]
    reading = f"Targets: column '{targets.columns[0]}', how far class '{positive}' happened."
    return SoftPlan(targets.columns, replace(settled, readings=(reading, *settled.readings)))


def _no_labels() -> Labels:
    return Labels(lambda limit: (), 1)


def _are(n: int, what: str) -> str:
    return f"{'is' if n == 1 else 'are'} {_number(n, what)}"


def _number(n: int, what: str) -> str:
    return f"{n} {what} column{'' if n == 1 else 's'}"


def _matched(targets: Layout, probs: Layout) -> tuple[Layout, dict[str, str], str]:
    """Return the named probabilities, the target column of each, and how they were paired."""
    pairs = _names_in_common(_spellings(targets), _spellings(probs))
    if pairs is None:
        note = (
            "The names of targets and probabilities do not match: the first target is paired with "
            f"the first probability, '{targets.columns[0]}' with '{probs.columns[0]}', and so on."
        )
        return probs, dict(zip(probs.columns, targets.columns, strict=True)), note
    target_names, names = pairs
    by_name = dict(zip(target_names, targets.columns, strict=True))
    column_of = {column: by_name[name] for column, name in zip(probs.columns, names, strict=True)}
    first = probs.columns[0]
    note = (
        f"Targets are paired with probabilities by name: '{column_of[first]}' with '{first}', "
        f"both class '{names[0]}'."
    )
    return replace(probs, names=names), column_of, note


_Spellings = Mapping[frozenset[str], tuple[str, ...]]


def _spellings(layout: Layout) -> _Spellings:
    """Return the names of the columns without more and more of what all of them share.

    By the set of the names; the names themselves are in the order of the columns.
    """
    found = {frozenset(layout.names): layout.names} if layout.names else {}
    if not layout.explicit and layout.names:
        return found
    start = shared_start(layout.columns)
    end = shared_start([each[::-1] for each in layout.columns])
    for left in range(start + 1):
        for right in range(end + 1):
            names = tuple(each[left : len(each) - right] for each in layout.columns)
            if all(len(each) > left + right for each in layout.columns):
                found.setdefault(frozenset(names), names)
    return {key: names for key, names in found.items() if len(key) == len(names)}


def _names_in_common(
    targets: _Spellings, probs: _Spellings
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the longest names that both sets of columns can go by."""
    both = targets.keys() & probs.keys()
    if not both:
        return None
    # Equal lengths go by the names, so that the choice does not depend on the order of a set.
    longest = max(both, key=lambda names: (sum(map(len, names)), sorted(names)))
    return _trimmed(targets[longest]), _trimmed(probs[longest])


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names without what only joined them to others: "_cat" and "probcat" are "cat"."""
    starts = (
        word for word in _WORDS_FOR_PROBABILITY if all(each.startswith(word) for each in names)
    )
    start = len(next(starts, ""))
    trimmed = tuple(canonical(each[start:].strip(_BETWEEN_WORDS)) for each in names)
    return trimmed if all(trimmed) and len(set(trimmed)) == len(names) else names
