"""Delimited text in all its dialects, and compressed text: what is read, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evalreport.readers import ReadSettings, open_predictions
from evalreport.readers.text import CountedQuotes
from tests.readers.forms import zstd
from tests.readers.support import WRITER, opened, read, refusal, rows_of, write

TEXT = "label,p_a,p_b\na,0.75,0.25\nb,0.5,0.5\n"
BINARY = "label;prob\n1;0,75\n0;0,5\n"
MANY_ROWS = ("label,p_a,p_b\n" + "a,0.75,0.25\nb,0.125,0.875\n" * 5000).encode()
COMPRESSORS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("gz", "gzip", gzip.compress),
    ("bz2", "bzip2", bz2.compress),
    ("xz", "xz", lzma.compress),
    ("zst", "zstd", zstd),
]
COPY_AGAIN = "\n  Write the file again, or copy it again if the copy was cut short."


def test_a_decimal_comma_is_understood_if_no_probability_has_a_point(tmp_path: Path) -> None:
    predictions = opened(write(tmp_path, BINARY + "1;1\n0;0\n"))
    assert rows_of(predictions).probs[:, 1].tolist() == [0.75, 0.5, 1.0, 0.0]
    note = "Numbers in text have a decimal comma: none of the first probabilities has a point."
    assert note in predictions.readings


def test_points_and_commas_in_one_column_are_not_both_decimals(tmp_path: Path) -> None:
    path = write(tmp_path, "label;prob\n1;0,5\n0;0.5\n")
    assert refusal(path) == (
        "p.csv, row 1, column 'prob': probability '0,5' is no number.\n"
        "  Write numbers with a decimal point, or pass --decimal , for all of them."
    )
    assert refusal(path, decimal=",").startswith(
        "p.csv, row 2, column 'prob': probability '0.5' is no number."
    )


def test_a_decimal_comma_that_is_asked_for_holds_for_weights_too(tmp_path: Path) -> None:
    path = write(tmp_path, 'label,prob,w\n1,1,"0,5"\n0,0,2\n')
    assert read(path, decimal=",", weight="w").joined("weights").tolist() == [0.5, 2]


def test_whole_numbers_alone_are_no_reason_to_see_a_decimal_comma(tmp_path: Path) -> None:
    readings = opened(write(tmp_path, "label,prob\n1,1\n0,0\n")).readings
    assert not any("decimal comma" in each for each in readings)


def test_any_character_may_stand_between_the_cells(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.replace(",", "^"))
    assert read(path, delimiter="^").observed == ["a", "b"]
    assert opened(path, delimiter="^").readings[-1] == (
        "The columns are separated by the character '^'."
    )
    tabs = write(tmp_path, TEXT.replace(",", "\t"))
    assert read(tabs, delimiter="tab").observed == ["a", "b"]
    assert refusal(path, delimiter="ab") == (
        "--delimiter takes a single character, or tab; not 'ab'."
    )


def test_the_delimiter_is_the_one_that_stands_most_often_outside_quotes(tmp_path: Path) -> None:
    path = write(tmp_path, '"a, b, c, or d";label;prob\nx;1;0.5\n')
    assert read(path).observed == ["1"]


def test_a_file_without_header_has_columns_called_by_their_position(tmp_path: Path) -> None:
    path = write(tmp_path, "x,0.75,0.25\ny,0.5,0.5\n")
    options = {"header": False, "label": "1", "probs": ("2", "3"), "classes": ("x", "y")}
    predictions = opened(path, **options)
    rows = rows_of(predictions)
    assert (rows.observed, rows.numbers) == (["x", "y"], [1, 2])
    assert predictions.readings[-1] == (
        "There is no header: the columns are called by their position, from 1."
    )
    assert refusal(path, header=False) == (
        "p.csv: no column is named like a label.\n  Pass --label COL; the columns are: 1, 2, 3."
    )


def test_a_ragged_row_without_header_is_compared_with_the_first_row(tmp_path: Path) -> None:
    path = write(tmp_path, "1,0.5\n0,0.5,0.5\n")
    assert refusal(path, header=False, label="1", probs=("2",)) == (
        "p.csv, row 2: the row has 3 cells, and the first row has 2.\n"
        "  A cell with a comma in it must be in quotes."
    )


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_the_index_of_pandas_is_told_and_left_alone(tmp_path: Path, name: str) -> None:
    predictions = opened(write(tmp_path, f"{name},label,p_a,p_b\n0,a,0.75,0.25\n"))
    assert rows_of(predictions).probs.tolist() == [[0.75, 0.25]]
    assert predictions.readings[-1] == (
        f"Column '{name}' looks like the index of pandas and is not used."
    )


def test_a_hash_begins_no_comment(tmp_path: Path) -> None:
    path = write(tmp_path, "label,p_#a,p_b\n#a,0.75,0.25\n")
    assert read(path).observed == ["#a"]


def test_line_ends_of_old_macs_are_refused_by_name(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, TEXT.replace("\n", "\r"))) == (
        "p.csv: the lines end in carriage returns alone, as on Macs before 2001.\n"
        "  Convert the line ends: tr '\\r' '\\n' < old.csv > new.csv"
    )


def test_a_ragged_row_that_is_not_utf8_is_refused_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    message = refusal(write(tmp_path, TEXT.encode() + b"caf\xe9,1\n"))
    assert message.startswith("p.csv, row 3: the row has 2 cells, and the header has 3.")
    assert capfd.readouterr().err == ""


def test_quotes_are_counted_while_they_pass(tmp_path: Path) -> None:
    with write(tmp_path, 'a"b"\n"').open("rb") as file:
        stream = CountedQuotes(file)
        while stream.read(2):
            pass
    assert stream.n_quotes == 3


@pytest.mark.parametrize(("suffix", "name", "compress"), COMPRESSORS)
def test_compressed_text_is_read(
    tmp_path: Path, suffix: str, name: str, compress: Callable[[bytes], bytes]
) -> None:
    path = write(tmp_path, compress(MANY_ROWS), f"p.csv.{suffix}")
    assert len(read(path).observed) == 10_000


@pytest.mark.parametrize(("suffix", "name", "compress"), COMPRESSORS)
def test_compressed_text_that_is_cut_short_is_refused(
    tmp_path: Path, suffix: str, name: str, compress: Callable[[bytes], bytes]
) -> None:
    data = compress(MANY_ROWS)
    message = refusal(write(tmp_path, data[: -len(data) // 4], f"p.csv.{suffix}"))
    assert message.startswith(f"p.csv.{suffix}: the {name} data is damaged or cut short (")
    assert message.endswith(COPY_AGAIN)


@pytest.mark.parametrize(("suffix", "name", "compress"), COMPRESSORS)
def test_a_suffix_of_a_compression_that_is_not_true_is_refused(
    tmp_path: Path, suffix: str, name: str, compress: Callable[[bytes], bytes]
) -> None:
    assert refusal(write(tmp_path, TEXT, f"p.csv.{suffix}")) == (
        f"p.csv.{suffix}: the name says {name}, and the file starts with b'labe'.\n"
        f"  Take .{suffix} off its name if it is not compressed."
    )
    assert refusal(write(tmp_path, compress(TEXT.encode()), "p.csv")) == (
        f"p.csv: this is a file compressed by {name}, and its name does not say so.\n"
        f"  Add .{suffix} to its name."
    )
    empty = write(tmp_path, compress(b""), f"p.csv.{suffix}")
    assert refusal(empty) == f"p.csv.{suffix}: the file is empty." + WRITER


def test_what_is_no_text_may_not_be_compressed_as_a_whole(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, gzip.compress(b"PAR1"), "p.parquet.gz")) == (
        "p.parquet.gz: only text may be compressed as a whole, and parquet is none.\n"
        "  Decompress the file first; this format compresses what it holds by itself."
    )


def test_a_workbook_under_the_name_of_text_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, b"PK\x03\x04 and so on")) == (
        "p.csv: this is a ZIP archive, not csv.\n"
        "  Save a workbook as CSV, unpack an archive, or pass --format npz for NumPy's."
    )


def test_compressed_standard_input_is_known_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, gzip.compress(TEXT.encode()))
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        predictions = open_predictions(["-"], ReadSettings(format="csv"))
    assert rows_of(predictions).observed == ["a", "b"]


SLOW_READING = """
import io, sys, time
import pyarrow.csv
from evalreport.readers.text import CountedQuotes

class Slow(io.BytesIO):
    def read(self, size=-1):
        time.sleep(0.01)
        return super().read(size)

rows = CountedQuotes(Slow(b"a,b\\n" + b"1,2\\n" * 1_000_000))
options = pyarrow.csv.ReadOptions(block_size=1 << 16, use_threads=False)
for batch in pyarrow.csv.open_csv(rows, options):
    sys.exit(3)
"""


def test_a_program_that_stops_early_leaves_with_its_exit_code_though_pyarrow_reads_ahead():
    stopped = subprocess.run(
        [sys.executable, "-c", SLOW_READING], capture_output=True, text=True, check=False
    )
    assert (stopped.returncode, stopped.stderr) == (3, "")
