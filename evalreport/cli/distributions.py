"""``evalreport distributions``."""

from __future__ import annotations

from typing import Annotated

import typer

from evalreport.cli import options, stream_options
from evalreport.cli.exits import exit_codes


def distributions(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="A file with both distributions as columns, or one file for each.",
            show_default=False,
        ),
    ] = None,
    p: Annotated[
        str, typer.Option("--p", metavar="X,Y,...|COL", help="What happens: numbers, or a column.")
    ] = "p",
    q: Annotated[
        str, typer.Option("--q", metavar="X,Y,...|COL", help="What is forecast: likewise.")
    ] = "q",
    names: Annotated[
        str | None,
        typer.Option("--names", metavar="A,B,...|COL", help="Names of the outcomes."),
    ] = None,
    unit: options.UnitOption = options.Unit.nats,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A small HTML page with the chart."),
    ] = None,
    json: options.Json = None,
    markdown: options.Markdown = None,
    title: options.Title = None,
    verbose: stream_options.Verbose = False,
) -> None:
    """Compare two distributions: entropies, cross-entropies, divergences, and a bar chart."""
    with exit_codes(verbose):
        from evalreport.two_distributions import Outputs, read_pair, write_outputs

        pair = read_pair(tuple(files or ()), p, q, names, title)
        outputs = Outputs(output, json, markdown)
        shown = write_outputs(pair, unit.value, outputs)
        typer.echo(shown, nl=False)
