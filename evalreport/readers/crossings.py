"""Slices by two columns at once: ``--slice 'language*device'``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evalreport.batch import SliceColumn
from evalreport.errors import InputError
from evalreport.readers.wording import quoted
from evalreport.voice import CALLER

Pair = tuple[str, str]


def two_columns(name: str, header: Sequence[str], path: str | None = None) -> Pair | None:
    """Return the two columns that a slice names with a star between them, or None.

    A column of that very name comes first, so that names with a star in them still work. The two
    need not be there.

    Raises
    ------
    InputError
        If the star could stand in two places, or there are more than two columns.

    Examples
    --------
    >>> two_columns("a*b", ["a", "b"]), two_columns("a*b", ["a", "b", "a*b"])
    (('a', 'b'), None)
    >>> two_columns("a*b*c", ["a*b", "c"])
    ('a*b', 'c')
    """
    if "*" not in name or name in header:
        return None
    pairs = [(name[:at], name[at + 1 :]) for at, letter in enumerate(name) if letter == "*"]
    fitting = [pair for pair in pairs if all(each in header for each in pair)]
    if len(fitting) > 1:
        raise InputError(
            f"{CALLER.option('slice', name)} can be read in two ways, as the columns "
            f"{', or '.join(quoted(pair) for pair in fitting)}.",
            path=path,
            hint="Rename a column, so that its name has no star.",
        )
    if not fitting and len(pairs) > 1:
        raise InputError(
            f"{CALLER.option('slice', name)} has {len(pairs)} stars, and a slice has two columns "
            "at most.",
            path=path,
            hint="Pass two columns with one star between them.",
        )
    return (fitting or pairs)[0]


def crossed(name: str, first: SliceColumn, second: SliceColumn) -> SliceColumn:
    r"""Return the slices by two columns at once, only those that have rows.

    A value is called ``"fr | phone"``. A bar or a backslash inside a value has a backslash before
    it, so that two pairs of values never look the same.

    Examples
    --------
    >>> codes = np.array([0, 1])
    >>> crossed("a*b", SliceColumn("a", codes, ("x", "y|z")), SliceColumn("b", codes, ("u", "v")))
    SliceColumn(name='a*b', codes=array([0, 1]), values=('x | u', 'y\\|z | v'))
    """
    n_second = len(second.values)
    used, codes = np.unique(first.codes * n_second + second.codes, return_inverse=True)
    values = (divmod(int(each), n_second) for each in used)
    names = tuple(f"{_escaped(first.values[a])} | {_escaped(second.values[b])}" for a, b in values)
    return SliceColumn(name, codes.astype(np.int64), names)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


def columns_of(slices: Sequence[str], pairs: Mapping[str, Pair]) -> tuple[str, ...]:
    """Return every column that these slices need."""
    return tuple(column for each in slices for column in pairs.get(each, (each,)))
