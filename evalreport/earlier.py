"""The earlier run to compare with: a saved evaluation, or predictions that are scored again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.comparison import (
    Keeper,
    Keeping,
    RowStore,
    compare_by_rows,
    compare_evaluations,
    refuse_incomparable,
)
from evalreport.created import creation_time
from evalreport.errors import InputError, SettingsError
from evalreport.evaluation import (
    EvaluateSettings,
    evaluate_predictions,
    refuse_if_nothing_was_scored,
)
from evalreport.evaluation_file import is_evaluation_file, read_result
from evalreport.findings import with_comparison
from evalreport.readers import bytes_read, open_predictions
from evalreport.readers.interface import Predictions, ReadSettings
from evalreport.results import ComparisonResult, EvaluationResult
from evalreport.voice import CALLER
from evalreport.watching import NOBODY, OPENING_PREVIOUS, READING_PREVIOUS, ReadingWatch, Watcher


def _saved(path: str) -> EvaluationResult | None:
    return read_result(path) if is_evaluation_file(path) else None


@contextmanager
def _said_of_previous() -> Iterator[None]:
    """Say with what is wrong about its columns that the options are those of this run."""
    try:
        yield
    except InputError as error:
        if error.row is None and error.hint is not None:
            raise InputError(
                error.fact,
                path=error.path,
                column=error.column,
                value=error.value,
                hint=f"{error.hint} The previous run is read with the same options as this one.",
            ) from error
        raise


class EarlierRun:
    """An earlier run, and the rows of both runs while they are brought together.

    Parameters
    ----------
    run : str or EvaluationResult
        An evaluation file, predictions, or what an evaluation file holds.
    read : ReadSettings
        How the current predictions are read; what is found by name is found anew.
    how : EvaluateSettings
        How the current predictions are scored.
    current : Predictions or None
        The current predictions; None if the current run is a saved evaluation.
    by_position : bool
        Whether rows without ids are told by their place.
    watcher : Watcher
        Told how far reading has come.

    Raises
    ------
    InputError
        If the earlier run cannot be read.
    SettingsError
        If rows are to be told by their place although they have ids.
    """

    def __init__(
        self,
        run: str | EvaluationResult,
        read: ReadSettings,
        how: EvaluateSettings,
        current: Predictions | None,
        by_position: bool = False,
        watcher: Watcher = NOBODY,
    ) -> None:
        self.path = run if isinstance(run, str) else run.title
        self._by_position = by_position
        self._watcher = watcher
        self._stack = ExitStack()
        self._stores: tuple[RowStore, RowStore] | None = None
        self._reason: str | None = None
        saved = run if isinstance(run, EvaluationResult) else _saved(run)
        self._is_saved = saved is not None
        self._result = self._score(read, how, current) if saved is None else saved

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def keep(self, batch: PredictionBatch) -> None:
        """Keep the rows of the current run that can be paired."""
        if self._stores is not None:
            self._stores[1].add(batch)

    @property
    def wants_rows(self) -> bool:
        """Whether `keep` has any use for rows."""
        return self._stores is not None

    def compared(self, current: EvaluationResult) -> EvaluationResult:
        """Return the current result with its comparison, and the findings anew."""
        return with_comparison(current, self._comparison(current))

    def _comparison(self, current: EvaluationResult) -> ComparisonResult:
        refuse_incomparable(self._result, current, self.path)
        if self._stores is None:
            return compare_evaluations(
                self._result,
                current,
                self._is_saved,
                self._reason,
                by_position=self._by_position,
                path=self.path,
            )
        n_before, n_now = self._result.input.rows_read, current.input.rows_read
        if self._by_position and n_before != n_now:
            raise InputError(
                f"there are {n_before:,} rows, and {n_now:,} in this run: rows cannot be paired "
                "by their position.",
                path=self.path,
                hint="Give both files a column of row ids.",
            )
        return compare_by_rows(self._result, current, *self._stores, by_position=self._by_position)

    def _score(
        self, read: ReadSettings, how: EvaluateSettings, current: Predictions | None
    ) -> EvaluationResult:
        self._watcher.step(OPENING_PREVIOUS)
        predictions = self._open(read)
        if current is not None:
            self._prepare(predictions, current, how)
        store = None if self._stores is None else self._stores[0]
        self._watcher.step(READING_PREVIOUS)
        self._watcher.opened(predictions)
        result = evaluate_predictions(
            predictions,
            how,
            title=Path(self.path).name or self.path,
            created=creation_time(predictions.modified),
            version=evalreport.__version__,
            on_batch=None if store is None else store.add,
            on_read=ReadingWatch(self._watcher, predictions, bytes_read),
        )
        refuse_if_nothing_was_scored(result)
        return result

    def _open(self, read: ReadSettings) -> Predictions:
        """Open the predictions; slice columns that this run alone has are left out."""
        bare = replace(read, format=None, slices=(), keep_rejected_rows=False)
        with _said_of_previous():
            predictions = open_predictions([self.path], bare)
        slices = tuple(name for name in read.slices if name in predictions.header)
        return (
            open_predictions([self.path], replace(bare, slices=slices)) if slices else predictions
        )

    def _prepare(self, before: Predictions, now: Predictions, how: EvaluateSettings) -> None:
        have_ids = [_tells_rows_apart(each) for each in (before, now)]
        if self._by_position and any(have_ids):
            raise SettingsError(
                f"{CALLER.flag('pair_by_position')} is for rows without ids, and these have some: "
                "leave it away."
            )
        if not all(have_ids) and not self._by_position:
            what = "document names or row ids" if now.task == "tokens" else "row ids"
            only_one = f"only one of the two runs has {what}"
            self._reason = only_one if any(have_ids) else "rows have no ids"
            return
        first, second = (
            self._stack.enter_context(row_store(each, how, self._by_position))
            for each in (before, now)
        )
        self._stores = first, second


def _tells_rows_apart(predictions: Predictions) -> bool:
    columns = predictions.columns
    has_documents = predictions.task == "tokens" and columns.cluster is not None
    return columns.id is not None or has_documents


def row_store(predictions: Predictions, how: EvaluateSettings, by_position: bool) -> RowStore:
    """Return where the rows of a run are kept until they are brought together."""
    floor = how.floor_for(predictions.input_kind)
    keeping = Keeping(floor, how.label_smoothing, by_position)
    keepers: dict[str, Keeper] = {
        "tokens": keeping.tokens,
        "gaussian": keeping.gaussian,
        "top-k": keeping.top_k,
    }
    return RowStore(
        keepers.get(predictions.task, keeping.classes),
        predictions.classes,
        by_document=predictions.task == "tokens",
    )
