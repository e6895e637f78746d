"""The long form: a row for each id and class, as one row for each id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evalreport.batch import IntArray
from evalreport.errors import InputError, SettingsError
from evalreport.readers.bridge import mask_to_numpy, numbers_to_arrow
from evalreport.readers.columns import ID_NAMES, LABEL_NAMES, find_column, named
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import MAX_ROWS, Chunk, Group, Part, ReadSettings, Source
from evalreport.readers.labels import as_text, canonical, distinct
from evalreport.readers.layout import SINGLE_NAMES_BY_KIND
from evalreport.readers.wording import listed, quoted

_MOST_CLASSES = 10_000
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

    The rows of an id stand together, one for each class, in any order. The first id tells the
    classes.

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
        If a column is not there, or the first id does not tell the classes.
    SettingsError
        If the class column is in use as something else.
    """
    if not source.has_rows:
        return source
    roles = _roles(source, settings)
    first = _first_group(source, roles)
    classes = tuple(dict.fromkeys(canonical(each) for each in as_text(first.column(1)).to_pylist()))
    indicator = _is_indicator(first)
    columns = tuple(f"{roles.prob}[{name}]" for name in classes)
    part = LongPart(source.parts, roles, classes, columns, indicator, source.path)
    how = "says 1 on the row of the observed class" if indicator else "holds the observed class"
    note = (
        f"Long form: each id in column '{roles.id}' has {len(classes)} rows, one for each class in "
        f"column '{roles.class_}'; column '{roles.label}' {how}. Rows are numbered as in the file."
    )
    return Source(
        path=source.path,
        header=tuple(name for name in source.header if name not in (roles.class_, roles.prob)),
        has_rows=True,
        parts=(part,),
        readings=(*source.readings, note),
        groups={roles.prob: Group(columns, classes, by_position=False)},
        label=roles.label,
        probs=roles.prob,
    )


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
            f"the long form needs --{option}, and {what}.",
            path=source.path,
            hint=f"Pass --{option} COL; the columns are: {listed(source.header)}.",
        )

    if settings.target_probs:
        raise SettingsError(
            "--target-probs does not go with --class-column: the long form has a label.\n"
            "  Give every class a column of its own, or pass --label."
        )
    if len(settings.probs) > 1:
        raise SettingsError("with --class-column, --probs names one column: the probability.")
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
            "with --class-column, id, class, probability and label are four different columns, "
            f"not {listed(roles.columns)}."
        )
    return roles


def _first_group(source: Source, roles: Roles) -> pa.RecordBatch:
    """Return id, class, probability and label of all rows of the first id."""
    for part in source.parts:
        for chunk in part.chunks(roles.columns, MAX_ROWS):
            ids, _ = distinct(chunk.cells.column(0))
            other = np.flatnonzero(ids != ids[0])
            n_rows = int(other[0]) if len(other) else len(ids)
            if 2 <= n_rows <= _MOST_CLASSES:
                return chunk.cells.slice(0, n_rows)
            raise InputError(
                f"the first id has {n_rows} row{'' if n_rows == 1 else 's'}, and it takes two or "
                "more classes, each on a row of its own.",
                path=source.path,
                row=chunk.first_row,
                column=roles.id,
                hint=f"The rows of one id must stand together: sort the file by '{roles.id}'.",
            )
    raise InputError("there are no rows.", path=source.path)


def _is_indicator(first: pa.RecordBatch) -> bool:
    """Tell whether the label says yes on one row and no on the others."""
    codes, texts = distinct(first.column(3))
    return set(texts) in _YES_AND_NO and sum(texts[code] in ("1", "true") for code in codes) == 1


