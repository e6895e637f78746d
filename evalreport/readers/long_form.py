"""The long form: a row for each id and class, as one row for each id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from evalreport.batch import IntArray
from evalreport.errors import InputError, SettingsError
from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.columns import ID_NAMES, LABEL_NAMES, find_column, named
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import MAX_ROWS, Chunk, Group, Part, ReadSettings, Source
from evalreport.readers.labels import distinct
from evalreport.readers.layout import SINGLE_NAMES_BY_KIND
from evalreport.readers.long_survey import survey
from evalreport.readers.rows_apart import SortedBy, joined, rows_of, together
from evalreport.readers.spelling import spelled
from evalreport.readers.wording import listed, quoted
from evalreport.voice import CALLER

_YES_AND_NO = ({"0", "1"}, {"false", "true"})


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns of a file in long form."""

    id: str
    class_: str
    prob: str
    label: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (self.id, self.class_, self.prob, self.label)


def widened(source: Source, settings: ReadSettings) -> Source:
    """Return a source with one row for each id, and a column for each class.

    The rows of an id, one for each class, may stand in any order and anywhere.

    Parameters
    ----------
    source : Source
        Has an id, a class and the probability of that class on each row; and either the observed
        class of the id, or 0 and 1 that say whether this class was observed.
    settings : ReadSettings
        Names of the columns, as far as they were asked for.

    Raises
    ------
    InputError
        If a column is not there, or an id is missing.
    OutputError
        If rows stand apart, and sorting them takes more room than there is.
    SettingsError
        If the class column is in use as something else.
    """
    if not source.has_rows:
        return source
    roles = _roles(source, settings)
    found = survey(source.parts, roles.id, roles.class_, source.path)
    by = SortedBy(roles.id, roles.class_, found.classes, source.path)
    groups: tuple[tuple[Part, ...], ...] = (source.parts,)
    notes = []
    if found.apart:
        sorted_parts = together(source.parts, _stored(source, roles, settings), found.n_rows, by)
        groups = tuple((part,) for part in sorted_parts)
        notes.append("The rows of an id stand apart in the file; they were brought together.")
    indicator = _is_indicator(groups, roles, len(found.classes))
    how = "says 1 on the row of the observed class" if indicator else "holds the observed class"
    note = (
        f"Long form: each id in column '{roles.id}' has {len(found.classes)} rows, one for each "
        f"class in column '{roles.class_}'; column '{roles.label}' {how}. Rows are numbered as in "
        "the file."
    )
    columns = tuple(f"{roles.prob}[{name}]" for name in found.classes)
    return Source(
        path=source.path,
        header=tuple(name for name in source.header if name not in (roles.class_, roles.prob)),
        has_rows=True,
        parts=tuple(LongPart(parts, roles, by, columns, indicator) for parts in groups),
        readings=(*source.readings, note, *notes),
        groups={roles.prob: Group(columns, found.classes, by_position=False)},
        label=roles.label,
        probs=roles.prob,
    )


def _stored(source: Source, roles: Roles, settings: ReadSettings) -> tuple[str, ...]:
    """Return the columns that anybody will ask for."""
    if settings.keep_rejected_rows:
        return source.header
    said = (getattr(settings, each.name) for each in fields(settings))
    words = [word for each in said for word in (each if isinstance(each, tuple) else (each,))]
    words += [
        settings.task_columns.cluster,
        *(part for each in settings.slices for part in each.split("*")),
    ]
    named = {each.casefold() for each in words if isinstance(each, str)}
    others = (each for each in source.header if each.casefold() in named)
    return tuple(dict.fromkeys([*roles.columns, *others]))


def _roles(source: Source, settings: ReadSettings) -> Roles:
    glimpse = Glimpse(source.path, source.header, lambda *_: (), lambda _: pa.nulls(0))
    class_ = find_column(glimpse, settings.class_column or "", "class_column")
    free = [name for name in source.header if name != class_]

    def role(asked: str | None, names: Sequence[str], option: str) -> str:
        if asked is not None:
            return find_column(glimpse, asked, option)
        found = named(names, free)
        if len(found) == 1:
            return found[0]
        what = f"columns {quoted(found)} all fit" if found else "no column is named so"
        raise InputError(
            f"the long form needs {CALLER.option(option)}, and {what}.",
            path=source.path,
            hint=f"Pass {CALLER.option(option, 'COL')}; the columns are: {listed(source.header)}.",
        )

    if settings.target_probs:
        raise SettingsError(
            f"{CALLER.option('target_probs')} does not go with {CALLER.option('class_column')}: "
            "the long form has a label.\n"
            f"  Give every class a column of its own, or pass {CALLER.option('label')}."
        )
    if len(settings.probs) > 1:
        raise SettingsError(
            f"with {CALLER.option('class_column')}, {CALLER.option('probs')} names one column: the "
            "probability."
        )
    roles = Roles(
        id=role(settings.id, ID_NAMES, "id"),
        class_=class_,
        prob=role(
            settings.probs[0] if settings.probs else None,
            SINGLE_NAMES_BY_KIND[settings.input_kind],
            "probs",
        ),
        label=role(settings.label, LABEL_NAMES, "label"),
    )
    if len({*roles.columns}) < len(roles.columns):
        raise SettingsError(
            f"with {CALLER.option('class_column')}, id, class, probability and label are four "
            "different columns, "
            f"not {listed(roles.columns)}."
        )
    return roles


