"""Options on single rows: how many of the worst are kept, and what is shown of them."""

from __future__ import annotations

from typing import Annotated

import typer

_OUTPUT = "Output"

Worst = Annotated[
    int,
    typer.Option(
        "--worst",
        metavar="N",
        help="How many rows of the highest loss are listed, 0 to 1,000.",
        rich_help_panel=_OUTPUT,
    ),
]
Show = Annotated[
    list[str] | None,
    typer.Option(
        "--show",
        metavar="COL",
        help="Column whose contents are shown with the worst rows; may be given again.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
