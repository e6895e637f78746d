"""Files as people really have them, each with the number or the message that it must give.

`CASES` is the table. A case is a file (or several) made here byte by byte, the options of
`evalreport report`, and either the exact mean log loss of the rows that were meant, worked out here
by hand with math.log, or the whole message with its place, fact and hint, and the exit code.

More of them stand in nasty_slips.py and nasty_exports.py; test_nasty_files.py has all together.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from tests.readers.support import WRITER as WRITER

FLOOR = 2.0**-52
"""What evalreport scores a probability of 0 as, unless told otherwise."""

Content = str | bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """Files, options, and what must come of them: a number or a message."""

    name: str
    files: Mapping[str, Content]
    inputs: tuple[str, ...]
    options: tuple[str, ...]
    losses: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    n_scored: int = 0
    n_rejected: int = 0
    message: str | None = None
    """All that is said after "error: "; (*) stands for the words of a library, which change."""
    exit_code: int = 0

    @property
    def log_loss(self) -> float:
        """Mean of the losses of the rows, by their weights."""
        weights = self.weights or (1.0,) * len(self.losses)
        parts = [loss * weight for loss, weight in zip(self.losses, weights, strict=True)]
        return math.fsum(parts) / math.fsum(weights)

    def contents(self) -> dict[str, bytes]:
        """Return name and bytes of every file."""
        return {name: _bytes_of(content) for name, content in self.files.items()}

    def write(self, folder: Path) -> None:
        """Write every file below a folder."""
        for name, data in self.contents().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _bytes_of(content: Content) -> bytes:
    if callable(content):
        return content()
    return content.encode() if isinstance(content, str) else content


CASES: list[Case] = []

Files = Content | Mapping[str, Content]


def scored(
    name: str,
    files: Files,
    losses: Sequence[float],
    *options: str,
    weights: Sequence[float] = (),
    n_scored: int | None = None,
    n_rejected: int = 0,
    inputs: Sequence[str] | None = None,
) -> None:
    """Add a case that gives a number: `losses` are those of the rows that count."""
    given = files if isinstance(files, Mapping) else {name: files}
    CASES.append(
        Case(
            name,
            given,
            tuple(given if inputs is None else inputs),
            options,
            losses=tuple(losses),
            weights=tuple(weights),
            n_scored=len(losses) if n_scored is None else n_scored,
            n_rejected=n_rejected,
        )
    )


def refused(
    name: str,
    files: Files,
    message: str,
    *options: str,
    exit_code: int = 3,
    inputs: Sequence[str] | None = None,
) -> None:
    """Add a case that is refused with a message."""
    given = files if isinstance(files, Mapping) else {name: files}
    words = tuple(given if inputs is None else inputs)
    CASES.append(Case(name, given, words, options, message=message, exit_code=exit_code))


def logs(*probabilities: float) -> list[float]:
    """Return the losses of rows whose label was given these probabilities."""
    return [-math.log(each) for each in probabilities]


def softmax_losses(*rows: tuple[int, Sequence[float]]) -> list[float]:
    """Return the losses of rows of logits: the place of the label, and the logits."""
    losses = []
    for observed, logits in rows:
        top = max(logits)
        total = math.fsum(math.exp(each - top) for each in logits)
        losses.append(math.log(total) + (top - logits[observed]))
    return losses


def lines(*rows: str, end: str = "\n") -> str:
    """Return rows as text, each with its end."""
    return "".join(f"{row}{end}" for row in rows)


def parquet(columns: Mapping[str, Any], **options: Any) -> Callable[[], bytes]:
    """Return a writer of a Parquet file."""

    def write() -> bytes:
        buffer = io.BytesIO()
        pq.write_table(pa.table(dict(columns)), buffer, **options)
        return buffer.getvalue()

    return write


def arrow_file(columns: Mapping[str, Any]) -> Callable[[], bytes]:
    """Return a writer of an Arrow file."""

    def write() -> bytes:
        table = pa.table(dict(columns))
        buffer = io.BytesIO()
        with pa.ipc.new_file(buffer, table.schema) as writer:
            writer.write_table(table)
        return buffer.getvalue()

    return write


def arrow_stream(columns: Mapping[str, Any]) -> Callable[[], bytes]:
    """Return a writer of an Arrow stream."""

    def write() -> bytes:
        table = pa.table(dict(columns))
        buffer = io.BytesIO()
        with pa.ipc.new_stream(buffer, table.schema) as writer:
            writer.write_table(table)
        return buffer.getvalue()

    return write


def npz(**arrays: Any) -> Callable[[], bytes]:
    """Return a writer of an NPZ archive; its members carry no time, so its bytes stay the same."""

    def write() -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, values in arrays.items():
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), npy(values)())
        return buffer.getvalue()

    return write


def npy(values: Any) -> Callable[[], bytes]:
    """Return a writer of an NPY file."""

    def write() -> bytes:
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(values), allow_pickle=True)
        return buffer.getvalue()

    return write


def first(size: int, write: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a writer of the first bytes of a file; a negative size leaves off the last."""
    return lambda: write()[:size]


def zst(text: str) -> Callable[[], bytes]:
    """Return a writer of text compressed by zstd."""
    return lambda: pa.compress(text.encode(), codec="zstd", asbytes=True)


def gz(text: str) -> bytes:
    """Return text compressed by gzip."""
    return gzip.compress(text.encode(), mtime=0)


# Delimiters, decimal marks and line ends ------------------------------------------------------

