"""One JSON document: a list of records, taken from the text one after the other."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from evalreport.errors import InputError
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.jsonl import as_record, batch_of, chunks_of, no_json, source_of
from evalreport.readers.records import key_orders, unique_keys
from evalreport.readers.storage import InputFile
from evalreport.readers.text import not_utf8, refuse_no_text
from evalreport.voice import CALLER

_BLOCK = 1 << 20
_ROWS_PER_BATCH = 8192
MOST_CHARACTERS_PER_RECORD = 64 << 20
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(object_pairs_hook=unique_keys)


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A file that is one list of JSON objects."""

    name: str = "json"
    suffixes: tuple[str, ...] = (".json",)
    marks: tuple[bytes, ...] = ()

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the first records of each file: the columns are their keys.

        Raises
        ------
        InputError
            If a file is no UTF-8 text, no list, or its first records are no JSON.
        """
        return tuple(_open(each) for each in files)


def _open(file: InputFile) -> Source:
    refuse_no_text(file)
    part = JsonDocumentPart(file)
    return source_of(file.shown, part, next(part.batches(), None))


@dataclass(frozen=True, slots=True)
class JsonDocumentPart:
    """All records of one document."""

    file: InputFile

    @property
    def n_bytes(self) -> int:
        """How much there is to read, as it is stored."""
        return self.file.n_bytes() or 0

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order; a key that is not there is null."""
        yield from chunks_of(self.batches(), columns, max_rows)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all records, each batch with the types that its values suggest."""
        records: list[dict[str, Any]] = []
        row = 1
        for value in self._values():
            records.append(as_record(value, self.file.shown, row + len(records)))
            if len(records) == _ROWS_PER_BATCH:
                yield batch_of(records, self.file.shown, row)
                row += len(records)
                records = []
        if records:
            yield batch_of(records, self.file.shown, row)

    def key_orders(self) -> set[tuple[str, ...]]:
        """Return the orders in which the first records name their keys."""
        return key_orders(islice(self._values(), _ROWS_PER_BATCH))

    def _values(self) -> Iterator[Any]:
        """Yield the items of the list; only the text of a few is held at a time."""
        with io.TextIOWrapper(self.file.open(), encoding="utf-8-sig") as stream:
            text = _Window(stream, self.file)
            self._refuse_no_list(text)
            if text.next_letter() == "]":
                text.take()
            else:
                row = 1
                yield text.value(row)
                while (letter := text.take()) == ",":
                    row += 1
                    yield text.value(row)
                if letter != "]":
                    raise self._cut_short(row, letter)
            if text.next_letter():
                raise InputError(
                    f"the list of records has ended, and '{text.next_letter()}' follows.",
                    path=self.file.shown,
                    hint="A document holds one list of records and nothing else.",
                )

    def _refuse_no_list(self, text: _Window) -> None:
        letter = text.take()
        if letter == "[":
            return
        hint = "A document looks like [{…}, {…}], as pandas writes with orient='records'."
        if letter == "{":
            hint = (
                "If each line is a record of its own, pass "
                f"{CALLER.option('format', 'jsonl')}; else write the list of records alone, as "
                "pandas does with orient='records'."
            )
        elif letter.isalpha():
            hint = f"{hint[:-1]}; pass {CALLER.option('format', 'csv')} if it is text with commas."
        raise InputError(
            f"the document is no list of records: it starts with '{letter}'.",
            path=self.file.shown,
            hint=hint,
        )

    def _cut_short(self, row: int, letter: str) -> InputError:
        if letter:
            fact = f"'{letter}' follows the record, and a comma or the end of the list is needed."
        else:
            fact = "the document breaks off after this record."
        return InputError(
            fact, path=self.file.shown, row=row, hint="Write the file again; it may be cut short."
        )


class _Window:
    """The part of a text that is being parsed."""

    def __init__(self, stream: io.TextIOWrapper, file: InputFile) -> None:
        self._stream = stream
        self._file = file
        self._text = ""
        self._at = 0

    def next_letter(self) -> str:
        """Return the next letter that is no blank, or nothing at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = self._at if blank is None else blank.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self) -> str:
        """Return the next letter that is no blank, and go past it."""
        letter = self.next_letter()
        self._at += len(letter)
        return letter

    def value(self, row: int) -> Any:
        """Return the next value, and go past it."""
        self.next_letter()
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                record = self._text[self._at :]
                told = _from_start(error, self._at, record)
                if self._may_be_cut(error) and self._more():
                    continue
                raise no_json(self._file.shown, row, record, told) from error
            else:
                return value

    def _may_be_cut(self, error: Exception) -> bool:
        return (
            isinstance(error, json.JSONDecodeError)
            and len(self._text) - self._at < MOST_CHARACTERS_PER_RECORD
        )

    def _more(self) -> bool:
        try:
            block = self._stream.read(max(_BLOCK, len(self._text) - self._at))
        except UnicodeDecodeError as error:
            raise not_utf8(self._file) from error
        self._text = self._text[self._at :] + block
        self._at = 0
        return bool(block)


def _from_start(error: Exception, start: int, record: str) -> Exception:
    """Return an error that counts characters from the start of its record."""
    if isinstance(error, json.JSONDecodeError):
        return json.JSONDecodeError(error.msg, record, error.pos - start)
    return error
