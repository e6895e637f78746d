"""Options on what is printed, and where: to standard output, and to standard error."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from evalreport.cli.log import start_log


class LogFormat(StrEnum):
    """What standard error holds."""

    text = "text"
    json = "json"


def _start(asked: LogFormat) -> LogFormat:
    if asked is LogFormat.json:
        start_log()
    return asked


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print one line.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show a traceback with an error.")]
LogFormatOption = Annotated[
    LogFormat,
    typer.Option(
        "--log-format",
        help="Progress, warnings and errors on standard error: as text, or one JSON object a line.",
        is_eager=True,
        callback=_start,
    ),
]