scored(
    "semicolons.csv",
    lines("label;prob_cat;prob_dog", "cat;0.81;0.19", "dog;0.31;0.69"),
    logs(0.81, 0.69),
)
scored(
    "bars.csv",
    lines("label|prob_cat|prob_dog", "cat|0.82|0.18", "dog|0.31|0.69"),
    logs(0.82, 0.69),
)
scored(
    "tabs.csv",
    lines("label\tprob_cat\tprob_dog", "cat\t0.83\t0.17", "dog\t0.31\t0.69"),
    logs(0.83, 0.69),
)
scored(
    "commas_in_tabs.tsv",
    lines("label\tprob_Paris, France\tprob_Rome", "Paris, France\t0.84\t0.16", "Rome\t0.31\t0.69"),
    logs(0.84, 0.69),
)
scored(
    "asked_for_colons.csv",
    lines("label:prob_cat:prob_dog", "cat:0.85:0.15", "dog:0.31:0.69"),
    logs(0.85, 0.69),
    "--delimiter",
    ":",
)
scored(
    "asked_for_tabs.csv",
    lines("label\tprob_cat\tprob_dog\ta,b,c,d,e", "cat\t0.86\t0.14\t1", "dog\t0.31\t0.69\t2"),
    logs(0.86, 0.69),
    "--delimiter",
    "tab",
)
scored(
    "asked_for_bars.csv",
    lines("label|prob_cat|prob_dog|a,b,c,d,e", "cat|0.87|0.13|1", "dog|0.31|0.69|2"),
    logs(0.87, 0.69),
    "--delimiter",
    "|",
)
refused(
    "delimiter_of_two_letters.csv",
    lines("label||prob_cat||prob_dog", "cat||0.8||0.2"),
    "--delimiter takes a single character, or tab; not '||'.",
    "--delimiter",
    "||",
    exit_code=2,
)
refused(
    "wrong_delimiter_asked.csv",
    lines("label,prob_cat,prob_dog", "cat,0.88,0.12"),
    "wrong_delimiter_asked.csv: no column is named like a label.\n"
    "  All the names stand in one cell: pass --delimiter , to part them, or remove quotes around "
    "whole lines.",
    "--delimiter",
    ";",
)
scored(
    "decimal_commas.csv",
    lines("label;prob_cat;prob_dog", "cat;0,81;0,19", "dog;0,31;0,69", "dog;0;1"),
    logs(0.81, 0.69, 1),
)
scored(
    "decimal_commas_asked.tsv",
    lines("label\tprob_cat\tprob_dog", "cat\t,75\t,25", "dog\t1e-1\t9,0e-1"),
    logs(0.75, 0.9),
    "--decimal",
    ",",
)
scored(
    "decimal_commas_in_quotes.csv",
    lines("label,prob_cat,prob_dog", 'cat,"0,82","0,18"', 'dog,"0,31","0,69"'),
    logs(0.82, 0.69),
)
refused(
    "points_and_commas.csv",
    lines("label;prob_cat;prob_dog", "cat;0.81;0.19", "dog;0,31;0,69"),
    "points_and_commas.csv, row 2, column 'prob_cat': probability '0,31' is no number.\n"
    "  Write numbers with a decimal point, or pass --decimal , for all of them.",
)
refused(
    "point_where_commas_were_asked.csv",
    lines("label;prob_cat;prob_dog", "cat;0,5;0,5", "dog;0.31;0.69"),
    "point_where_commas_were_asked.csv, row 2, column 'prob_cat': probability '0.31' is "
    "no number.\n"
    "  Write a number there, or pass --on-invalid drop to leave such rows out.",
    "--decimal",
    ",",
)
scored(
    "byte_order_mark.csv",
    b"\xef\xbb\xbf" + lines("label,prob_cat,prob_dog", "cat,0.81,0.19", "dog,0.3,0.7").encode(),
    logs(0.81, 0.7),
)
scored(
    "byte_order_mark_and_quotes.csv",
    b"\xef\xbb\xbf" + lines('"label","prob_cat","prob_dog"', '"cat","0.82","0.18"').encode(),
    logs(0.82),
)
scored(
    "carriage_returns.csv",
    lines("label,prob_cat,prob_dog", "cat,0.83,0.17", "dog,0.3,0.7", end="\r\n"),
    logs(0.83, 0.7),
)
scored(
    "mixed_line_ends.csv",
    "label,prob_cat,prob_dog\r\ncat,0.84,0.16\ndog,0.3,0.7\r\n",
    logs(0.84, 0.7),
)
refused(
    "lone_carriage_returns.csv",
    lines("label,prob_cat,prob_dog", "cat,0.85,0.15", "dog,0.3,0.7", end="\r"),
    "lone_carriage_returns.csv: the lines end in carriage returns alone, as on Macs "
    "before 2001.\n"
    "  Convert the line ends: tr '\\r' '\\n' < old.csv > new.csv",
)
scored(
    "no_last_line_end.csv",
    "label,prob_cat,prob_dog\ncat,0.85,0.15\ndog,0.3,0.7",
    logs(0.85, 0.7),
)
scored(
    "quoted_everything.csv",
    lines(
        "text,label,prob_cat,prob_dog",
        '"two\nlines, a comma, ""quotes""",cat,0.86,0.14',
        '"\r\n\r\n;|",dog,0.3,0.7',
    ),
    logs(0.86, 0.7),
)
scored(
    "quotes_in_a_class.csv",
    lines('label,"prob_a ""b"", c",prob_dog', '"a ""b"", c",0.87,0.13', "dog,0.3,0.7"),
    logs(0.87, 0.7),
)
scored(
    "line_end_in_a_class.csv",
    lines('label,"prob_a\nb",prob_dog', '"a\nb",0.875,0.125', "dog,0.3,0.7"),
    logs(0.875, 0.7),
)
scored(
    "inches.csv",
    lines("text,label,prob_cat,prob_dog", '5" screen,cat,0.88,0.12', '7" screen,dog,0.3,0.7'),
    logs(0.88, 0.7),
)
scored(
    "blanks_around_cells.csv",
    lines("label , prob_cat , prob_dog ", "cat, 0.89 , 0.11", "dog,\t0.3\t,0.7 "),
    logs(0.89, 0.7),
)
refused(
    "blanks_around_labels.csv",
    lines("label,prob_cat,prob_dog", "cat,0.9,0.1", "dog ,0.3,0.7"),
    "blanks_around_labels.csv, row 2, column 'label': label 'dog ' is none of the classes"
    " cat, dog.\n"
    "  Without the blanks around it, it would be class 'dog'.",
)
scored(
    "empty_lines.csv",
    "\n\nlabel,prob_cat,prob_dog\n\ncat,0.91,0.09\n\n\ndog,0.3,0.7\n\n",
    logs(0.91, 0.7),
)
refused(
    "lines_of_delimiters.csv",
    lines("label,prob_cat,prob_dog", "cat,0.92,0.08", ",,"),
    "lines_of_delimiters.csv, row 2, column 'label': the label is missing.\n"
    "  The row is empty: remove it, or pass --on-invalid drop to leave such rows out.",
)
scored(
    "trailing_delimiters.csv",
    lines("label,prob_cat,prob_dog,", "cat,0.92,0.08,", "dog,0.3,0.7,"),
    logs(0.92, 0.7),
)
refused(
    "trailing_delimiter_in_rows_only.csv",
    lines("label,prob_cat,prob_dog", "cat,0.93,0.07,", "dog,0.3,0.7,"),
    "trailing_delimiter_in_rows_only.csv, row 1: the row has 4 cells, and the header has "
    "3.\n"
    "  The row ends in a comma, and the header does not: remove it, or add one there.",
)
refused(
    "header_only.csv",
    "label,prob_cat,prob_dog,x\n",
    "header_only.csv: there are no rows, only a header." + WRITER,
)
refused(
    "header_without_line_end.csv",
    "label,prob_cat,prob_dog",
    "header_without_line_end.csv: there are no rows, only a header." + WRITER,
)
refused("only_empty_lines.csv", "\n\n  \n", "only_empty_lines.csv: the file is empty." + WRITER)
scored(
    "no_header.csv",
    lines("cat,0.94,0.06", "dog,0.3,0.7"),
    logs(0.94, 0.7),
    *("--no-header", "--label", "1", "--probs", "2,3", "--classes", "cat,dog"),
)
scored(
    "no_header_one_probability.csv",
    lines("0.94,1", "0.3,0"),
    logs(0.94, 0.7),
    *("--no-header", "--label", "2", "--probs", "1"),
)
refused(
    "no_header_not_said.csv",
    lines("cat,0.95,0.05", "dog,0.3,0.7"),
    "no_header_not_said.csv: no column is named like a label.\n"
    "  If the first line is a row already, pass --no-header.",
)
refused(
    "no_header_position_too_high.csv",
    lines("cat,0.96,0.04", "dog,0.3,0.7"),
    "no_header_position_too_high.csv: there is no column '4', which --label asks for.\n"
    "  The columns are: 1, 2, 3.",
    *("--no-header", "--label", "4", "--probs", "2,3", "--classes", "cat,dog"),
)
scored(
    "pandas_index.csv",
    lines(",label,prob_cat,prob_dog", "0,cat,0.97,0.03", "1,dog,0.3,0.7"),
    logs(0.97, 0.7),
)
scored(
    "pandas_index_unnamed.csv",
    lines("Unnamed: 0,label,prob_cat,prob_dog", "0,cat,0.98,0.02", "1,dog,0.3,0.7"),
    logs(0.98, 0.7),
)
scored(
    "duplicate_names_not_in_use.csv",
    lines("x,label,prob_cat,x,prob_dog", "1,cat,0.99,2,0.01", "3,dog,0.3,4,0.7"),
    logs(0.99, 0.7),
)
refused(
    "duplicate_label_asked_for.csv",
    lines("label,prob_cat,label,prob_dog", "cat,0.98,cat,0.02"),
    "duplicate_label_asked_for.csv, column 'label': 2 columns have this name.\n"
    "  Rename or remove all but one.",
    *("--label", "label"),
)
refused(
    "duplicate_slice_columns.csv",
    lines("s,label,prob_cat,s,prob_dog", "1,cat,0.98,2,0.02"),
    "duplicate_slice_columns.csv, column 's': 2 columns have this name.\n"
    "  Rename or remove all but one.",
    *("--slice", "s"),
)
scored(
    "empty_names.csv",
    lines(",label,,prob_cat,prob_dog,", "1,cat,,0.61,0.39,", "2,dog,,0.3,0.7,"),
    logs(0.61, 0.7),
)
refused(
    "nul_bytes.csv",
    b"label,prob_cat,prob_dog\ncat,0.64,0.36\ndo\0g,0.3,0.7\n",
    "nul_bytes.csv: line 3 holds a NUL byte, so this is no text in UTF-8.\n"
    "  Save the file as UTF-8 if it is UTF-16, else remove that byte; if it is no text, name "
    "its format with --format.",
)
refused(
    "latin1.csv",
    "label,prob_café,prob_dog\ncafé,0.65,0.35\n".encode("latin-1"),
    "latin1.csv: line 1 is not UTF-8 text: it holds the byte 0xe9.\n"
    "  Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
)
refused(
    "latin1_in_a_row.csv",
    "label,prob_cat,prob_dog\ncat,0.65,0.35\nniño,0.3,0.7\n".encode("latin-1"),
    "latin1_in_a_row.csv: line 3 is not UTF-8 text: it holds the byte 0xf1.\n"
    "  Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
)
refused(
    "utf16_little.csv",
    b"\xff\xfe" + "label,prob\n1,0.66\n".encode("utf-16-le"),
    "utf16_little.csv: the file is UTF-16 text.\n  Save the file as UTF-8 and try again.",
)
refused(
    "utf16_big.csv",
    b"\xfe\xff" + "label,prob\n1,0.67\n".encode("utf-16-be"),
    "utf16_big.csv: the file is UTF-16 text.\n  Save the file as UTF-8 and try again.",
)
refused(
    "utf16_without_mark.csv",
    "label,prob\n1,0.67\n".encode("utf-16-le"),
    "utf16_without_mark.csv: line 1 holds a NUL byte, so this is no text in UTF-8.\n"
    "  Save the file as UTF-8 if it is UTF-16, else remove that byte; if it is no text, name "
    "its format with --format.",
)
scored(
    "emoji.csv",
    lines("label,prob_🐈‍⬛,prob_🐕", "🐈‍⬛,0.68,0.32", "🐕,0.3,0.7"),
    logs(0.68, 0.7),
)
scored(
    "right_to_left.csv",
    lines("label,prob_חתול,prob_כלב", "חתול,0.69,0.31", "כלב,0.3,0.7"),
    logs(0.69, 0.7),
)
scored(
    "combining.csv",
    lines("label,prob_e\u0301te\u0301,prob_hiver", "e\u0301te\u0301,0.71,0.29", "hiver,0.3,0.7"),
    logs(0.71, 0.7),
)
refused(
    "cyrillic_look_alike.csv",
    lines("label,prob_cat,prob_dog", "dog,0.3,0.7", "\u0441at,0.72,0.28"),
    "cyrillic_look_alike.csv, row 2, column 'label': label 'сat' is none of the classes "
    "cat, dog.\n"
    "  Did you mean 'cat'?",
)
refused(
    "zero_width_space.csv",
    lines("label,prob_cat,prob_dog", "dog,0.3,0.7", "cat\u200b,0.73,0.27"),
    "zero_width_space.csv, row 2, column 'label': label 'cat\\u200b' is none of the "
    "classes cat, dog.\n"
    "  It looks like class 'cat', but one of the two holds U+200B, which does not show.",
)
refused(
    "escape_sequence_in_a_label.csv",
    lines("label,prob_cat,prob_dog", "dog,0.3,0.7", "\x1b[31mcat,0.74,0.26"),
    "escape_sequence_in_a_label.csv, row 2, column 'label': label '\\x1b[31mcat' is none "
    "of the classes cat, dog.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)

# Numbers in text ------------------------------------------------------------------------------

scored(
    "spellings_of_numbers.csv",
    lines("label,prob", "1,.5", "0,+0.5", "1,5E-1", "1,1.", "0,1e-3", "1,00.25", "0,-0", "0,0e9"),
    logs(0.5, 0.5, 0.5, 1.0, 0.999, 0.25, 1.0, 1.0),
)
scored(
    "minus_zero_is_what_happened.csv",
    lines("label,prob_cat,prob_dog", "cat,-0.0,1.0", "dog,0.0,1.0"),
    logs(FLOOR, 1.0),
)
scored(
    "subnormal.csv",
    lines("label,prob_cat,prob_dog", "cat,5e-324,1", "dog,0.25,0.75"),
    logs(5e-324, 0.75),
    *("--floor", "none"),
)
scored(
    "subnormal_on_the_floor.csv",
    lines("label,prob_cat,prob_dog", "cat,4.9e-324,1", "dog,0.25,0.75"),
    logs(FLOOR, 0.75),
)
scored(
    "below_the_least_double.csv",
    lines("label,prob_cat,prob_dog", "cat,1e-400,1", "dog,0.25,0.75"),
    logs(FLOOR, 0.75),
)
scored(
    "seventeen_digits.csv",
    lines("label,prob", "1,0.12345678901234568", "0,0.30000000000000004", "1,0.1"),
    logs(0.12345678901234568, 1 - 0.30000000000000004, 0.1),
)
scored(
    "four_hundred_digits.csv",
    lines("label,prob", f"1,0.1{'0' * 400}1", "0,0.25"),
    logs(0.1, 0.75),
)
scored(
    "a_trifle_above_one.csv",
    lines("label,prob_cat,prob_dog", "cat,1.0000001,0", "dog,0.2,0.8"),
    logs(1.0, 0.8),
)
refused(
    "a_bit_above_one.csv",
    lines("label,prob_cat,prob_dog", "dog,0.2,0.8", "cat,1.00001,0"),
    "a_bit_above_one.csv, row 2, column 'prob_cat': probability 1.00001 is above 1.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
_DROP = "Pass --on-invalid drop to leave such rows out."
_MEND = "Write a number there, or pass --on-invalid drop to leave such rows out."
_WRITE_OTHERWISE = {
    "50%": "Remove the percent signs, and pass --input-kind percentages for what remains.",
    "1/2": "Write fractions as decimal numbers: 0.25 for 1/4.",
    "1 000": "Write numbers without marks between the thousands: 1234.5 for 1,234.5.",
    "1.000,5": "Write numbers without marks between the thousands: 1234.5 for 1,234.5.",
    "1'000.5": "Write numbers without marks between the thousands: 1234.5 for 1,234.5.",
    "1,000": "Remove a comma between thousands, or pass --decimal , if it stands before the "
    "decimals.",
    "\u22120.3": "It starts with U+2212, which only looks like a minus sign: write -.",
    "'0.7'": "Write the number without quotes, or in double ones.",
    "\u0660.\u0665": "Write numbers with the digits 0 to 9.",
    **dict.fromkeys(("0x10", "1_000", "high", "\u00bd", "1e", "--1", "0.5.1"), _MEND),
    "#REF!": f"A spreadsheet writes this where a formula failed. {_MEND}",
    "1.5.2024": f"This is a date, which spreadsheets make of some numbers. {_MEND}",
    "TRUE": "A truth value does not tell how sure the model was: write the number that it gave.",
}
for word, hint in _WRITE_OTHERWISE.items():
    refused(
        f"no_number_{word.encode().hex()}.csv",
        lines("label;prob_cat;prob_dog", "cat;0.75;0.25", f"dog;0.3;{word}"),
        f"no_number_{word.encode().hex()}.csv, row 2, column 'prob_dog': "
        f"probability '{word}' is no number.\n  {hint}",
    )
for word in ("inf", "-inf", "Infinity", "+INF", "1e999"):
    refused(
        f"infinite_{word}.csv",
        lines("label,prob_cat,prob_dog", "cat,0.75,0.25", f"dog,{word},0.7"),
        f"infinite_{word}.csv, row 2, column 'prob_cat': the probability is infinite.\n"
        "  Pass --on-invalid drop to leave such rows out.",
    )
for word in ("nan", "NaN", "-nan"):
    refused(
        f"not_a_number_{word}.csv",
        lines("label,prob_cat,prob_dog", "cat,0.75,0.25", f"dog,{word},0.7"),
        f"not_a_number_{word}.csv, row 2, column 'prob_cat': the probability is NaN.\n"
        "  Pass --on-invalid drop to leave such rows out.",
    )
for number, word in enumerate(("", "NA", "n/a", "<NA>", "null", "None", "  ")):
    refused(
        f"missing_{number}.csv",
        lines("label,prob_cat,prob_dog", "cat,0.75,0.25", f"dog,0.3,{word}"),
        f"missing_{number}.csv, row 2, column 'prob_dog': the probability is missing.\n"
        "  Pass --on-invalid drop to leave such rows out.",
    )
    refused(
        f"missing_label_{number}.csv",
        lines("label,prob_cat,prob_dog", "cat,0.76,0.24", f"{word},0.3,0.7"),
        f"missing_label_{number}.csv, row 2, column 'label': the label is missing.\n"
        "  Pass --on-invalid drop to leave such rows out.",
    )

# Labels ---------------------------------------------------------------------------------------

scored("labels_0_1.csv", lines("label,prob", "1,0.8", "0,0.35"), logs(0.8, 0.65))
scored("labels_minus_1_1.csv", lines("label,prob", "1,0.81", "-1,0.35"), logs(0.81, 0.65))
scored("labels_as_floats.csv", lines("label,prob", "1.0,0.82", "0.0,0.35"), logs(0.82, 0.65))
scored("labels_mixed_floats.csv", lines("label,prob", "1,0.83", "0.000,0.35"), logs(0.83, 0.65))
scored("labels_true_false.csv", lines("label,prob", "TRUE,0.84", "False,0.35"), logs(0.84, 0.65))
scored("labels_yes_no.csv", lines("label,prob", "yes,0.85", "no,0.35"), logs(0.85, 0.65))
refused(
    "labels_4_7.csv",
    lines("label,prob", "4,0.86", "7,0.35"),
    "labels_4_7.csv, column 'label': the labels are '4' and '7', and nothing says which "
    "of them column 'prob' is the probability of.\n"
    "  Pass --positive 4 or --positive 7.",
)
scored(
    "labels_4_7_positive.csv",
    lines("label,prob", "4,0.87", "7,0.35"),
    logs(0.87, 0.65),
    *("--positive", "4"),
)
scored(
    "labels_4_7_columns.csv",
    lines("label,prob_7.0,prob_4", "4,0.12,0.88", "7.0,0.35,0.65"),
    logs(0.88, 0.35),
)
refused(
    "positive_is_no_label.csv",
    lines("label,prob", "4,0.88", "7,0.35"),
    "positive_is_no_label.csv, column 'label': --positive 9 names none of the labels 4, "
    "7.\n"
    "  Pass --positive 4 or --positive 7.",
    *("--positive", "9"),
)
scored(
    "labels_with_blanks_inside.csv",
    lines("label,prob_great white,prob_hammer head", "great white,0.8,0.2", "hammer head,0.1,0.9"),
    logs(0.8, 0.9),
)
scored(
    "leading_zeros.csv",
    lines("label,prob_007,prob_7", "007,0.8,0.2", "7,0.15,0.85"),
    logs(0.8, 0.85),
)
refused(
    "leading_zeros_lost.csv",
    lines("label,prob_007,prob_008", "007,0.8,0.2", "8,0.15,0.85"),
    "leading_zeros_lost.csv, row 2, column 'label': label '8' is none of the classes 007,"
    " 008.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "near_miss.csv",
    lines("label,prob_cat,prob_dog,prob_bird", "cat,0.8,0.1,0.1", "brid,0.1,0.1,0.8"),
    "near_miss.csv, row 2, column 'label': label 'brid' is none of the classes cat, dog, "
    "bird.\n"
    "  Did you mean 'bird'?",
)
refused(
    "near_miss_in_case.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "Dog,0.1,0.9"),
    "near_miss_in_case.csv, row 2, column 'label': label 'Dog' is none of the classes "
    "cat, dog.\n"
    "  Did you mean 'dog'?",
)
refused(
    "far_miss.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "zebra,0.1,0.9"),
    "far_miss.csv, row 2, column 'label': label 'zebra' is none of the classes cat, dog.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "counted_from_one.csv",
    lines("label,prob_0,prob_1,prob_2", "1,0.7,0.2,0.1", "2,0.2,0.7,0.1", "3,0.1,0.2,0.7"),
    "counted_from_one.csv, row 3, column 'label': label '3' is none of the classes 0, 1, "
    "2.\n"
    "  Labels seem to count from 1 and the columns from 0: subtract 1, or rename the "
    "columns.",
)
refused(
    "counted_from_zero.csv",
    lines("label,prob_1,prob_2,prob_3", "1,0.7,0.2,0.1", "0,0.2,0.7,0.1"),
    "counted_from_zero.csv, row 2, column 'label': label '0' is none of the classes 1, 2,"
    " 3.\n"
    "  Labels seem to count from 0 and the columns from 1: add 1, or rename the columns.",
)
refused(
    "no_label_fits.csv",
    lines("label,prob_a,prob_b", "cat,0.7,0.3", "dog,0.2,0.8"),
    "no_label_fits.csv, row 1, column 'label': label 'cat' is none of the classes a, b.\n"
    "  No label here names a class: list the columns with --probs A,B and the class of "
    "each with --classes X,Y.",
)
scored("one_class_only.csv", lines("label,prob", "1,0.6", "1,0.7"), logs(0.6, 0.7))
scored("zero_only.csv", lines("label,prob", "0,0.6", "0,0.7"), logs(0.4, 0.3))
scored(
    "one_class_of_two_columns.csv",
    lines("label,prob_cat,prob_dog", "dog,0.6,0.4", "dog,0.1,0.9"),
    logs(0.4, 0.9),
)
refused(
    "three_labels_one_column.csv",
    lines("label,prob", "cat,0.6", "dog,0.7", "cow,0.3"),
    "three_labels_one_column.csv, column 'label': there are 3 labels (cat, dog, cow), and"
    " the single probability column 'prob' can speak for two only.\n"
    "  Pass --classes A,B and --on-invalid drop to keep two of them, or give one probability "
    "column per class.",
)
scored(
    "na_is_a_class.csv",
    lines("label,prob_NA,prob_EU", "NA,0.6,0.4", "EU,0.2,0.8"),
    logs(0.6, 0.8),
)
scored(
    "label_named_otherwise.csv",
    lines("Y_True,prob_cat,prob_dog", "cat,0.6,0.4", "dog,0.2,0.8"),
    logs(0.6, 0.8),
)
refused(
    "label_option_misspelt.csv",
    lines("outcome,prob_cat,prob_dog", "cat,0.6,0.4", "dog,0.2,0.8"),
    "label_option_misspelt.csv: there is no column 'outcom', which --label asks for.\n"
    "  Did you mean 'outcome'?",
    *("--label", "outcom"),
)
refused(
    "two_label_columns.csv",
    lines("y,target,prob_cat,prob_dog", "cat,cat,0.6,0.4"),
    "two_label_columns.csv: columns 'y' and 'target' could all be the label.\n"
    "  Pass --label y or --label target.",
)
refused(
    "no_label_column.csv",
    lines("what,prob_cat,prob_dog", "cat,0.6,0.4"),
    "no_label_column.csv: no column is named like a label.\n"
    "  Pass --label COL; the columns are: what, prob_cat, prob_dog.",
)

# Sums, and what to do with bad rows -----------------------------------------------------------

scored(
    "sum_is_0.99.csv",
    lines("label,prob_cat,prob_dog", "cat,0.79,0.2", "dog,0.29,0.7"),
    logs(0.79, 0.7),
)
scored(
    "sum_is_1.005.csv",
    lines("label,prob_cat,prob_dog", "cat,0.805,0.2", "dog,0.305,0.7"),
    logs(0.805, 0.7),
)
refused(
    "sum_is_1.02.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "dog,0.32,0.7"),
    "sum_is_1.02.csv, row 2: the probabilities sum to 1.02, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
)
refused(
    "sum_is_0.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2", "dog,0,0"),
    "sum_is_0.csv, row 2: the probabilities sum to 0, not to 1.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "sum_is_0_rescaled.csv",
    lines("label,prob_cat,prob_dog", "cat,0.81,0.19", "dog,0,0"),
    "sum_is_0_rescaled.csv, row 2: the probabilities sum to 0, not to 1.\n"
    "  Pass --on-invalid drop to leave such rows out.",
    *("--normalize", "rescale"),
)
scored(
    "rescaled.csv",
    lines("label,prob_cat,prob_dog", "cat,0.4,0.2", "dog,0.305,0.7", "dog,0.1,0.9"),
    logs(0.4 / 0.6000000000000001, 0.7 / 1.005, 0.9),
    *("--normalize", "rescale"),
)
scored(
    "as_is.csv",
    lines("label,prob_cat,prob_dog", "cat,0.4,0.3", "dog,0.305,0.7", "dog,0.1,0.9"),
    logs(0.4, 0.7, 0.9),
    *("--normalize", "as-is"),
)
refused(
    "error_said.csv",
    lines("label,prob_cat,prob_dog", "cat,0.4,0.31", "dog,0.305,0.7"),
    "error_said.csv, row 1: the probabilities sum to 0.71, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
    *("--normalize", "error"),
)
scored(
    "dropped.csv",
    lines(
        "label,prob_cat,prob_dog",
        "cat,0.8,0.2",
        "cat,0.8,0.3",
        ",0.8,0.2",
        "cow,0.8,0.2",
        "cat,,0.2",
        "cat,x,0.2",
        "cat,nan,0.2",
        "cat,inf,0.2",
        "cat,-0.1,1.1",
        "cat,1.1,0",
        "cat,0,0",
        "dog,0.1,0.9",
    ),
    logs(0.8, 0.9),
    *("--on-invalid", "drop"),
    n_rejected=10,
)
refused(
    "all_dropped.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.3", "dog,,0.4"),
    "all_dropped.csv, row 1, column 'prob_cat, prob_dog': every one of the 2 rows was "
    "left out, so nothing is left to score; most often because probabilities do not sum "
    "to 1 (first: '1.1').\n"
    "  Check the columns that --label and --probs name.",
    *("--on-invalid", "drop"),
)
refused(
    "rejects_without_drop.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.21"),
    "--rejects keeps the rows that are left out: add --on-invalid drop.",
    *("--rejects", "bad.csv"),
    exit_code=2,
)
refused(
    "floor_of_one.csv",
    lines("label,prob_cat,prob_dog", "cat,0.8,0.2001"),
    "--floor takes a probability above 0 and below 1, or none; not 1.",
    *("--floor", "1"),
    exit_code=2,
)
scored(
    "floor_asked.csv",
    lines("label,prob_cat,prob_dog", "cat,0,1", "dog,0.3,0.7"),
    logs(1e-7, 0.7),
    *("--floor", "1e-7"),
)

