"""Options on what outputs show: of single rows, and of charts."""

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
Bands = Annotated[
    str | None,
    typer.Option(
        "--bands",
        metavar="FILE",
        help="Own names and edges of bands, in TOML; the built-in scale.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
TrainingFrequencies = Annotated[
    str | None,
    typer.Option(
        "--training-frequencies",
        metavar="A=P,B=Q",
        help="Class frequencies of training, cat=0.7,dog=0.3: what always predicting them scores.",
        rich_help_panel="Scoring",
        show_default=False,
    ),
]
NoMermaid = Annotated[
    bool,
    typer.Option(
        "--no-mermaid",
        help="Leave the chart out of the Markdown, where it is not drawn.",
        rich_help_panel=_OUTPUT,
    ),
]
