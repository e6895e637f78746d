"""More nasty files: made or mended by hand, saved under the wrong name, or cut and pasted together.

Importing this module adds them to `nasty_files.CASES`.
"""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import tarfile
import unicodedata
import zipfile

from tests.acceptance.nasty_files import WRITER, lines, logs, refused, scored

HEADER = "label,prob_cat,prob_dog"
ROWS = (HEADER, "cat,0.8,0.2", "dog,0.3,0.7")
DECOMPOSED = unicodedata.normalize("NFD", "café")


def archive() -> bytes:
    """Return a tar archive with predictions in it."""
    buffer, data = io.BytesIO(), lines(*ROWS).encode()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo("predictions.csv")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def workbook() -> bytes:
    """Return the start of what Excel saves."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        parts.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        parts.writestr(zipfile.ZipInfo("xl/workbook.xml"), "<workbook/>")
    return buffer.getvalue()


def database() -> bytes:
    """Return a database without a table."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table predictions (label text)")
    return bytes(connection.serialize())


# Under the wrong name -------------------------------------------------------------------------

UNPACK = "\n  Unpack the archive first."
PICKLE = (
    "\n  Loading one can run any code: save the arrays with numpy.savez, or the table as Parquet."
)
refused(
    "tar_in_gzip.csv.gz",
    lambda: gzip.compress(archive(), mtime=0),
    f"tar_in_gzip.csv.gz: this is a tar archive.{UNPACK}",
)
refused("tar.jsonl", archive, f"tar.jsonl: this is a tar archive.{UNPACK}")
refused("pickle.csv", pickle.dumps([1]), f"pickle.csv: this is a pickle of Python.{PICKLE}")
refused("pickle.npy", pickle.dumps([2]), f"pickle.npy: this is a pickle of Python.{PICKLE}")
refused(
    "workbook_really.csv",
    workbook,
    "workbook_really.csv: this is a workbook, not csv.\n"
    "  Save the sheet as CSV, from the program or with pandas.read_excel.",
)
refused(
    "database.csv",
    database,
    "database.csv: this is an SQLite database.\n  Export the table as Parquet or CSV.",
)
refused(
    "part_of_a_page.csv",
    "<!-- cached --><!DOCTYPE html><p>404</p>",
    "part_of_a_page.csv: this is a web page.\n"
    "  Download the file again; the address may need a login.",
)
refused(
    "records.csv",
    lines('{"label": 1, "prob": 0.7}', '{"label": 0, "prob": 0.2}'),
    "records.csv: this is JSON, not columns: it starts with '{'.\n  Pass --format jsonl.",
)
scored(
    "records_asked.csv",
    lines('{"label": 1, "prob": 0.71}', '{"label": 0, "prob": 0.2}'),
    logs(0.71, 0.8),
    *("--format", "jsonl"),
)
refused(
    "list_of_records.csv",
    '[\n {"label": 1, "prob": 0.72}]',
    "list_of_records.csv: this is JSON, not columns: it starts with '['.\n  Pass --format json.",
)
refused(
    "columns.jsonl",
    lines(*ROWS),
    "columns.jsonl, row 1: the record is no JSON: expecting value at character 1.\n"
    "  Write each record as an object, or pass --format csv if this is text with commas.",
)
refused(
    "columns.json",
    lines(HEADER, "cat,0.81,0.19"),
    "columns.json: the document is no list of records: it starts with 'l'.\n"
    "  A document looks like [{…}, {…}], as pandas writes with orient='records'; pass --format csv "
    "if it is text with commas.",
)
refused(
    "utf32.csv",
    lines(*ROWS).encode("utf-32"),
    "utf32.csv: the file is UTF-32 text.\n  Save the file as UTF-8 and try again.",
)
refused("no_row.tsv", "label\tprob\n", f"no_row.tsv: there are no rows, only a header.{WRITER}")
refused(
    "a name that is not there",
    {"other.csv": lines(*ROWS, "cat,0.5,0.5"), "readme.txt": "x"},
    "a_file.parquet: there is no such file.\n  Files in the directory: other.csv.",
    inputs=["a_file.parquet"],
)

# Delimiters -----------------------------------------------------------------------------------

