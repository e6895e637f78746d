"""The program ``evalreport``: its commands and what becomes of errors."""

from __future__ import annotations

import atexit
import os
import sys
import traceback
from contextlib import suppress
from typing import Annotated, Any

import typer

from evalreport import __version__
from evalreport.cli.compare import compare
from evalreport.cli.demo import demo
from evalreport.cli.distributions import distributions
from evalreport.cli.exits import INTERRUPTED, NOT_WRITTEN, UNEXPECTED, USAGE, tell_error
from evalreport.cli.foresight import asks_for_events
from evalreport.cli.gate import gate
from evalreport.cli.log import end_log, running_log, start_log
from evalreport.cli.report import report
from evalreport.cli.schema import schema

# What typer raises for wrong usage: its public name is that of one of them only.
_WRONG_USAGE: tuple[type[Any], ...] = typer.BadParameter.__bases__

app = typer.Typer(
    help="An honest verdict on a classifier's probabilities: log loss, per class and per slice, "
    "with intervals, baseline and score bands, as one self-contained HTML report.",
    epilog="Exit codes: 0 done, 1 a limit failed, 2 wrong usage, 3 input refused and nothing "
    "written, 4 an output could not be written.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(report)
app.command()(compare)
app.command()(gate)
app.command()(demo)
app.command()(distributions)
app.command()(schema)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evalreport {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the program."""
    _replace_closed_streams()
    if asks_for_events(sys.argv[1:]):
        start_log()
    leaving = _Leaving()
    atexit.register(leaving.at_once)  # what is registered later runs before
    leaving.code = _exit_code()
    end_log(leaving.code)
    sys.exit(leaving.code)


def _exit_code() -> int:
    """Run the command that the arguments name, and return what it came to."""
    log = running_log()
    try:
        return app(standalone_mode=log is None) or 0
    except SystemExit as ended:  # how typer ends by itself, after it has told of wrong usage
        return ended.code if isinstance(ended.code, int) else 0
    except _WRONG_USAGE as error:
        if log is None:
            raise
        log.error(error.format_message(), USAGE)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # standard output itself cannot be written to
        tell_error(f"{error.strerror or error}.", NOT_WRITTEN)
        return NOT_WRITTEN
    except Exception:  # the last stop: shown in full, and never mistaken for a failed limit
        traceback.print_exc()
        sys.stderr.write("\nThis is a bug in evalreport. Please report it with the lines above.\n")
        return UNEXPECTED


class _Leaving:
    """The end of the program; after an error it does not wait for threads that still read ahead.

    Such a thread asks Python for bytes while the interpreter is taken down, and the whole process
    would abort with another exit code than the error has.
    """

    code: int = 0

    def at_once(self) -> None:
        """End the process, if the exit code is that of an error."""
        if self.code:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):
                    stream.flush()
            os._exit(self.code)


def _replace_closed_streams() -> None:
    """Give closed streams somewhere to go: a job that closed its log still wants its report."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # open as long as the program runs
