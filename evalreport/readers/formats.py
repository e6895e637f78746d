"""The formats there are, and which of them a file is in."""

from __future__ import annotations

import os
from collections.abc import Mapping

from evalreport.errors import InputError, SettingsError
from evalreport.readers.delimited import Delimited
from evalreport.readers.interface import Format
from evalreport.readers.parquet import MAGIC as PARQUET_MAGIC
from evalreport.readers.parquet import Parquet
from evalreport.readers.wording import listed

_ALL: tuple[Format, ...] = (
    Delimited("csv", (".csv",), ",", others=";\t|"),
    Delimited("tsv", (".tsv",), "\t"),
    Parquet(),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}

_MAGIC: Mapping[str, bytes] = {"parquet": PARQUET_MAGIC}
"""The bytes that files of a format start with, where it has such a mark."""


def named_format(name: str) -> Format:
    """Return the format that the user calls by this name.

    Raises
    ------
    SettingsError
        If there is none.
    """
    if name not in FORMATS:
        raise SettingsError(f"there is no format '{name}'; the formats are {listed([*FORMATS])}.")
    return FORMATS[name]


def format_by_suffix(file: str) -> Format | None:
    """Return the format that the name of a file ends with, or None."""
    name = os.path.basename(file).lower()
    return next((each for each in _ALL if name.endswith(each.suffixes)), None)


def format_of(file: str, shown: str, asked: str | None) -> Format:
    """Return the format of a file, and make sure that its first bytes do not say otherwise.

    Raises
    ------
    InputError
        If the suffix is unknown, or the file starts like one of another format.
    """
    format_ = named_format(asked) if asked is not None else format_by_suffix(shown)
    if format_ is None:
        raise InputError(
            "the name of the file does not tell its format.",
            path=shown,
            hint=f"Pass --format with one of {listed([*FORMATS])}.",
        )
    _compare_with_content(format_, file, shown)
    return format_


def _compare_with_content(format_: Format, file: str, shown: str) -> None:
    with open(file, "rb") as stream:
        head = stream.read(max(len(mark) for mark in _MAGIC.values()))
    if not head:
        raise InputError("the file is empty.", path=shown)
    looks_like = next((name for name, mark in _MAGIC.items() if head.startswith(mark)), None)
    if looks_like is not None and looks_like != format_.name:
        raise InputError(
            f"this is a {looks_like} file, not {format_.name}.",
            path=shown,
            hint=f"Pass --format {looks_like}.",
        )
    if format_.name in _MAGIC and looks_like is None:
        raise InputError(
            f"this is no {format_.name} file: it starts with {head!r}.",
            path=shown,
            hint="Pass --format csv if it is text with commas.",
        )
