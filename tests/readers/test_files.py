"""Files, directories and standard input: what is opened, and what is refused with which words."""

from __future__ import annotations

import io
import os
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from evalreport.errors import InputError, SettingsError
from evalreport.readers import ReadSettings, open_predictions
from evalreport.readers.delimited import DelimitedPart
from evalreport.readers.interface import MAX_CELLS, MAX_ROWS
from evalreport.readers.parquet import ROWS_PER_PART
from evalreport.readers.storage import InputFile
from tests.readers.support import WRITER, opened, read, refusal, rows_of, write, write_parquet

TEXT = "label,p_a,p_b\na,0.75,0.25\nb,0.5,0.5\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, TEXT, "predictions.csv")
    assert refusal(tmp_path / "prediction.csv").replace(f"{tmp_path}/", "") == (
        "prediction.csv: there is no such file.\n  Did you mean 'predictions.csv'?"
    )
    assert "There is no directory" in refusal(tmp_path / "nowhere" / "p.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    path.chmod(0)
    assert refusal(path) == "p.csv: the file may not be read: permission denied."


def test_no_input_at_all() -> None:
    with pytest.raises(SettingsError, match="no input was named"):
        open_predictions([])


@pytest.mark.parametrize("name", ["p.csv", "p.parquet"])
@pytest.mark.parametrize("content", [b""])
def test_an_empty_file(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(write(tmp_path, content, name)) == f"{name}: the file is empty." + WRITER


def test_a_file_of_blank_lines_is_empty(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "\n \n")) == "p.csv: the file is empty." + WRITER


def test_a_header_without_rows(tmp_path: Path) -> None:
    assert (
        refusal(write(tmp_path, "label,prob\n"))
        == "p.csv: there are no rows, only a header." + WRITER
    )
    path = write_parquet(tmp_path, {"label": pa.array([], pa.string())})
    assert refusal(path) == "p.parquet: there are no rows, only a header." + WRITER


def test_a_ragged_row(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, TEXT + "\na,0.5,0.25,0.25\n")) == (
        "p.csv, row 3: the row has 4 cells, and the header has 3.\n"
        "  A cell with a comma in it must be in quotes."
    )
    assert refusal(write(tmp_path, TEXT.replace(",", "\t") + "a\n", "p.tsv")) == (
        "p.tsv, row 3: the row has 1 cell, and the header has 3.\n"
        "  If it is the last row, the file was cut short or ends in a remark; else fill in the "
        "cells that lack."
    )


def test_a_ragged_row_far_down_is_still_numbered(tmp_path: Path) -> None:
    path = write(tmp_path, "label,p_a,p_b\n" + "a,0.75,0.25\n" * 300_000 + "a,1\n")
    assert refusal(path).startswith("p.csv, row 300001: the row has 2 cells")


def test_text_in_another_encoding(tmp_path: Path) -> None:
    hint = "  Save the file as UTF-8; it may be in Latin-1 or Windows-1252."
    assert refusal(write(tmp_path, b"label,p_a,p_b\na,1,0\ncaf\xe9,0,1\n")) == (
        f"p.csv: line 3 is not UTF-8 text: it holds the byte 0xe9.\n{hint}"
    )
    assert refusal(write(tmp_path, b"label,p_caf\xe9,p_b\na,1,0\n")) == (
        f"p.csv: line 1 is not UTF-8 text: it holds the byte 0xe9.\n{hint}"
    )
    assert refusal(write(tmp_path, TEXT.encode("utf-16"))) == (
        "p.csv: the file is UTF-16 text.\n  Save the file as UTF-8 and try again."
    )
    assert refusal(write(tmp_path, TEXT.encode("utf-16-le"))) == (
        "p.csv: line 1 holds a NUL byte, so this is no text in UTF-8.\n"
        "  Save the file as UTF-8 if it is UTF-16, else remove that byte; if it is no text, name "
        "its format with --format."
    )


def test_a_byte_order_mark_and_foreign_line_ends_do_not_matter(tmp_path: Path) -> None:
    plain = read(write(tmp_path, TEXT))
    for text in (b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode()):
        other = read(write(tmp_path, text))
        assert (other.observed, other.probs.tolist()) == (plain.observed, plain.probs.tolist())


def test_a_quote_that_is_never_closed_does_not_swallow_rows(tmp_path: Path) -> None:
    path = write(tmp_path, 'label,p_a,p_b,note\na,1,0,x\nb,0,1,"y\nb,0,1,z\nb,0,1,z\n')
    assert refusal(path) == (
        "p.csv: a quote that opens in line 3 is never closed.\n"
        '  A quote inside a quoted cell is written twice: "".'
    )


