"""Files that are no predictions at all, or are in the form of another program."""

from __future__ import annotations

import os

from evalreport.errors import InputError
from evalreport.readers.storage import InputFile
from evalreport.voice import CALLER

_UNPACK = "Unpack the archive first."
_WORKBOOK = "Save the sheet as CSV, from the program or with pandas.read_excel."
_PICKLE = "Loading one can run any code: save the arrays with numpy.savez, or the table as Parquet."
_HINTS = {
    **dict.fromkeys((".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"), _UNPACK),
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods", ".numbers"), _WORKBOOK),
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".pt", ".pth"), _PICKLE),
    **dict.fromkeys((".rds", ".rda", ".rdata"), "In R, write the table with write.csv."),
    ".pdf": "Write the table as CSV from the program that made the document.",
    ".sas7bdat": "In SAS, write the table with PROC EXPORT and DBMS=CSV.",
    **dict.fromkeys((".sav", ".dta"), "Save the table as CSV, for instance with pandas.to_csv."),
    **dict.fromkeys((".avro", ".orc", ".h5", ".hdf5"), "Write the table as Parquet or CSV."),
    **dict.fromkeys((".db", ".sqlite", ".duckdb"), "Export the table as Parquet or CSV."),
}
"""What to do with files of other programs, by the ending of their name."""

_HEAD = 512
_STAND_INS = (
    (
        b"version https://git-lfs",
        "this is a pointer of Git LFS, which stands for the file.",
        "Fetch the file itself: git lfs pull",
    ),
    (
        (b"<!doctype html", b"<html", b"<head>", b"<body", b"<!--"),
        "this is a web page.",
        "Download the file again; the address may need a login.",
    ),
    (
        b"<?xml",
        "this is XML.",
        "If it is an answer of a storage service, it says what went wrong with the download.",
    ),
)
"""What a download that went wrong leaves under the name of the file."""

_OTHER_PROGRAMS = (
    (tuple(b"\x80" + bytes([version]) for version in range(2, 6)), "a pickle of Python", ".pkl"),
    (b"SQLite format 3\0", "an SQLite database", ".sqlite"),
    (b"\xd0\xcf\x11\xe0", "a workbook of Excel", ".xls"),
    (b"\x89HDF\r\n", "an HDF5 file", ".hdf5"),
    (b"Obj\x01", "an Avro file", ".avro"),
    ((b"RDX2\n", b"RDX3\n", b"X\n\0\0"), "a data file of R", ".rds"),
    ((b"7z\xbc\xaf", b"Rar!\x1a"), "an archive", ".7z"),
    (b"%PDF-", "a PDF document", ".pdf"),
)
"""What files of other programs start with, what they are, and an ending that they should have."""

_PLACE_OF_TAR = slice(257, 262)
_IN_WORKBOOKS = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis")


def hint_on_name(name: str) -> str | None:
    """Return what to do with a file of a form that cannot be read, if its name tells it.

    Examples
    --------
    >>> hint_on_name("predictions.TAR.GZ"), hint_on_name("predictions")
    ('Unpack the archive first.', None)
    """
    name = os.path.basename(name).lower()
    if name.endswith(".txt"):
        ways = [CALLER.option("format", each) for each in ("csv", "jsonl")]
        return f"Pass {ways[0]}, which finds any delimiter but blanks, or {ways[1]}."
    return next((hint for suffix, hint in _HINTS.items() if name.endswith(suffix)), None)


def refuse_stand_in(file: InputFile) -> None:
    """Refuse a file that only stands where the predictions should be.

    Raises
    ------
    InputError
        If it is a web page, an answer of a storage service, or a pointer of Git LFS.
    """
    head = file.head(_HEAD, stored=True).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, fact, hint in _STAND_INS:
        if head.startswith(mark):
            raise InputError(fact, path=file.shown, hint=hint)


def refuse_other_program(file: InputFile) -> None:
    """Refuse a file of another program under the name of a format that can be read.

    Raises
    ------
    InputError
        If its first bytes, decompressed, are those of such a file.
    """
    head = file.head(_HEAD)
    for mark, what, suffix in _OTHER_PROGRAMS:
        if head.startswith(mark):
            raise InputError(f"this is {what}.", path=file.shown, hint=_HINTS[suffix])
    if head[_PLACE_OF_TAR] == b"ustar":
        raise InputError("this is a tar archive.", path=file.shown, hint=_HINTS[".tar"])


def is_workbook(file: InputFile) -> bool:
    """Tell whether a ZIP archive is what spreadsheets are saved as."""
    head = file.head(_HEAD)
    return any(each in head for each in _IN_WORKBOOKS)


def refuse_json(file: InputFile) -> None:
    """Refuse JSON under a name that says columns.

    Raises
    ------
    InputError
        If the file starts as a record of JSON does, or a list of them.
    """
    head = b"".join(file.head(_HEAD).removeprefix(b"\xef\xbb\xbf").split())
    form = "jsonl" if head.startswith(b'{"') else "json" if head.startswith(b"[{") else None
    if form is not None:
        raise InputError(
            f"this is JSON, not columns: it starts with '{chr(head[0])}'.",
            path=file.shown,
            hint=f"Pass {CALLER.option('format', form)}.",
        )
