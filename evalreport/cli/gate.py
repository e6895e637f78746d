"""``evalreport gate``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from evalreport.cli import options, stream_options
from evalreport.cli.exits import exit_codes
from evalreport.cli.limit_options import LimitOptions, taken_limits
from evalreport.cli.signatures import taking
from evalreport.settings import ReportSettings


@taking(LimitOptions)
def gate(
    evaluation: Annotated[
        str,
        typer.Argument(
            metavar="EVALUATION.json",
            help="An evaluation file, as report --json writes it.",
            show_default=False,
        ),
    ],
    json: options.Json = None,
    markdown: options.Markdown = None,
    key: options.MarkerKey = None,
    unit: options.UnitOption = options.Unit.nats,
    no_github: options.NoGithub = False,
    quiet: stream_options.Quiet = False,
    verbose: stream_options.Verbose = False,
    **more: Any,
) -> None:
    """Judge limits on a saved evaluation, without the rows: exit code 1 if one fails."""
    with exit_codes(verbose):
        limits = taken_limits(more)
        settings = ReportSettings(
            (evaluation,),
            output="none",
            github=not no_github,
            json=json,
            markdown=markdown,
            key=key,
            unit=unit.value,
            quiet=quiet,
            limits=limits,
            junit=more["junit"],
            config=more["config"],
            log_format=more["log_format"].value,
        )
        from evalreport.cli.show import show
        from evalreport.gate import run_gate

        raise typer.Exit(show(run_gate(settings), settings, gate_only=True))
