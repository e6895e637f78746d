"""How GitHub's runner reads the commands in what a step prints, after its own source."""

from __future__ import annotations

import re
from typing import NamedTuple

# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
_OF_DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
_OF_PROPERTIES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


class Command(NamedTuple):
    """One command: its name, its properties and its data."""

    name: str
    properties: dict[str, str]
    data: str


def commands_in(printed: str) -> list[Command]:
    """Return the commands in what was printed, those in the older notation included."""
    found = []
    stop = None
    for line in printed.splitlines():
        command = _command(line)
        if command is None or (stop is not None and command.name != stop):
            continue
        stop = command.data if command.name == "stop-commands" else None
        found.append(command)
    return found


def _command(line: str) -> Command | None:
    line = line.strip()
    if line.startswith("::"):
        name_and_properties, colons, data = line[2:].partition("::")
        if colons:
            name, _, rest = name_and_properties.partition(" ")
            return Command(name, _properties(rest, ","), _unescaped(data, _OF_DATA))
    older = re.search(r"##\[([\w-]+)(?: ([^\]]*))?\](.*)", line)
    return Command(older[1], _properties(older[2] or "", ";"), older[3]) if older else None


def _properties(text: str, separator: str) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in text.split(separator) if each.strip())
    return {key: _unescaped(value, _OF_PROPERTIES) for key, _, value in pairs}


def _unescaped(text: str, meanings: dict[str, str]) -> str:
    for escaped, meaning in meanings.items():
        text = text.replace(escaped, meaning)
    return text
