"""Token files: log-probabilities of the tokens that were observed, and the documents they are in.

A row is one token, or a whole list of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import Intake, IntArray
from evalreport.errors import InputError, SettingsError
from evalreport.readers.cells import text_of
from evalreport.readers.checks import row_ids, slice_columns
from evalreport.readers.columns import find_column, other_readings
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.interface import MAX_ROWS, Chunk, ReadSettings
from evalreport.readers.labels import as_text
from evalreport.readers.numbers import ABSENT, NUMBER, read_numbers
from evalreport.readers.shards import PartShard
from evalreport.readers.task_rows import (
    RowColumns,
    RowFault,
    column_called,
    found_id,
    kept_rows,
    read_weights,
    refuse_options,
    refuse_or_reject,
    weight_and_slices,
)
from evalreport.readers.token_cells import TokenCells, holds_lists, read_tokens
from evalreport.readers.token_faults import find_faults
from evalreport.results import ColumnUse
from evalreport.task_batches import TokenBatch
from evalreport.voice import CALLER

LOG_PROB_NAMES = (
    *("logprob", "log_prob", "token_logprob", "logprobs", "log_probs", "token_logprobs"),
    *("logprobs.token_logprobs", "logprobs.content"),
)
MOST_ABOVE_ZERO = 1e-6
"""A log-probability above 0 by no more than this is rounding, and is lowered to 0."""
_LISTS_AT_A_TIME = 1024
_MEANINGFUL = frozenset({"probs", "cluster", "text", "n_chars", "n_bytes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenColumns(RowColumns):
    """Which column is what in a token file."""

    log_probs: str
    lists: bool
    cluster: str | None
    text: str | None
    n_chars: str | None
    n_bytes: str | None

    @property
    def own(self) -> tuple[str | None, ...]:
        """The columns that only this task has."""
        return (self.log_probs, self.cluster, self.text, self.n_chars, self.n_bytes)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The column that tells what stands before the decimals in text; none for lists."""
        return () if self.lists else (self.log_probs,)

    def as_column_use(self) -> ColumnUse:
        """Return the columns as the results name them."""
        return ColumnUse(
            None, (self.log_probs,), self.id, self.weight, self.slices, cluster=self.cluster
        )


def plan_tokens(glimpse: Glimpse, settings: ReadSettings) -> TokenColumns:
    """Decide which column is what.

    Raises
    ------
    InputError
        If a column is not there, or there are two ways to understand them.
    SettingsError
        If options contradict each other, or say nothing about tokens.
    """
    refuse_options(settings, _MEANINGFUL)
    asked = settings.task_columns
    _refuse_counting_twice(settings)
    if len(settings.probs) > 1:
        raise SettingsError(
            f"{CALLER.option('probs')} names one column in a token file: the log-probabilities."
        )
    only = settings.probs[0] if settings.probs else None
    log_probs, reading = column_called(
        glimpse, only, "probs", LOG_PROB_NAMES, "log-probability of the tokens"
    )
    lists = holds_lists(glimpse.first_rows(log_probs))
    if settings.id is not None and not lists:
        raise SettingsError(
            f"{CALLER.option('id')} names a list of tokens; pass {CALLER.option('cluster')} for "
            "tokens in rows."
        )
    cluster = _asked(glimpse, asked.cluster, "cluster")
    row_id = found_id(glimpse, settings) if lists and (cluster is None or settings.id) else None
    others = weight_and_slices(glimpse, settings)
    return TokenColumns(
        log_probs=log_probs,
        lists=lists,
        cluster=cluster,
        id=row_id,
        text=_asked(glimpse, asked.text, "text"),
        n_chars=_asked(glimpse, asked.n_chars, "n_chars"),
        n_bytes=_asked(glimpse, asked.n_bytes, "n_bytes"),
        readings=(
            reading,
            *_readings(lists, cluster, row_id),
            *other_readings(others["weight"], None, others["slices"]),
        ),
        **others,
    )


def _asked(glimpse: Glimpse, column: str | None, option: str) -> str | None:
    return None if column is None else find_column(glimpse, column, option)


def _refuse_counting_twice(settings: ReadSettings) -> None:
    asked = settings.task_columns
    if asked.text and (asked.n_bytes or asked.n_chars):
        text, other = CALLER.option("text"), "n_bytes" if asked.n_bytes else "n_chars"
        raise SettingsError(
            f"{text} and {CALLER.option(other)} both count the text: pass one of them."
        )


def _readings(lists: bool, cluster: str | None, row_id: str | None) -> Iterator[str]:
    yield "Every row is a list of tokens." if lists else "Every row is one token."
    if cluster is not None:
        yield f"Documents: column '{cluster}', as asked."
    elif lists:
        yield "Documents: every row is one."
    else:
        yield "Documents: nothing tells which tokens belong together."
    if row_id is not None:
        yield f"Document ids: column '{row_id}'."


