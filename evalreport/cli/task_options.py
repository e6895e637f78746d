"""Options of token files, Gaussian forecasts, most likely classes, and a few others."""

from __future__ import annotations

from typing import Annotated

import typer

_TASKS = "Tokens and Gaussian forecasts"

Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="COL",
        help="Column of what rows belong to; intervals allow for it.",
        rich_help_panel="Reading",
        show_default=False,
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text",
        metavar="COL",
        help="Column of the text, to count characters and bytes.",
        rich_help_panel=_TASKS,
        show_default=False,
    ),
]
NChars = Annotated[
    str | None,
    typer.Option(
        "--n-chars",
        metavar="COL",
        help="Column of the number of characters.",
        rich_help_panel=_TASKS,
        show_default=False,
    ),
]
NBytes = Annotated[
    str | None,
    typer.Option(
        "--n-bytes",
        metavar="COL",
        help="Column of the number of UTF-8 bytes.",
        rich_help_panel=_TASKS,
        show_default=False,
    ),
]
Mean = Annotated[
    str | None,
    typer.Option(
        "--mean",
        metavar="COL",
        help="Column of the mean; mean, mu, pred_mean or y_mean.",
        rich_help_panel=_TASKS,
        show_default=False,
    ),
]
Std = Annotated[
    str | None,
    typer.Option(
        "--std",
        metavar="COL",
        help="Column of the standard deviation; std, sd, sigma, pred_std or y_std.",
        rich_help_panel=_TASKS,
        show_default=False,
    ),
]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify",
        help="Compute the log loss once more with scikit-learn and show the difference.",
        rich_help_panel="Scoring",
    ),
]

_TOP_K = "Most likely classes only"
TopK = Annotated[
    bool,
    typer.Option(
        "--top-k",
        help="Rows hold only their most likely classes: the loss of others is bounded.",
        rich_help_panel=_TOP_K,
    ),
]
TopLabels = Annotated[
    str | None,
    typer.Option(
        "--top-labels",
        metavar="COL[,COL...]",
        help="With --top-k: column of the list of classes, or columns of one class each, or a "
        "pattern; --probs names their probabilities.",
        rich_help_panel=_TOP_K,
        show_default=False,
    ),
]