# Weights, ids and slices ----------------------------------------------------------------------

scored(
    "weights.csv",
    lines("label,prob,w", "1,0.8,3", "0,0.4,0.5", "1,0.1,2.5"),
    logs(0.8, 0.6, 0.1),
    *("--weight", "w"),
    weights=(3, 0.5, 2.5),
)
scored(
    "weight_zero.csv",
    lines("label,prob,w", "1,0.8,3", "0,0.4,0", "1,0.1,0.0"),
    logs(0.8),
    *("--weight", "w"),
    weights=(3,),
    n_scored=1,
)
scored(
    "weights_huge_and_tiny.csv",
    lines("label,prob,w", "1,0.8,1e15", "0,0.4,1e-3", "1,0.1,2e15"),
    logs(0.8, 0.6, 0.1),
    *("--weight", "w"),
    weights=(1e15, 1e-3, 2e15),
)
scored(
    "weights_very_huge.csv",
    lines("label,prob,w", "1,0.8,1e300", "1,0.1,1e300"),
    [(-math.log(0.8) - math.log(0.1)) / 2] * 2,
    *("--weight", "w"),
)
for number, (weight, fact) in enumerate(
    {
        "-2": "weight -2 is negative.",
        "": "the weight is missing.",
        "heavy": "weight 'heavy' is no number.",
        "nan": "weight 'nan' is no number.",
        "inf": "the weight is infinite.",
        "1e301": "weight 1e301 is above 1e300.",
    }.items()
):
    refused(
        f"bad_weight_{number}.csv",
        lines("label,prob,w", "1,0.8,3", f"0,0.4,{weight}"),
        f"bad_weight_{number}.csv, row 2, column 'w': {fact}\n"
        f"  {_MEND if 'no number' in fact else _DROP}",
        *("--weight", "w"),
    )
refused(
    "all_weights_zero.csv",
    lines("label,prob,w", "1,0.8,0", "0,0.4,0"),
    "all_weights_zero.csv, column 'w': all 2 rows have the weight 0, so nothing is left "
    "to score.\n"
    "  Rows of weight 0 are counted and not scored.",
    *("--weight", "w"),
)
refused(
    "no_weight_column.csv",
    lines("label,prob,weights", "1,0.8,1", "0,0.4,1"),
    "no_weight_column.csv: there is no column 'weight', which --weight asks for.\n"
    "  Did you mean 'weights'?",
    *("--weight", "weight"),
)
scored(
    "duplicate_ids.csv",
    lines("id,label,prob", "a,1,0.8", "a,0,0.4", "a,1,0.1"),
    logs(0.8, 0.6, 0.1),
)
scored(
    "missing_ids.csv",
    lines("id,label,prob", ",1,0.8", "NA,0,0.4", "c,1,0.1"),
    logs(0.8, 0.6, 0.1),
)
scored(
    "slices_with_holes.csv",
    lines("label,prob,lang,size", "1,0.8,fr,1", "0,0.4,,2.0", "1,0.1,NA,2"),
    logs(0.8, 0.6, 0.1),
    *("--slice", "lang", "--slice", "size"),
)
scored(
    "slice_is_the_label.csv",
    lines("label,prob,x", "1,0.8,fr", "0,0.4,", "1,0.1,NA"),
    logs(0.8, 0.6, 0.1),
    *("--slice", "label"),
)
refused(
    "no_slice_column.csv",
    lines("label,prob,lang", "1,0.8,fr", "0,0.41,de"),
    "no_slice_column.csv: there is no column 'language', which --slice asks for.\n"
    "  Did you mean 'lang'?",
    *("--slice", "language"),
)

# Which columns hold the probabilities ---------------------------------------------------------

for prefix in ("proba_", "p_", "probability_", "PROB_"):
    scored(
        f"prefix_{prefix}.csv",
        lines(f"label,{prefix}cat,{prefix}dog", "cat,0.8,0.2", "dog,0.3,0.7"),
        logs(0.8, 0.7),
    )
for column in ("y_prob", "y_score", "score", "p", "yhat", "y_pred", "probability", "Prob"):
    scored(
        f"single_{column}.csv",
        lines(f"label,{column}", "1,0.8", "0,0.3"),
        logs(0.8, 0.7),
    )
