"""The formats there are, and which of them a file is in."""

from __future__ import annotations

import os
from collections.abc import Mapping

from evalreport.errors import InputError, SettingsError
from evalreport.readers.arrow_ipc import ArrowIpc
from evalreport.readers.delimited import Delimited
from evalreport.readers.foreign import (
    hint_on_name,
    is_workbook,
    refuse_other_program,
    refuse_stand_in,
)
from evalreport.readers.interface import Format
from evalreport.readers.json_document import JsonDocument
from evalreport.readers.jsonl import JsonLines
from evalreport.readers.npz import Npy, Npz
from evalreport.readers.parquet import Parquet
from evalreport.readers.storage import (
    COMPRESSIONS,
    InputFile,
    compression_by_content,
    without_compression,
)
from evalreport.readers.text import empty_file
from evalreport.readers.wording import listed
from evalreport.voice import CALLER

_ALL: tuple[Format, ...] = (
    Delimited("csv", (".csv",), ",", others=";\t|"),
    Delimited("tsv", (".tsv",), "\t", others=",;|", is_sure=True),
    JsonLines(),
    JsonDocument(),
    Parquet(),
    ArrowIpc(),
    Npz(),
    Npy(),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}

_LONGEST_MARK = max(len(mark) for each in _ALL for mark in each.marks)


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
    """Return the format that the name of a file ends with, its compression aside, or None."""
    name = without_compression(os.path.basename(file).lower())
    return next((each for each in _ALL if name.endswith(each.suffixes)), None)


def format_of(file: InputFile, asked: str | None) -> Format:
    """Return the format of a file, and make sure that its first bytes do not say otherwise.

    Raises
    ------
    InputError
        If the suffix is unknown, or the file starts like one of another format.
    """
    format_ = named_format(asked) if asked is not None else format_by_suffix(file.shown)
    if format_ is None:
        raise InputError(
            "the name of the file does not tell its format.",
            path=file.shown,
            hint=hint_on_name(file.shown)
            or f"Pass {CALLER.option('format')} with one of {listed([*FORMATS])}.",
        )
    refuse_stand_in(file)
    _compare_compression(format_, file)
    refuse_other_program(file)
    _compare_with_content(format_, file)
    return format_


def _compare_compression(format_: Format, file: InputFile) -> None:
    stored = file.head(8, stored=True)
    if not stored:
        raise empty_file(file)
    found = compression_by_content(stored)
    if format_.marks and (found or file.compression):
        raise InputError(
            f"only text may be compressed as a whole, and {format_.name} is none.",
            path=file.shown,
            hint="Decompress the file first; this format compresses what it holds by itself.",
        )
    if found == file.compression:
        return
    if file.compression is None:
        raise InputError(
            f"this is a file compressed by {found}, and its name does not say so.",
            path=file.shown,
            hint=f"Add {COMPRESSIONS[str(found)][0]} to its name.",
        )
    if found is not None:
        raise InputError(
            f"the name says {file.compression}, and this is {found}.",
            path=file.shown,
            hint=f"Let its name end in {COMPRESSIONS[found][0]} instead of "
            f"{COMPRESSIONS[file.compression][0]}.",
        )
    raise InputError(
        f"the name says {file.compression}, and the file starts with {stored[:4]!r}.",
        path=file.shown,
        hint=f"Take {COMPRESSIONS[file.compression][0]} off its name if it is not compressed.",
    )


def _compare_with_content(format_: Format, file: InputFile) -> None:
    head = file.head(_LONGEST_MARK)
    looks_like = next((each.name for each in _ALL if head.startswith(each.marks or b"\0\0")), None)
    if looks_like == format_.name or (looks_like is None and not format_.marks):
        return
    if looks_like is None:
        raise InputError(
            f"this is no {format_.name} file: it starts with {head[:4]!r}.",
            path=file.shown,
            hint=f"Pass {CALLER.option('format', 'csv')} if it is text with commas.",
        )
    if looks_like == "npz" and is_workbook(file):
        raise InputError(
            f"this is a workbook, not {format_.name}.", path=file.shown, hint=hint_on_name(".xlsx")
        )
    if looks_like == "npz":
        raise InputError(
            f"this is a ZIP archive, not {format_.name}.",
            path=file.shown,
            hint="Save a workbook as CSV, unpack an archive, or pass "
            f"{CALLER.option('format', 'npz')} for NumPy's.",
        )
    raise InputError(
        f"this is a {looks_like} file, not {format_.name}.",
        path=file.shown,
        hint=f"Pass {CALLER.option('format', looks_like)}.",
    )
