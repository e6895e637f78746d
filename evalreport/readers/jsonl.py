"""JSON Lines: one record a line, streamed in blocks of whole lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

from evalreport.errors import InputError
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.nested import flattened
from evalreport.readers.records import key_orders, to_batch, unique_keys
from evalreport.readers.storage import InputFile
from evalreport.readers.text import not_utf8, refuse_no_text
from evalreport.voice import CALLER

BLOCK_SIZE = 2 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MOST_EXACT = float(2**53)

_MOST_LEVELS = 100
"""Deeper records than this are read by the standard library, which knows its limits."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Text with one JSON object on each line."""

    name: str = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")
    marks: tuple[bytes, ...] = ()

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the first block of each file: the columns are the keys of its records.

        Raises
        ------
        InputError
            If a file is no UTF-8 text, or its first lines are no JSON.
        """
        return tuple(_open(each) for each in files)


def _open(file: InputFile) -> Source:
    refuse_no_text(file)
    head = file.head(1 << 16).removeprefix(_BYTE_ORDER_MARK).lstrip()
    if head.startswith(b"["):
        raise InputError(
            "this is one JSON document, not one record a line: it starts with '['.",
            path=file.shown,
            hint=f"Pass {CALLER.option('format', 'json')}.",
        )
    part = JsonLinesPart(file)
    return source_of(file.shown, part, next(part.batches(), None))


def source_of(shown: str, part: JsonLinesPart | Any, first: pa.RecordBatch | None) -> Source:
    """Return the source whose columns are those of the first records."""
    if first is None:
        return Source(shown, (), False, (part,))
    names = tuple(first.schema.names)
    source = Source(shown, names, True, (part,), orders=part.key_orders)
    return flattened(source, first.schema)


@dataclass(frozen=True, slots=True)
class JsonLinesPart:
    """All records of one file."""

    file: InputFile
    block_size: int = BLOCK_SIZE

    @property
    def n_bytes(self) -> int:
        """How much there is to read, as it is stored."""
        return self.file.n_bytes() or 0

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order; a key that is not there is null."""
        yield from chunks_of(self.batches(), columns, max_rows)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all records, each block with the types that its values suggest."""
        row = 1
        with self.file.open() as stream:
            for block in _blocks(stream, self.block_size):
                batch = self._parsed(block, row)
                row += batch.num_rows
                if batch.num_rows:
                    yield batch

    def key_orders(self) -> set[tuple[str, ...]]:
        """Return the orders in which the records of the first block name their keys."""
        with self.file.open() as stream:
            lines = next(_blocks(stream, self.block_size), b"").split(b"\n")
        return key_orders(_record_in(line) for line in lines)

    def _parsed(self, block: bytes, first_row: int) -> pa.RecordBatch:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(self.file) from error
        batch = _fast(block)
        return self._careful(block, first_row) if batch is None else batch

    def _careful(self, block: bytes, first_row: int) -> pa.RecordBatch:
        records: list[dict[str, Any]] = []
        for line in block.split(b"\n"):
            if not line.strip():
                continue
            row = first_row + len(records)
            try:
                record = json.loads(line, object_pairs_hook=unique_keys)
            except (ValueError, RecursionError) as error:
                raise no_json(self.file.shown, row, line.decode(), error) from error
            records.append(as_record(record, self.file.shown, row))
        try:
            return batch_of(records, self.file.shown, first_row)
        except RecursionError as error:
            raise InputError(
                "a record is nested too deeply.", path=self.file.shown, row=first_row
            ) from error


def _record_in(line: bytes) -> Any:
    """Return the record in a line that pyarrow could read, or None if another reader cannot."""
    try:
        return json.loads(line, strict=False)
    except ValueError:
        return None


def chunks_of(
    batches: Iterator[pa.RecordBatch], columns: Sequence[str], max_rows: int
) -> Iterator[Chunk]:
    """Cut batches to size, with the asked columns; one that a batch does not have is null."""
    row = 1
    for batch in batches:
        there = batch.schema.names
        cells = [
            batch.column(name) if name in there else pa.nulls(batch.num_rows) for name in columns
        ]
        asked = pa.RecordBatch.from_arrays(cells, list(columns))
        for start in range(0, batch.num_rows, max_rows):
            yield Chunk(row + start, asked.slice(start, max_rows))
        row += batch.num_rows


def batch_of(records: list[dict[str, Any]], shown: str, first_row: int) -> pa.RecordBatch:
    """Return records as a batch.

    Raises
    ------
    InputError
        If a text in them holds half a character, which has no UTF-8.
    """
    try:
        return to_batch(records)
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InputError(
            f"a text holds {half}, which is half a character.",
            path=shown,
            row=first_row + _row_with(records, half),
            value=half,
            hint="Write characters beyond U+FFFF as a pair, or as UTF-8.",
        ) from error


def _row_with(records: list[dict[str, Any]], escaped: str) -> int:
    return next(row for row, each in enumerate(records) if escaped in json.dumps(each))


def as_record(value: Any, shown: str, row: int) -> dict[str, Any]:
    """Return a JSON value that is an object, and refuse every other."""
    if isinstance(value, dict):
        return value
    kinds = {list: "a list", str: "a text", type(None): "null", bool: "a truth value"}
    raise InputError(
        f"there is {kinds.get(type(value), 'a number')}, and an object is needed.",
        path=shown,
        row=row,
        value=json.dumps(value)[:80],
        hint='A record looks like {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}.',
    )


def no_json(shown: str, row: int, text: str, error: Exception) -> InputError:
    """Return the error for a record that cannot be parsed."""
    if isinstance(error, json.JSONDecodeError):
        # Some of the library's phrases end in "at" or a colon, for the place that would follow.
        what = error.msg.rstrip(": ").removesuffix(" at")
        problem = f"{what[0].lower()}{what[1:]} at character {error.pos + 1}"
    else:
        problem = str(error)
    return InputError(
        f"the record is no JSON: {problem}.",
        path=shown,
        row=row,
        value=text[:80],
        hint=_hint_on_record(text, problem),
    )


def _hint_on_record(text: str, problem: str) -> str:
    text = text.strip()
    if text in ("{", "["):
        as_json = CALLER.option("format", "json")
        return f"Write each record on one line; for one list of records, pass {as_json}."
    if text.startswith("]"):
        return "Remove the comma behind the last record."
    if problem.startswith("extra data"):
        return "Write each record on a line of its own."
    if text[:1] not in '{["':
        as_csv = CALLER.option("format", "csv")
        return f"Write each record as an object, or pass {as_csv} if this is text with commas."
    if "'" in text[:3] and '"' not in text[:3]:
        return "Quotes in JSON are double: from Python, write records with json.dumps."
    return "Write the records with a JSON library; a file that was cut short ends inside of one."


def _blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield runs of whole lines, each with its line end."""
    rest = stream.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
    while data := stream.read(size):
        whole, end, beginning = data.rpartition(b"\n")
        if end:
            yield rest + whole + end
            rest = beginning
        else:
            rest += data
    if rest.strip():
        yield rest + b"\n"


