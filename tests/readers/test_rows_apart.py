"""Rows of one id may stand anywhere; many of them are sorted by way of the disk."""

from __future__ import annotations

import csv
import gc
import json
import os
import pickle
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pytest
from typer.testing import CliRunner

import evalreport
from evalreport.cli.app import app
from evalreport.readers import open_predictions, rows_apart
from evalreport.readers.interface import ReadSettings
from tests.readers.forms import real_rows, write_long
from tests.readers.support import opened, read, refusal, rows_of, write

HEADER = "id,class,prob,label,w,lang\n"
REPORT = (sys.executable, "-m", "evalreport", "report")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Return an empty folder that temporary files go to."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def small_memory(monkeypatch):
    """Let more than some rows go by way of the disk."""
    monkeypatch.setattr(rows_apart, "ROWS_IN_MEMORY", 500)


def long_rows(n_ids: int = 300, n_classes: int = 3) -> list[str]:
    """Return the rows of many ids, those of one side by side; row k is the text of number k."""
    rows = []
    for number in range(n_ids):
        shares = [1 + (number * k) % 7 for k in range(1, n_classes + 1)]
        label = "abc"[number % n_classes]
        for k in range(n_classes):
            prob = shares[k] / sum(shares)
            rows.append(f"i{number},{'abc'[k]},{prob!r},{label},{number % 5},{'de' * (k % 1)}\n")
    return rows


def shuffled(rows: list[str], seed: int = 1) -> list[str]:
    order = list(rows)
    random.Random(seed).shuffle(order)
    return order


def evaluated(path: Path) -> evalreport.Evaluation:
    return evalreport.evaluate_file(path, class_column="class", weight="w", slices=["lang"])


def test_rows_apart_give_the_digest_of_rows_together_and_the_readings_say_so(tmp_path):
    rows = long_rows()
    together = evaluated(write(tmp_path, HEADER + "".join(rows), "a.csv"))
    by_class = sorted(rows, key=lambda row: row.split(",")[1])
    for number, apart in enumerate((by_class, shuffled(rows), shuffled(rows, 2))):
        evaluation = evaluated(write(tmp_path, HEADER + "".join(apart), f"b{number}.csv"))
        assert evaluation.digest == together.digest
        readings = evaluation.result.input.readings
        assert "The rows of an id stand apart in the file; they were brought together." in readings
    assert not any("apart" in each for each in together.result.input.readings)


def test_many_rows_go_by_way_of_the_disk_and_leave_nothing_there(tmp_path, temporary, small_memory):
    rows = long_rows()
    together = evaluated(write(tmp_path, HEADER + "".join(rows), "a.csv"))
    assert os.listdir(temporary) == []
    path = write(tmp_path, HEADER + "".join(shuffled(rows)), "b.csv")
    predictions = opened(path, class_column="class")
    assert len(predictions.shards) == 2
    assert len(list(temporary.rglob("*.arrows"))) == 2
    del predictions
    gc.collect()
    assert os.listdir(temporary) == []
    assert evaluated(path).digest == together.digest
    gc.collect()
    assert os.listdir(temporary) == []


def test_a_prediction_has_the_number_of_the_first_of_its_rows(tmp_path, temporary, small_memory):
    rows = shuffled(long_rows())
    firsts: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        firsts.setdefault(row.split(",")[0], number)
    found = read(write(tmp_path, HEADER + "".join(rows)), class_column="class")
    assert dict(zip(found.joined("ids"), found.numbers, strict=True)) == firsts


def test_a_message_names_the_first_row_of_the_id(tmp_path, temporary, small_memory):
    rows = shuffled(long_rows())
    bad = next(number for number, row in enumerate(rows) if row.startswith("i7,b,"))
    rows[bad] = "i7,b,1.5,b,2,de\n"
    first = next(number for number, row in enumerate(rows, 1) if row.startswith("i7,"))
    message = refusal(write(tmp_path, HEADER + "".join(rows)), class_column="class")
    assert message.startswith(f"p.csv, row {first}, column 'prob[b]': probability 1.5 is above 1.")
    gone = [row for row in rows if not row.startswith("i9,c,")]
    gone[gone.index("i7,b,1.5,b,2,de\n")] = long_rows()[22]
    first = next(number for number, row in enumerate(gone, 1) if row.startswith("i9,"))
    assert refusal(write(tmp_path, HEADER + "".join(gone)), class_column="class") == (
        f"p.csv, row {first}, column 'class': id 'i9' has no row for class 'c'.\n"
        "  Every id has one row for each class, all in one file: a, b, c."
    )
    gc.collect()
    assert os.listdir(temporary) == []


