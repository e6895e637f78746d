"""Small pieces of messages: lists and near misses."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from evalreport.errors import clipped

LISTED = 10
_MOST_COMPARED = 200
"""Longer names are no slips of the pen, and comparing them takes long."""


def listed(names: Sequence[str], limit: int = LISTED) -> str:
    """Return the names with commas, the rest of a long list as a number.

    Examples
    --------
    >>> listed(["cat", "dog", "emu"], limit=2)
    'cat, dog and 1 more'
    """
    shown = ", ".join(map(clipped, names[:limit]))
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def quoted(names: Sequence[str]) -> str:
    """Return two or three names in quotes, the ends of a longer row of columns.

    Examples
    --------
    >>> quoted(["a", "b"]), quoted(["a", "b", "c"]), quoted(["p_0", "p_1", "p_2", "p_3"])
    ("'a' and 'b'", "'a', 'b' and 'c'", "'p_0' to 'p_3'")
    """
    if len(names) > 3:
        return f"'{clipped(names[0])}' to '{clipped(names[-1])}'"
    *first, last = (f"'{clipped(name)}'" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def near(name: str, names: Sequence[str]) -> str | None:
    """Return what somebody who wrote `name` most likely meant, or None."""
    if len(name) > _MOST_COMPARED:
        return None
    folded = {each.strip().casefold(): each for each in reversed(names)}
    wanted = name.strip().casefold()
    matches = difflib.get_close_matches(wanted, list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(name: str, names: Sequence[str], what: str) -> str:
    """Return a hint: the near miss if there is one, else what there is to choose from."""
    meant = near(name, names)
    return f"Did you mean '{meant}'?" if meant else f"The {what} are: {listed(names)}."
