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
    config = "config"


def schema(
    document: Annotated[
        Document,
        typer.Argument(help="What to describe: the evaluation file, or the settings file."),
    ] = Document.evaluation,
) -> None:
    """Print the JSON Schema of the evaluation file or of the settings file."""
    from evalreport.schema import evaluation_schema
    from evalreport.settings_schema import settings_schema

    schemas = {Document.evaluation: evaluation_schema, Document.config: settings_schema}
    with exit_codes():
        typer.echo(json.dumps(schemas[document](), indent=2))
