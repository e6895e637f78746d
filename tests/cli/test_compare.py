"""``evalreport compare`` and ``--previous`` as a script meets them."""

from __future__ import annotations

import json
import shutil
from functools import cache
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
        (["report", "digits.csv", "--previous", "-", "--format", "csv"], 2,
         "the previous run cannot come from standard input: name its file."),
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


@cache
def previous_evaluation() -> str:
    """Return an evaluation of the previous digits, made once for all tests."""
    words = ["report", "digits_previous.csv", "--json", "-", "-q"]
    return evalreport(*words, cwd=EXAMPLES).stdout.decode()


def saved(folder, name, **changes):
    """Write an evaluation of the previous digits, with some of its keys changed."""
    document = json.loads(previous_evaluation())
    (folder / name).write_text(json.dumps(document | changes))


@pytest.mark.parametrize(
    ("changes", "words", "message"),
    [
        (
            {},
            ["report", "saved.json"],
            "saved.json: this is an evaluation that was saved, and no file of predictions.\n"
            "  evalreport gate saved.json judges limits on it; evalreport compare PREVIOUS "
            "saved.json compares it with an earlier run.\n",
        ),
        (
            {},
            ["report", "digits.csv", "--previous", "saved.json", "--floor", "1e-7"],
            "saved.json: the previous run was scored with the floor 2^-52 = 2.2e-16, and this one "
            "with the floor 1e-7.\n  Compare the two files of predictions instead of a saved "
            "evaluation, or pass --floor 2.220446049250313e-16.\n",
        ),
        (
            {},
            ["report", "digits.csv", "--previous", "saved.json", "--label-smoothing", "0.1"],
            "saved.json: the previous run was scored without label smoothing, and this one with "
            "label smoothing 0.1.\n  Compare the two files of predictions instead of a saved "
            "evaluation, or pass --label-smoothing 0.0.\n",
        ),
        (
            {"schema_version": 7, "evalreport_version": "9.1"},
            ["report", "digits.csv", "--previous", "saved.json"],
            "saved.json: this evaluation file has the format 7, written by evalreport 9.1; format "
            "1 is read here.\n  Update evalreport.\n",
        ),
        (
            {"schema_version": 0},
            ["gate", "saved.json", "--max-loss", "1"],
            "saved.json: this evaluation file has the format 0, written by evalreport 0.1.0; "
            "format 1 is read here.\n  Evaluate the predictions again.\n",
        ),
        (
            {"state": {}},
            ["report", "digits.csv", "--previous", "saved.json"],
            "saved.json: the sums in the evaluation 'digits_previous' were written by another "
            "version, evalreport 0.1.0.\n  Evaluate the predictions again.\n",
        ),
        (
            {"task": "tokens"},
            ["report", "digits.csv", "--previous", "saved.json"],
            "saved.json: the previous run is one of tokens, and this one of classes.\n"
            "  Compare two runs of the same kind.\n",
        ),
        (
            {},
            ["report", "digits.csv", "--previous", "tokens.csv"],
            "tokens.csv: no column is named like a label.\n  Pass --label COL; the columns are: "
            "logprob. The previous run is read with the same options as this one.\n",
        ),
    ],
)
def test_a_previous_run_that_does_not_fit_is_refused_in_a_sentence(folder, changes, words, message):
    saved(folder, "saved.json", **changes)
    (folder / "tokens.csv").write_text("logprob\n-0.1\n")
    done = evalreport(*words, cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (3, f"error: {message}")


def test_an_earlier_file_that_was_cut_short_keeps_its_exit_code(folder):
    (folder / "cut.json").write_text('{"schema_version": 1, ')
    done = evalreport("report", "digits.csv", "--previous", "cut.json", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: cut.json: this is no JSON (line 1: ")


def test_no_name_at_all_is_no_previous_run(folder):
    done = evalreport("report", "digits.csv", "--previous", "", cwd=folder)
    assert (done.returncode, done.stderr) == (2, b"error: --previous names no file.\n")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--max-loss", "abc"], "'abc' is no number."),
        (["--max-loss", "0,3"], "'0,3' is no number. The decimals stand behind a point, as in"),
        (["--max-zero-probability", "1.5"], "'1.5' is no whole number."),
    ],
)
def test_a_limit_that_is_no_number_is_shown_as_it_was_typed(folder, option, message):
    done = evalreport("report", "digits.csv", *option, cwd=folder)
    assert done.returncode == 2
    told = " ".join(done.stderr.decode().replace("│", " ").split())
    assert f"Invalid value for '{option[0]}': {message}" in told


def test_the_same_run_twice_and_other_classes_are_said(folder):
    done = evalreport("compare", "digits.csv", "digits.csv", "-o", "none", cwd=folder)
    assert "warning  The previous run is this very file\n" in done.stdout.decode()
    shutil.copy(folder / "digits.csv", folder / "copy.csv")
    done = evalreport("compare", "copy.csv", "digits.csv", "-o", "none", cwd=folder)
    assert "note     This run and the previous one are the same\n" in done.stdout.decode()
    text = (folder / "copy.csv").read_text().replace("prob_9", "prob_nine")
    lines = [line.replace(",9,", ",nine,", 1) for line in text.splitlines()]
    (folder / "copy.csv").write_text("\n".join(lines))
    done = evalreport("compare", "copy.csv", "digits.csv", "--json", "-", cwd=folder)
    document = json.loads(done.stdout)
    assert document["comparison"]["only_previous_classes"] == ["nine"]
    assert document["comparison"]["only_current_classes"] == ["9"]
    (why,) = (each["why"] for each in document["findings"] if each["code"] == "other-classes")
    assert why == (
        "'nine' only in the previous run; '9' only in this one. Rows of a class that only one run "
        "knows are not compared."
    )


def test_saved_evaluations_are_compared_one_at_a_time(folder):
    saved(folder, "saved.json")
    words = ["saved.json", "digits.csv", "--previous", "digits_previous.csv"]
    done = evalreport("report", *words, cwd=folder)
    assert done.stderr.startswith(b"error: saved.json: this is an evaluation that was saved")
