"""Running a report job and showing what came of it."""

from __future__ import annotations

import sys

from evalreport.cli.progress import reading_progress
from evalreport.errors import OutputError
from evalreport.job import JobOutcome, run
from evalreport.renderers.terminal import print_summary, quiet_line
from evalreport.settings import ReportSettings


def run_and_show(settings: ReportSettings) -> JobOutcome:
    """Run the job; print the document that was asked for, or the summary and the files."""
    with reading_progress() as on_rows:
        outcome = run(settings, on_rows)
    if outcome.stdout is not None:
        write_document(outcome.stdout)
    elif settings.quiet:
        print(quiet_line(outcome.report, outcome.files))
    else:
        print_summary(outcome.report, outcome.files)
    return outcome


def write_document(text: str) -> None:
    """Write a document to standard output: in UTF-8, whatever the terminal speaks."""
    if sys.stdout is None:
        raise OutputError("standard output is closed, so the document cannot be written there.")
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
