"""Options that say what is required of a result, and the settings file that can say it too.

Also those that the settings file has to be read before.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from evalreport.cli.exits import exit_codes
from evalreport.cli.numbers import a_number, whole_number
from evalreport.cli.stream_options import LogFormat, LogFormatOption
from evalreport.limits import Limits

_LIMITS = "Limits"


class FailOn(StrEnum):
    """The mildest finding that fails."""

    error = "error"
    warning = "warning"
    never = "never"


def _read_config(context: typer.Context, path: str | None) -> str | None:
    """Make the settings file what options default to, and return its path."""
    if context.resilient_parsing:
        return path
    with exit_codes():
        from evalreport.settings_file import read_settings_file

        found = read_settings_file(path)
    renamed = {"slice": "slices"}
    options = {renamed.get(name, name): value for name, value in found.options.items()}
    parameters = {each.name: each for each in context.command.params}
    context.default_map = {
        name: _as_words(value, parameters[name].multiple)
        for name, value in options.items()
        if name in parameters
    }
    return found.path


def _as_words(value: Any, is_repeated: bool) -> Any:
    """Return a value as it would stand on the command line."""
    if is_repeated:
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        return ",".join(value)
    return str(value) if isinstance(value, float) else value


class LimitOptions:
    """The options, each with its help."""

    max_loss: Annotated[
        float | None,
        typer.Option(
            "--max-loss",
            parser=a_number,
            metavar="X",
            help="Fail if the log loss is above this many nats.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    min_skill: Annotated[
        float | None,
        typer.Option(
            "--min-skill",
            parser=a_number,
            metavar="X",
            help="Fail if the skill is below this; 0 is the baseline, 1 is perfect.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    max_ece: Annotated[
        float | None,
        typer.Option(
            "--max-ece",
            parser=a_number,
            metavar="X",
            help="Fail if the expected calibration error is above this.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    max_zero_probability: Annotated[
        int | None,
        typer.Option(
            "--max-zero-probability",
            parser=whole_number,
            metavar="N",
            help="Fail if more rows than this gave zero probability to what happened.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    worst_band: Annotated[
        str | None,
        typer.Option(
            "--worst-band",
            metavar="NAME",
            help="Fail if the band is worse than this one, as 'fine'.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    max_regression: Annotated[
        float | None,
        typer.Option(
            "--max-regression",
            parser=a_number,
            metavar="X",
            help="Fail if the log loss is more than this above that of the previous run.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    fail_on: Annotated[
        FailOn,
        typer.Option(
            "--fail-on",
            help="Fail on findings that are errors, or warnings too.",
            rich_help_panel=_LIMITS,
        ),
    ] = FailOn.never
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Fail on limits that could not be judged, too.",
            rich_help_panel=_LIMITS,
        ),
    ] = False
    junit: Annotated[
        str | None,
        typer.Option(
            "--junit",
            metavar="FILE",
            help="The limits as JUnit XML, which CI systems show as tests.",
            rich_help_panel=_LIMITS,
            show_default=False,
        ),
    ] = None
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Settings and limits in TOML; else evalreport.toml, or the table tool.evalreport "
            "of pyproject.toml, in the working directory. The command line wins.",
            rich_help_panel=_LIMITS,
            show_default=False,
            is_eager=True,
            callback=_read_config,
        ),
    ] = None
    # Behind the settings file, which may ask for it.
    log_format: LogFormatOption = LogFormat.text


_NO_LIMIT = ("junit", "config", "log_format")


def taken_limits(given: dict[str, Any]) -> Limits:
    """Take the limits out of the options given, with those of the settings file on groups."""
    from evalreport.settings_file import read_settings_file

    names = [name for name in LimitOptions.__annotations__ if name not in _NO_LIMIT]
    values = {name: given.pop(name) for name in names}
    values["fail_on"] = values["fail_on"].value
    path = given["config"]
    groups = None if path is None else read_settings_file(path)
    return Limits(
        **values,
        classes=() if groups is None else groups.classes,
        slices=() if groups is None else groups.slices,
    )
