"""The report job: read, evaluate, render, write. The command line and the demo both run this."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, NamedTuple

import evalreport
from evalreport.bands import using
from evalreport.bands_file import scale_from
from evalreport.batch import PredictionBatch
from evalreport.created import creation_time
from evalreport.earlier import EarlierRun
from evalreport.errors import SettingsError
from evalreport.evaluation import (
    EvaluateSettings,
    evaluate_predictions,
    refuse_if_nothing_was_scored,
)
from evalreport.evaluation_file import is_evaluation_file, read_result, refuse_saved
from evalreport.limits import are_met, judge_limits
from evalreport.readers import bytes_read, open_predictions
from evalreport.readers.interface import Predictions, ReadSettings
from evalreport.renderers import html_renderer, json_renderer, junit_xml, markdown_renderer
from evalreport.report import build_report
from evalreport.report.model import Report
from evalreport.results import EvaluationResult, Floor
from evalreport.settings import STANDARD_STREAM, ReportSettings
from evalreport.training import parse_frequencies, refuse_other_classes, with_training
from evalreport.watching import DRAWING, NOBODY, OPENING, READING, WRITING, ReadingWatch, Watcher
from evalreport.write import StagedFiles


class Document(NamedTuple):
    """An output before it is written: what it is, where it goes, and its text."""

    kind: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """An output that was written: what it is, where, and how large."""

    kind: str
    path: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What a report job came to."""

    report: Report
    files: tuple[WrittenFile, ...]
    stdout: str | None
    """The document for standard output, if one was asked for."""
    limits_are_met: bool = True


def run(settings: ReportSettings, watcher: Watcher = NOBODY) -> JobOutcome:
    """Read the predictions, evaluate them and write every output that was asked for.

    Parameters
    ----------
    settings : ReportSettings
        What to do.
    watcher : Watcher, optional
        Told how far the work has come.

    Raises
    ------
    InputError
        If the input is refused; no output is written then.
    OutputError
        If an output cannot be written.
    """
    with using(scale_from(settings.bands)):
        settings.limits.refuse_unknown_bands()
        return _run(settings, watcher)


def _run(settings: ReportSettings, watcher: Watcher) -> JobOutcome:
    if settings.limits.max_regression is not None and not (settings.previous or settings.config):
        raise SettingsError("--max-regression needs a previous run: add --previous FILE.")
    if settings.previous is not None and _is_one_saved(settings.inputs):
        return _run_on_saved(settings, settings.previous, watcher)
    refuse_saved(settings.inputs)
    read = _read_settings(settings)
    watcher.step(OPENING)
    predictions = open_predictions(settings.inputs, read)
    settings.refuse_to_replace(predictions.paths)
    with StagedFiles() as files, _earlier(settings, read, predictions, watcher) as earlier:
        rejects = _Rejects(files, settings.rejects, predictions) if settings.rejects else None
        sinks = [rejects.keep] if rejects else []
        sinks += [earlier.keep] if earlier is not None and earlier.wants_rows else []
        watcher.step(READING)
        watcher.opened(predictions)
        result = evaluate_predictions(
            predictions,
            _evaluate_settings(settings),
            title=settings.title or settings.input_name,
            created=creation_time(predictions.modified),
            version=evalreport.__version__,
            on_batch=_all_of(sinks),
            on_read=ReadingWatch(watcher, predictions, bytes_read),
        )
        refuse_if_nothing_was_scored(result)
        if rejects:
            rejects.close()
        if earlier is not None:
            result = earlier.compared(result)
        return written_outcome(judged_report(result, settings), settings, files, watcher)


def written_outcome(
    report: Report, settings: ReportSettings, files: StagedFiles, watcher: Watcher = NOBODY
) -> JobOutcome:
    """Write every document that was asked for, and return what the job came to."""
    if settings.html_path is not None:
        watcher.step(DRAWING)
    documents = documents_of(report, settings)
    watcher.step(WRITING)
    stage(documents, files)
    files.commit()
    return outcome_of(report, documents, settings)


def _is_one_saved(inputs: Sequence[str]) -> bool:
    return len(inputs) == 1 and is_evaluation_file(inputs[0])


def _run_on_saved(settings: ReportSettings, previous: str, watcher: Watcher) -> JobOutcome:
    """Compare a saved evaluation with a previous run, without its rows."""
    if settings.bands is not None:
        raise SettingsError(
            f"--bands is for predictions, and {settings.inputs[0]} was judged when it was saved."
        )
    result = read_result(settings.inputs[0])
    read, how = _read_settings(settings), _evaluate_settings(settings)
    floor: Floor = "auto" if result.task in ("tokens", "gaussian") else result.input.floor
    how = replace(how, floor=floor, label_smoothing=result.input.label_smoothing)
    refuse_other_classes(how.training_frequencies, result.input.classes)
    result = with_training(result, how.training_frequencies)
    by_position = settings.pair_by_position
    opened = EarlierRun(previous, read, how, None, by_position, watcher)
    with StagedFiles() as files, opened as earlier:
        report = judged_report(earlier.compared(result), settings)
        return written_outcome(report, settings, files, watcher)