scored(
    "bars.tsv", lines("label|prob_cat|prob_dog", "cat|0.81|0.19", "dog|0.3|0.7"), logs(0.81, 0.7)
)
scored("commas.tsv", lines(HEADER, "cat,0.82,0.18", "dog,0.3,0.7"), logs(0.82, 0.7))
scored(
    "one_tab_and_commas.tsv",
    lines("prob_a,b,c\tlabel\tprob_d", '0.83\t"a,b,c"\t0.17'),
    logs(0.83),
)
refused(
    "header_ends_in_a_comma.csv",
    lines(f"{HEADER},", "cat,0.8,0.2", "dog,0.3,0.7"),
    "header_ends_in_a_comma.csv, row 1: the row has 3 cells, and the header has 4.\n"
    "  The header ends in a comma, and the row does not: remove it from the header.",
)
refused(
    "one_row_ends_in_a_semicolon.csv",
    lines("label;prob_cat;prob_dog", "cat;0.8;0.2", "dog;0.3;0.7;"),
    "one_row_ends_in_a_semicolon.csv, row 2: the row has 4 cells, and the header has 3.\n"
    "  The row ends in a semicolon, and the header does not: remove it, or add one there.",
)
refused(
    "a_line_of_blanks.csv",
    lines(*ROWS[:2], "   ", ROWS[2]),
    "a_line_of_blanks.csv, row 2: the row has 1 cell, and the header has 3.\n"
    "  There is nothing but blanks in it: remove the line.",
)
SEVERAL_BLANKS = (
    "\n  Several blanks in a row are several delimiters: put one comma for them, as in "
    "tr -s ' ' ',' < old.csv > new.csv"
)
refused(
    "columns_of_a_fixed_width.csv",
    lines("label  prob_cat  prob_dog", "cat         0.8       0.2"),
    f"columns_of_a_fixed_width.csv: no column is named like a label.{SEVERAL_BLANKS}",
)
refused(
    "columns_of_a_fixed_width_asked.csv",
    lines("label  prob_cat  prob_dog", "cat         0.81      0.19"),
    "columns_of_a_fixed_width_asked.csv, row 1: the row has 16 cells, and the header has 5."
    f"{SEVERAL_BLANKS}",
    *("--delimiter", "space"),
)
refused(
    "whole_lines_in_quotes.csv",
    lines(*(f'"{each}"' for each in ROWS)),
    "whole_lines_in_quotes.csv: no column is named like a label.\n"
    "  All the names stand in one cell: pass --delimiter , to part them, or remove quotes around "
    "whole lines.",
)
refused(
    "blanks_before_quotes.csv",
    lines('"label", "prob_cat", "prob_dog"', '"cat", "0.8", "0.2"'),
    "blanks_before_quotes.csv: no columns are named like probabilities.\n"
    "  A quote counts only at the start of a cell: remove the blanks before the quotes.",
)
refused(
    "two_byte_order_marks.csv",
    "\ufeff\ufeff" + lines(*ROWS),
    "two_byte_order_marks.csv: no column is named like a label.\n"
    "  The file starts with two byte order marks: leave one of them out.",
)

# Labels beside one column of probabilities ----------------------------------------------------

ONE = "and the single probability column 'prob' can speak for two only."
refused(
    "header_in_the_middle_of_numbers.csv",
    lines("label,prob", "1,0.7", "0,0.2", "label,prob", "0,0.3"),
    f"header_in_the_middle_of_numbers.csv, row 3, column 'label': label 'label' stands beside '1' "
    f"and '0', {ONE}\n"
    "  This is the header again: files were joined with their headers; remove it.",
)
refused(
    "a_blank_behind_one_label.csv",
    lines("label,prob", "spam,0.7", "ham,0.2", "spam ,0.9"),
    "a_blank_behind_one_label.csv, row 3, column 'label': label 'spam ' stands beside 'spam' and "
    f"'ham', {ONE}\n"
    "  It differs from 'spam' by blanks alone: write labels in one spelling.",
    *("--positive", "spam"),
)
refused(
    "accents_apart_in_one_label.csv",
    lines("label,prob", "café,0.7", "thé,0.2", f"{DECOMPOSED},0.9"),
    f"accents_apart_in_one_label.csv, row 3, column 'label': label '{DECOMPOSED}' stands beside "
    f"'café' and 'thé', {ONE}\n"
    "  It looks like class 'café', but the two are spelled with different code points: write "
    "labels and columns in one form, for instance with unicodedata.normalize('NFC', text).",
    *("--positive", "café"),
)
refused(
    "total_at_the_end_of_numbers.csv",
    lines("label,prob", "1,0.7", "0,0.2", "Total,0.9"),
    f"total_at_the_end_of_numbers.csv, column 'label': there are 3 labels (1, 0, Total), {ONE}\n"
    "  Pass --classes 1,0 and --on-invalid drop to keep two of them, or give one probability "
    "column per class; 'Total' stands in row 3 first.",
)
scored(
    "total_at_the_end_of_numbers_left_out.csv",
    lines("label,prob", "1,0.71", "0,0.2", "Total,0.91"),
    logs(0.71, 0.8),
    *("--classes", "1,0", "--on-invalid", "drop"),
    n_rejected=1,
)
refused(
    "total_at_the_end.csv",
    lines(*ROWS, "Total,1.1,0.9"),
    "total_at_the_end.csv, row 3, column 'label': label 'Total' is none of the classes cat, dog.\n"
    "  If it is a line of totals, remove it, or pass --on-invalid drop to leave such rows out.",
)
refused(
    "two_long_labels.csv",
    lines("label,prob", f"{'x' * 500},0.7", f"{'y' * 500},0.2"),
    f"two_long_labels.csv, column 'label': the labels are '{'x' * 80}… (500 characters)' and "
    f"'{'y' * 80}… (500 characters)', and nothing says which of them column 'prob' is the "
    "probability of.\n"
    "  Pass --positive NAME with the one that it is.",
)