def test_quotes_that_are_closed_hold_any_text(tmp_path: Path) -> None:
    path = write(tmp_path, 'note,label,p_a,p_b\n"x,\ny ""z""",a,1,0\n5" pipe,b,0,1\n')
    assert read(path).observed == ["a", "b"]


def test_the_delimiter_is_told_by_the_header(tmp_path: Path) -> None:
    for delimiter, name in ((";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")):
        path = write(tmp_path, TEXT.replace(",", delimiter))
        assert opened(path).readings[-1] == f"The columns are separated by the {name}."
        assert read(path).observed == ["a", "b"]
    assert read(write(tmp_path, TEXT.replace(",", "\t"), "p.tsv")).observed == ["a", "b"]


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    columns = {"label": ["a", "b"] * 5000, "p_a": np.linspace(0, 1, 10_000)}
    columns["p_b"] = 1 - columns["p_a"]
    content = write_parquet(tmp_path, columns).read_bytes()
    start = "p.parquet: the Parquet file is damaged or cut short ("
    hint = "\n  Write the file again, or copy it again if the copy was cut short."
    cut = refusal(write(tmp_path, content[: len(content) // 2], "p.parquet"))
    assert cut.startswith(start)
    assert cut.endswith(hint)
    garbled = bytearray(content)
    garbled[100 : len(content) // 2] = b"\xff" * (len(content) // 2 - 100)
    assert refusal(write(tmp_path, bytes(garbled), "p.parquet")).startswith(start)


def test_a_suffix_that_is_not_true(tmp_path: Path) -> None:
    content = write_parquet(tmp_path, {"label": ["a"]}).read_bytes()
    assert refusal(write(tmp_path, content, "p.csv")) == (
        "p.csv: this is a parquet file, not csv.\n  Pass --format parquet."
    )
    assert refusal(write(tmp_path, TEXT, "p.parquet")) == (
        "p.parquet: this is no parquet file: it starts with b'labe'.\n"
        "  Pass --format csv if it is text with commas."
    )
    assert len(read(write(tmp_path, TEXT, "p.parquet"), format="csv").observed) == 2


def test_a_suffix_that_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT, "p.dat")
    assert refusal(path) == (
        "p.dat: the name of the file does not tell its format.\n"
        "  Pass --format with one of csv, tsv, jsonl, json, parquet, arrow, npz, npy."
    )
    assert read(path, format="csv").observed == ["a", "b"]
    assert refusal(path, format="cvs") == (
        "there is no format 'cvs'; the formats are csv, tsv, jsonl, json, parquet, arrow, npz, npy."
    )


def test_a_directory_is_all_its_files_by_name(tmp_path: Path) -> None:
    write(tmp_path, TEXT, "part-1.csv")
    write(tmp_path, "label,p_a,p_b\na,0,1\n", "part-0.csv")
    write(tmp_path, "", "_SUCCESS")
    predictions = opened(tmp_path)
    assert [Path(each).name for each in predictions.paths] == ["part-0.csv", "part-1.csv"]
    rows = rows_of(predictions)
    assert (rows.observed, rows.numbers) == (["a", "a", "b"], [1, 1, 2])
    assert [batch.source for batch in rows.batches] == [0, 1]


def test_a_directory_without_predictions(tmp_path: Path) -> None:
    write(tmp_path, "", "notes.txt")
    with pytest.raises(InputError) as caught:
        opened(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: there are no predictions in the directory.\n"
        "  Formats that can be read: csv, tsv, jsonl, json, parquet, arrow, npz, npy."
    )


def test_a_directory_of_two_formats(tmp_path: Path) -> None:
    write(tmp_path, TEXT, "a.csv")
    write(tmp_path, TEXT.replace(",", "\t"), "b.tsv")
    with pytest.raises(InputError, match="files of different formats: csv, tsv"):
        opened(tmp_path)
    assert len(opened(tmp_path, format="tsv").paths) == 1


def test_files_of_two_formats(tmp_path: Path) -> None:
    paths = [write(tmp_path, TEXT, "a.csv"), write(tmp_path, TEXT, "b.tsv")]
    assert refusal(paths) == (
        "b.tsv: this file is tsv, and a.csv is csv.\n  Read files of one format at a time."
    )


def test_files_that_disagree_on_their_columns(tmp_path: Path) -> None:
    paths = [write(tmp_path, TEXT, "a.csv"), write(tmp_path, "label,p_a\na,1\n", "b.csv")]
    assert refusal(paths) == (
        "b.csv: column 'p_b', in use in a.csv, is not there.\n  The columns are: label, p_a."
    )


def test_columns_may_stand_in_another_order_in_the_next_file(tmp_path: Path) -> None:
    paths = [write(tmp_path, TEXT, "a.csv"), write(tmp_path, "p_b,x,p_a,label\n1,,0,b\n", "b.csv")]
    assert read(paths).probs.tolist() == [[0.75, 0.25], [0.5, 0.5], [0, 1]]


def test_a_part_without_rows_is_no_reason_to_refuse_the_others(tmp_path: Path) -> None:
    paths = [write(tmp_path, "label,p_a,p_b\n", "a.csv"), write(tmp_path, TEXT, "b.csv")]
    assert read(paths).observed == ["a", "b"]


def test_standard_input_needs_its_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    with pytest.raises(SettingsError, match="pass --format with one of csv, tsv, jsonl"):
        open_predictions(["-"])
    predictions = open_predictions(["-"], ReadSettings(format="csv"))
    assert (predictions.paths, predictions.modified) == (("-",), None)
    assert rows_of(predictions).observed == ["a", "b"]


def test_size_and_age_are_those_of_all_files(tmp_path: Path) -> None:
    paths = [write(tmp_path, TEXT, "a.csv"), write(tmp_path, TEXT, "b.csv")]
    os.utime(paths[0], (2_000_000_000, 2_000_000_000))
    predictions = opened(paths)
    assert (predictions.n_bytes, predictions.modified) == (2 * len(TEXT), 2_000_000_000)
    assert sum(shard.n_bytes for shard in predictions.shards) == 2 * len(TEXT)


def test_shards_cross_process_borders(tmp_path: Path) -> None:
    (shard,) = opened(write(tmp_path, TEXT)).shards
    (batch,) = pickle.loads(pickle.dumps(shard)).batches()
    assert batch.observed.tolist() == [0, 1]


def test_parquet_is_cut_at_row_groups_with_rows_numbered_through(tmp_path: Path) -> None:
    n_rows = 2 * ROWS_PER_PART + 7
    columns = {"label": np.arange(n_rows) % 2, "p": np.full(n_rows, 0.5)}
    path = write_parquet(tmp_path, columns, row_group_size=ROWS_PER_PART // 2)
    predictions = opened(path)
    assert len(predictions.shards) == 3
    assert rows_of(predictions).numbers == list(range(1, n_rows + 1))


def test_batches_are_bounded_in_rows_and_in_cells(tmp_path: Path) -> None:
    n_rows, n_classes = 200_000, 2
    tall = {"label": np.zeros(n_rows, int), "p": np.zeros(n_rows)}
    assert max(len(b) for b in read(write_parquet(tmp_path, tall)).batches) <= MAX_ROWS
    n_rows, n_classes = 6000, 1000
    wide = {f"p_{k}": np.full(n_rows, 0.001, np.float32) for k in range(n_classes)}
    batches = read(write_parquet(tmp_path, {"label": np.zeros(n_rows, int)} | wide)).batches
    assert sum(len(batch) for batch in batches) == n_rows
    assert max(batch.probs.size for batch in batches) <= MAX_CELLS


def test_a_row_wider_than_a_block_is_read(tmp_path: Path) -> None:
    names = ",".join(f"p_{'x' * 40}{k}" for k in range(30_000))
    cells = ",".join(["1", *["0"] * 29_999])
    rows = read(write(tmp_path, f"label,{names}\n{'x' * 40}0,{cells}\n"))
    assert rows.probs.shape == (1, 30_000)


def test_an_undecodable_cell_in_a_column_that_is_not_needed_does_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, b"note,label,p_a,p_b\ncaf\xe9,a,1,0\n")
    assert read(path).observed == ["a"]


def test_parquet_column_names_with_dots(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, {"label": ["a"], ".pred_a": [0.75], ".pred_b": [0.25]})
    assert read(path, probs=(".pred_*",)).probs.tolist() == [[0.75, 0.25]]


def test_file_parts_give_the_numbers_of_their_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "a\n" + "".join(f"{n}\n\n" for n in range(1, 5000)))
    part = DelimitedPart(InputFile(str(path), "p.csv"), ",", block_size=1000)
    for chunk in part.chunks(["a"], 7):
        numbers = [int(each) for each in chunk.cells.column("a").to_pylist()]
        assert numbers == list(range(chunk.first_row, chunk.first_row + len(numbers)))
        assert len(numbers) <= 7


def test_nothing_is_read_before_the_rows_are_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT + "a,2,3\n")
    assert opened(path).classes == ("a", "b")
