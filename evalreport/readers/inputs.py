"""From what the user named to files that can be opened."""

from __future__ import annotations

import atexit
import glob
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from evalreport.errors import InputError, SettingsError
from evalreport.readers import remote
from evalreport.readers.formats import FORMATS, format_by_suffix, named_format
from evalreport.readers.partitions import partitions_in
from evalreport.readers.storage import InputFile, compression_by_content, compression_by_name
from evalreport.readers.wording import listed, near
from evalreport.voice import CALLER

STANDARD_INPUT = "-"


def find_inputs(paths: Sequence[str | Path], format_name: str | None) -> tuple[InputFile, ...]:
    """Return the files that the paths mean, in order; those of a directory or pattern by name.

    Raises
    ------
    InputError
        If a path does not exist, a pattern matches nothing, a file may not be read, or a directory
        is without readable files.
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
        yield _standard_input(format_name)
    elif remote.is_remote(path):
        yield from _remote_inputs(path, format_name)
    elif os.path.isdir(path):
        yield from _chosen(path, list(_files_in(path)), format_name)
    elif os.path.isfile(path):
        yield _input(path)
    elif os.path.exists(path):
        with open(path, "rb") as pipe:  # read more than once, which a pipe does not allow
            yield _spooled(pipe, path, format_name)
    elif glob.has_magic(path):
        yield from _matching(path, sorted(glob.glob(path, recursive=True)))
    else:
        raise InputError("there is no such file.", path=path, hint=_similar_name(path))


def _input(path: str, above: str | None = None) -> InputFile:
    """Return a file; folders named key=value below the folder `above` tell columns."""
    partitions = () if above is None else partitions_in(path[len(above) :])
    return InputFile(path, path, partitions, compression_by_name(path))


def _standard_input(format_name: str | None) -> InputFile:
    if sys.stdin is None:
        raise InputError("standard input is closed.", path=STANDARD_INPUT)
    return _spooled(sys.stdin.buffer, STANDARD_INPUT, format_name)


def _spooled(stream: BinaryIO, shown: str, format_name: str | None) -> InputFile:
    """Keep a stream in a file: it is read more than once."""
    if format_name is None:
        what = "standard input" if shown == STANDARD_INPUT else f"{shown} is a pipe and"
        raise SettingsError(
            f"{what} has no name to tell its format; pass {CALLER.option('format')} with one of "
            f"{listed([*FORMATS])}."
        )
    with tempfile.NamedTemporaryFile(prefix="evalreport-", delete=False) as spool:
        atexit.register(Path(spool.name).unlink, missing_ok=True)
        shutil.copyfileobj(stream, spool, 1 << 20)
    file = InputFile(spool.name, shown)
    is_text = not named_format(format_name).marks
    compression = compression_by_content(file.head(8)) if is_text else None
    return InputFile(spool.name, shown, (), compression)


def _remote_inputs(address: str, format_name: str | None) -> list[InputFile]:
    if any(letter in address for letter in "*["):
        return _matching(address, remote.matching(address))
    if format_by_suffix(address) is None and remote.is_directory(address, address):
        return _chosen(address, remote.files_below(address, address), format_name)
    return [_input(address)]


def _matching(pattern: str, paths: Sequence[str]) -> list[InputFile]:
    fixed = os.path.dirname(re.split(r"[*?\[]", pattern)[0])
    files = [path for path in paths if remote.is_remote(path) or os.path.isfile(path)]
    if not files:
        raise InputError(
            "no file matches this pattern.",
            path=pattern,
            hint="A star stands for any letters of one name, ** for any folders.",
        )
    return _without_empty_files([_input(path, fixed) for path in files])


def _files_in(directory: str) -> Iterator[str]:
    """Yield the files of a directory and of its folders named key=value."""
    try:
        entries = sorted(os.scandir(directory), key=lambda each: each.name)
    except PermissionError as error:
        raise InputError("the directory may not be read.", path=directory) from error
    for each in entries:
        # Job frameworks leave marker files behind, as _SUCCESS.
        if each.name.startswith((".", "_")):
            continue
        if each.is_dir() and "=" in each.name:
            yield from _files_in(each.path)
        elif each.is_file():
            yield each.path


def _chosen(directory: str, files: list[str], format_name: str | None) -> list[InputFile]:
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
                hint=f"Pass {CALLER.option('format')} with one of {listed(formats)}.",
            )
    if not files:
        raise InputError(
            "there are no predictions in the directory.",
            path=directory,
            hint=f"Formats that can be read: {listed([*FORMATS])}.",
        )
    return _without_empty_files([_input(path, directory) for path in files])


def _without_empty_files(files: list[InputFile]) -> list[InputFile]:
    """Leave out files without a byte, as Spark writes for partitions without rows."""
    # What may not be read has no size here, and is refused with its reason later.
    filled = [each for each in files if not _is_empty(each)]
    if not filled or len(filled) == len(files):
        return files
    empty = tuple(each.shown for each in files if each not in filled)
    return [replace(filled[0], passed_over=empty), *filled[1:]]


def _is_empty(file: InputFile) -> bool:
    return not remote.is_remote(file.file) and file.n_bytes() == 0


def _refuse_unreadable(each: InputFile) -> None:
    try:
        each.head(1, stored=True)
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
    if meant is not None:
        return f"Did you mean '{os.path.join(directory, meant)}'?"
    there = sorted(each for each in names if format_by_suffix(each) is not None)
    return (
        f"Files in the directory: {listed(there)}."
        if there
        else "No file that can be read is in the directory."
    )
