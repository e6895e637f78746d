"""From what the user named to files that can be opened."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalreport.errors import InputError, SettingsError
from evalreport.readers.formats import FORMATS, format_by_suffix, named_format
from evalreport.readers.wording import listed, near

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file, and what messages call it."""

    file: str
    shown: str


def find_inputs(paths: Sequence[str | Path], format_name: str | None) -> tuple[InputFile, ...]:
    """Return the files that the paths mean, in order; those of a directory by name.

    Raises
    ------
    InputError
        If a path does not exist, may not be read, or is a directory without readable files.
    SettingsError
        If nothing is named, or standard input without its format.
    """
    if not paths:
        raise SettingsError("no input was named.")
    found = [each for path in paths for each in _inputs_at(str(path), format_name)]
    for each in found:
        _refuse_unreadable(each)
    return tuple(found)


def _inputs_at(path: str, format_name: str | None) -> Iterator[InputFile]:
    if path == STANDARD_INPUT:
        if format_name is None:
            raise SettingsError(
                f"standard input has no name to tell its format; pass --format with one of "
                f"{listed([*FORMATS])}."
            )
        yield InputFile(_spooled_standard_input(), STANDARD_INPUT)
    elif os.path.isdir(path):
        yield from _inputs_in(path, format_name)
    elif os.path.exists(path):
        yield InputFile(path, path)
    else:
        raise InputError("there is no such file.", path=path, hint=_similar_name(path))


def _spooled_standard_input() -> str:
    """Keep standard input in a file: it is read more than once."""
    with tempfile.NamedTemporaryFile(prefix="evalreport-", delete=False) as spool:
        atexit.register(Path(spool.name).unlink, missing_ok=True)
        shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
    return spool.name


def _inputs_in(directory: str, format_name: str | None) -> list[InputFile]:
    try:
        names = sorted(os.listdir(directory))
    except PermissionError as error:
        raise InputError("the directory may not be read.", path=directory) from error
    # Job frameworks leave marker files behind, as _SUCCESS.
    paths = [os.path.join(directory, name) for name in names if not name.startswith((".", "_"))]
    files = [path for path in paths if os.path.isfile(path)]
    known = {path: each for path in files if (each := format_by_suffix(path)) is not None}
    if format_name is not None:
        wanted = named_format(format_name)
        files = [path for path, each in known.items() if each is wanted] or files
    else:
        files = list(known)
        formats = sorted({each.name for each in known.values()})
        if len(formats) > 1:
            raise InputError(
                f"the directory holds files of different formats: {listed(formats)}.",
                path=directory,
                hint=f"Pass --format with one of {listed(formats)}.",
            )
    if not files:
        raise InputError(
            "there are no predictions in the directory.",
            path=directory,
            hint=f"Formats that can be read: {listed([*FORMATS])}.",
        )
    return [InputFile(path, path) for path in files]


def _refuse_unreadable(each: InputFile) -> None:
    try:
        with open(each.file, "rb"):
            pass
    except PermissionError as error:
        raise InputError("the file may not be read: permission denied.", path=each.shown) from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}.", path=each.shown) from error


def _similar_name(path: str) -> str | None:
    directory = os.path.dirname(path)
    if not os.path.isdir(directory or "."):
        return f"There is no directory '{directory}' either."
    try:
        names = os.listdir(directory or ".")
    except PermissionError:
        return None
    meant = near(os.path.basename(path), names)
    return None if meant is None else f"Did you mean '{os.path.join(directory, meant)}'?"