scored(
    "named_like_the_labels.csv",
    lines("label,dog,cat", "cat,0.2,0.8", "dog,0.7,0.3"),
    logs(0.8, 0.7),
)
scored(
    "other_order.csv",
    lines("prob_c,x,prob_a,label,prob_b", "0.1,9,0.6,a,0.3", "0.8,9,0.1,c,0.1", "0.2,9,0.3,b,0.5"),
    logs(0.6, 0.8, 0.5),
)
scored(
    "star_in_the_middle.csv",
    lines("label,m_cat_v2,m_dog_v2,m_dog_v1", "cat,0.8,0.2,9", "dog,0.3,0.7,9"),
    logs(0.8, 0.7),
    *("--probs", "m_*_v2"),
)
scored(
    "star_at_the_start.csv",
    lines("label,cat_prob,dog_prob", "cat,0.8,0.2", "dog,0.3,0.7"),
    logs(0.8, 0.7),
    *("--probs", "*_prob"),
)
scored(
    "columns_listed.csv",
    lines("label,u,v", "cat,0.8,0.2", "dog,0.3,0.7"),
    logs(0.8, 0.7),
    *("--probs", "v,u", "--classes", "dog,cat"),
)
scored(
    "shared_parts_stripped.csv",
    lines("label,score of cat!,score of dog!", "cat,0.8,0.2", "dog,0.3,0.7"),
    logs(0.8, 0.7),
    *("--probs", "score of cat!,score of dog!"),
)
refused(
    "listed_column_missing.csv",
    lines("label,prob_cat,prob_dog", "cat,0.71,0.29"),
    "listed_column_missing.csv: there is no column 'prob_bird', which --probs asks for.\n"
    "  Did you mean 'prob_dog'?",
    *("--probs", "prob_cat,prob_bird"),
)
refused(
    "one_column_missing.csv",
    lines("label,prob_cat,prob_dog", "cat,0.7,0.2", "bird,0.1,0.1"),
    "one_column_missing.csv, row 1: the probabilities sum to 0.9, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
)
refused(
    "one_named_column_missing.csv",
    lines("label,cat,dog", "cat,0.7,0.2", "dog,0.3,0.7", "bird,0.1,0.1"),
    "one_named_column_missing.csv: columns are named like the labels cat, dog, but none "
    "like bird.\n"
    "  Pass --classes cat,dog if these are all the classes there are.",
)
scored(
    "one_column_extra.csv",
    lines("label,prob_cat,prob_dog,prob_cow", "cat,0.7,0.2,0.1", "dog,0.1,0.8,0.1"),
    logs(0.7, 0.8),
)
refused(
    "an_extra_column_that_is_no_class.csv",
    lines("label,prob_cat,prob_dog,prob_max", "cat,0.7,0.3,0.7", "dog,0.2,0.8,0.8"),
    "an_extra_column_that_is_no_class.csv, row 1: the probabilities sum to 1.7, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
)
refused(
    "extra_column_and_classes.csv",
    lines("label,prob_cat,prob_dog,prob_max", "cat,0.7,0.3,0.7", "dog,0.1,0.9,0.9"),
    "--classes names cat, dog, and the probability columns are named after cat, dog, max.",
    *("--classes", "cat,dog"),
    exit_code=2,
)
scored(
    "classes_in_another_order.csv",
    lines("label,prob_cat,prob_dog,prob_cow", "cat,0.7,0.2,0.1", "dog,0.2,0.7,0.1"),
    logs(0.7, 0.7),
    *("--classes", "cow,dog,cat"),
)
refused(
    "classes_without_columns.csv",
    lines("label,prob_cat,prob_dog", "cat,0.7,0.3", "dog,0.2,0.8"),
    "--classes names cow, dog, cat, and the probability columns are named after cat, dog.",
    *("--classes", "cow,dog,cat"),
    exit_code=2,
)
refused(
    "classes_twice.csv",
    lines("label,prob_cat,prob_dog", "cat,0.7,0.3", "dog,0.21,0.79"),
    "--classes needs two or more different classes, not cat, dog, cat.",
    *("--classes", "cat,dog,cat"),
    exit_code=2,
)
refused(
    "three_classes_for_one_column.csv",
    lines("label,prob", "cat,0.7", "dog,0.21"),
    "--classes names 3 classes, but the single probability column 'prob' can speak for two only.",
    *("--classes", "cat,dog,cow"),
    exit_code=2,
)
scored(
    "two_classes_for_one_column.csv",
    lines("label,prob", "cat,0.7", "dog,0.21", "cow,0.5"),
    logs(0.7, 0.79),
    *("--classes", "cat,dog", "--positive", "cat", "--on-invalid", "drop"),
    n_rejected=1,
)
scored(
    "a_single_prefixed_column.csv",
    lines("label,prob_spam", "spam,0.7", "ham,0.21"),
    logs(0.7, 0.79),
)
refused(
    "two_prefixes.csv",
    lines("label,prob_a,prob_b,p_a,p_b", "a,0.5,0.5,0.4,0.6", "b,0.5,0.5,0.4,0.6"),
    "two_prefixes.csv: the probabilities could be in columns 'prob_a' and 'prob_b' or in "
    "columns 'p_a' and 'p_b'.\n"
    "  Pass --probs prob_a,prob_b or --probs p_a,p_b.",
)
refused(
    "two_single_columns.csv",
    lines("label,prob,score", "1,0.7,0.6", "0,0.2,0.1"),
    "two_single_columns.csv: the probabilities could be in column 'prob' or in column "
    "'score'.\n"
    "  Pass --probs prob or --probs score.",
)
refused(
    "columns_and_a_single_one.csv",
    lines("label,prob_0,prob_1,score", "1,0.3,0.7,0.6", "0,0.8,0.2,0.1"),
    "columns_and_a_single_one.csv: the probabilities could be in columns 'prob_0' and "
    "'prob_1' or in column 'score'.\n"
    "  Pass --probs prob_0,prob_1 or --probs score.",
)
scored(
    "predicted_class_beside.csv",
    lines("label,prob_0,prob_1,y_pred", "1,0.3,0.7,1", "0,0.8,0.2,0"),
    logs(0.7, 0.8),
)
scored(
    "two_readings_settled.csv",
    lines("label,prob,score", "1,0.7,0.6", "0,0.2,0.15"),
    logs(0.6, 0.85),
    *("--probs", "score"),
)
refused(
    "label_as_probability.csv",
    lines("label,prob", "1,0.7", "0,0.25"),
    "column 'label' cannot be both the label and a probability.",
    *("--label", "label", "--probs", "label"),
    exit_code=2,
)

# Other kinds of numbers -----------------------------------------------------------------------

scored(
    "percentages.csv",
    lines("label,prob_cat,prob_dog", "cat,80,20", "dog,30.5,69.5"),
    logs(0.8, 0.695),
    *("--input-kind", "percentages"),
)
refused(
    "percentages_not_said.csv",
    lines("label,prob_cat,prob_dog", "cat,81,19", "dog,30,70"),
    "percentages_not_said.csv, row 1, column 'prob_cat': probability 81 is above 1.\n"
    "  If the values are percentages, pass --input-kind percentages.",
)
refused(
    "percentages_above_100.csv",
    lines("label,prob_cat,prob_dog", "cat,80,20", "dog,-1,101"),
    "percentages_above_100.csv, row 2, column 'prob_cat': percentage -1 is below 0.\n"
    "  Pass --on-invalid drop to leave such rows out.",
    *("--input-kind", "percentages"),
)
refused(
    "percentages_sum.csv",
    lines("label,prob_cat,prob_dog", "cat,80,20", "dog,30,75"),
    "percentages_sum.csv, row 2: the percentages sum to 105, not to 100.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
    *("--input-kind", "percentages"),
)
scored(
    "one_percentage.csv",
    lines("label,percent", "1,80", "0,30"),
    logs(0.8, 0.7),
    *("--input-kind", "percentages"),
)
scored(
    "logits.csv",
    lines("label,logit_a,logit_b,logit_c", "a,2.5,-1,0", "c,-3,4,1e3", "b,0,0,0"),
    softmax_losses((0, (2.5, -1, 0)), (2, (-3, 4, 1000)), (1, (0, 0, 0))),
    *("--input-kind", "logits"),
)
scored(
    "logits_minus_infinity.csv",
    lines("label,logit_a,logit_b,logit_c", "a,1,-inf,0", "b,0,2,-Infinity"),
    softmax_losses((0, (1, 0)), (1, (0, 2))),
    *("--input-kind", "logits"),
)
refused(
    "logits_infinity.csv",
    lines("label,logit_a,logit_b", "a,1,0", "b,0,inf"),
    "logits_infinity.csv, row 2, column 'logit_b': the logit is infinite.\n"
    "  Pass --on-invalid drop to leave such rows out.",
    *("--input-kind", "logits"),
)
scored(
    "one_logit.csv",
    lines("label,logit", "1,2", "0,-800", "0,800", "1,-0.5"),
    [math.log1p(math.exp(-2)), 0.0, 800.0, math.log1p(math.exp(0.5))],
    *("--input-kind", "logits"),
)
refused(
    "logits_not_said.csv",
    lines("label,prob_a,prob_b", "a,2.5,-1", "b,-3,4"),
    "logits_not_said.csv, row 1, column 'prob_b': probability -1 is below 0.\n"
    "  If the values are logits, pass --input-kind logits.",
)
scored(
    "log_probabilities.csv",
    lines("label,logprob_a,logprob_b", f"a,{math.log(0.8)!r},{math.log(0.2)!r}", "b,-inf,0"),
    [-math.log(0.8), 0.0],
    *("--input-kind", "log-probabilities"),
)
refused(
    "log_probabilities_positive.csv",
    lines("label,logprob_a,logprob_b", "a,-0.1,-2.3", "b,0.5,-1"),
    "log_probabilities_positive.csv, row 2, column 'logprob_a': log-probability 0.5 is "
    "above 0.\n"
    "  Pass --on-invalid drop to leave such rows out.",
    *("--input-kind", "log-probabilities"),
)
refused(
    "log_probabilities_not_said.csv",
    lines("label,prob_a,prob_b", "a,-0.11,-2.26", "b,-1.2,-0.36"),
    "log_probabilities_not_said.csv, row 1, column 'prob_a': probability -0.11 is below "
    "0.\n"
    "  All values are 0 or below: if they are log-probabilities, pass --input-kind "
    "log-probabilities.",
)

# JSON -----------------------------------------------------------------------------------------

scored(
    "flat.jsonl",
    lines(
        '{"label": "cat", "prob_cat": 0.8, "prob_dog": 0.2}',
        '{"prob_dog": 7e-1, "label": "dog", "prob_cat": 0.3}',
    ),
    logs(0.8, 0.7),
)
scored(
    "nested.jsonl",
    lines(
        '{"label": "cat", "out": {"probs": {"cat": 0.8, "dog": 0.2}}, "x": [[1, {"y": null}]]}',
        '{"label": "dog", "out": {"probs": {"dog": 0.7, "cat": 0.3}}, "x": []}',
    ),
    logs(0.8, 0.7),
)
scored(
    "lists.jsonl",
    lines('{"label": 0, "probs": [0.8, 0.2]}', '{"label": 1, "probs": [0.3, 0.7]}'),
    logs(0.8, 0.7),
)
scored(
    "lists_with_classes.jsonl",
    lines('{"label": "dog", "probs": [0.8, 0.2]}', '{"label": "cat", "probs": [0.3, 0.7]}'),
    logs(0.8, 0.7),
    *("--classes", "dog,cat"),
)
refused(
    "lists_without_classes.jsonl",
    lines('{"label": "dog", "probs": [0.8, 0.2]}', '{"label": "cat", "probs": [0.35, 0.65]}'),
    "lists_without_classes.jsonl: 'probs' holds 2 numbers by position, and the labels "
    "(dog, cat) do not say which position is which class.\n"
    "  Pass --classes A,B,C with the class of each position, in their order.",
)
refused(
    "lists_of_other_lengths.jsonl",
    lines('{"label": 0, "probs": [0.8, 0.2]}', '{"label": 1, "probs": [0.3, 0.3, 0.4]}'),
    "lists_of_other_lengths.jsonl, row 2, column 'probs': the list holds 3 numbers, and "
    "the first one holds 2.\n"
    "  Give every row the probabilities of all classes.",
)
scored(
    "pairs.jsonl",
    lines(
        '{"label": "cat", "predictions": [{"label": "dog", "score": 0.2}, {"label": "cat", '
        '"score": 0.8}]}',
        '{"label": "dog", "predictions": [{"label": "cat", "score": 0.3}, {"label": "dog", '
        '"score": 0.7}]}',
    ),
    logs(0.8, 0.7),
)
refused(
    "pairs_of_the_same_label.jsonl",
    lines(
        '{"label": "a", "probs": [{"label": "a", "score": 0.8}, {"label": "b", "score": 0.2}]}',
        '{"label": "a", "probs": [{"label": "a", "score": 0.8}, {"label": "a", "score": 0.2}]}',
    ),
    "pairs_of_the_same_label.jsonl, row 2, column 'probs': 'a' stands here twice.\n"
    "  Give each class once.",
)
refused(
    "pairs_with_one_left_out.jsonl",
    lines(
        '{"label": "a", "probs": [{"label": "a", "score": 0.8}, {"label": "b", "score": 0.2}]}',
        '{"label": "a", "probs": [{"label": "a", "score": 0.8}]}',
    ),
    "pairs_with_one_left_out.jsonl, row 2, column 'probs.b': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out, or --top-k if rows hold only their most "
    "likely classes.",
)
refused(
    "bad_line.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": 0.3', '{"label": 0, "prob": 0.3}'),
    "bad_line.jsonl, row 2: the record is no JSON: expecting ',' delimiter at character "
    "25.\n"
    "  Write the records with a JSON library; a file that was cut short ends inside of "
    "one.",
)
refused(
    "python_dicts.jsonl",
    lines("{'label': 1, 'prob': 0.8}", "{'label': 0, 'prob': 0.3}"),
    "python_dicts.jsonl, row 1: the record is no JSON: expecting property name enclosed "
    "in double quotes at character 2.\n"
    "  Quotes in JSON are double: from Python, write records with json.dumps.",
)
refused(
    "a_number_for_a_record.jsonl",
    lines('{"label": 1, "prob": 0.8}', "17"),
    "a_number_for_a_record.jsonl, row 2: there is a number, and an object is needed.\n"
    '  A record looks like {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}.',
)
refused(
    "key_missing.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "probability": 0.3}'),
    "key_missing.jsonl: the probabilities could be in column 'prob' or in column "
    "'probability'.\n"
    "  Pass --probs prob or --probs probability.",
)
scored(
    "mixed_keys.jsonl",
    lines('{"label": 1, "prob": 0.8, "a": 1}', '{"b": {"c": "x"}, "prob": 0.3, "label": 0}'),
    logs(0.8, 0.7),
)
refused(
    "null.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": null}'),
    "null.jsonl, row 2, column 'prob': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
