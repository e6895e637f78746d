"""Lists, records and label/score pairs as plain columns, for every format that has them.

A list of numbers ``probs`` becomes ``probs[0]``, ``probs[1]``, …; a record ``probs`` with the field
``cat`` becomes ``probs.cat``; so does a list of pairs of a label and a score, in whatever order
each row holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from evalreport.errors import InputError
from evalreport.readers.elements import Elements, Pairs, all_classes_hint, is_list, pair_fields
from evalreport.readers.interface import Chunk, Group, Part, Source
from evalreport.readers.labels import canonical
from evalreport.readers.numbers import has_number

_FIRST_ROWS = 1000
_FIELDS_OF_VECTORS = {"type", "size", "indices", "values"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column inside a record: the names on the way to it."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One of the columns that a list in a column of its own is taken apart into."""

    of: Elements | Pairs
    number: int

    @property
    def path(self) -> tuple[str, ...]:
        """The column that holds the list."""
        return self.of.path


Leaf = Field | Element


@dataclass(slots=True)
class _Shape:
    """What taking a schema apart gives."""

    header: list[str] = field(default_factory=list)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)


def flattened(source: Source, schema: pa.Schema) -> Source:
    """Return the source with plain columns only; itself if it has no others.

    How long lists are, and which labels stand in pairs, is learnt from the first rows.

    Parameters
    ----------
    source : Source
        What was opened; its parts yield nested columns.
    schema : pyarrow.Schema
        Types of the columns.
    """
    if not any(pa.types.is_nested(each.type) for each in schema):
        return source
    nested = [each.name for each in schema if pa.types.is_nested(each.type)]
    first = next((each for part in source.parts for each in part.chunks(nested, _FIRST_ROWS)), None)
    shape = _Shape()
    for each in schema:
        known = first is not None and each.name in nested
        _take_apart((each.name,), first.cells.column(each.name) if first and known else None, shape)
    parts = tuple(FlatPart(part, shape.leaves, shape.groups, source.path) for part in source.parts)
    return replace(source, header=tuple(shape.header), parts=parts, groups=shape.groups)


def _take_apart(path: tuple[str, ...], cells: pa.Array | None, shape: _Shape) -> None:
    name = ".".join(path)
    if cells is not None and pa.types.is_struct(cells.type) and cells.type.num_fields:
        fields = [cells.type.field(number).name for number in range(cells.type.num_fields)]
        if _is_vector(fields):
            _take_apart((*path, "values"), inside(cells, ("values",)), shape)
            if f"{name}.values" in shape.groups:
                shape.groups[name] = shape.groups[f"{name}.values"]
            return
        for each in fields:
            _take_apart((*path, each), inside(cells, (each,)), shape)
        is_pair = pair_fields(pa.list_(cells.type)) is not None
        if not is_pair and any(_holds_numbers(each) for each in cells.flatten()):
            shape.leaves[name] = Field(path)  # whole, for who has to know what stands in each row
            columns = tuple(f"{name}.{each}" for each in fields)
            names = tuple(canonical(each) for each in fields)
            shape.groups[name] = Group(columns, names, by_position=False)
        return
    shape.header.append(name)
    shape.leaves[name] = Field(path)
    if cells is not None and is_list(cells.type):
        _list(path, cells, shape)


def _is_vector(fields: Sequence[str]) -> bool:
    """Tell whether a record is a vector of Spark, whose numbers are in one of its fields."""
    return "values" in fields and "type" in fields and {*fields} <= _FIELDS_OF_VECTORS


def _list(path: tuple[str, ...], cells: pa.Array, shape: _Shape) -> None:
    name = ".".join(path)
    of: Elements | Pairs | None = None
    if pair_fields(cells.type) is not None:
        of = Pairs.of(path, cells)
        columns = tuple(f"{name}.{each}" for each in of.names)
    elif _holds_numbers(pc.list_flatten(cells)):
        of = Elements.of(path, cells)
        columns = tuple(f"{name}[{each}]" for each in of.names)
    if of is None or not of.names:
        return
    shape.groups[name] = Group(columns, of.names, by_position=isinstance(of, Elements))
    for number, column in enumerate(columns):
        shape.leaves[column] = Element(of, number)


def _is_number(kind: pa.DataType) -> bool:
    # An empty list, or a field that is null throughout, has no type yet.
    return bool(
        pa.types.is_floating(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)  # refused where it is read as a number, with its row
        or pa.types.is_null(kind)
    )


def _holds_numbers(cells: pa.Array) -> bool:
    """Tell whether cells are numbers, or texts of which some are: others have a place to tell."""
    is_text = pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)
    return has_number(cells) if is_text else _is_number(cells.type)


@dataclass(frozen=True, slots=True)
class FlatPart:
    """A part whose nested columns are taken apart."""

    part: Part
    leaves: Mapping[str, Leaf]
    groups: Mapping[str, Group]
    path: str | None

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return self.part.n_bytes

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, each asked column as a plain one."""
        leaves = [self.leaves[name] for name in columns]
        tops = list(dict.fromkeys(leaf.path[0] for leaf in leaves))
        for chunk in self.part.chunks(tops, max_rows):
            refuse = _Refusal(self.path, chunk)
            self._refuse_new_fields(chunk, columns, refuse)
            taken: dict[Elements | Pairs, Callable[[int], pa.Array]] = {}
            cells = []
            for leaf in leaves:
                top = inside(chunk.cells.column(leaf.path[0]), leaf.path[1:])
                if isinstance(leaf, Element):
                    if leaf.of not in taken:
                        taken[leaf.of] = leaf.of.columns_of(top, refuse)
                    top = taken[leaf.of](leaf.number)
                cells.append(top)
            yield replace(chunk, cells=pa.RecordBatch.from_arrays(cells, list(columns)))

    def _refuse_new_fields(
        self, chunk: Chunk, columns: Sequence[str], refuse: Callable[..., Exception]
    ) -> None:
        """Refuse classes in a record that the first rows did not have: nobody would read them."""
        for name, group in self.groups.items():
            leaf = self.leaves.get(group.columns[0])
            if not isinstance(leaf, Field) or not set(group.columns) <= set(columns):
                continue
            record = inside(chunk.cells.column(leaf.path[0]), leaf.path[1:-1])
            if not pa.types.is_struct(record.type):
                continue
            for each in record.type:
                values = inside(record, (each.name,))
                if f"{name}.{each.name}" not in self.leaves and values.null_count < len(values):
                    row = values.is_valid().index(pa.scalar(True)).as_py()
                    raise refuse(
                        row,
                        name,
                        f"'{each.name}' stands here, and in none of the first rows.",
                        all_classes_hint(),
                    )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Makes the error for one row of a chunk."""

    path: str | None
    chunk: Chunk

    def __call__(self, row: int, column: str, fact: str, hint: str) -> Exception:
        number = self.chunk.number_of(row)
        return InputError(fact, path=self.path, row=number, column=column, hint=hint)


def inside(cells: pa.Array, path: Sequence[str]) -> pa.Array:
    """Return a field of records; null where the record, or the field, is not there."""
    for name in path:
        if not pa.types.is_struct(cells.type) or cells.type.get_field_index(name) < 0:
            return pa.nulls(len(cells))
        # Unlike the raw child, the flattened one knows which records are null.
        cells = cells.flatten()[cells.type.get_field_index(name)]
    return cells