def test_rows_left_out_keep_their_cells(tmp_path, temporary, small_memory):
    rows = shuffled([row.replace("i7,b,", "i7,b,9") for row in long_rows()])
    path = write(tmp_path, HEADER + "".join(rows))
    rejects = tmp_path / "rejects.csv"
    words = ["--class-column", "class", "--on-invalid", "drop", "--rejects", str(rejects)]
    done = CliRunner().invoke(app, ["report", str(path), "-o", "none", *words])
    assert done.exit_code == 0, done.stderr
    (row,) = csv.DictReader(rejects.read_text().splitlines())
    assert (row["id"], row["lang"], row["w"], row["rejected_column"]) == ("i7", "", "2", "prob[b]")


def test_types_that_change_from_block_to_block_and_folders_make_no_difference(
    tmp_path, temporary, small_memory
):
    records = [
        {"id": n // 2 if n < 60_000 else f"x{n // 2}", "class": n % 2, "prob": 0.5, "label": 1}
        for n in range(120_000)
    ]
    random.Random(3).shuffle(records[:60_000])
    records = [*records[1:60_000], *records[60_001:], records[0], records[60_000]]
    folder = tmp_path / "day=2024-01-05"
    folder.mkdir()
    write(folder, "".join(json.dumps(each) + "\n" for each in records), "p.jsonl")
    found = rows_of(opened(tmp_path / "day=*" / "*.jsonl", class_column="class", slices=("day",)))
    assert len({*found.joined("ids")}) == len(found.observed) == 60_000
    assert {*found.slice_values()} == {"2024-01-05"}


def test_ten_thousand_real_rows_shuffled_give_the_digest_of_the_table(
    tmp_path, temporary, monkeypatch
):
    monkeypatch.setattr(rows_apart, "ROWS_IN_MEMORY", 20_000)
    table = real_rows()
    feather.write_feather(table, tmp_path / "wide.arrow")
    path = write_long(tmp_path / "p.csv", table, False)
    header, *rows = path.read_text().splitlines(keepends=True)
    path.write_text(header + "".join(shuffled(rows)))
    expected = evalreport.evaluate_file(tmp_path / "wide.arrow", slices=["ink"])
    evaluation = evalreport.evaluate_file(path, class_column="class", slices=["ink"])
    assert evaluation.digest == expected.digest


def test_the_parts_are_read_by_other_processes_which_leave_the_files_alone(
    tmp_path, temporary, small_memory
):
    path = write(tmp_path, HEADER + "".join(shuffled(long_rows())))
    predictions = open_predictions([path], ReadSettings(class_column="class"))
    copies = pickle.loads(pickle.dumps(predictions.shards))
    assert sum(len(batch) for shard in copies for batch in shard.batches()) == 300
    del copies
    gc.collect()
    assert sum(len(batch) for shard in predictions.shards for batch in shard.batches()) == 300


def test_a_full_disk_is_told_as_a_fault_of_the_environment_and_nothing_is_left(tmp_path):
    n_ids = 260_000  # over half a million rows, so that they do not stay in memory
    ids = [f"i{number}" for number in range(n_ids)]
    table = pa.table(
        {
            "id": ids + ids,
            "class": ["a"] * n_ids + ["b"] * n_ids,
            "prob": [0.25] * n_ids + [0.75] * n_ids,
            "label": ["b"] * 2 * n_ids,
        }
    )
    feather.write_feather(table, tmp_path / "p.arrow")
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    def report(**more: Any) -> subprocess.CompletedProcess[str]:
        words = ["p.arrow", "--class-column", "class", "-o", "none", "--json", "out.json"]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        return subprocess.run(
            [*REPORT, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, **more
        )

    done = report(preexec_fn=little_room)
    assert done.returncode == 4
    message, hint = done.stderr.splitlines()
    assert message.startswith("error: the rows cannot be sorted by id in the temporary folder ")
    assert message.endswith(": file too large.")
    assert hint == "  Set TMPDIR to a folder with room for the file, or sort the file by id."
    assert done.stdout == ""
    assert not (tmp_path / "out.json").exists()
    assert os.listdir(temporary) == []
    assert report().returncode == 0
    assert os.listdir(temporary) == []
    overall = json.loads((tmp_path / "out.json").read_text())["overall"]
    assert overall["n"] == n_ids
    assert overall["log_loss"] == pytest.approx(0.2876820724517809, rel=1e-12)


def test_columns_that_are_asked_for_come_along_by_way_of_the_disk(
    tmp_path, temporary, small_memory
):
    text = HEADER + "".join(shuffled(long_rows()))
    found = read(
        write(tmp_path, text),
        class_column="class",
        weight="W",
        slices=("lang", "w*lang"),
        show=("w",),
    )
    assert len(found.observed) == 300
    assert {*found.joined("weights")} == {0, 1, 2, 3, 4}