scored(
    "big_ints.jsonl",
    lines(
        '{"id": 123456789012345678901234567890, "label": 1, "prob": 0.81}',
        '{"id": 2, "label": 0, "prob": 0.3}',
    ),
    logs(0.81, 0.7),
)
refused(
    "big_int_probability.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": 123456789012345678901234567890}'),
    "big_int_probability.jsonl, row 2, column 'prob': probability "
    "123456789012345678901234567890 is above 1.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "nan.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": NaN}'),
    "nan.jsonl, row 2, column 'prob': the probability is NaN.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "infinity.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": Infinity}'),
    "infinity.jsonl, row 2, column 'prob': the probability is infinite.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "duplicate_keys.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": 0.3, "prob": 0.4}'),
    "duplicate_keys.jsonl, row 2: the record is no JSON: the key 'prob' stands in it "
    "twice.\n"
    "  Write the records with a JSON library; a file that was cut short ends inside of "
    "one.",
)
scored(
    "empty_lines.jsonl",
    '\n{"label": 1, "prob": 0.82}\n\n  \n{"label": 0, "prob": 0.3}\n\n',
    logs(0.82, 0.7),
)
scored(
    "numbers_as_text.jsonl",
    lines('{"label": "1", "prob": "0.83"}', '{"label": "0", "prob": "3e-1"}'),
    logs(0.83, 0.7),
)
scored(
    "booleans.jsonl",
    lines('{"label": true, "prob": 0.84}', '{"label": false, "prob": 0.3}'),
    logs(0.84, 0.7),
)
scored(
    "mixed_types.jsonl",
    lines(
        '{"label": 1, "prob": 0.85}', '{"label": "0", "prob": "0.3"}', '{"label": 1.0, "prob": 1}'
    ),
    logs(0.85, 0.7, 1),
)
refused(
    "array.jsonl",
    '[{"label": 1, "prob": 0.8}, {"label": 0, "prob": 0.3}]',
    "array.jsonl: this is one JSON document, not one record a line: it starts with '['.\n"
    "  Pass --format json.",
)
scored(
    "byte_order_mark.jsonl",
    b"\xef\xbb\xbf" + lines('{"label": 1, "prob": 0.86}', '{"label": 0, "prob": 0.3}').encode(),
    logs(0.86, 0.7),
)
refused(
    "half_a_character.jsonl",
    lines(
        '{"label": "a", "prob_a": 0.8, "prob_b": 0.2}',
        '{"label": "\\ud83d", "prob_a": 0.8, "prob_b": 0.2}',
    ),
    "half_a_character.jsonl, row 2: a text holds \\ud83d, which is half a character.\n"
    "  Write characters beyond U+FFFF as a pair, or as UTF-8.",
)
scored(
    "escapes.jsonl",
    lines(
        '{"label": "\\ud83d\\ude00", "probs": {"\\ud83d\\ude00": 0.8, "b": 0.2}}',
        '{"label": "b", "probs": {"😀": 0.3, "\\u0062": 0.7}}',
    ),
    logs(0.8, 0.7),
)
refused("empty.jsonl", "\n\n", "empty.jsonl: the file is empty." + WRITER)
scored(
    "array.json",
    '[\n {"label": 1, "prob": 0.81},\n\n {"label": 0,\n  "prob": 0.3}\n]\n',
    logs(0.81, 0.7),
)
scored(
    "nested.json",
    '[{"label": "b", "probs": {"a": 0.1, "b": 0.9}, "m": {"x": "]},["}},'
    '{"label": "a", "probs": {"a": 0.6, "b": 0.4}}]',
    logs(0.9, 0.6),
)
refused(
    "object.json",
    '{"label": [1, 0], "prob": [0.8, 0.3]}',
    "object.json: the document is no list of records: it starts with '{'.\n"
    "  If each line is a record of its own, pass --format jsonl; else write the list of "
    "records alone, as pandas does with orient='records'.",
)
refused("empty_list.json", "[]", "empty_list.json: there are no rows." + WRITER)
refused(
    "cut_between_records.json",
    '[{"label": 1, "prob": 0.8}, {"label": 0, "prob": 0.3},',
    "cut_between_records.json, row 3: the record is no JSON: expecting value at character"
    " 1.\n"
    "  Write the records with a JSON library; a file that was cut short ends inside of "
    "one.",
)
refused(
    "two_lists.json",
    '[{"label": 1, "prob": 0.8}] [1]',
    "two_lists.json: the list of records has ended, and '[' follows.\n"
    "  A document holds one list of records and nothing else.",
)
refused(
    "no_comma.json",
    '[{"label": 1, "prob": 0.8} {"label": 0, "prob": 0.3}]',
    "no_comma.json, row 1: '{' follows the record, and a comma or the end of the list is "
    "needed.\n"
    "  Write the file again; it may be cut short.",
)
refused(
    "lines.json",
    lines('{"label": 1, "prob": 0.87}', '{"label": 0, "prob": 0.3}'),
    "lines.json: the document is no list of records: it starts with '{'.\n"
    "  If each line is a record of its own, pass --format jsonl; else write the list of "
    "records alone, as pandas does with orient='records'.",
)

