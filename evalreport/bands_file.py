"""Own bands, written down in TOML: names, edges in nats, and how good each is."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn

from evalreport.bands import BUILT_IN, Band, Scale
from evalreport.errors import SettingsError
from evalreport.toml_file import read_toml

TONES = ("good", "fine", "watch", "poor", "bad")
"""How good a band can be, best first."""
MOST_BANDS = 12
LONGEST_NAME = 40
_NAME = re.compile(r"[\w .,'!?%+-]+")
"""What means nothing in Markdown, HTML and a terminal."""
_KEYS = ("name", "below", "up_to", "tone")
_EXAMPLE = 'A band looks like [[bands]] with name = "good" and below = 0.1 in the lines under it.'


def scale_from(path: str | Path | None) -> Scale:
    """Return the bands in a file; without one those that are built in.

    Parameters
    ----------
    path : str or Path, optional
        A TOML file with a table ``[[bands]]`` for each band, best first. Each has a ``name`` and
        its upper edge in nats: ``below`` if the edge belongs to the next band, ``up_to`` if it
        belongs to this one. The last has no edge. ``tone`` says how good it is: "good", "fine",
        "watch", "poor" or "bad"; else that follows from its place.

    Raises
    ------
    SettingsError
        If the file cannot be read, or its bands do not cover every loss once.
    """
    if path is None:
        return BUILT_IN
    shown = str(path)
    tables = _tables(shown, read_toml(shown, "file of bands"))
    bands = tuple(_bands(shown, tables))
    content = json.dumps([[each.name, each.high, each.includes_high, each.tone] for each in bands])
    return Scale(bands, Path(path).name, blake2b(content.encode(), digest_size=8).hexdigest())


def _refuse(path: str, fact: str, hint: str) -> NoReturn:
    raise SettingsError(f"{path}: {fact}\n  {hint}")


def _tables(path: str, document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    for key in document:
        if key != "bands":
            _refuse(path, f"there is no setting {key} in a file of bands.", _EXAMPLE)
    tables = document.get("bands")
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        _refuse(path, "there are no bands.", _EXAMPLE)
    if not 2 <= len(tables) <= MOST_BANDS:
        plural = "" if len(tables) == 1 else "s"
        fact = f"there {'is' if len(tables) == 1 else 'are'} {len(tables)} band{plural}."
        _refuse(path, fact, f"A scale has 2 to {MOST_BANDS} of them.")
    return tables


def _bands(path: str, tables: Sequence[Mapping[str, Any]]) -> list[Band]:
    bands: list[Band] = []
    for number, table in enumerate(tables):
        place = f"band {number + 1}"
        _refuse_unknown(path, place, table)
        name = _name(path, place, table, [each.name for each in bands])
        low, includes_low = 0.0, True
        if bands:
            low, includes_low = bands[-1].high or 0.0, not bands[-1].includes_high
        high = _edge(path, f"band '{name}'", table, low, number, is_last=table is tables[-1])
        default = TONES[round(number * (len(TONES) - 1) / (len(tables) - 1))]
        tone = table.get("tone", default)
        if tone not in TONES:
            fact = f"band '{name}': tone takes one of {', '.join(TONES)}; not {tone!r}."
            _refuse(path, fact, "Leave it out, and it follows from the place of the band.")
        bands.append(Band(name, low, high, includes_low, "up_to" in table, tone))
    return bands


def _refuse_unknown(path: str, place: str, table: Mapping[str, Any]) -> None:
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(_KEYS)}."
            _refuse(path, f"{place}: there is no setting {key}.", hint)


def _name(path: str, place: str, table: Mapping[str, Any], taken: Sequence[str]) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        _refuse(path, f"{place} has no name.", _EXAMPLE)
    if not _NAME.fullmatch(name):
        hint = "Letters, digits, blanks and .,'!?%+- can be in it."
        _refuse(path, f"{place}: the name {name!r} holds other signs.", hint)
    if len(name) > LONGEST_NAME:
        _refuse(path, f"{place}: the name has {len(name)} letters.", f"{LONGEST_NAME} fit at most.")
    if name in taken:
        _refuse(path, f"two bands are called '{name}'.", "Give every band a name of its own.")
    return name


def _edge(
    path: str, place: str, table: Mapping[str, Any], low: float, number: int, is_last: bool
) -> float | None:
    given = [key for key in ("below", "up_to") if key in table]
    if is_last:
        if given:
            hint = "Leave its edge away, or add a band for what is above."
            _refuse(path, f"{place} is the last and ends at {table[given[0]]!r}.", hint)
        return None
    if len(given) != 1:
        fact = f"{place} has {'two upper edges' if given else 'no upper edge'}."
        _refuse(path, fact, "Give it below = X, or up_to = X if X itself belongs to it.")
    edge = table[given[0]]
    if isinstance(edge, bool) or not isinstance(edge, int | float) or not math.isfinite(edge):
        _refuse(path, f"{place}: {given[0]} takes a number of nats, not {edge!r}.", _EXAMPLE)
    # Only the first band may be a single point, the loss of exactly 0.
    if edge < low or (edge == low and not (number == 0 and given[0] == "up_to")):
        fact = f"{place} ends at {edge:g}, and starts at {low:g}."
        _refuse(path, fact, "Edges rise from the best band to the worst, from above 0.")
    return float(edge)
