"""Options with a few possible values: a word that is none of them is named, with those that are."""

from __future__ import annotations

from collections.abc import Sequence

from evalreport.errors import SettingsError


def check_choice(option: str, value: object, choices: Sequence[str]) -> None:
    """Make sure that the value of an option is one of its choices.

    Examples
    --------
    >>> check_choice("on_invalid", "raise", ("error", "drop"))
    Traceback (most recent call last):
    evalreport.errors.SettingsError: on_invalid takes 'error' or 'drop', not 'raise'.
    """
    if value not in choices:
        known = " or ".join(repr(choice) for choice in choices)
        raise SettingsError(f"{option} takes {known}, not {value!r}.")
