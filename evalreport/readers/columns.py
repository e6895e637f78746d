"""Which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from evalreport.errors import InputError, SettingsError, clipped
from evalreport.readers.classes import settle_classes
from evalreport.readers.crossings import Pair, columns_of, two_columns
from evalreport.readers.glimpse import Glimpse, Labels
from evalreport.readers.interface import ReadSettings
from evalreport.readers.layout import find_layout, in_one_order
from evalreport.readers.odd_cells import hint_on_header
from evalreport.readers.targets import SoftPlan, plan_targets, refuse_contradictions
from evalreport.readers.wording import did_you_mean, listed, quoted
from evalreport.results import ColumnUse
from evalreport.voice import CALLER

LABEL_NAMES = (
    *("label", "y_true", "target", "true_label", "actual", "observed", "y", "class"),
    *("labels", "targets"),
)
_INDEX_NAMES = ("", "Unnamed: 0", "__index_level_0__")
"""What pandas calls the row labels that nobody gave a name."""

ID_NAMES = ("id", "row_id", "example_id")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How the columns of the input become predictions.

    `probs` are in the order of `classes`; a single one speaks of the class `positive`. What
    happened is in `label` or in `targets`, which are in the order of `classes` too.
    """

    label: str | None
    probs: tuple[str, ...]
    classes: tuple[str, ...]
    positive: int
    weight: str | None = None
    id: str | None = None
    slices: tuple[str, ...] = ()
    cluster: str | None = None
    readings: tuple[str, ...] = ()
    likely_cause: str | None = None
    """What to look at first when the probabilities of a row do not sum to 1."""
    decimal: str = "."
    """What stands before the decimals of numbers in text."""
    targets: tuple[str, ...] = ()
    class_column: str | None = None
    """In the long form, the column that the classes come from."""
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    """The two columns of each slice that has two."""
    shown: tuple[str, ...] = ()
    """Columns whose contents are shown with the worst rows."""
    soft: bool = False
    """Whether some targets are not one-hot; those that are, are labels."""

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that is needed, once."""
        slices = columns_of(self.slices, self.pairs)
        roles = (self.label, *self.targets, *self.probs, self.weight, self.id, self.cluster)
        named = (*roles, *slices, *self.shown)
        return tuple(dict.fromkeys(each for each in named if each is not None))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that tell what stands before the decimals in text."""
        return self.probs

    def with_decimal(self, decimal: str, *notes: str) -> Self:
        """Return the plan for numbers in text that have this before their decimals."""
        return replace(self, decimal=decimal, readings=(*self.readings, *notes))

    def as_column_use(self) -> ColumnUse:
        """Return the columns as the results name them."""
        return ColumnUse(
            self.label,
            self.probs,
            self.id,
            self.weight,
            self.slices,
            self.cluster,
            self.targets,
            self.shown,
        )


def plan_columns(glimpse: Glimpse, settings: ReadSettings) -> ColumnPlan:
    """Decide which column is what.

    Raises
    ------
    InputError
        If a column is not there, or there are two ways to understand them.
    SettingsError
        If the settings contradict each other.
    """
    has_targets = bool(settings.target_probs)
    refuse_contradictions(has_targets, settings.label is not None, settings.normalize_targets)
    weight, row_id, cluster = (
        None if name is None else find_column(glimpse, name, option)
        for name, option in (
            (settings.weight, "weight"),
            (settings.id, "id"),
            (settings.task_columns.cluster, "cluster"),
        )
    )
    slices, pairs = find_slices(glimpse, settings)
    others = (weight, row_id, cluster, *columns_of(slices, pairs))
    taken = {each for each in others if each is not None}
    label, label_reading = (None, ()) if has_targets else find_label(glimpse, settings, taken)
    taken |= set() if label is None else {label}
    free = [name for name in glimpse.header if name not in taken]
    found = _distributions(glimpse, free, settings, label)
    settled = found.settled
    if row_id is None:
        row_id = first_named(ID_NAMES, sorted({*free} - {*settled.columns, *found.targets}))
    return ColumnPlan(
        label=label,
        probs=settled.columns,
        classes=settled.classes,
        positive=settled.positive,
        weight=weight,
        id=row_id,
        slices=slices,
        readings=(
            *label_reading,
            *settled.readings,
            *other_readings(weight, row_id, slices, cluster),
            *dict.fromkeys(_index_readings(free, (*settled.columns, *found.targets))),
        ),
        cluster=cluster,
        likely_cause=found.likely_cause,
        targets=found.targets,
        class_column=settings.class_column,
        pairs=pairs,
        shown=tuple(dict.fromkeys(find_column(glimpse, each, "show") for each in settings.show)),
    )