# JSON -----------------------------------------------------------------------------------------

MEND = "Write a number there, or pass --on-invalid drop to leave such rows out."
DROP = "\n  Pass --on-invalid drop to leave such rows out."
TEXTS = {
    '"n/a"': f"the probability is missing.{DROP}",
    '"NaN"': f"the probability is NaN.{DROP}",
    '"1/3"': "probability '1/3' is no number.\n  Write fractions as decimal numbers: 0.25 for 1/4.",
    '"70%"': "probability '70%' is no number.\n"
    "  Remove the percent signs, and pass --input-kind percentages for what remains.",
}
for number, (text, fault) in enumerate(TEXTS.items()):
    refused(
        f"text_in_a_list_{number}.jsonl",
        lines('{"label": 0, "probs": [0.8, 0.2]}', f'{{"label": 1, "probs": [{text}, 0.3]}}'),
        f"text_in_a_list_{number}.jsonl, row 2, column 'probs[0]': {fault}",
    )
scored(
    "lists_of_numbers_in_quotes.jsonl",
    lines('{"label": 0, "probs": ["0.8", "0.2"]}', '{"label": 1, "probs": [0.3, 0.7]}'),
    logs(0.8, 0.7),
)

# The long form over two files -----------------------------------------------------------------

LONG = "id,class,prob,label"
refused(
    "long form over two files",
    {
        "a.csv": lines(LONG, "a,x,0.5,x", "b,x,0.5,x", "b,y,0.5,x"),
        "b.csv": lines(LONG, "a,y,0.5,x"),
    },
    "a.csv, row 3, column 'class': class 'y' stands here, and other ids have no row for it.\n"
    "  Every id has one row for each class, all in one file: x, y.",
    *("--class-column", "class"),
)
refused(
    "long form with a file for each class",
    {"x.csv": lines(LONG, "a,x,0.6,x"), "y.csv": lines(LONG, "a,y,0.4,x")},
    "x.csv, column 'class': every row speaks of class 'x', and it takes two or more.\n"
    "  In the long form each class has a row of its own for every id, all in one file.",
    *("--class-column", "class"),
)

# Other kinds of input -------------------------------------------------------------------------

ALIKE = {
    "1/2": "Write fractions as decimal numbers: 0.25 for 1/4.",
    "5%": "Write the share without a percent sign: 0.25 for 25 %.",
    "\u22120,5": "It starts with U+2212, which only looks like a minus sign: write -.",
    "1'234.5": "Write numbers without marks between the thousands: 1234.5 for 1,234.5.",
    "much": MEND,
}
for number, (word, hint) in enumerate(ALIKE.items()):
    refused(
        f"odd_mean_{number}.csv",
        lines("y;mean;std", "1;1.5;1", f"1;{word};1"),
        f"odd_mean_{number}.csv, row 2, column 'mean': mean '{word}' is no number.\n  {hint}",
        *("--input-kind", "gaussian"),
    )
    refused(
        f"odd_token_{number}.csv",
        lines("doc;logprob", "a;-0.5", f"a;{word}"),
        f"odd_token_{number}.csv, row 2, column 'logprob': log-probability '{word}' is no number."
        f"\n  {hint}",
        *("--input-kind", "tokens", "--cluster", "doc"),
    )
    refused(
        f"odd_weight_{number}.csv",
        lines("label;prob;w", "1;0.5;1", f"0;0.5;{word}"),
        f"odd_weight_{number}.csv, row 2, column 'w': weight '{word}' is no number.\n  {hint}",
        *("--weight", "w"),
    )
refused(
    "percent_among_most_likely.csv",
    lines("label,label_1,prob_1,label_2,prob_2", "a,a,0.6,b,0.2", "b,a,0.5,b,20%"),
    "percent_among_most_likely.csv, row 2, column 'prob_2': probability '20%' is no number.\n"
    "  Remove the percent signs, and pass --input-kind percentages for what remains.",
    "--top-k",
)
refused(
    "class_misspelt_in_one_row.jsonl",
    lines(
        *['{"label": "cat", "probs": {"cat": 0.7, "dog": 0.3}}'] * 5,
        '{"label": "cat", "probs": {"cat": 0.7, "dgo": 0.3}}',
    ),
    "class_misspelt_in_one_row.jsonl, row 1, column 'probs.dgo': the probability is missing.\n"
    "  Few rows name that class, row 6 first: if the name is a slip, mend it there. Pass "
    "--on-invalid drop to leave such rows out, or --top-k if rows hold only their most likely "
    "classes.",
)