scored(
    "carriage_returns.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": 0, "prob": 0.3}', end="\r\n"),
    logs(0.8, 0.7),
)
refused(
    "latin1.jsonl",
    '{"label": "é", "prob": 0.8}\n'.encode("latin-1"),
    "latin1.jsonl: line 1 is not UTF-8 text: it holds the byte 0xe9.\n"
    "  Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
)
refused(
    "utf16.jsonl",
    b"\xff\xfe" + '{"label": 1, "prob": 0.8}\n'.encode("utf-16-le"),
    "utf16.jsonl: the file is UTF-16 text.\n  Save the file as UTF-8 and try again.",
)
refused(
    "nul.jsonl",
    b'{"label": 1, "prob": 0.8}\n{"label": 0, \0"prob": 0.8}\n',
    "nul.jsonl: line 2 holds a NUL byte, so this is no text in UTF-8.\n"
    "  Save the file as UTF-8 if it is UTF-16, else remove that byte; if it is no text, name "
    "its format with --format.",
)
scored(
    "quite_deep.jsonl", '{"label": 1, "prob": 0.8, "x": ' + "[" * 60 + "]" * 60 + "}\n", logs(0.8)
)
refused(
    "huge_exponent.jsonl",
    lines('{"label": 1, "prob": 1e400}'),
    "huge_exponent.jsonl, row 1, column 'prob': the probability is infinite.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
scored(
    "key_with_a_point.jsonl",
    lines('{"label": 1, "prob": 0.8, "a.b": "x"}'),
    logs(0.8),
    "--slice",
    "a.b",
)
scored(
    "label_inside.jsonl",
    lines('{"gold": {"y": 1}, "prob": 0.8}', '{"gold": {"y": 0}, "prob": 0.3}'),
    logs(0.8, 0.7),
    "--label",
    "gold.y",
)
refused(
    "label_is_a_list.jsonl",
    lines('{"label": [1], "prob": 0.8}', '{"label": [0], "prob": 0.8}'),
    "label_is_a_list.jsonl, column 'label': cells of type list<item: int64> cannot be "
    "read here.\n"
    "  Lists are read as probabilities with --probs, or as what happened with --target-probs; all "
    "else is one value a row.",
)
refused(
    "label_is_null.jsonl",
    lines('{"label": 1, "prob": 0.8}', '{"label": null, "prob": 0.8}'),
    "label_is_null.jsonl, row 2, column 'label': the label is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "object_with_new_class.jsonl",
    lines(
        '{"label": "a", "probs": {"a": 0.8, "b": 0.2}}',
        '{"label": "a", "probs": {"a": 0.7, "b": 0.2, "c": 0.1}}',
    ),
    "object_with_new_class.jsonl, row 1, column 'probs.c': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out, or --top-k if rows hold only their most "
    "likely classes.",
)
refused(
    "object_with_null.jsonl",
    lines(
        '{"label": "a", "probs": {"a": 0.8, "b": 0.2}}',
        '{"label": "a", "probs": {"a": 0.7, "b": null}}',
    ),
    "object_with_null.jsonl, row 2, column 'probs.b': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out, or --top-k if rows hold only their most "
    "likely classes.",
)
refused(
    "nan_inside_a_list.jsonl",
    lines('{"label": 0, "probs": [0.8, 0.2]}', '{"label": 1, "probs": [NaN, 0.7]}'),
    "nan_inside_a_list.jsonl, row 2, column 'probs[0]': the probability is NaN.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
scored(
    "lists_of_one.jsonl",
    lines('{"label": 0, "probs": [0.8]}', '{"label": 1, "probs": [0.3]}'),
    logs(0.2, 0.3),
)
refused(
    "pairs_with_text_score.jsonl",
    lines(
        '{"label": "a", "probs": [{"label": "a", "score": "high"}, {"label": "b", "score": 0.2}]}'
    ),
    "pairs_with_text_score.jsonl, row 1, column 'probs.a': probability 'high' is no "
    "number.\n"
    "  Write a number there, or pass --on-invalid drop to leave such rows out.",
)
refused(
    "booleans_and_ints.jsonl",
    lines(
        '{"label": true, "prob": 0.8}',
        '{"label": 0, "prob": 0.3}',
        '{"label": false, "prob": 0.25}',
    ),
    "booleans_and_ints.jsonl, column 'label': there are 3 labels (true, 0, false), and "
    "the single probability column 'prob' can speak for two only.\n"
    "  Pass --classes A,B and --on-invalid drop to keep two of them, or give one probability "
    "column per class.",
)
scored("utf8_mark.json", b"\xef\xbb\xbf" + b'[{"label": 1, "prob": 0.88}]', logs(0.88))
refused(
    "nan.json",
    '[{"label": 1, "prob": NaN}]',
    "nan.json, row 1, column 'prob': the probability is NaN.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "numbers.json",
    "[1, 2, 3]",
    "numbers.json, row 1: there is a number, and an object is needed.\n"
    '  A record looks like {"label": "cat", "probs": {"cat": 0.9, "dog": 0.1}}.',
)
refused(
    "text.json",
    "hello",
    "text.json: the document is no list of records: it starts with 'h'.\n"
    "  A document looks like [{…}, {…}], as pandas writes with orient='records'; pass --format csv "
    "if it is text with commas.",
)
scored("gzipped.json.gz", gz('[{"label": 1, "prob": 0.89}]'), logs(0.89))

# Parquet and Arrow ----------------------------------------------------------------------------

SINGLE = (float(np.float32(0.8)), float(np.float32(0.7)))

scored(
    "float16.parquet",
    parquet(
        {
            "label": ["a", "b"],
            "prob_a": pa.array(np.array([0.8, 0.3], np.float16)),
            "prob_b": pa.array(np.array([0.2, 0.7], np.float16)),
        }
    ),
    logs(float(np.float16(0.8)), float(np.float16(0.7))),
)
scored(
    "float32.parquet",
    parquet(
        {
            "label": [0, 1],
            "prob_0": pa.array([0.8, 0.3], pa.float32()),
            "prob_1": pa.array([0.2, 0.7], pa.float32()),
        }
    ),
    logs(*SINGLE),
)
scored(
    "decimal.parquet",
    parquet(
        {
            "label": [1, 0],
            "prob": pa.array(
                [Decimal("0.100000000000000001"), Decimal("0.3")], pa.decimal128(38, 18)
            ),
        }
    ),
    logs(0.1, 0.7),
)
scored(
    "dictionary.parquet",
    parquet(
        {
            "label": pa.array(["cat", "dog", "cat"]).dictionary_encode(),
            "prob_cat": [0.8, 0.3, 0.5],
            "prob_dog": [0.2, 0.7, 0.5],
        }
    ),
    logs(0.8, 0.7, 0.5),
)
scored(
    "booleans.parquet",
    parquet({"label": [True, False], "prob": [0.8, 0.3]}),
    logs(0.8, 0.7),
)
scored(
    "list.parquet",
    parquet({"label": [0, 1], "probs": [[0.8, 0.2], [0.3, 0.7]]}),
    logs(0.8, 0.7),
)
scored(
    "fixed_list_of_float32.parquet",
    parquet(
        {"label": [0, 1], "probs": pa.array([[0.8, 0.2], [0.3, 0.7]], pa.list_(pa.float32(), 2))}
    ),
    logs(*SINGLE),
)
refused(
    "list_with_null.parquet",
    parquet({"label": [0, 1], "probs": [[0.8, 0.2], [0.3, None]]}),
    "list_with_null.parquet, row 2, column 'probs[1]': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "list_missing.parquet",
    parquet({"label": [0, 1], "probs": [[0.8, 0.2], None]}),
    "list_missing.parquet, row 2, column 'probs[0]': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "ragged_list.parquet",
    parquet({"label": [0, 1], "probs": [[0.8, 0.2], [0.9]]}),
    "ragged_list.parquet, row 2, column 'probs': the list holds 1 number, and the first "
    "one holds 2.\n"
    "  Give every row the probabilities of all classes.",
)
scored(
    "struct.parquet",
    parquet({"label": ["a", "b"], "probs": [{"b": 0.2, "a": 0.8}, {"b": 0.7, "a": 0.3}]}),
    logs(0.8, 0.7),
)
scored(
    "map.parquet",
    parquet(
        {
            "label": ["a", "b"],
            "probs": pa.array(
                [[("b", 0.2), ("a", 0.8)], [("a", 0.3), ("b", 0.7)]],
                pa.map_(pa.string(), pa.float64()),
            ),
        }
    ),
    logs(0.8, 0.7),
)
scored(
    "row_groups_of_one.parquet",
    parquet({"label": [1, 0, 1], "prob": [0.8, 0.3, 0.5]}, row_group_size=1),
    logs(0.8, 0.7, 0.5),
)


def empty_row_groups() -> bytes:
    """Return a Parquet file with row groups without rows between the others."""
    table = pa.table({"label": [1, 0], "prob": [0.8, 0.35]})
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema) as writer:
        for part in (table.slice(0, 0), table.slice(0, 1), table.slice(0, 0), table.slice(1, 1)):
            writer.write_table(part)
        writer.write_table(table.slice(0, 0))
    return buffer.getvalue()


scored("empty_row_groups.parquet", empty_row_groups, logs(0.8, 0.65))
refused(
    "no_rows.parquet",
    parquet({"label": pa.array([], pa.int64()), "prob": pa.array([], pa.float64())}),
    "no_rows.parquet: there are no rows, only a header." + WRITER,
)
refused(
    "null_probability.parquet",
    parquet({"label": [1, 0, 1], "prob": [0.8, None, 0.5]}),
    "null_probability.parquet, row 2, column 'prob': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "nan_probability.parquet",
    parquet({"label": [1, 0, 1], "prob": [0.8, math.nan, 0.5]}, row_group_size=1),
    "nan_probability.parquet, row 2, column 'prob': the probability is NaN.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "null_label.parquet",
    parquet({"label": [1, 0, None], "prob": [0.8, 0.1, 0.5]}, row_group_size=1),
    "null_label.parquet, row 3, column 'label': the label is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
scored(
    "nan_labels_made_floats.parquet",
    parquet({"label": [1.0, 0.0, math.nan], "prob": [0.8, 0.1, 0.5]}),
    logs(0.8, 0.9),
    *("--on-invalid", "drop"),
    n_rejected=1,
)
refused(
    "dates_for_probabilities.parquet",
    parquet({"label": [1, 0], "prob": pa.array([1, 2], pa.date32())}),
    "dates_for_probabilities.parquet, row 1, column 'prob': probability '1970-01-02' is "
    "no number.\n"
    "  This is a date, which spreadsheets make of some numbers. Write a number there, or pass "
    "--on-invalid drop to leave such rows out.",
)
refused(
    "lists_for_labels.parquet",
    parquet({"label": [[1], [0]], "prob": [0.8, 0.3]}),
    "lists_for_labels.parquet, column 'label': cells of type list<element: int64> cannot "
    "be read here.\n"
    "  Lists are read as probabilities with --probs, or as what happened with --target-probs; all "
    "else is one value a row.",
)
refused(
    "truncated.parquet",
    first(-20, parquet({"label": [1, 0], "prob": [0.8, 0.31]})),
    "truncated.parquet: the Parquet file is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "text.parquet",
    lines("label,prob", "1,0.8", "0,0.32"),
    "text.parquet: this is no parquet file: it starts with b'labe'.\n"
    "  Pass --format csv if it is text with commas.",
)
refused(
    "parquet.csv",
    parquet({"label": [1, 0], "prob": [0.8, 0.33]}),
    "parquet.csv: this is a parquet file, not csv.\n  Pass --format parquet.",
)
scored(
    "really_parquet.csv",
    parquet({"label": [1, 0], "prob": [0.8, 0.34]}),
    logs(0.8, 0.66),
    *("--format", "parquet"),
)
scored(
    "file.arrow",
    arrow_file({"label": ["a", "b"], "prob_a": [0.8, 0.4], "prob_b": [0.2, 0.6]}),
    logs(0.8, 0.6),
)
scored(
    "stream.arrow",
    arrow_stream({"label": ["a", "b"], "prob_a": [0.8, 0.45], "prob_b": [0.2, 0.55]}),
    logs(0.8, 0.55),
)


def compressed_feather() -> bytes:
    """Return a Feather file compressed inside."""
    buffer = io.BytesIO()
    table = pa.table({"label": [1, 0], "prob": [0.8, 0.42]})
    feather.write_feather(table, buffer, compression="zstd")
    return buffer.getvalue()


scored("compressed.feather", compressed_feather, logs(0.8, 0.58))
refused(
    "truncated.arrow",
    first(-300, arrow_file({"label": [1, 0], "prob": [0.8, 0.43]})),
    "truncated.arrow: the Arrow file is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "truncated_stream.arrow",
    first(-60, arrow_stream({"label": [1, 0], "prob": [0.8, 0.44]})),
    "truncated_stream.arrow: the Arrow file is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)


def duplicate_columns() -> bytes:
    """Return a Parquet file with two columns of one name."""
    table = pa.table(
        [pa.array([1]), pa.array([0.5]), pa.array([0.6])], names=["label", "prob", "prob"]
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


scored(
    "large_string.parquet",
    parquet(
        {
            "label": pa.array(["a", "b"], pa.large_string()),
            "prob_a": [0.8, 0.3],
            "prob_b": [0.2, 0.7],
        }
    ),
    logs(0.8, 0.7),
)
scored(
    "string_view.arrow",
    arrow_file(
        {
            "label": pa.array(["a", "b"], pa.string_view()),
            "prob_a": [0.8, 0.31],
            "prob_b": [0.2, 0.69],
        }
    ),
    logs(0.8, 0.69),
)
scored(
    "binary_labels.parquet",
    parquet({"label": pa.array([b"a", b"b"]), "prob_a": [0.8, 0.31], "prob_b": [0.2, 0.69]}),
    logs(0.8, 0.69),
)
scored(
    "small_ints.parquet",
    parquet({"label": pa.array([1, 0], pa.int8()), "prob": pa.array([1, 0], pa.uint8())}),
    logs(1, 1),
)
scored(
    "text_numbers.parquet",
    parquet({"label": ["1", "0"], "prob": ["0.8", " 3e-1 "]}),
    logs(0.8, 0.7),
)
scored(
    "dictionary_numbers.parquet",
    parquet({"label": [1, 0], "prob": pa.array([0.8, 0.3]).dictionary_encode()}),
    logs(0.8, 0.7),
)
scored(
    "large_list.parquet",
    parquet(
        {
            "label": [0, 1],
            "probs": pa.array([[0.81, 0.19], [0.3, 0.7]], pa.large_list(pa.float64())),
        }
    ),
    logs(0.81, 0.7),
)
scored(
    "list_of_float16.parquet",
    parquet(
        {
            "label": [0, 1],
            "probs": pa.array(
                [np.array([0.8, 0.2], np.float16), np.array([0.3, 0.7], np.float16)],
                pa.list_(pa.float16()),
            ),
        }
    ),
    logs(float(np.float16(0.8)), float(np.float16(0.7))),
)
scored(
    "names_with_points.parquet",
    parquet({"a.label": [0, 1], "prob_x.y": [0.8, 0.3], "prob_z": [0.2, 0.7]}),
    logs(0.8, 0.7),
    "--label",
    "a.label",
    "--classes",
    "0,1",
    "--probs",
    "prob_x.y,prob_z",
)
scored(
    "struct_label.parquet",
    parquet({"row": [{"y": 1}, {"y": 0}], "prob": [0.8, 0.3]}),
    logs(0.8, 0.7),
    "--label",
    "row.y",
)
scored(
    "timestamp_slices.parquet",
    parquet(
        {"label": [1, 0], "prob": [0.8, 0.3], "t": pa.array([0, 1], pa.timestamp("ns", "UTC"))}
    ),
    logs(0.8, 0.7),
    "--slice",
    "t",
)
refused(
    "all_null_column.parquet",
    parquet({"label": [1, 0], "prob": pa.nulls(2)}),
    "all_null_column.parquet, row 1, column 'prob': the probability is missing.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "all_null_labels.parquet",
    parquet({"label": pa.nulls(2), "prob_a": [0.1, 0.2], "prob_b": [0.9, 0.8]}),
    "all_null_labels.parquet, row 1, column 'label': the label is missing.\n"
    "  None of the first 2 rows has a label. Name the column of what happened with --label COL.",
)
refused(
    "duplicate_columns.parquet",
    duplicate_columns,
    "duplicate_columns.parquet, column 'prob': 2 columns have this name.\n"
    "  Rename or remove all but one.",
)
scored(
    "null_list_first.parquet",
    parquet({"label": [0, 1], "probs": [None, [0.3, 0.7]]}),
    logs(0.7),
    "--on-invalid",
    "drop",
    n_rejected=1,
)

# NumPy ----------------------------------------------------------------------------------------

TWO = [[0.8, 0.2], [0.3, 0.7]]

scored("plain.npz", npz(y_true=[0, 1], y_prob=TWO), logs(0.8, 0.7))
scored(
    "other_names.npz",
    npz(gold=[1, 1], softmax=TWO),
    logs(0.2, 0.7),
    *("--label", "gold", "--probs", "softmax"),
)
scored(
    "named_classes.npz",
    npz(y_true=["dog", "cat"], y_prob=TWO, classes=["dog", "cat"]),
    logs(0.8, 0.7),
)
scored("one_column.npz", npz(y_true=[1, 0], y_prob=[0.8, 0.3]), logs(0.8, 0.7))
scored(
    "float32.npz",
    npz(y_true=np.array([0, 1], np.uint8), y_prob=np.array(TWO, np.float32)),
    logs(*SINGLE),
)
scored(
    "fortran_order.npz",
    npz(y_true=[0, 1, 0], y_prob=np.asfortranarray([[0.8, 0.2], [0.3, 0.7], [0.5, 0.5]])),
    logs(0.8, 0.7, 0.5),
)
scored(
    "big_endian.npz",
    npz(y_true=np.array([0, 1], ">i4"), y_prob=np.array(TWO, ">f8")),
    logs(0.8, 0.7),
)
scored(
    "logits.npz",
    npz(y_true=[0, 1], logits=[[2.0, -1.0], [0.5, 0.25]]),
    softmax_losses((0, (2, -1)), (1, (0.5, 0.25))),
    *("--input-kind", "logits"),
)
refused(
    "pickled.npz",
    npz(y_true=np.array(["a", "b"], object), y_prob=TWO),
    "pickled.npz: 'y_true' is an array of Python objects, and loading one can run any "
    "code.\n"
    "  Save it as text or numbers: y_true.astype(str).",
)
refused(
    "other_lengths.npz",
    npz(y_true=[0, 1, 1], y_prob=TWO),
    "other_lengths.npz: 'y_prob' has 2 rows, and 'y_true' has 3.\n"
    "  All arrays need one value, or one row, for each prediction.",
)
refused(
    "one_hot_labels.npz",
    npz(y_true=[[1, 0], [0, 1]], y_prob=TWO),
    "one_hot_labels.npz: 'y_true' has 2 columns, and one is needed.\n"
    "  Labels, ids, weights and slices have one value for each prediction. If each row is one-hot, "
    "or another distribution, pass --target-probs y_true.",
)
refused(
    "no_label.npz",
    npz(x=[0, 1], y_prob=TWO),
    "no_label.npz: no column is named like a label.\n"
    "  Pass --label COL; the columns are: x, y_prob.",
)
refused(
    "label_outside.npz",
    npz(y_true=[0, 2], y_prob=TWO),
    "label_outside.npz: 'y_prob' holds 2 numbers by position, and the labels (0, 2) do "
    "not say which position is which class.\n"
    "  Pass --classes A,B,C with the class of each position, in their order.",
)
refused(
    "truncated.npz",
    first(-40, npz(y_true=[0, 0], y_prob=TWO)),
    "truncated.npz: the NumPy file is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
scored(
    "pair",
    {"y_true.npy": npy([1, 1]), "y_prob.npy": npy(TWO)},
    logs(0.2, 0.7),
)
scored(
    "pair_the_other_way_round",
    {"b.npy": npy([[0.6, 0.4], [0.3, 0.7]]), "a.npy": npy([0, 1])},
    logs(0.6, 0.7),
)
refused(
    "alone.npy",
    npy([[0.61, 0.39], [0.3, 0.7]]),
    "alone.npy: a single array holds labels or probabilities, not both.\n"
    "  Name two files: evalreport report y_true.npy y_prob.npy",
)
refused(
    "pair_of_other_lengths",
    {"y_true.npy": npy([1, 1, 0]), "y_prob.npy": npy([[0.62, 0.38], [0.3, 0.7]])},
    "y_true.npy, y_prob.npy: 'y_prob' has 2 rows, and 'y_true' has 3.\n"
    "  All arrays need one value, or one row, for each prediction.",
)


def compressed_npz() -> bytes:
    """Return an NPZ archive compressed inside."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, y_true=[0, 1], y_prob=TWO)
    return buffer.getvalue()


def zip_of_text() -> bytes:
    """Return a ZIP archive without an array."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), "none")
    return buffer.getvalue()


scored("compressed.npz", compressed_npz, logs(0.8, 0.7))
scored("bytes_labels.npz", npz(y_true=np.array([b"1", b"0"]), y_prob=[0.8, 0.31]), logs(0.8, 0.69))
scored("float_labels.npz", npz(y_true=[1.0, 0.0], y_prob=[[0.3, 0.7], [0.8, 0.2]]), logs(0.7, 0.8))
scored("one_wide.npz", npz(y_true=[1, 0], y_prob=[[0.8], [0.3]]), logs(0.8, 0.7))
scored("one_hot_forecast.npz", npz(y_true=[1, 0], y_prob=[[0, 1], [0, 1]]), logs(1, FLOOR))
refused(
    "quote_that_swallows_the_rest.csv",
    lines("label,prob_a,prob_b,text", "a,0.8,0.2,x", 'b,0.3,0.7,"y', "b,0.3,0.7,z"),
    "quote_that_swallows_the_rest.csv: a quote that opens in line 3 is never closed.\n"
    '  A quote inside a quoted cell is written twice: "".',
)
scored(
    "logits_far_out.csv",
    lines("label,logit_a,logit_b", "a,450,-450", "b,450,-450"),
    [0.0, 900.0],
    *("--input-kind", "logits"),
)
scored(
    "log_probabilities_down_to_1300.csv",
    lines("label,logprob_a,logprob_b", "a,-1300,0", "b,-800,0"),
    [1300.0, 0.0],
    *("--input-kind", "log-probabilities"),
)
refused(
    "no_rows.npz",
    npz(y_true=np.zeros(0, int), y_prob=np.zeros((0, 2))),
    "no_rows.npz: there are no rows, only a header." + WRITER,
)
refused(
    "single_number.npz",
    npz(y_true=1, y_prob=[[0.5, 0.5]]),
    "single_number.npz: 'y_true' has 0 dimensions, and one is needed.\n"
    "  Labels, ids, weights and slices have one value for each prediction.",
)
refused(
    "text_inside.npz",
    zip_of_text,
    "text_inside.npz: there are no NumPy arrays in this archive.\n"
    "  Write it with numpy.savez(file, y_true=…, y_prob=…).",
)
refused(
    "nan.npz",
    npz(y_true=[1, 0], y_prob=[[0.3, 0.7], [math.nan, 0.2]]),
    "nan.npz, row 2, column 'y_prob[0]': the probability is NaN.\n"
    "  Pass --on-invalid drop to leave such rows out.",
)
refused(
    "garbage.npy",
    {"y_true.npy": npy([1, 0]), "y_prob.npy": b"\x93NUMPY\x01\x00v\x00garbage"},
    "y_prob.npy: the NumPy file is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "three_arrays",
    {"a.npy": npy([1, 0]), "b.npy": npy([[0.4, 0.6], [0.5, 0.5]]), "c.npy": npy([0, 0])},
    "a.npy, b.npy, c.npy: no column is named like a label.\n"
    "  Pass --label COL; the columns are: a, b, c.",
)

# A row for each class -------------------------------------------------------------------------

LONG = ("--class-column", "class")
scored(
    "long.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,y,0.7,y", "b,x,0.3,y"),
    logs(0.8, 0.7),
    *LONG,
)
scored(
    "long_with_marks.csv",
    lines("id,class,prob,label", "a,x,0.8,1", "a,y,0.2,0", "b,y,0.7,0", "b,x,0.3,1"),
    logs(0.8, 0.3),
    *LONG,
)
scored(
    "long_not_contiguous.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "b,x,0.2,y", "a,y,0.2,x", "b,y,0.8,y"),
    logs(0.8, 0.8),
    *LONG,
)
refused(
    "long_apart_later.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,x,0.2,x", "c,x,0.5,x", "b,y,0.8,x"),
    "long_apart_later.csv, row 4, column 'class': id 'c' has no row for class 'y'.\n"
    "  Every id has one row for each class, all in one file: x, y.",
    *LONG,
)
refused(
    "long_class_missing.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,y,0.7,y"),
    "long_class_missing.csv, row 3, column 'class': id 'b' has no row for class 'x'.\n"
    "  Every id has one row for each class, all in one file: x, y.",
    *LONG,
)
refused(
    "long_class_twice.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,y,0.7,y", "b,y,0.3,y"),
    "long_class_twice.csv, row 3, column 'class': id 'b' has two rows for class 'y'.\n"
    "  Every id has one row for each class, all in one file: x, y.",
    *LONG,
)
refused(
    "long_two_labels.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,x,0.3,x", "b,y,0.7,y"),
    "long_two_labels.csv, row 3, column 'label': the rows of one id hold 'x' and 'y'.\n"
    "  Write the observed class on all rows of an id, or 1 on its row and 0 elsewhere.",
    *LONG,
)
refused(
    "long_without_id.csv",
    lines("class,prob,label", "x,0.8,x", "y,0.2,x"),
    "long_without_id.csv: the long form needs --id, and no column is named so.\n"
    "  Pass --id COL; the columns are: class, prob, label.",
    *LONG,
)
refused(
    "long_wrong_sum.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,y,0.7,y", "b,x,0.4,y"),
    "long_wrong_sum.csv, row 3: the probabilities sum to 1.1, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to"
    " score them as they are.",
    *LONG,
)

