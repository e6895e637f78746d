"""Options that commands share, each with its help."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from evalreport.cli.numbers import a_number
from evalreport.settings import FORMAT_NAMES

FormatName = StrEnum("FormatName", [(name, name) for name in FORMAT_NAMES])  # type: ignore[misc]  # made from the settings


class OnInvalid(StrEnum):
    """What to do with a row that cannot be scored."""

    error = "error"
    drop = "drop"


class Normalize(StrEnum):
    """What to do with probabilities that do not sum to 1."""

    error = "error"
    rescale = "rescale"
    as_is = "as-is"


class InputKind(StrEnum):
    """What the numbers are."""

    probabilities = "probabilities"
    percentages = "percentages"
    logits = "logits"
    log_probabilities = "log-probabilities"
    tokens = "tokens"
    gaussian = "gaussian"


class Decimal(StrEnum):
    """What stands before the decimals of a number in text."""

    point = "."
    comma = ","


class Unit(StrEnum):
    """The unit that losses are shown in."""

    nats = "nats"
    bits = "bits"


_READING = "Reading"
_SCORING = "Scoring"
_OUTPUT = "Output"
_COMPARING = "Comparing"

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Files of predictions, a directory of files of one format, a quoted pattern such as "
        "'part-*.csv', an address such as s3://bucket/key, or - for standard input.",
        show_default=False,
    ),
]
Format = Annotated[
    FormatName | None,
    typer.Option(
        "--format",
        help="Format of the input; by its suffix unless given.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        metavar="COL",
        help="Column of what happened; found by name.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Probs = Annotated[
    str | None,
    typer.Option(
        "--probs",
        metavar="COL[,COL...]",
        help="Columns of the probabilities, or a pattern such as 'prob_*' in which the star "
        "stands for the class; found by name.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
TargetProbs = Annotated[
    str | None,
    typer.Option(
        "--target-probs",
        metavar="COL[,COL...]",
        help="Soft labels instead of --label: columns of the distribution of what happened, or a "
        "pattern.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
NormalizeTargets = Annotated[
    bool,
    typer.Option(
        "--normalize-targets",
        help="Divide target probabilities by their sum, as for counts of annotators.",
        rich_help_panel=_READING,
    ),
]
LabelSmoothing = Annotated[
    float,
    typer.Option(
        "--label-smoothing",
        parser=a_number,
        metavar="EPS",
        help="Share of equal odds mixed into what happened before it is scored.",
        rich_help_panel=_SCORING,
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        "--positive",
        metavar="LABEL",
        help="The class that a single probability column speaks of; 1, true or yes.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Classes = Annotated[
    str | None,
    typer.Option(
        "--classes",
        metavar="A,B,C",
        help="The closed list of classes and their order; the names of the columns.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
InputKindOption = Annotated[
    InputKind,
    typer.Option("--input-kind", help="What the numbers are.", rich_help_panel=_READING),
]
ClassColumn = Annotated[
    str | None,
    typer.Option(
        "--class-column",
        metavar="COL",
        help="Column of the class that a row speaks of, if each class has a row of its own.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHAR",
        help="What stands between the cells of a text file, or tab; told by its header.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
DecimalOption = Annotated[
    Decimal | None,
    typer.Option(
        "--decimal",
        help="What stands before the decimals in a text file; told by the probabilities.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
NoHeader = Annotated[
    bool,
    typer.Option(
        "--no-header",
        help="The first line of a text file is a row; columns are called 1, 2, 3, ….",
        rich_help_panel=_READING,
    ),
]
Weight = Annotated[
    str | None,
    typer.Option(
        "--weight",
        metavar="COL",
        help="Column of row weights, 0 or more.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Id = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="COL",
        help="Column of row ids; id, row_id or example_id.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Slices = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="COL",
        help="Column to report by; may be given again.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
OnInvalidOption = Annotated[
    OnInvalid,
    typer.Option(
        "--on-invalid",
        help="A row that cannot be scored ends the job, or is left out, counted and listed.",
        rich_help_panel=_SCORING,
    ),
]
Rejects = Annotated[
    str | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        help="Keep the rows that are left out, as CSV.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
NormalizeOption = Annotated[
    Normalize,
    typer.Option(
        "--normalize",
        help="Rows that miss a sum of 1 by more than 0.01: refuse, rescale, or score as they are.",
        rich_help_panel=_SCORING,
    ),
]
Floor = Annotated[
    str,
    typer.Option(
        "--floor",
        metavar="P|none",
        help="Least probability scored; auto is 2^-52, none for logits.",
        rich_help_panel=_SCORING,
    ),
]
UnitOption = Annotated[
    Unit,
    typer.Option(
        "--unit", help="Unit of the losses shown; bands stay in nats.", rich_help_panel=_OUTPUT
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The HTML report; - is standard output, none is no page. "
        "By default the input's name with .report.html, in the working directory.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Every number, as JSON; - is standard output.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
Markdown = Annotated[
    str | None,
    typer.Option(
        "--markdown",
        metavar="FILE",
        help="The summary for a pull request; - is standard output.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
Title = Annotated[
    str | None,
    typer.Option(
        "--title",
        metavar="TEXT",
        help="Title of the report; the input's name.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
MarkerKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="TEXT",
        help="Key of the marker in the Markdown; the title.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
TemplateDir = Annotated[
    str | None,
    typer.Option(
        "--template-dir",
        metavar="DIR",
        help="Own templates, taken before the built-in ones of the same name.",
        rich_help_panel=_OUTPUT,
        show_default=False,
    ),
]
NoGithub = Annotated[
    bool,
    typer.Option(
        "--no-github",
        help="In GitHub Actions, leave the job summary alone and print no annotations.",
        rich_help_panel=_OUTPUT,
    ),
]
Previous = Annotated[
    str | None,
    typer.Option(
        "--previous",
        metavar="FILE",
        help="An earlier run to compare with: predictions, or an evaluation file.",
        rich_help_panel=_COMPARING,
        show_default=False,
    ),
]
PairByPosition = Annotated[
    bool,
    typer.Option(
        "--pair-by-position",
        help="Compare rows that have no ids by their order, which is the same in both files.",
        rich_help_panel=_COMPARING,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes to read large inputs with; all cores.",
        show_default=False,
    ),
]


def all_cores() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def words(text: str | None) -> tuple[str, ...]:
    """Split a list of names at its commas."""
    return () if text is None else tuple(word.strip() for word in text.split(","))