def _distributions(
    glimpse: Glimpse, free: Sequence[str], settings: ReadSettings, label: str | None
) -> SoftPlan:
    """Find the columns of the probabilities, and those of the targets if there is no label."""
    if label is None:
        return plan_targets(glimpse, free, settings)
    labels = Labels(
        lambda limit: glimpse.labels_in(label, limit),
        len(glimpse.header) + 1,
        lambda text: glimpse.row_of(label, text),
    )
    layout, note = in_one_order(find_layout(glimpse, free, settings, labels), glimpse, settings)
    settled = settle_classes(layout, settings, labels, glimpse.path, label)
    settled = replace(settled, readings=(*settled.readings, *note))
    return SoftPlan((), settled, layout.likely_cause)


def find_slices(
    glimpse: Glimpse, settings: ReadSettings
) -> tuple[tuple[str, ...], dict[str, Pair]]:
    """Return what the slices are called, and the columns of those that have two.

    Raises
    ------
    InputError
        If a column is not there, or a star may stand in two places.
    """
    names, pairs = [], {}
    for asked in settings.slices:
        pair = two_columns(asked, glimpse.header, glimpse.path)
        found = [find_column(glimpse, each, "slice") for each in pair or (asked,)]
        names.append("*".join(found))
        if pair is not None:
            pairs[names[-1]] = (found[0], found[1])
    return tuple(dict.fromkeys(names)), pairs


def find_column(glimpse: Glimpse, name: str, option: str) -> str:
    """Return the column that an option names; a different case is forgiven if nothing else fits."""
    if name in glimpse.header:
        return name
    alike = [each for each in glimpse.header if each.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        f"there is no column '{clipped(name)}', which {CALLER.option(option)} asks for.",
        path=glimpse.path,
        column=None,
        value=name,
        hint=did_you_mean(name, glimpse.header, "columns"),
    )


def named(names: Sequence[str], header: Sequence[str]) -> list[str]:
    """Return the columns with one of the names; other cases count only if no name fits exactly."""
    exact = [each for each in header if each in names]
    return exact or [each for each in header if each.strip().casefold() in names]


def first_named(names: Sequence[str], header: Sequence[str]) -> str | None:
    """Return the column with the first of the names that there is."""
    found = sorted(named(names, header), key=lambda each: names.index(each.strip().casefold()))
    return found[0] if found else None


def find_label(glimpse: Glimpse, settings: ReadSettings, taken: set[str]) -> tuple[str, tuple[str]]:
    """Return the label column and a sentence on how it was found."""
    if settings.label is not None:
        label = find_column(glimpse, settings.label, "label")
        if label in settings.probs:
            raise SettingsError(f"column '{label}' cannot be both the label and a probability.")
        return label, (f"Label: column '{label}', as asked.",)
    if glimpse.label is not None:
        return glimpse.label, (f"Label: '{glimpse.label}', by the form of the input.",)
    free = [each for each in glimpse.header if each not in taken and each not in settings.probs]
    # A slice may be the label as well, if nothing else is.
    found = named(LABEL_NAMES, free) or named(LABEL_NAMES, settings.slices)
    if len(found) == 1:
        return found[0], (f"Label: column '{found[0]}', found by its name.",)
    if len({*found}) < len(found):
        raise InputError(
            f"{len(found)} columns have this name.",
            path=glimpse.path,
            column=found[0],
            hint="Rename or remove all but one.",
        )
    if found:
        raise InputError(
            f"columns {quoted(found)} could all be the label.",
            path=glimpse.path,
            hint=f"Pass {' or '.join(CALLER.option('label', each) for each in found[:3])}.",
        )
    raise InputError(
        "no column is named like a label.",
        path=glimpse.path,
        hint=hint_on_header(glimpse.header)
        or f"Pass {CALLER.option('label', 'COL')}; the columns are: {listed(glimpse.header)}.",
    )


def other_readings(
    weight: str | None,
    row_id: str | None,
    slices: Sequence[str | None],
    cluster: str | None = None,
) -> tuple[str, ...]:
    """Return sentences on the columns that are never guessed."""
    one = (("Weights", weight), ("Row ids", row_id), ("Rows that belong together", cluster))
    named = (*one, *(("Slice", each) for each in slices))
    return tuple(f"{role}: column '{column}'." for role, column in named if column is not None)


def _index_readings(free: Sequence[str], probs: Sequence[str]) -> tuple[str, ...]:
    unused = [each for each in free if each in _INDEX_NAMES and each not in probs]
    return tuple(
        f"Column '{each}' looks like the index of pandas and is not used." for each in unused
    )
