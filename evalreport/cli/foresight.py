"""What the command line asks for that has to be known before it is understood."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from evalreport.errors import SettingsError

_LOG_FORMAT, _CONFIG = "--log-format", "--config"
_WITH_SETTINGS = ("report", "compare", "gate")


def asks_for_events(arguments: Sequence[str]) -> bool:
    """Tell whether standard error is to be a log of events; the command line wins over a file.

    A settings file that cannot be read asks for nothing: what is wrong with it is told later.

    Examples
    --------
    >>> asks_for_events(["report", "p.csv", "--log-format", "json"])
    True
    >>> asks_for_events(["schema", "--", "--log-format=json"])
    False
    """
    words = list(arguments)
    options = words[: words.index("--")] if "--" in words else words
    asked = _value_of(_LOG_FORMAT, options)
    if asked is not None or not words or words[0] not in _WITH_SETTINGS or "--help" in words:
        return asked == "json"
    return _file_asks_for_events(_value_of(_CONFIG, options))


def _value_of(option: str, words: Sequence[str]) -> str | None:
    """Return the last value that is given for an option."""
    behind = [value for word, value in pairwise(words) if word == option]
    joined = [word.partition("=")[2] for word in words if word.startswith(f"{option}=")]
    return next(reversed([*behind, *joined]), None)


def _file_asks_for_events(path: str | None) -> bool:
    from evalreport.settings_file import OWN_FILE, PROJECT_FILE, read_settings_file

    if path is None and not any(Path(each).is_file() for each in (OWN_FILE, PROJECT_FILE)):
        return False
    with suppress(SettingsError):
        return read_settings_file(path).options.get("log_format") == "json"
    return False