# Compressed text ------------------------------------------------------------------------------

PLAIN = lines("label,prob", "1,0.8", "0,0.36")
scored("good.csv.gz", gz(PLAIN), logs(0.8, 0.64))
scored("good.csv.bz2", bz2.compress(PLAIN.encode()), logs(0.8, 0.64))
scored("good.csv.xz", lzma.compress(PLAIN.encode()), logs(0.8, 0.64))
scored("two_members.csv.gz", gz("label,prob\n1,0.8\n") + gz("0,0.37\n"), logs(0.8, 0.63))
scored("good.jsonl.gz", gz(lines('{"label": 1, "prob": 0.8}')), logs(0.8))
refused(
    "truncated.csv.gz",
    gz(PLAIN)[:-9],
    "truncated.csv.gz: the gzip data is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "truncated.csv.bz2",
    bz2.compress(PLAIN.encode())[:-9],
    "truncated.csv.bz2: the bzip2 data is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "truncated.csv.xz",
    lzma.compress(PLAIN.encode())[:-9],
    "truncated.csv.xz: the xz data is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "misnamed.csv",
    gz(PLAIN + "1,0.5\n"),
    "misnamed.csv: this is a file compressed by gzip, and its name does not say so.\n"
    "  Add .gz to its name.",
)
refused(
    "misnamed.csv.gz",
    PLAIN + "1,0.51\n",
    "misnamed.csv.gz: the name says gzip, and the file starts with b'labe'.\n"
    "  Take .gz off its name if it is not compressed.",
)
refused("empty.csv.gz", gz(""), "empty.csv.gz: the file is empty." + WRITER)
refused(
    "compressed.parquet.gz",
    lambda: gzip.compress(parquet({"label": [1], "prob": [0.5]})(), mtime=0),
    "compressed.parquet.gz: only text may be compressed as a whole, and parquet is none.\n"
    "  Decompress the file first; this format compresses what it holds by itself.",
)

scored("good.csv.zst", zst(PLAIN), logs(0.8, 0.64))
refused(
    "truncated.csv.zst",
    first(-5, zst(PLAIN * 50)),
    "truncated.csv.zst: the zstd data is damaged or cut short (*).\n"
    "  Write the file again, or copy it again if the copy was cut short.",
)
refused(
    "misnamed.csv.zst",
    PLAIN + "1,0.53\n",
    "misnamed.csv.zst: the name says zstd, and the file starts with b'labe'.\n"
    "  Take .zst off its name if it is not compressed.",
)
refused(
    "misnamed.jsonl",
    lzma.compress(b'{"label": 1, "prob": 0.5}\n'),
    "misnamed.jsonl: this is a file compressed by xz, and its name does not say so.\n"
    "  Add .xz to its name.",
)
refused("zero_bytes.parquet", b"", "zero_bytes.parquet: the file is empty." + WRITER)
refused(
    "zero_bytes.npz",
    {"zero_bytes.npz": b"\n"},
    "zero_bytes.npz: this is no npz file: it starts with b'\\n'.\n"
    "  Pass --format csv if it is text with commas.",
)

# Text as other programs leave it ---------------------------------------------------------------