@dataclass(frozen=True, slots=True)
class LongPart:
    """All parts of one file, put side by side class by class."""

    parts: tuple[Part, ...]
    roles: Roles
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    indicator: bool
    path: str | None

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return sum(part.n_bytes for part in self.parts)

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield one row for each id; `first_row` and `step` count the rows of the file."""
        others = [name for name in columns if name not in self.columns]
        wanted = list(dict.fromkeys([*self.roles.columns, *others]))
        for chunk in self._whole_groups(wanted, max_rows * len(self.classes)):
            yield self._wide(chunk, columns)

    def _whole_groups(self, wanted: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield chunks that end where an id ends, if all ids have a row for each class."""
        size = len(self.classes)
        rest: pa.RecordBatch | None = None
        row = 1
        for part in self.parts:
            for chunk in part.chunks(wanted, max(size, min(max_rows, MAX_ROWS))):
                cells = chunk.cells if rest is None else _joined(rest, chunk.cells)
                whole = cells.num_rows // size * size
                if whole:
                    yield Chunk(row, cells.slice(0, whole), size)
                    row += whole
                rest = cells.slice(whole)
        if rest is not None and rest.num_rows:
            raise self._incomplete(rest, row, 0, rest.num_rows)

    def _wide(self, chunk: Chunk, columns: Sequence[str]) -> Chunk:
        size = len(self.classes)
        cells = chunk.cells
        codes = self._codes(cells.column(self.roles.class_)).reshape(-1, size)
        order = np.argsort(codes, axis=1, kind="stable")
        complete = (np.take_along_axis(codes, order, axis=1) == np.arange(size)).all(axis=1)
        complete &= (
            _same_as_before(cells.column(self.roles.id)).reshape(-1, size)[:, 1:].all(axis=1)
        )
        if not complete.all():
            start = int(np.argmin(complete)) * size
            raise self._incomplete(cells, chunk.first_row, start, size)
        starts = np.arange(0, cells.num_rows, size)
        rows_of = starts[:, None] + order
        first = numbers_to_arrow(starts)
        wide = []
        for name in columns:
            if name in self.columns:
                places = _rows(rows_of[:, self.columns.index(name)])
                wide.append(cells.column(self.roles.prob).take(places))
            elif name == self.roles.label:
                wide.append(self._observed(chunk, rows_of))
            else:
                wide.append(cells.column(name).take(first))
        return replace(chunk, cells=pa.RecordBatch.from_arrays(wide, list(columns)))

    def _codes(self, column: pa.Array) -> IntArray:
        numbers, texts = distinct(column)
        index = {name: code for code, name in enumerate(self.classes)}
        return np.array([*(index.get(each, -1) for each in texts), -1], dtype=np.int64)[numbers]

    def _observed(self, chunk: Chunk, rows_of: IntArray) -> pa.Array:
        """Return the observed class of each id."""
        labels = chunk.cells.column(self.roles.label)
        numbers, texts = distinct(labels)
        if not self.indicator:
            self._refuse_two_labels(chunk, numbers.reshape(rows_of.shape), texts)
            return labels.take(_rows(rows_of.min(axis=1)))
        yes = np.array([*(each in ("1", "true") for each in texts), False])[numbers[rows_of]]
        no = np.array([*(each in ("0", "false") for each in texts), False])[numbers[rows_of]]
        odd = np.flatnonzero(((yes.sum(axis=1)) != 1) | ~(yes | no).all(axis=1))
        if len(odd):
            raise self._refused(
                chunk,
                int(odd[0]),
                "one row of an id says 1 and the others 0, and here they say "
                f"{_values(labels, rows_of[odd[0]])}.",
            )
        names = pa.array(list(self.classes))
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
            path=self.path,
            row=chunk.first_row + group * chunk.step,
            column=self.roles.label,
            hint="Write the observed class on all rows of an id, or 1 on its row and 0 elsewhere.",
        )

    def _incomplete(
        self, cells: pa.RecordBatch, first_row: int, start: int, n_rows: int
    ) -> InputError:
        """Return the error for the first rows that are not one row of one id for each class."""
        ids = [str(each) for each in as_text(cells.column(self.roles.id)).to_pylist()[start:]]
        ids = ids[: len(self.classes)]
        n_same = next((n for n, each in enumerate(ids) if each != ids[0]), len(ids))
        column = cells.column(self.roles.class_).slice(start, n_same)
        found = [canonical(each) for each in as_text(column).to_pylist()]
        strange = [each for each in found if each not in self.classes]
        twice = [each for each in found if found.count(each) > 1]
        absent = [each for each in self.classes if each not in found]
        if strange:
            fact = f"class '{strange[0]}' is none of those of the first id, {listed(self.classes)}."
        elif twice:
            fact = f"id '{ids[0]}' has two rows for class '{twice[0]}'."
        else:
            fact = f"id '{ids[0]}' has no row for class '{absent[0]}' here."
        return InputError(
            fact,
            path=self.path,
            row=first_row + start,
            column=self.roles.class_,
            value=ids[0],
            hint=f"Each id has one row for each class, and they stand together: sort the file by "
            f"'{self.roles.id}'.",
        )


def _same_as_before(ids: pa.Array) -> NDArray[np.bool_]:
    """Tell of each row whether its id is that of the row before; a missing id is like no other."""
    ids = ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids
    same = pc.fill_null(pc.equal(ids.slice(1), ids.slice(0, len(ids) - 1)), False)
    return np.concatenate([[False], mask_to_numpy(same)])


def _rows(numbers: IntArray) -> pa.Array:
    return numbers_to_arrow(np.ascontiguousarray(numbers))


def _values(column: pa.Array, rows: IntArray) -> str:
    return listed([str(each) for each in column.take(_rows(np.sort(rows))).to_pylist()])


def _joined(first: pa.RecordBatch, second: pa.RecordBatch) -> pa.RecordBatch:
    """Return the rows of both; JSON may give a column another type from one block to the next."""
    columns = []
    for one, other in zip(first.columns, second.columns, strict=True):
        if one.type != other.type or pa.types.is_dictionary(one.type):
            one, other = as_text(one), as_text(other)
        columns.append(pa.concat_arrays([one, other]))
    return pa.RecordBatch.from_arrays(columns, first.schema.names)
