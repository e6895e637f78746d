"""``evalreport demo``."""

from __future__ import annotations

from typing import Annotated

import typer

from evalreport.cli.exits import exit_codes


def demo(
    output_dir: Annotated[
        str,
        typer.Option("--output-dir", metavar="DIR", help="Where the files go; made if missing."),
    ] = "evalreport-demo",
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show a traceback with an error.")
    ] = False,
) -> None:
    """Write real example predictions and their reports, and say which file to open."""
    with exit_codes(verbose):
        from evalreport.cli.show import run_and_show
        from evalreport.demo import prepare

        jobs = prepare(output_dir)
        for job in jobs:
            typer.echo(f"{job.heading}\n\n$ {job.settings.command()}\n")
            run_and_show(job.settings)
            typer.echo()
        typer.echo(f"Open {jobs[0].settings.html_path} in a browser.")
