"""``evalreport report`` as a user or a script meets it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TEN_ROWS = """id,y_true,prob,group
a,1,0.8,x
b,1,0.9,x
c,1,0.9,y
d,1,0.6,y
e,1,0.8,x
f,0,0.1,x
g,0,0.4,y
h,0,0.2,y
i,0,0.1,x
j,0,0.3,y
"""


def evalreport(*words: str, cwd: Path, stdin: bytes | None = None, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "evalreport", *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "predictions.csv").write_text(TEN_ROWS)
    return tmp_path


def test_the_plain_command_prints_the_verdict_and_writes_the_page(folder):
    done = evalreport("report", "predictions.csv", cwd=folder)
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Log loss 0.247 nats" in out
    assert "can probably improve" in out
    assert "Baseline 0.693" in out
    assert "predictions.report.html" in out
    page = (folder / "predictions.report.html").read_text()
    assert "<title>0.247, can probably improve" in page


def test_a_second_run_writes_the_same_bytes(folder):
    outputs = ["-o", "a.html", "--json", "a.json", "--markdown", "a.md"]
    evalreport("report", "predictions.csv", *outputs, cwd=folder, PYTHONHASHSEED="1")
    first = [(folder / name).read_bytes() for name in ("a.html", "a.json", "a.md")]
    evalreport(
        "report", "predictions.csv", *outputs, cwd=folder, PYTHONHASHSEED="2", TZ="Asia/Tokyo"
    )
    assert [(folder / name).read_bytes() for name in ("a.html", "a.json", "a.md")] == first


def test_json_on_standard_output_is_that_document_alone(folder):
    done = evalreport("report", "predictions.csv", "--json", "-", cwd=folder)
    assert json.loads(done.stdout)["schema_version"] == 1
    assert os.listdir(folder) == ["predictions.csv"]


def test_standard_input_is_read_when_its_format_is_given(folder):
    words = ["report", "-", "--format", "csv", "--json", "-"]
    done = evalreport(*words, cwd=folder, stdin=TEN_ROWS.encode())
    assert json.loads(done.stdout)["overall"]["n"] == 10


def test_standard_input_without_a_format_is_wrong_usage(folder):
    done = evalreport("report", "-", cwd=folder, stdin=TEN_ROWS.encode())
    assert done.returncode == 2
    assert b"--format" in done.stderr


def test_quiet_prints_one_line(folder):
    done = evalreport("report", "predictions.csv", "--quiet", cwd=folder)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1
    assert "0.247 can probably improve" in lines[0]
    assert "predictions.report.html" in lines[0]


def test_dropped_rows_are_counted_listed_and_kept_with_their_reason(folder):
    (folder / "bad.csv").write_text(TEN_ROWS + "k,1,1.7,x\nl,,0.5,x\n")
    words = ["report", "bad.csv", "--on-invalid", "drop", "--rejects", "r.csv", "--json", "e.json"]
    done = evalreport(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "2 rows were left out" in done.stdout.decode()
    evaluation = json.loads((folder / "e.json").read_text())
    assert evaluation["input"]["rows_read"] == 12
    assert evaluation["input"]["rows_rejected"] == 2
    reasons = {each["reason"]: each for each in evaluation["data_quality"]["invalid"]}
    assert reasons["probability is above 1"]["examples"] == [
        {"row": 11, "column": "prob", "value": "1.7"}
    ]
    kept = list(csv.DictReader((folder / "r.csv").read_text().splitlines()))
    assert [(row["id"], row["prob"], row["rejected_row"]) for row in kept] == [
        ("k", "1.7", "11"),
        ("l", "0.5", "12"),
    ]
    assert [row["reason"] for row in kept] == ["probability is above 1", "label is missing"]


def test_rows_of_files_with_other_column_orders_are_kept_under_their_names(folder):
    (folder / "one.csv").write_text("id,label,prob,x\n1,1,.5,A\n2,9,.5,B\n")
    (folder / "two.csv").write_text("prob,x,label,id\n.4,C,0,3\n7,D,1,4\n")
    words = ["one.csv", "two.csv", "--classes", "0,1", "--on-invalid", "drop"]
    done = evalreport("report", *words, "--rejects", "r.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    kept = list(csv.DictReader((folder / "r.csv").read_text().splitlines()))
    assert [(row["id"], row["prob"], row["x"]) for row in kept] == [
        ("2", ".5", "B"),
        ("4", "7", "D"),
    ]
    assert [row["rejected_file"] for row in kept] == ["one.csv", "two.csv"]


def test_if_every_row_is_left_out_the_input_is_refused(folder):
    (folder / "bad.csv").write_text("label,prob_a,prob_b\na,2,3\nb,2,3\n")
    done = evalreport("report", "bad.csv", "--on-invalid", "drop", cwd=folder)
    assert done.returncode == 3
    assert b"every one of the 2 rows was left out" in done.stderr
    assert sorted(os.listdir(folder)) == ["bad.csv", "predictions.csv"]


def test_a_refused_input_leaves_an_earlier_report_as_it_was(folder):
    page = folder / "predictions.report.html"
    page.write_text("earlier")
    (folder / "predictions.csv").write_text("label,prob_a,prob_b\na,2,3\n")
    done = evalreport("report", "predictions.csv", cwd=folder)
    assert done.returncode == 3
    assert page.read_text() == "earlier"


def test_an_output_that_cannot_be_written_exits_with_4(folder):
    done = evalreport("report", "predictions.csv", "-o", "no/such/place.html", cwd=folder)
    assert done.returncode == 4
    assert b"place.html cannot be written: the directory no/such does not exist." in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--floor", "2"], "--floor takes a probability above 0 and below 1"),
        (["--json", "-", "--markdown", "-"], "both ask for standard output"),
        (["--rejects", "r.csv"], "add --on-invalid drop"),
        (["-o", "predictions.csv"], "is an input; an output may not replace it"),
        (["--json", "x", "--markdown", "x"], "two outputs would be written to x"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(folder, words, message):
    done = evalreport("report", "predictions.csv", *words, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert (folder / "predictions.csv").read_text() == TEN_ROWS


def test_a_missing_file_is_named(folder):
    done = evalreport("report", "prediction.csv", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: prediction.csv")
    assert b"Traceback" not in done.stderr


def test_verbose_shows_where_an_error_came_from(folder):
    done = evalreport("report", "missing.csv", "--verbose", cwd=folder)
    assert b"Traceback" in done.stderr
    assert done.returncode == 3


def test_weights_slices_and_other_options_reach_the_evaluation(folder):
    words = ["--slice", "group", "--floor", "1e-7", "--title", "Night", "--unit", "bits"]
    done = evalreport("report", "predictions.csv", *words, "--json", "e.json", cwd=folder)
    evaluation = json.loads((folder / "e.json").read_text())
    assert evaluation["title"] == "Night"
    assert evaluation["input"]["floor"] == 1e-7
    assert [each["value"] for each in evaluation["slices"]] == ["x", "y"]
    assert "0.356 bits" in done.stdout.decode()


def test_the_time_in_the_report_is_that_of_the_input_or_of_the_environment(folder):
    os.utime(folder / "predictions.csv", (1_700_000_000, 1_700_000_000))
    done = evalreport("report", "predictions.csv", "--json", "-", cwd=folder)
    assert json.loads(done.stdout)["created"] == "2023-11-14T22:13:20Z"
    words = ["report", "predictions.csv", "--json", "-"]
    done = evalreport(*words, cwd=folder, SOURCE_DATE_EPOCH="86400")
    assert json.loads(done.stdout)["created"] == "1970-01-02T00:00:00Z"


def test_the_summary_survives_a_reader_that_has_seen_enough(folder):
    done = subprocess.run(
        f"{sys.executable} -m evalreport report predictions.csv | head -1",
        shell=True,
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == b""


def test_worst_rows_are_as_many_as_asked_for_with_what_was_to_be_shown(folder):
    options = ["--worst", "2", "--show", "group", "--json", "-"]
    done = evalreport("report", "predictions.csv", *options, cwd=folder)
    document = json.loads(done.stdout)
    assert [each["shown"] for each in document["worst_rows"]] == [{"group": "y"}] * 2
    assert document["input"]["columns"]["shown"] == ["group"]


def test_more_worst_rows_than_there_can_be_are_wrong_usage(folder):
    done = evalreport("report", "predictions.csv", "--worst", "1001", cwd=folder)
    assert done.returncode == 2
    assert b"--worst takes a number from 0 to 1,000" in done.stderr
