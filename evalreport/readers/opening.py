"""Opening predictions: files in, an understood input out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from evalreport.errors import InputError, SettingsError
from evalreport.readers.cells import column_of, read_targets
from evalreport.readers.checks import CheckedShard
from evalreport.readers.columns import ColumnPlan, plan_columns
from evalreport.readers.formats import format_of
from evalreport.readers.glimpse import Glimpse
from evalreport.readers.inputs import STANDARD_INPUT, find_inputs
from evalreport.readers.interface import (
    MAX_CELLS,
    MAX_ROWS,
    Chunk,
    Predictions,
    ReadSettings,
    Shard,
    Source,
)
from evalreport.readers.labels import as_text, first_row_with, found_labels
from evalreport.readers.long_form import widened
from evalreport.readers.numbers import has_decimal_commas, holds_truth_values
from evalreport.readers.odd_cells import hint_on_header
from evalreport.readers.partitions import with_partitions
from evalreport.readers.storage import InputFile
from evalreport.readers.task_rows import refuse_task_columns
from evalreport.readers.tasks import TASK_READERS, TOP_K, InputPlan, ShardMaker, TaskReader
from evalreport.readers.text import LOOK_AT_THE_WRITER
from evalreport.readers.wording import listed, quoted
from evalreport.voice import CALLER

_FIRST_ROWS = 1000
_STREAMED = ("csv", "tsv", "jsonl", "json")
FOUND_BY_NAME = ReadSettings()
_CLASSES = TaskReader(plan_columns, CheckedShard)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and age of the input, as far as they are known."""

    n_bytes: int | None = None
    modified: float | None = None

    @classmethod
    def of(cls, inputs: Sequence[InputFile]) -> Stamp:
        """Return the total size, and the time at which the newest file was written."""
        sizes = [each.n_bytes() for each in inputs]
        times = [each.modified() for each in inputs]
        known = [each for each in times if each is not None]
        spooled = any(each.shown == STANDARD_INPUT for each in inputs)
        return cls(
            None if None in sizes else sum(each or 0 for each in sizes),
            None if spooled or len(known) < len(times) else max(known),
        )


def open_predictions(
    paths: Sequence[str | Path], settings: ReadSettings = FOUND_BY_NAME
) -> Predictions:
    """Open files of predictions and find out which column is what.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, directories of files of one format, patterns with stars, addresses with a scheme,
        or ``-`` for standard input.
    settings : ReadSettings
        What is not to be found by name.

    Returns
    -------
    Predictions
        The understood input. The rows are read, and checked, when its shards are iterated.

    Raises
    ------
    InputError
        If a file cannot be read, holds no rows, or can be understood in no way or in two.
    SettingsError
        If the settings contradict each other or name what does not exist.
    """
    inputs = find_inputs([paths] if isinstance(paths, (str, Path)) else paths, settings.format)
    formats = [format_of(each, settings.format) for each in inputs]
    for each, format_ in zip(inputs, formats, strict=True):
        if format_ is not formats[0]:
            raise InputError(
                f"this file is {format_.name}, and {inputs[0].shown} is {formats[0].name}.",
                path=each.shown,
                hint="Read files of one format at a time.",
            )
    sources = list(formats[0].open(inputs, settings))
    if len(sources) == len(inputs):
        sources = [with_partitions(*pair) for pair in zip(sources, inputs, strict=True)]
    empty = [name for each in inputs for name in each.passed_over]
    if empty:
        files = "An empty file was" if len(empty) == 1 else f"{len(empty)} empty files were"
        note = f"{files} passed over: {listed(empty)}."
        sources[0] = replace(sources[0], readings=(*sources[0].readings, note))
    reader = _reader(settings)
    if reader is _CLASSES:
        refuse_task_columns(settings.task_columns.given())
    if settings.class_column is not None and reader is _CLASSES:
        sources = [widened(each, settings) for each in sources]
    plan = understand(sources, settings, reader.plan)
    if not formats[0].marks or settings.decimal:
        plan = _with_decimal(plan, settings, sources)
    return understood(sources, plan, settings, formats[0].name, Stamp.of(inputs), reader.shard)


def _reader(settings: ReadSettings) -> TaskReader:
    if settings.top_k:
        return TOP_K
    if settings.top_labels:
        raise SettingsError(
            f"{CALLER.option('top_labels')} names the most likely classes: "
            f"add {CALLER.flag('top_k')}."
        )
    return TASK_READERS.get(settings.input_kind, _CLASSES)


def understand(
    sources: Sequence[Source],
    settings: ReadSettings,
    planner: Callable[[Glimpse, ReadSettings], InputPlan] = plan_columns,
) -> InputPlan:
    """Decide which column is what, and make sure that all sources have the columns in use.

    Raises
    ------
    InputError
        If there are no rows, or a source lacks a column that the first one has.
    """
    first = sources[0]
    if not any(source.has_rows for source in sources):
        fact = "there are no rows, only a header." if first.header else "there are no rows."
        hint = hint_on_header(first.header) or LOOK_AT_THE_WRITER
        raise InputError(fact, path=first.path, hint=hint)

    def first_rows(column: str) -> pa.Array:
        _refuse_duplicates(sources, [column])
        return next(_chunks(sources, (column,), _FIRST_ROWS)).cells.column(column)

    def labels_in(column: str, limit: int) -> tuple[str, ...]:
        _refuse_duplicates(sources, [column])
        _refuse_absent((column,), sources)
        chunks = _chunks(sources, (column,), MAX_ROWS)
        columns = (column_of(chunk, column, as_text, first.path) for chunk in chunks)
        return found_labels(columns, limit)

    def row_of(column: str, label: str) -> int | None:
        for chunk in _chunks([first], (column,), MAX_ROWS):
            row = first_row_with(chunk.cells.column(column), label)
            if row is not None:
                return chunk.number_of(row)
        return None

    glimpse = Glimpse(
        *(first.path, first.header, labels_in, first_rows),
        *(first.groups, first.label, first.probs, row_of),
        lambda: (order for each in sources for order in (each.header, *each.orders())),
    )
    plan = planner(glimpse, settings)
    _refuse_duplicates(sources, plan.used)
    _refuse_absent(plan.used, sources)
    for source in sources[1:]:
        _refuse_other_groups(plan, first, source)
    return plan