def _fast(block: bytes) -> pa.RecordBatch | None:
    """Return what pyarrow makes of a block, or None if it is to be read with more care.

    pyarrow crashes on lines that are no objects, and on deep ones; it reads what only looks like a
    time as one, rounds whole numbers that need more than 53 bits, and loses nulls at the start of
    the first list.
    """
    block = block.replace(b"\r\n", b"\n") if b"\r" in block else block
    if _is_deep(block):
        return None
    n_lines = block.count(b"\n")
    if n_lines != block.count(b"\n{") + block.startswith(b"{") or n_lines != block.count(b"}\n"):
        return None
    try:
        table = _read(block, None)
        as_text = _without_times(table.schema)
        if as_text is not None:
            table = _read(block, as_text)
        table.validate()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != n_lines or not table.num_columns:
        return None
    batch = table.combine_chunks().to_batches()[0]
    return None if any(_is_rounded(column) for column in batch.columns) else batch


def _is_deep(block: bytes) -> bool:
    """Tell whether a line opens many more brackets than it closes, be it in text."""
    letters = np.frombuffer(block, np.uint8)
    opens, closes = ((letters == a) | (letters == b) for a, b in (b"[{", b"]}"))
    depth = np.cumsum(opens.astype(np.int8) - closes.astype(np.int8), dtype=np.int32)
    starts = np.flatnonzero(letters == ord("\n"))
    base = np.concatenate(([0], depth[starts]))
    lengths = np.diff(np.concatenate(([-1], starts, [len(letters) - 1])))
    return bool(len(letters)) and bool((depth - np.repeat(base, lengths)).max() > _MOST_LEVELS)


def _read(block: bytes, schema: pa.Schema | None) -> pa.Table:
    return pa_json.read_json(
        pa.BufferReader(block),
        pa_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
        pa_json.ParseOptions(explicit_schema=schema, newlines_in_values=False),
    )


def _without_times(schema: pa.Schema) -> pa.Schema | None:
    types = [_text_for_time(each.type) for each in schema]
    if all(new == each.type for new, each in zip(types, schema, strict=True)):
        return None
    return pa.schema([(each.name, new) for new, each in zip(types, schema, strict=True)])


def _text_for_time(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        fields = [kind.field(number) for number in range(kind.num_fields)]
        return pa.struct([(each.name, _text_for_time(each.type)) for each in fields])
    if pa.types.is_list(kind):
        return pa.list_(_text_for_time(kind.value_type))
    return kind


def _is_rounded(column: pa.Array) -> bool:
    if pa.types.is_struct(column.type):
        return any(_is_rounded(each) for each in column.flatten())
    if pa.types.is_list(column.type):
        return _is_rounded(pc.list_flatten(column))
    if not pa.types.is_float64(column.type):
        return False
    ends = pc.min_max(column)
    return any(
        each is not None and _MOST_EXACT <= abs(each) < float("inf")
        for each in (ends["min"].as_py(), ends["max"].as_py())
    )