refused(
    "excel_sep_line.csv",
    lines("sep=;", "label;prob", "1;0.8"),
    "excel_sep_line.csv: no column is named like a label.\n"
    "  The first line speaks to Excel alone: remove it.",
)
refused(
    "comment_line.csv",
    lines("# made today", "label,prob", "1,0.8"),
    "comment_line.csv: no column is named like a label.\n"
    "  The first line is a remark, by its '#': remove it, or only the sign.",
)
refused(
    "header_in_the_middle.csv",
    lines("label,prob_a,prob_b", "a,0.8,0.2", "label,prob_a,prob_b", "b,0.8,0.2"),
    "header_in_the_middle.csv, row 2, column 'label': label 'label' is none of the "
    "classes a, b.\n"
    "  This is the header again: files were joined with their headers; remove it.",
)
scored("no_break_space.csv", lines("label,prob", "1,0.8\u00a0", "0,\u20090.3"), logs(0.8, 0.7))
scored(
    "carriage_return_between_rows.csv",
    "label,prob_a,prob_b\na,0.8,0.2\rb,0.3,0.7\n",
    logs(0.8, 0.7),
)
scored(
    "latin1_in_a_column_not_in_use.csv",
    "text,label,prob\nniño,1,0.8\n".encode("latin-1"),
    logs(0.8),
)
refused(
    "nul_byte_far_down.csv",
    (lines("label,prob_a,prob_b") + "a,0.5,0.5\n" * 20_000).encode() + b"a\0,0.5,0.5\n",
    "nul_byte_far_down.csv, row 20001, column 'label': label 'a\\x00' is none of the "
    "classes a, b.\n"
    "  It looks like class 'a', but one of the two holds U+0000, which does not show.",
)
refused(
    "bad_row_far_down.csv",
    lines("label,prob_a,prob_b") + "a,0.5,0.5\n" * 70_000 + "b,0.5,0.6\n",
    "bad_row_far_down.csv, row 70001: the probabilities sum to 1.1, not to 1.\n"
    "  Pass --normalize rescale to divide such rows by their sum, or --normalize as-is to score "
    "them as they are.",
)
refused(
    "short_row_far_down.csv",
    lines("label,prob_a,prob_b") + "b,0.5,0.5\n" * 300_000 + "b,0.5,0.6,7\n",
    "short_row_far_down.csv, row 300001: the row has 4 cells, and the header has 3.\n"
    "  A cell with a comma in it must be in quotes.",
)
refused(
    "latin1_far_down.csv",
    (lines("label,prob_a,prob_b") + "a,0.5,0.5\n" * 20_001).encode() + b"\xe9,0.5,0.5\n",
    "latin1_far_down.csv: line 20003 is not UTF-8 text: it holds the byte 0xe9.\n"
    "  Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
)
refused(
    "names_that_differ_by_a_blank.csv",
    lines("label,prob_cat,prob_cat ,prob_dog", "cat,0.5,0.1,0.4"),
    "names_that_differ_by_a_blank.csv: columns 'prob_cat' and 'prob_cat ' are both named "
    "after class 'cat'.",
)
refused(
    "names_of_one_number.csv",
    lines("label,prob_1,prob_1.0,prob_2", "1,0.5,0.1,0.4"),
    "names_of_one_number.csv: columns 'prob_1' and 'prob_1.0' are both named after class '1'.",
)
scored("labels_y_n.csv", lines("label,prob", "Y,0.8", "N,0.3"), logs(0.8, 0.7))
scored("labels_yes_no_capital.csv", lines("label,prob", "No,0.8", "Yes,0.3"), logs(0.2, 0.3))
refused(
    "labels_of_mixed_case.csv",
    lines("label,prob", "No,0.8", "Yes,0.3", "yes,0.2"),
    "labels_of_mixed_case.csv, row 3, column 'label': label 'yes' stands beside 'No' and 'Yes', "
    "and the single probability column 'prob' can speak for two only.\n"
    "  It differs from 'Yes' in case alone: write labels in one spelling.",
)
refused(
    "labels_plus_and_minus.csv",
    lines("label,prob", "+1,0.8", "-1,0.3"),
    "labels_plus_and_minus.csv, column 'label': the labels are '+1' and '-1', and nothing"
    " says which of them column 'prob' is the probability of.\n"
    "  Pass --positive +1 or --positive -1.",
)
refused(
    "labels_as_ranks.csv",
    lines("label,prob", *(f"{n}.5,0.5" for n in range(9))),
    "labels_as_ranks.csv, column 'label': there are many labels (0.5, 1.5, 2.5, 3.5, 4.5,"
    " …), and the single probability column 'prob' can speak for two only.\n"
    "  Pass --classes A,B and --on-invalid drop to keep two of them, or give one probability "
    "column per class.",
)
scored(
    "labels_above_2_to_53.csv",
    lines("label,prob_9007199254740993,prob_9007199254740992", "9007199254740993,0.8,0.2"),
    logs(0.8),
)
scored(
    "labels_above_2_to_53.parquet",
    parquet({"label": [2**53 + 1], f"prob_{2**53 + 1}": [0.8], f"prob_{2**53}": [0.2]}),
    logs(0.8),
)
scored(
    "three_hundred_classes.csv",
    lines(
        ",".join(["label", *(f"prob_{n}" for n in range(300))]),
        ",".join(["299", *["0.00390625"] * 256, *["0"] * 43, "0"]),
        ",".join(["7", *["0.00390625"] * 256, *["0"] * 44]),
    ),
    logs(FLOOR, 1 / 256),
)
scored(
    "slice_twice.csv",
    lines("label,prob,s", "1,0.8,a", "0,0.3,b"),
    logs(0.8, 0.7),
    *("--slice", "s", "--slice", "s"),
)
scored(
    "weight_is_the_slice.csv",
    lines("label,prob,s", "1,0.8,1", "0,0.3,3"),
    logs(0.8, 0.7),
    *("--slice", "s", "--weight", "s"),
    weights=(1, 3),
)
refused(
    "no_id_column.csv",
    lines("label,prob,s", "1,0.8,1", "0,0.3,4"),
    "no_id_column.csv: there is no column 'zzz', which --id asks for.\n"
    "  The columns are: label, prob, s.",
    *("--id", "zzz"),
)
refused(
    "positive_of_many.csv",
    lines("label,prob_a,prob_b", "a,0.8,0.2"),
    "--positive c names none of the classes a, b.",
    *("--positive", "c"),
    exit_code=2,
)
scored(
    "thirds.csv",
    lines("label,prob_a,prob_b,prob_c", "a,33.3,33.3,33.3"),
    logs(0.333),
    *("--input-kind", "percentages"),
)
scored(
    "no_header_with_mark.csv",
    b"\xef\xbb\xbfcat,0.8,0.2\r\ndog,0.3,0.7\r\n",
    logs(0.8, 0.7),
    *("--no-header", "--label", "1", "--probs", "2,3", "--classes", "cat,dog"),
)
scored(
    "spaces.csv",
    lines("label prob_a prob_b", "a 0.8 0.2", "b 0.3 0.7"),
    logs(0.8, 0.7),
    "--delimiter",
    "space",
)
scored(
    "long_cell_further_down.csv",
    lines("text,label,prob", "x,1,0.8", "y,0,0.3", f"{'z' * 1_000_000},1,0.4"),
    logs(0.8, 0.7, 0.4),
)
scored("backslashes.csv", lines("text,label,prob", '"a\\",1,0.8', '"b\\n",0,0.3'), logs(0.8, 0.7))

# A row for each class, and several files, again ------------------------------------------------

refused(
    "long_unknown_class.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,x,0.8,x", "b,z,0.2,x"),
    "long_unknown_class.csv, row 4, column 'class': class 'z' stands here, and other ids have no "
    "row for it.\n"
    "  Every id has one row for each class, all in one file: x, y, z.",
    *LONG,
)
scored(
    "long_id_comes_again.csv",
    lines(
        "id,class,prob,label",
        "a,x,0.8,x",
        "a,y,0.2,x",
        "b,x,0.8,x",
        "b,y,0.2,x",
        "a,x,0.8,x",
        "a,y,0.2,x",
    ),
    logs(0.8, 0.8, 0.8),
    *LONG,
)
refused(
    "long_extra_class.csv",
    lines("id,class,prob,label", "a,x,0.8,x", "a,y,0.2,x", "b,x,0.7,x", "b,y,0.2,x", "b,z,0.1,x"),
    "long_extra_class.csv, row 5, column 'class': class 'z' stands here, and other ids have no row "
    "for it.\n"
    "  Every id has one row for each class, all in one file: x, y, z.",
    *LONG,
)
refused(
    "long_two_marks.csv",
    lines("id,class,prob,label", "a,x,0.8,1", "a,y,0.2,0", "b,x,0.7,1", "b,y,0.3,1"),
    "long_two_marks.csv, row 3, column 'label': one row of an id says 1 and the others 0,"
    " and here they say 1, 1.\n"
    "  Write the observed class on all rows of an id, or 1 on its row and 0 elsewhere.",
    *LONG,
)
scored(
    "long.parquet",
    parquet(
        {
            "id": [1, 1, 2, 2],
            "class": ["x", "y", "y", "x"],
            "prob": [0.8, 0.2, 0.6, 0.4],
            "label": ["x", "x", "y", "y"],
        },
        row_group_size=1,
    ),
    logs(0.8, 0.6),
    *LONG,
)
scored(
    "long.jsonl",
    lines(
        '{"id": 1, "class": "x", "prob": 0.8, "label": "x"}',
        '{"id": 1, "class": "y", "prob": 0.2, "label": "x"}',
    ),
    logs(0.8),
    *LONG,
)
scored(
    "same_file_twice",
    {"a.csv": lines("label,prob", "1,0.811", "0,0.3")},
    logs(0.811, 0.7, 0.811, 0.7),
    inputs=["a.csv", "a.csv"],
)
scored(
    "header_only_in_the_second",
    {"a.csv": lines("label,prob", "1,0.812"), "b.csv": "label,prob\n"},
    logs(0.812),
)
refused(
    "empty_second",
    {"a.csv": lines("label,prob", "1,0.813"), "b.csv": ""},
    "b.csv: the file is empty." + WRITER,
)
scored(
    "gzipped_and_plain",
    {"a.csv": lines("label,prob", "1,0.814"), "b.csv.gz": gz("label,prob\n0,0.4\n")},
    logs(0.814, 0.6),
)

# Several files, and their names ---------------------------------------------------------------

scored(
    "two_files",
    {"a.csv": lines("label,prob", "1,0.81"), "b.csv": lines("prob,x,label", "0.36,9,0")},
    logs(0.81, 0.64),
)
scored(
    "two_files_each_a_class",
    {
        "a.csv": lines("label,prob_a,prob_b", "a,0.81,0.19"),
        "b.csv": lines("prob_b;prob_a;label", "0.36;0.64;b"),
    },
    logs(0.81, 0.36),
)
refused(
    "two_files_of_other_columns",
    {
        "a.csv": lines("label,prob_a,prob_b", "a,0.82,0.18"),
        "b.csv": lines("label,prob_a", "a,0.82"),
    },
    "b.csv: column 'prob_b', in use in a.csv, is not there.\n  The columns are: label, prob_a.",
)
refused(
    "bad_row_in_the_second_file",
    {"a.csv": lines("label,prob", "1,0.82", "0,0.1"), "b.csv": lines("label,prob", "0,1.36")},
    "b.csv, row 1, column 'prob': probability 1.36 is above 1.\n"
    "  If the values are percentages, pass --input-kind percentages.",
)
refused(
    "two_files_of_other_formats",
    {"a.csv": lines("label,prob", "1,0.83"), "b.jsonl": lines('{"label": 1, "prob": 0.5}')},
    "b.jsonl: this file is jsonl, and a.csv is csv.\n  Read files of one format at a time.",
)
refused(
    "no_such_file",
    {"predictions.csv": lines("label,prob", "1,0.84")},
    "predictoins.csv: there is no such file.\n  Did you mean 'predictions.csv'?",
    inputs=["predictoins.csv"],
)
scored(
    "pattern",
    {
        "part-1.csv": lines("label,prob", "1,0.84", "0,0.2"),
        "part-2.csv": lines("label,prob", "1,0.85"),
        "other.csv": "x\n",
    },
    logs(0.84, 0.8, 0.85),
    inputs=["part-*.csv"],
)
refused(
    "pattern_without_match",
    {"a.csv": lines("label,prob", "1,0.85")},
    "part-*.csv: no file matches this pattern.\n"
    "  A star stands for any letters of one name, ** for any folders.",
    inputs=["part-*.csv"],
)
scored(
    "directory",
    {
        "d/a.csv": lines("label,prob", "1,0.86"),
        "d/b.csv": lines("label,prob", "0,0.2"),
        "d/_SUCCESS": "",
        "d/.hidden.csv": "nothing\n",
    },
    logs(0.86, 0.8),
    inputs=["d"],
)
refused(
    "directory_of_mixed_formats",
    {"d/a.csv": lines("label,prob", "1,0.87"), "d/b.jsonl": '{"label": 1, "prob": 0.87}\n'},
    "d: the directory holds files of different formats: csv, jsonl.\n"
    "  Pass --format with one of csv, jsonl.",
    inputs=["d"],
)
refused(
    "directory_without_predictions",
    {"d/notes.md": "none\n"},
    "d: there are no predictions in the directory.\n"
    "  Formats that can be read: csv, tsv, jsonl, json, parquet, arrow, npz, npy.",
    inputs=["d"],
)
scored(
    "partitions",
    {
        "d/lang=fr/year=2025/a.csv": lines("label,prob", "1,0.87"),
        "d/lang=__HIVE_DEFAULT_PARTITION__/year=2026/a.csv": lines("label,prob", "0,0.2"),
        "d/lang=a%2Fb/year=2026/a.csv": lines("label,prob", "0,0.25"),
    },
    logs(0.87, 0.8, 0.75),
    *("--slice", "lang", "--slice", "year"),
    inputs=["d"],
)
refused(
    "no_suffix",
    lines("label,prob", "1,0.87", "0,0.1"),
    "no_suffix: the name of the file does not tell its format.\n"
    "  Pass --format with one of csv, tsv, jsonl, json, parquet, arrow, npz, npy.",
)
scored(
    "no_suffix_but_format",
    lines("label,prob", "1,0.87", "0,0.11"),
    logs(0.87, 0.89),
    *("--format", "csv"),
)
scored(
    "WITH CAPITALS.CSV",
    lines("label,prob", "1,0.87", "0,0.12"),
    logs(0.87, 0.88),
)
scored("with blanks .csv", lines("label,prob", "1,0.87", "0,0.13"), logs(0.87, 0.87))
scored('it\'s "quoted".csv', lines("label,prob", "1,0.87", "0,0.14"), logs(0.87, 0.86))
scored("two\nlines.csv", lines("label,prob", "1,0.87", "0,0.15"), logs(0.87, 0.85))
scored("brackets[1].csv", lines("label,prob", "1,0.87", "0,0.16"), logs(0.87, 0.84))
scored("star*.csv", lines("label,prob", "1,0.87", "0,0.17"), logs(0.87, 0.83))
scored("key=value.csv", lines("label,prob", "1,0.87", "0,0.18"), logs(0.87, 0.82))
scored("día 😀.csv", lines("label,prob", "1,0.87", "0,0.19"), logs(0.87, 0.81))
refused(
    "two\nlines refused.csv",
    lines("label,prob", "1,0.87", "0,1.19"),
    "two\\nlines refused.csv, row 2, column 'prob': probability 1.19 is above 1.\n"
    "  If the values are percentages, pass --input-kind percentages.",
)
refused(
    "workbook.csv",
    npz(a=[1]),
    "workbook.csv: this is a ZIP archive, not csv.\n"
    "  Save a workbook as CSV, unpack an archive, or pass --format npz for NumPy's.",
)
