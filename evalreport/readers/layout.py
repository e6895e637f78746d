"""Which columns hold the predictive distribution, and what they are called after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalreport.errors import InputError, clipped
from evalreport.readers.glimpse import Glimpse, Labels
from evalreport.readers.interface import ReadSettings
from evalreport.readers.labels import canonical, in_order
from evalreport.readers.numbers import read_numbers
from evalreport.readers.odd_cells import hint_on_quotes
from evalreport.readers.odd_columns import refuse_odd_cells
from evalreport.readers.suspicions import look_alike
from evalreport.readers.wording import did_you_mean, listed, quoted
from evalreport.results import InputKind
from evalreport.voice import CALLER

PREFIXES = ("prob_", "proba_", "p_", "probability_")
PREFIXES_BY_KIND: Mapping[InputKind, tuple[str, ...]] = {
    "probabilities": PREFIXES,
    "percentages": (*PREFIXES, "percent_", "pct_"),
    "logits": ("logit_", "logits_", *PREFIXES),
    "log-probabilities": ("logprob_", "log_prob_", "logprobs_", "logp_", *PREFIXES),
}
SINGLE_NAMES = ("prob", "y_prob", "y_score", "score", "p", "yhat", "y_pred", "probability")
SINGLE_NAMES_BY_KIND: Mapping[InputKind, tuple[str, ...]] = {
    "probabilities": SINGLE_NAMES,
    "percentages": (*SINGLE_NAMES, "percent", "pct"),
    "logits": ("logit", *SINGLE_NAMES),
    "log-probabilities": ("logprob", "log_prob", *SINGLE_NAMES),
}

GROUP_NAMES = (
    *("probs", "prob", "probabilities", "probability", "proba", "y_prob", "y_proba", "y_score"),
    *("scores", "score", "predictions", "prediction", "predict_proba", "p"),
)
GROUP_NAMES_BY_KIND: Mapping[InputKind, tuple[str, ...]] = {
    "percentages": ("percentages", "percent"),
    "logits": ("logits",),
    "log-probabilities": ("logprobs", "log_probs"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of the distribution, and the class that each is named after.

    A single column speaks of one class, and `names` holds that class if the column's name says it.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    explicit: bool = False
    """True if every column was listed, so that an order of classes can be laid over them."""
    likely_cause: str | None = None
    group: str | None = None
    """The list or record that holds the columns; None if they stand by themselves."""
    by_position: bool = False
    """True if the names are positions, so that only labels 0, 1, 2, … tell which is which."""

    @property
    def is_single(self) -> bool:
        """Whether one column speaks for two classes."""
        return len(self.columns) == 1


def find_layout(
    glimpse: Glimpse, free: Sequence[str], settings: ReadSettings, labels: Labels
) -> Layout:
    """Find the columns of the distribution among those that are `free`.

    Raises
    ------
    InputError
        If there are none, or two sets of them.
    """
    asked = settings.probs or tuple(each for each in (glimpse.probs,) if each is not None)
    if len(asked) == 1 and asked[0] in glimpse.groups:
        return group_layout(glimpse, asked[0])
    if asked:
        found = asked_for(glimpse, free, asked)
        return _without_odd_cells(glimpse, found, labels)
    kind = settings.input_kind
    families = column_families(free, PREFIXES_BY_KIND[kind])
    wide = [family for family in families if not family.is_single]
    wide += [
        group_layout(glimpse, each) for each in glimpse.groups if _is_distribution(each, settings)
    ]
    if not wide:
        wide = _named_like(free, _closed_list(settings) or labels.all())
    plain = [each for each in free if each not in glimpse.groups]
    singles = [Layout((each,), ()) for each in _singles(plain, SINGLE_NAMES_BY_KIND[kind])]
    if not wide:
        singles += [each for each in families if each.names[0] in labels.all()]
    if len(wide) + len(singles) > 1:
        # A predicted class, or a score on another scale, is no second reading.
        singles = [each for each in singles if _looks_like_probability(glimpse, each.columns[0])]
    layouts = wide + singles
    if not layouts:
        for name in _named_like_groups(free, settings):
            refuse_odd_cells(glimpse, name, labels.all())
        raise _nothing_found(glimpse, free, labels)
    if len(layouts) > 1:
        raise _two_readings(glimpse, layouts)
    return _without_odd_cells(glimpse, layouts[0], labels)


def in_one_order(
    layout: Layout, glimpse: Glimpse, settings: ReadSettings
) -> tuple[Layout, tuple[str, ...]]:
    """Return the layout with sorted classes if files, or rows of JSON, name them in other orders.

    Otherwise the order of the classes, and with it that of the results, would be that of whichever
    row comes first.
    """
    told = settings.classes or len(settings.probs) > 1 or layout.by_position
    if told or layout.is_single or len({*layout.names}) < len(layout.columns):
        return layout, ()
    place = {column: number for number, column in enumerate(layout.columns)}
    found = ([place[each] for each in order if each in place] for order in glimpse.orders())
    if all(each == sorted(each) for each in found):
        return layout, ()
    column_of = dict(zip(layout.names, layout.columns, strict=True))
    names = in_order(column_of)
    note = "Classes are sorted, because files or rows name them in different orders."
    return replace(layout, columns=tuple(column_of[each] for each in names), names=names), (note,)


def _named_like_groups(free: Sequence[str], settings: ReadSettings) -> list[str]:
    return [each for each in free if _is_distribution(each, settings)]


def _without_odd_cells(glimpse: Glimpse, layout: Layout, labels: Labels) -> Layout:
    if layout.is_single and layout.group is None:
        refuse_odd_cells(glimpse, layout.columns[0], labels.all())
    return layout


def _is_distribution(group: str, settings: ReadSettings) -> bool:
    """Tell whether a list or record is named like probabilities, wherever it stands."""
    name = group.rpartition(".")[2].casefold()
    return name in GROUP_NAMES or name in GROUP_NAMES_BY_KIND.get(settings.input_kind, ())


def group_layout(glimpse: Glimpse, name: str) -> Layout:
    """Return the columns that a list, record or matrix of the input holds."""
    group = glimpse.groups[name]
    if len(group.columns) == 1:
        return Layout(group.columns, () if group.by_position else group.names, group=name)
    return Layout(
        group.columns, group.names, explicit=True, group=name, by_position=group.by_position
    )


def column_families(free: Sequence[str], prefixes: Sequence[str]) -> list[Layout]:
    """Return the columns that share a prefix; other cases count only if no prefix fits exactly."""
    for fold in (str, str.casefold):
        families = []
        for prefix in prefixes:
            columns = [each for each in free if _rest(fold(each.strip()), prefix)]
            if columns:
                names = tuple(canonical(each.strip()[len(prefix) :]) for each in columns)
                families.append(Layout(tuple(columns), names))
        if families:
            return families
    return []


def _rest(name: str, prefix: str) -> str:
    return name[len(prefix) :] if name.startswith(prefix) else ""


def _closed_list(settings: ReadSettings) -> tuple[str, ...]:
    return tuple(canonical(each) for each in settings.classes or ())


def _named_like(free: Sequence[str], labels: Sequence[str]) -> list[Layout]:
    """Return the columns named like the labels, if there is one for every label."""
    known = set(labels)
    named_like = [each for each in free if canonical(each) in known]
    names = tuple(canonical(each) for each in named_like)
    if len(named_like) < 2 or set(names) != known:
        return []
    names_of_all = CALLER.option("probs", ["A", "B", "C"])
    cause = (
        f"If a class never occurs among the labels, name the columns of all with {names_of_all}."
    )
    return [Layout(tuple(named_like), names, likely_cause=cause)]


def _singles(free: Sequence[str], names: Sequence[str]) -> list[str]:
    exact = [each for each in free if each in names]
    return exact or [each for each in free if each.strip().casefold() in names]


def _looks_like_probability(glimpse: Glimpse, column: str) -> bool:
    """Tell whether the first rows hold values between 0 and 1, and not only those two."""
    numbers, _ = read_numbers(glimpse.first_rows(column))
    numbers = numbers[~np.isnan(numbers)]
    inside = (numbers > 0) & (numbers < 1)
    return bool(inside.any() and ((numbers >= 0) & (numbers <= 1)).all())


def asked_for(
    glimpse: Glimpse, free: Sequence[str], asked: Sequence[str], option: str = "probs"
) -> Layout:
    """Return the columns that an option names or describes by a pattern."""
    items: list[str] = []
    for each in asked:
        items += [each] if each in free else [item for item in each.split(",") if item]
    pairs = [pair for each in items for pair in _matches(glimpse, free, each, option)]
    columns = tuple(dict.fromkeys(column for column, _ in pairs))
    explicit = not any(_is_pattern(each, free) for each in items)
    if len(columns) == 1 and explicit:
        return Layout(columns, (), explicit=True)
    name_of = dict(pairs)
    return Layout(columns, tuple(name_of[column] for column in columns), explicit)


def _is_pattern(item: str, free: Sequence[str]) -> bool:
    return "*" in item and item not in free


def _matches(
    glimpse: Glimpse, free: Sequence[str], item: str, option: str
) -> list[tuple[str, str]]:
    """Return the columns that an item of an option means, each with the class in its name."""
    for fold in (str, str.casefold):
        if _is_pattern(item, free):
            start, _, end = fold(item).partition("*")
            found = [
                (each, canonical(each[len(start) : len(each) - len(end)]))
                for each in free
                if len(each) > len(start) + len(end)
                and fold(each).startswith(start)
                and fold(each).endswith(end)
            ]
        else:
            found = [(each, canonical(each)) for each in free if fold(each) == fold(item)]
        if found:
            return found
    if item in glimpse.header:
        fact, hint = (
            f"{CALLER.option(option)} asks for '{item}', which is in use as another column.",
            None,
        )
    else:
        pattern = _is_pattern(item, free)
        what = "no column fits" if pattern else "there is no column"
        fact = f"{what} '{clipped(item)}', which {CALLER.option(option)} asks for."
        choices = _patterns_for(item, free) if pattern else free
        hint = did_you_mean(item, choices or free, "columns")
    raise InputError(fact, path=glimpse.path, value=item, hint=hint)


def _patterns_for(item: str, free: Sequence[str]) -> list[str]:
    """Return patterns with a star in the same place that two columns or more fit."""
    start, _, end = item.partition("*")
    if start and end:
        return []
    names = [each if start else each[::-1] for each in free]
    starts = Counter(name[:cut] for name in names for cut in range(1, len(name)))
    shared = [each for each, n in starts.items() if n > 1 and not each[-1].isalnum()]
    return [f"{each}*" if start else f"*{each[::-1]}" for each in shared]


def _look_alike_hint(labels: Sequence[str], names: Sequence[str]) -> str | None:
    hints = (look_alike(label, [canonical(each) for each in names]) for label in labels)
    return next((hint for hint in hints if hint is not None), None)


def _nothing_found(glimpse: Glimpse, free: Sequence[str], labels: Labels) -> InputError:
    names = {canonical(each) for each in free}
    classes = [each for each in labels.all() if each in names]
    if len(classes) > 1:
        strangers = [each for each in labels.all() if each not in classes]
        return InputError(
            f"columns are named like the labels {listed(classes)}, "
            f"but none like {listed(strangers)}.",
            path=glimpse.path,
            hint=_look_alike_hint(strangers, free)
            or f"Pass {CALLER.option('classes', classes)} if these are all the classes there are.",
        )
    return InputError(
        "no columns are named like probabilities.",
        path=glimpse.path,
        hint=_hint_on_other_kind(glimpse, free)
        or _hint_on_shares(labels.all())
        or hint_on_quotes(glimpse.header)
        or _hint_on_names(glimpse, free),
    )


def _hint_on_other_kind(glimpse: Glimpse, free: Sequence[str]) -> str | None:
    """Return a hint if columns are named like numbers of another kind."""
    for kind in ("logits", "log-probabilities", "percentages"):
        own = set(SINGLE_NAMES_BY_KIND[kind]) - set(SINGLE_NAMES)
        starts = tuple(set(PREFIXES_BY_KIND[kind]) - set(PREFIXES))
        for name in (*glimpse.groups, *free):
            word = name.rpartition(".")[2].strip().casefold()
            if word in own or word in GROUP_NAMES_BY_KIND[kind] or word.startswith(starts):
                option = CALLER.option("input_kind", kind)
                return f"If '{clipped(name)}' holds {kind}, pass {option}."
    return None


def _hint_on_shares(labels: Sequence[str]) -> str | None:
    """Return a hint if what is taken for the labels lies between 0 and 1, and is not whole."""
    try:
        numbers = [float(each) for each in labels]
    except ValueError:
        return None
    if len(numbers) < 3 or not all(0 <= each <= 1 for each in numbers):
        return None
    return (
        "The labels lie between 0 and 1, as probabilities do: the outcome has to stand beside them "
        "in a column of its own."
    )


def _hint_on_names(glimpse: Glimpse, free: Sequence[str]) -> str:
    groups = [each for each in glimpse.groups if each not in GROUP_NAMES]
    is_top_k = any(each.casefold().startswith("top") for each in free)
    top_k = f", or {CALLER.flag('top_k')} for the most likely classes only" if is_top_k else ""
    if groups:
        option = CALLER.option("probs", groups[0])
        return (
            f"Pass {option} if it holds them{top_k}; the lists and records are: {listed(groups)}."
        )
    others = f"the other columns are: {listed(free)}" if free else "there is no other column"
    ways = [CALLER.option("probs", each) for each in ("COL", ["A", "B", "C"], "PATTERN*")]
    return f"Pass {ways[0]}, {ways[1]} or {ways[2]}{top_k}; {others}."


def _two_readings(glimpse: Glimpse, found: Sequence[Layout]) -> InputError:
    first, second = found[:2]
    ways = " or ".join(
        CALLER.option("probs", each.group or each.columns) for each in (first, second)
    )
    return InputError(
        f"the probabilities could be in {_column_text(first)} or in {_column_text(second)}.",
        path=glimpse.path,
        hint=f"Pass {ways}.",
    )


def _column_text(layout: Layout) -> str:
    if layout.group is not None:
        return f"'{layout.group}'"
    return f"column{'' if layout.is_single else 's'} {quoted(layout.columns)}"
