"""Numbers on the command line, refused in a sentence that shows what was typed."""

from __future__ import annotations

import typer


def a_number(text: str) -> float:
    """Return the number that a text stands for.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    try:
        return float(text)
    except ValueError as error:
        hint = " The decimals stand behind a point, as in 0.3." if "," in text else ""
        raise typer.BadParameter(f"'{text}' is no number.{hint}") from error


def whole_number(text: str) -> int:
    """Return the whole number that a text stands for.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    try:
        return int(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no whole number.") from error