class TokenShard(PartShard[TokenColumns, TokenBatch]):
    """A part of a token file together with how to understand it."""

    __slots__ = ()

    def _most_rows(self, n_columns: int) -> int:
        return _LISTS_AT_A_TIME if self.plan.lists else MAX_ROWS

    def _admit(self, chunk: Chunk) -> TokenBatch:
        plan = self.plan
        cells = self._tokens(chunk)
        skipped = _skipped(cells) if plan.lists else np.zeros(len(cells.starts) - 1, np.int64)
        lowered = (cells.values > 0) & (cells.values <= MOST_ABOVE_ZERO)
        counts, count_faults = self._counts(chunk)
        names, name_faults = self._documents(chunk)
        weights, weight_faults = read_weights(chunk, plan, self.path)
        faults = find_faults(chunk, plan.log_probs, cells, skipped, lists=plan.lists)
        rejections = refuse_or_reject(
            [*name_faults, *faults, *count_faults, *weight_faults], chunk, self.settings, self.path
        )
        rows = kept_rows(rejections, chunk)
        taken, starts = cells.taken(rows, _tokens_to_score(cells, skipped))
        n_lowered = int(np.count_nonzero(lowered[_tokens_of(cells, rows)]))
        documents, ids = _coded([names[each] for each in rows]) if names else (None, ())
        return TokenBatch(
            log_probs=np.minimum(taken, 0.0),
            starts=starts,
            documents=documents,
            document_ids=ids,
            n_chars=None if counts[0] is None else counts[0][rows],
            n_bytes=None if counts[1] is None else counts[1][rows],
            in_order=plan.lists,
            n_skipped=skipped[rows],
            numbers=rows + chunk.first_row,
            stretch=(chunk.first_row, chunk.first_row + chunk.cells.num_rows),
            weights=None if weights is None else weights[rows],
            source=self.source,
            slices=slice_columns(chunk, plan.slices, plan.pairs, rows, self.path),
            intake=Intake(rejections, n_lowered_to_one=n_lowered),
        )

    def _tokens(self, chunk: Chunk) -> TokenCells:
        column = chunk.cells.column(self.plan.log_probs)
        try:
            return read_tokens(column, lists=self.plan.lists, decimal=self.plan.decimal)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError) as error:
            raise InputError(
                f"cells of type {column.type} hold no log-probabilities.",
                path=self.path,
                column=self.plan.log_probs,
                hint="A token is a number, or a record with the field 'logprob'.",
            ) from error

    def _documents(self, chunk: Chunk) -> tuple[list[str], list[RowFault]]:
        """Return what the document of each row is called; nothing if no row has one."""
        column = self.plan.cluster or self.plan.id
        if column is None:
            first = chunk.first_row
            n_rows = chunk.cells.num_rows if self.plan.lists else 0
            return [f"{self.source}:{first + row}" for row in range(n_rows)], []
        names = [str(each) for each in row_ids(chunk, column, self.path)]
        faults = [
            RowFault(row, column, "", "document is missing", "the document is missing.")
            for row, name in enumerate(names)
            if not name.strip()
        ]
        return names, faults

    def _counts(
        self, chunk: Chunk
    ) -> tuple[tuple[IntArray | None, IntArray | None], list[RowFault]]:
        """Return the characters and the bytes of each row."""
        plan = self.plan
        if plan.text is not None:
            return _text_counts(chunk, plan.text)
        n_chars, faults = _whole_numbers(chunk, plan.n_chars, "number of characters")
        n_bytes, more = _whole_numbers(chunk, plan.n_bytes, "number of bytes")
        return (n_chars, n_bytes), [*faults, *more]


def _skipped(cells: TokenCells) -> IntArray:
    """Return 1 for lists that start with nothing: no probability stands before a first token."""
    first, lengths = cells.starts[:-1], np.diff(cells.starts)
    skipped = np.zeros(len(first), dtype=np.int64)
    filled = lengths > 0
    skipped[filled] = cells.kinds[first[filled]] == ABSENT
    return skipped


def _tokens_to_score(cells: TokenCells, skipped: IntArray) -> IntArray:
    return np.delete(np.arange(len(cells.values)), cells.starts[:-1][skipped == 1])


def _tokens_of(cells: TokenCells, rows: IntArray) -> IntArray:
    row_of = np.repeat(np.arange(len(cells.starts) - 1), np.diff(cells.starts))
    return np.flatnonzero(np.isin(row_of, rows))


def _coded(names: list[str]) -> tuple[IntArray, tuple[str, ...]]:
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(name, len(codes)) for name in names]
    return np.array(numbers, dtype=np.int64), tuple(codes)


def _text_counts(chunk: Chunk, column: str) -> tuple[tuple[IntArray, IntArray], list[RowFault]]:
    texts = as_text(chunk.cells.column(column))
    faults = [
        RowFault(row, column, "", "text is missing", "the text is missing.")
        for row in np.flatnonzero(np.array(pc.is_null(texts).to_pylist(), dtype=bool)).tolist()
    ]
    filled = pc.fill_null(texts, "")
    lengths = (pc.utf8_length(filled), pc.binary_length(filled))
    n_chars, n_bytes = (np.array(each.to_pylist(), dtype=np.int64) for each in lengths)
    return (n_chars, n_bytes), faults


def _whole_numbers(
    chunk: Chunk, column: str | None, noun: str
) -> tuple[IntArray | None, list[RowFault]]:
    if column is None:
        return None, []
    values, kinds = read_numbers(chunk.cells.column(column))
    whole = (values >= 0) & (values <= 2.0**53) & (values == np.floor(values))
    faults = []
    for row in np.flatnonzero(~whole).tolist():
        value = text_of(chunk.cells.column(column), row)
        if (NUMBER if kinds is None else kinds[row]) == ABSENT:
            fault = RowFault(row, column, value, f"{noun} is missing", f"the {noun} is missing.")
        else:
            fact = f"{noun} '{value}' is no whole number of 0 or more."
            fault = RowFault(row, column, value, f"{noun} is no whole number", fact)
        faults.append(fault)
    return np.where(whole, values, 0.0).astype(np.int64), faults
