"""Exit codes, and errors as one plain sentence on standard error."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from evalreport.cli.log import running_log
from evalreport.errors import (
    EvalReportError,
    InputError,
    MergeError,
    OutputError,
    SettingsError,
    printable,
)

LIMIT_FAILED = 1
USAGE = 2
REFUSED = 3
NOT_WRITTEN = 4
UNEXPECTED = 4
INTERRUPTED = 130

_CODES: dict[type[EvalReportError], int] = {
    SettingsError: USAGE,
    InputError: REFUSED,
    MergeError: REFUSED,
    OutputError: NOT_WRITTEN,
}


@contextmanager
def exit_codes(verbose: bool = False) -> Iterator[None]:
    """Turn evalreport's errors into a sentence and an exit code; the rest passes through."""
    try:
        yield
    except EvalReportError as error:
        raise _stop(error, error, _CODES[type(error)], verbose) from error
    except BrokenPipeError as error:
        # Whoever read the summary has seen enough; Python would complain again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error
    except OSError as error:
        sentence = f"{error.strerror or error}."
        raise _stop(error, sentence, NOT_WRITTEN, verbose) from error


def tell_error(error: EvalReportError | str, code: int) -> None:
    """Tell on standard error why the program ends with this exit code."""
    log = running_log()
    if log is None:
        # A file can be named like a command to a terminal, or to whoever reads the log.
        first, *hints = str(error).split("\n  ")
        told = "\n  ".join(printable(line) for line in (f"error: {first}", *hints))
        typer.echo(told, err=True)
    else:
        log.error(error, code)


def _stop(error: Exception, told: EvalReportError | str, code: int, verbose: bool) -> typer.Exit:
    if verbose:
        traceback.print_exception(error)
    tell_error(told, code)
    return typer.Exit(code)
