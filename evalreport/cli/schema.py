"""``evalreport schema``."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from evalreport.cli.exits import exit_codes


class Document(StrEnum):
    """What there is a schema of."""

    evaluation = "evaluation"


def schema(
    document: Annotated[
        Document, typer.Argument(help="What to describe: the file that report --json writes.")
    ] = Document.evaluation,
) -> None:
    """Print the JSON Schema of the evaluation file."""
    from evalreport.schema import evaluation_schema

    schemas = {Document.evaluation: evaluation_schema}
    with exit_codes():
        typer.echo(json.dumps(schemas[document](), indent=2))