def _earlier(
    settings: ReportSettings, read: ReadSettings, predictions: Predictions, watcher: Watcher
) -> AbstractContextManager[EarlierRun | None]:
    if settings.previous is None:
        return nullcontext()
    how, by_position = _evaluate_settings(settings), settings.pair_by_position
    return EarlierRun(settings.previous, read, how, predictions, by_position, watcher)


def _all_of(
    sinks: Sequence[Callable[[PredictionBatch], None]],
) -> Callable[[PredictionBatch], None] | None:
    """Return one function that tells all of them; None if there are none."""

    def tell(batch: PredictionBatch) -> None:
        for sink in sinks:
            sink(batch)

    return tell if sinks else None


def _evaluate_settings(settings: ReportSettings) -> EvaluateSettings:
    return EvaluateSettings(
        floor=settings.floor,
        normalize=settings.normalize,
        n_worst=settings.worst,
        workers=settings.workers,
        label_smoothing=settings.label_smoothing,
        verify=settings.verify,
        training_frequencies=parse_frequencies(settings.training_frequencies),
    )


def judged_report(result: EvaluationResult, settings: ReportSettings) -> Report:
    """Return the report on a result whose limits have been judged."""
    return build_report(
        replace(result, limits=judge_limits(result, settings.limits)),
        key=settings.key,
        unit=settings.unit,
        command=settings.command(),
        strict=settings.limits.strict,
    )


def stage(documents: Sequence[Document], files: StagedFiles) -> None:
    """Write documents to where they appear together in the end."""
    for each in documents:
        if each.path != STANDARD_STREAM:
            files.write(Path(each.path), each.text)


def outcome_of(
    report: Report, documents: Sequence[Document], settings: ReportSettings
) -> JobOutcome:
    """Return what a job came to that wrote these documents."""
    written = [
        WrittenFile(each.kind, each.path, len(each.text.encode()))
        for each in documents
        if each.path != STANDARD_STREAM
    ]
    if settings.rejects:
        written.append(_rejects_file(settings.rejects))
    stdout = next((each.text for each in documents if each.path == STANDARD_STREAM), None)
    is_met = are_met(report.result.limits, settings.limits.strict)
    return JobOutcome(report, tuple(written), stdout, is_met)


def documents_of(report: Report, settings: ReportSettings) -> list[Document]:
    """Return every document that was asked for."""
    template_dir = None if settings.template_dir is None else Path(settings.template_dir)
    documents = []
    if settings.html_path is not None:
        text = html_renderer(template_dir).render(report)
        documents.append(Document("Report", settings.html_path, text))
    if settings.json is not None:
        documents.append(Document("Numbers", settings.json, json_renderer().render(report)))
    if settings.markdown is not None:
        text = markdown_renderer(template_dir, settings.mermaid).render(report)
        documents.append(Document("Summary", settings.markdown, text))
    if settings.junit is not None:
        text = junit_xml(report, settings.limits.strict)
        documents.append(Document("Tests", settings.junit, text))
    return documents


def _read_settings(settings: ReportSettings) -> ReadSettings:
    return ReadSettings(
        format=settings.format,
        label=settings.label,
        probs=settings.probs,
        positive=settings.positive,
        classes=settings.classes,
        input_kind=settings.input_kind,
        class_column=settings.class_column,
        delimiter=settings.delimiter,
        decimal=settings.decimal,
        header=settings.header,
        weight=settings.weight,
        id=settings.id,
        slices=settings.slices,
        task_columns=settings.task_columns,
        on_invalid=settings.on_invalid,
        normalize=settings.normalize,
        keep_rejected_rows=settings.rejects is not None,
        target_probs=settings.target_probs,
        normalize_targets=settings.normalize_targets,
        top_k=settings.top_k,
        top_labels=settings.top_labels,
        show=settings.show,
    )


class _Rejects:
    """The rows that were left out, as they stand in the input, each with its reason."""

    def __init__(self, files: StagedFiles, path: str, predictions: Predictions) -> None:
        self._paths = predictions.paths
        self._header = predictions.header
        self._file: IO[str] = files.open(Path(path))
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(
            [*self._header, "rejected_file", "rejected_row", "rejected_column", "reason"]
        )

    def keep(self, batch: PredictionBatch) -> None:
        for each in batch.intake.rejections:
            path = self._paths[batch.source]
            cells = dict(each.cells)  # files may have their columns in different orders
            texts = [cells.get(name, "") for name in self._header]
            self._writer.writerow([*texts, path, each.row, each.column, each.reason])

    def close(self) -> None:
        self._file.close()


def _rejects_file(path: str) -> WrittenFile:
    return WrittenFile("Rejects", path, Path(path).stat().st_size)