def understood(
    sources: Sequence[Source],
    plan: InputPlan,
    settings: ReadSettings,
    format_name: str,
    stamp: Stamp,
    shard: ShardMaker = CheckedShard,
) -> Predictions:
    """Put sources and plan together."""
    if isinstance(plan, ColumnPlan) and plan.targets:
        plan = _with_softness(sources, plan, settings.normalize_targets)
    shards: tuple[Shard[Any], ...] = tuple(
        shard(part, plan, settings, number, source.path, source.header)
        for number, source in enumerate(sources)
        for part in source.parts
    )
    notes = dict.fromkeys(note for source in sources for note in source.readings)
    return Predictions(
        paths=tuple(source.path for source in sources if source.path is not None),
        format=format_name,
        n_bytes=stamp.n_bytes,
        modified=stamp.modified,
        header=tuple(dict.fromkeys(name for source in sources for name in source.header)),
        classes=plan.classes,
        positive=plan.positive,
        columns=plan.as_column_use(),
        input_kind=settings.input_kind,
        readings=(*plan.readings, *notes),
        shards=shards,
        soft=isinstance(plan, ColumnPlan) and plan.soft,
        top_k=settings.top_k,
        n_rows=_all_rows(sources),
        streamed=format_name in _STREAMED and settings.class_column is None,
    )


def _all_rows(sources: Sequence[Source]) -> int | None:
    counts = [each.n_rows for each in sources if each.n_rows is not None]
    return sum(counts) if len(counts) == len(sources) else None


def _with_softness(sources: Sequence[Source], plan: ColumnPlan, normalize: bool) -> ColumnPlan:
    """Return the plan with whether labels are soft: targets that are all one-hot are labels.

    The statistics of hard and soft labels differ, so that this has to be known before any row is
    scored. Soft labels show in the first rows, as a rule, and nothing more is read then.
    """
    max_rows = max(1, MAX_CELLS // len(plan.targets))
    soft = any(
        not read_targets(chunk, plan, source.path, normalize).is_one_hot
        for source in sources
        for part in source.parts
        for chunk in part.chunks(plan.targets, min(MAX_ROWS, max_rows))
    )
    notes = ["Targets are divided by their sum in every row."] if normalize else []
    first = next(_chunks(sources, plan.targets, min(_FIRST_ROWS, max_rows)), None)
    if first is not None and any(map(holds_truth_values, first.cells.columns)):
        notes.append("Targets: true counts as 1, and false as 0.")
    if not soft:
        notes.append("Every row gives one class all of its target, so the targets are labels.")
    return replace(plan, soft=soft, readings=(*plan.readings, *notes))


PlanT = TypeVar("PlanT", bound=InputPlan)


def _with_decimal(plan: PlanT, settings: ReadSettings, sources: Sequence[Source]) -> PlanT:
    """Settle what stands before the decimals in text, if need be by looking at the forecasts."""
    if settings.decimal is not None:
        return plan.with_decimal(settings.decimal)
    if not plan.numbers:
        return plan
    n_rows = max(1, min(_FIRST_ROWS, MAX_CELLS // len(plan.numbers)))
    first = next(_chunks(sources, tuple(dict.fromkeys(plan.numbers)), n_rows))
    if not has_decimal_commas(first.cells.columns):
        return plan
    what = "probabilities" if isinstance(plan, ColumnPlan) else "numbers"
    note = f"Numbers in text have a decimal comma: none of the first {what} has a point."
    return plan.with_decimal(",", note)


def _chunks(sources: Sequence[Source], columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
    for source in sources:
        for part in source.parts:
            yield from part.chunks(columns, max_rows)


def _refuse_duplicates(sources: Sequence[Source], columns: Sequence[str]) -> None:
    for source in sources:
        counts = Counter(source.header)
        for column in columns:
            if counts[column] > 1:
                raise InputError(
                    f"{counts[column]} columns have this name.",
                    path=source.path,
                    column=column,
                    hint="Rename or remove all but one.",
                )


def _refuse_absent(columns: Sequence[str], sources: Sequence[Source]) -> None:
    for other in sources[1:]:
        grouped = (each for group in other.groups.values() for each in group.columns)
        absent = sorted({*columns} - {*other.header, *other.groups, *grouped})
        if absent:
            plural = "s" if len(absent) > 1 else ""
            raise InputError(
                f"column{plural} {quoted(absent)}, in use in {sources[0].path}, "
                f"{'are' if plural else 'is'} not there.",
                path=other.path,
                hint=f"The columns are: {listed(other.header)}.",
            )


def _refuse_other_groups(plan: InputPlan, first: Source, other: Source) -> None:
    for name, group in first.groups.items():
        theirs = other.groups.get(name, group)
        added = [each for each in theirs.columns if each not in group.columns]
        if added and set(group.columns) <= set(plan.used):
            raise InputError(
                f"'{name}' holds {quoted(added)} here, and not in {first.path}.",
                path=other.path,
                hint="Give every file all the classes.",
            )
