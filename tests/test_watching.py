"""How far reading has come: what a job tells of it, for every kind of input."""

from __future__ import annotations

import gzip
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from evalreport.job import run
from evalreport.settings import ReportSettings
from evalreport.watching import (
    DRAWING,
    OPENING,
    OPENING_PREVIOUS,
    READING,
    READING_PREVIOUS,
    WRITING,
    Reading,
    ReadingWatch,
    Watcher,
    words_of,
)

N_ROWS = 24_000


class Notes(Watcher):
    """Keeps what it is told."""

    def __init__(self):
        self.steps, self.files, self.readings = [], [], []

    def step(self, name):
        self.steps.append(name)

    def opened(self, what):
        self.files.append(what)

    def read(self, reading):
        self.readings.append(reading)


@pytest.fixture(scope="module")
def table():
    p = np.round(np.random.default_rng(1).uniform(0.01, 0.99, N_ROWS), 2)
    words = pa.array([f"{row:0250d}" for row in range(N_ROWS)])
    label = pa.array(np.where(p > 0.5, "yes", "no"))
    return pa.table({"id": words, "label": label, "prob_yes": p, "prob_no": 1 - p})


@pytest.fixture(scope="module")
def files(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    pa.csv.write_csv(table, folder / "p.csv")
    data = (folder / "p.csv").read_bytes()
    (folder / "p.csv.gz").write_bytes(gzip.compress(data, 1))
    for part in ("one", "two"):
        (folder / f"{part}.csv").write_bytes(data)
    pa.parquet.write_table(table, folder / "p.parquet")
    pa.feather.write_feather(table, folder / "p.arrow", chunksize=4_000)
    lines = (json.dumps(row) for row in table.slice(0, 12_000).to_pylist())
    (folder / "p.jsonl").write_text("\n".join(lines), encoding="utf-8")
    probs = np.column_stack([table["prob_yes"], table["prob_no"]])
    labels = np.where(probs[:, 0] > 0.5, 0, 1)
    np.savez(folder / "p.npz", y_true=labels, y_prob=probs)
    return folder


def watched(settings):
    notes = Notes()
    run(settings, notes)
    return notes


def alone(path, **options):
    return watched(ReportSettings((str(path),), output="none", github=False, **options))


@pytest.mark.parametrize("name", ["p.csv", "p.csv.gz", "p.parquet", "p.arrow", "p.jsonl", "p.npz"])
def test_the_share_grows_up_to_all_of_the_input(files, name):
    readings = alone(files / name).readings
    shares = [each.share for each in readings]
    assert all(0 < share <= 1 for share in shares)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert readings[-1].n_rows == (12_000 if name == "p.jsonl" else N_ROWS)


@pytest.mark.parametrize("name", ["p.csv", "p.csv.gz"])
def test_what_is_only_read_ahead_is_not_taken_for_done(files, name):
    # The parser has read the whole file by the time that it hands on the first of its rows; it
    # hands on blocks, of which there are four.
    for reading in alone(files / name).readings:
        assert math.isclose(reading.share, reading.n_rows / N_ROWS, abs_tol=0.35)


def test_files_that_are_read_by_several_processes_count_when_they_are_done(files, monkeypatch):
    monkeypatch.setattr("evalreport.engines.local.WORTH_A_WORKER", 1)
    settings = ReportSettings(
        (str(files / "one.csv"), str(files / "two.csv")), output="none", github=False, workers=2
    )
    assert [each.share for each in watched(settings).readings] == [0.5, 1.0]


def test_nobody_says_how_far_it_is_where_rows_are_sorted_first(tmp_path):
    rows = "".join(f"r{row},{name},0.5,a\n" for row in range(50) for name in "ab")
    (tmp_path / "long.csv").write_text(f"id,class,prob,label\n{rows}", encoding="utf-8")
    notes = alone(tmp_path / "long.csv", class_column="class")
    assert {each.share for each in notes.readings} == {None}
    assert notes.files[0].n_rows is None


def test_tokens_of_lists_are_not_taken_for_rows_of_the_file(tmp_path):
    lists = pa.table({"logprobs": [[-0.5, -1.0, -0.1]] * 40})
    pa.parquet.write_table(lists, tmp_path / "t.parquet")
    notes = alone(tmp_path / "t.parquet", input_kind="tokens")
    assert all(each.share is None or each.share <= 1 for each in notes.readings)
    assert notes.readings[0].n_rows == 40


def test_a_comparison_tells_of_both_runs(files):
    settings = ReportSettings(
        (str(files / "one.csv"),), output="none", github=False, previous=str(files / "two.csv")
    )
    notes = watched(settings)
    assert notes.steps == [OPENING, OPENING_PREVIOUS, READING_PREVIOUS, READING, WRITING]
    assert [each.paths for each in notes.files] == [
        (str(files / "two.csv"),),
        (str(files / "one.csv"),),
    ]
    assert notes.readings[-1].share == 1


def test_plots_are_a_step_where_there_is_a_page(files, tmp_path):
    page = str(tmp_path / "p.html")
    notes = watched(ReportSettings((str(files / "p.npz"),), output=page, github=False))
    assert notes.steps == [OPENING, READING, DRAWING, WRITING]


class Input:
    """Something that was opened."""

    paths, streamed = ("p.csv",), True

    def __init__(self, n_bytes, n_rows):
        self.n_bytes, self.n_rows = n_bytes, n_rows


def told(what, bytes_read, *counts):
    notes = Notes()
    watch = ReadingWatch(notes, what, bytes_read)
    for each in counts:
        watch(*each)
    return notes.readings


def test_rows_tell_the_share_where_their_number_is_known():
    readings = told(Input(100, 200), lambda: 0, (50, 0), (100, 0))
    assert [each.share for each in readings] == [0.25, 0.75]


def test_bytes_tell_the_share_from_where_reading_starts():
    position = iter([1000, 1025, 1100])  # a thousand of them were read to find the columns
    readings = told(Input(100, None), lambda: next(position), (5, 0), (5, 100))
    assert [each.share for each in readings] == [0.25, 1.0]


@pytest.mark.parametrize(("n_bytes", "position"), [(None, 50), (100, 250), (100, 0)])
def test_a_share_that_nobody_knows_is_none(n_bytes, position):
    positions = iter([0, position])
    (reading,) = told(Input(n_bytes, None), lambda: next(positions), (5, 0))
    assert reading.share is None
    assert reading.seconds_left is None


def test_no_time_is_promised_from_less_than_a_hundredth():
    assert Reading(10, 1.0, 0.009).seconds_left is None
    assert words_of(READING, Reading(10, 1.0, 0.009), 1.0)[1:] == (
        "10 rows",
        "10 a second",
        "1 s so far",
    )
