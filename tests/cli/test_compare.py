"""``evalreport compare`` and ``--previous`` as a script meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.test_report import evalreport

EXAMPLES = Path(__file__).resolve().parents[2] / "example_data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("digits.csv", "digits_previous.csv", "digits_overconfident.csv"):
        shutil.copy(EXAMPLES / name, tmp_path)
    return tmp_path


def test_compare_is_report_with_a_previous_run(folder):
    limits = ["--max-regression", "0.01", "--slice", "ink", "--json", "-"]
    one = evalreport("compare", "digits_previous.csv", "digits.csv", *limits, cwd=folder)
    other = evalreport(
        "report", "digits.csv", "--previous", "digits_previous.csv", *limits, cwd=folder
    )
    assert (one.returncode, one.stderr) == (0, b"")
    assert one.stdout == other.stdout
    document = json.loads(one.stdout)
    assert document["limits"][0]["outcome"] == "passed"
    assert document["comparison"]["outcome"] == "no clear change"


def test_a_regression_fails_after_every_output_is_written(folder):
    done = evalreport(
        "compare", "digits.csv", "digits_overconfident.csv", "--max-regression", "1.5",
        "-o", "c.html", "--json", "c.json", cwd=folder,
    )  # fmt: skip
    out = done.stdout.decode()
    assert done.returncode == 1
    assert "Previous 0.185: worse by 1.922 (95% CI +1.488 to +2.448, same rows)\n" in out
    assert "2 rows given zero probability, 0 in the previous run" in out
    assert out.endswith("Exit 1: of 1 limit 1 failed\n")
    assert "Worse than the previous run by 1.922" in (folder / "c.html").read_text()
    gated = evalreport("gate", "c.json", "--max-regression", "9", cwd=folder)
    assert gated.returncode == 1


def test_two_saved_evaluations_are_compared_without_their_rows(folder):
    for name in ("digits", "digits_previous"):
        words = ["report", f"{name}.csv", "--json", f"{name}.json", "-o", "none", "-q"]
        evalreport(*words, cwd=folder)
        (folder / f"{name}.csv").unlink()
    done = evalreport("compare", "digits_previous.json", "digits.json", "--json", "-", cwd=folder)
    assert json.loads(done.stdout)["comparison"]["method"] == "buckets"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["report", "digits.csv", "--max-regression", "0.1"], 2,
         "--max-regression needs a previous run: add --previous FILE."),
        (["report", "digits.csv", "--pair-by-position"], 2,
         "--pair-by-position needs a previous run: add --previous FILE."),
        (["compare", "no.csv", "digits.csv"], 3, "no.csv: there is no such file."),
        (["compare", "digits.csv", "digits.csv", "--json", "digits.csv"], 2,
         "digits.csv is an input; an output may not replace it."),
        (["compare", "digits.csv", "digits.csv", "--max-regression", "-1"], 2,
         "max_regression takes 0 or more nats, not -1."),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said_and_nothing_is_written(folder, words, code, message):
    before = sorted(path.name for path in folder.iterdir())
    done = evalreport(*words, cwd=folder)
    assert done.returncode == code
    assert done.stderr.decode().startswith(f"error: {message}")
    assert sorted(path.name for path in folder.iterdir()) == before


def test_any_number_of_workers_and_any_format_give_the_same_comparison(folder):
    import pyarrow.csv
    import pyarrow.parquet

    words = ["compare", "digits_previous.csv", "--slice", "ink", "--json", "-", "--workers"]
    expected = evalreport(*words, "1", "digits.csv", cwd=folder)
    table = pyarrow.csv.read_csv(folder / "digits.csv")
    pyarrow.parquet.write_table(table, folder / "digits.parquet", row_group_size=100)
    found = evalreport(*words, "2", "digits.parquet", cwd=folder)
    documents = [json.loads(each.stdout)["comparison"] for each in (expected, found)]
    assert documents[0] == documents[1]