def _is_indicator(groups: Sequence[Sequence[Part]], roles: Roles, size: int) -> bool:
    """Tell whether the labels of the first id say yes on one row and no on the others."""
    firsts = (rows_of(parts, roles.columns) for parts in groups)
    first = next(chunk for chunks in firsts for chunk in chunks)
    codes, texts = distinct(first.cells.column(roles.label).slice(0, size))
    return set(texts) in _YES_AND_NO and sum(texts[code] in ("1", "true") for code in codes) == 1


@dataclass(frozen=True, slots=True)
class LongPart:
    """Rows that stand id by id, put side by side class by class."""

    parts: tuple[Part, ...]
    roles: Roles
    by: SortedBy
    columns: tuple[str, ...]
    indicator: bool

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return sum(part.n_bytes for part in self.parts)

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield one row for each id; it has the number of the first of its rows in the file."""
        others = [name for name in columns if name not in self.columns]
        wanted = list(dict.fromkeys([*self.roles.columns, *others]))
        for chunk in self._whole_groups(wanted, max_rows * len(self.columns)):
            yield self._wide(chunk, columns)

    def _whole_groups(self, wanted: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield chunks that end where an id ends."""
        size = len(self.columns)
        rest: Chunk | None = None
        for part in self.parts:
            for chunk in part.chunks(wanted, max(size, min(max_rows, MAX_ROWS))):
                cells, numbers = chunk.cells, chunk.numbers()
                if rest is not None and rest.rows is not None:
                    cells = joined([rest.cells, cells])
                    numbers = np.concatenate([rest.rows, numbers])
                whole = cells.num_rows // size * size
                if whole:
                    yield Chunk(int(numbers[0]), cells.slice(0, whole), numbers[:whole])
                rest = Chunk(0, cells.slice(whole), numbers[whole:])
        if rest is not None and rest.cells.num_rows:
            raise InputError("the file changed while it was read.", path=self.by.path)

    def _wide(self, chunk: Chunk, columns: Sequence[str]) -> Chunk:
        size = len(self.columns)
        cells, numbers = chunk.cells, chunk.numbers().reshape(-1, size)
        codes = self._codes(cells.column(self.roles.class_)).reshape(-1, size)
        order = np.argsort(codes, axis=1, kind="stable")
        complete = (np.take_along_axis(codes, order, axis=1) == np.arange(size)).all(axis=1)
        if not complete.all():
            group = int(np.argmin(complete))
            id_ = spelled(cells.column(self.roles.id))[group * size].as_py()
            found = [self.by.classes[code] for code in codes[group]]
            raise self.by.incomplete(int(numbers[group].min()), id_, found)
        starts = np.arange(0, cells.num_rows, size)
        rows_of_ids = starts[:, None] + order
        wide = []
        for name in columns:
            if name in self.columns:
                places = _rows(rows_of_ids[:, self.columns.index(name)])
                wide.append(cells.column(self.roles.prob).take(places))
            elif name == self.roles.label:
                wide.append(self._observed(chunk, rows_of_ids))
            else:
                wide.append(cells.column(name).take(numbers_to_arrow(starts)))
        batch = pa.RecordBatch.from_arrays(wide, list(columns))
        return Chunk(int(numbers.min()), batch, numbers.min(axis=1))

    def _codes(self, column: pa.Array) -> IntArray:
        numbers, texts = distinct(column)
        index = {name: code for code, name in enumerate(self.by.classes)}
        return np.array([*(index.get(each, -1) for each in texts), -1], dtype=np.int64)[numbers]

    def _observed(self, chunk: Chunk, rows_of_ids: IntArray) -> pa.Array:
        """Return the observed class of each id."""
        labels = chunk.cells.column(self.roles.label)
        numbers, texts = distinct(labels)
        if not self.indicator:
            self._refuse_two_labels(chunk, numbers.reshape(rows_of_ids.shape), texts)
            return labels.take(_rows(rows_of_ids.min(axis=1)))
        yes = np.array([*(each in ("1", "true") for each in texts), False])[numbers[rows_of_ids]]
        no = np.array([*(each in ("0", "false") for each in texts), False])[numbers[rows_of_ids]]
        odd = np.flatnonzero(((yes.sum(axis=1)) != 1) | ~(yes | no).all(axis=1))
        if len(odd):
            raise self._refused(
                chunk,
                int(odd[0]),
                "one row of an id says 1 and the others 0, and here they say "
                f"{_values(labels, rows_of_ids[odd[0]])}.",
            )
        names = pa.array(list(self.by.classes))
        return names.take(numbers_to_arrow(yes.argmax(axis=1)))

    def _refuse_two_labels(self, chunk: Chunk, numbers: IntArray, texts: Sequence[str]) -> None:
        odd = np.flatnonzero((numbers != numbers[:, :1]).any(axis=1))
        if len(odd):
            labels = [texts[each] if each >= 0 else "nothing" for each in numbers[odd[0]]]
            found = quoted(list(dict.fromkeys(labels)))
            raise self._refused(chunk, int(odd[0]), f"the rows of one id hold {found}.")

    def _refused(self, chunk: Chunk, group: int, fact: str) -> InputError:
        return InputError(
            fact,
            path=self.by.path,
            row=int(chunk.numbers().reshape(-1, len(self.columns))[group].min()),
            column=self.roles.label,
            hint="Write the observed class on all rows of an id, or 1 on its row and 0 elsewhere.",
        )


def _rows(numbers: IntArray) -> pa.Array:
    return numbers_to_arrow(np.ascontiguousarray(numbers))


def _values(column: pa.Array, rows: IntArray) -> str:
    return listed([str(each) for each in column.take(_rows(np.sort(rows))).to_pylist()])
