"""``evalreport compare``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from evalreport.cli.exits import exit_codes
from evalreport.cli.report import report, settings_of
from evalreport.cli.signatures import like


@like(report, "inputs", "previous")
def compare(
    previous: Annotated[
        str,
        typer.Argument(
            metavar="PREVIOUS",
            help="The earlier run: predictions, or an evaluation file.",
            show_default=False,
        ),
    ],
    current: Annotated[
        str,
        typer.Argument(
            metavar="CURRENT",
            help="This run: predictions, or an evaluation file.",
            show_default=False,
        ),
    ],
    **more: Any,
) -> None:
    """Compare a run with an earlier one, row by row where both have the same rows."""
    with exit_codes(more.pop("verbose")):
        settings = settings_of({**more, "inputs": [current], "previous": previous})
        from evalreport.cli.show import run_and_show

        raise typer.Exit(run_and_show(settings))
