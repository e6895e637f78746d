"""Running a report job and showing what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evalreport.cli.exits import LIMIT_FAILED
from evalreport.cli.log import running_log
from evalreport.cli.progress import job_progress
from evalreport.errors import OutputError
from evalreport.github import limits_for_github, tell_github
from evalreport.job import JobOutcome, run
from evalreport.renderers.terminal import print_summary, quiet_line
from evalreport.settings import ReportSettings


def run_and_show(settings: ReportSettings) -> int:
    """Run the job, show what came of it, and return the exit code."""
    with job_progress() as watcher:
        outcome = run(settings, watcher)
    return show(outcome, settings)


def show(outcome: JobOutcome, settings: ReportSettings, gate_only: bool = False) -> int:
    """Print the document that was asked for, or the summary and the files; return the exit code."""
    log = running_log()
    if log is not None:
        log.outcome(outcome)
    if outcome.stdout is not None:
        write_document(outcome.stdout)
    else:
        with _reader_may_leave():
            if settings.quiet:
                print(quiet_line(outcome.report, outcome.files), flush=True)
            else:
                print_summary(outcome.report, outcome.files, limits_only=gate_only)
    if settings.github and gate_only:
        print_lines(limits_for_github(outcome.report, os.environ))
    elif settings.github:
        print_to_github(outcome, settings)
    return 0 if outcome.limits_are_met else LIMIT_FAILED


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Keep the verdict where a reader has seen enough, as ``| grep -q`` or ``| head`` has."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # nor does the flush at the end fail


def print_to_github(outcome: JobOutcome, settings: ReportSettings) -> None:
    """Give GitHub Actions, if this runs there, the summary and the worst findings."""
    own_templates = None if settings.template_dir is None else Path(settings.template_dir)
    print_lines(tell_github(outcome.report, os.environ, own_templates, settings.mermaid))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on standard error."""
    for line in lines:
        print(line, file=sys.stderr)


def write_document(text: str) -> None:
    """Write a document to standard output: in UTF-8, whatever the terminal speaks."""
    if sys.stdout is None:
        raise OutputError("standard output is closed, so the document cannot be written there.")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise OutputError("standard output was closed before the document was written.") from error
