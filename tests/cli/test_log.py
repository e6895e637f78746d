"""``--log-format json``: every line of standard error is an event, whatever happens."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

ROWS = "id,label,prob_cat,prob_dog\n" + "a,cat,0.8,0.2\nb,dog,0.3,0.7\n" * 20


LOGGED = ("-o", "none", "--log-format", "json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def run(
    folder: Path, *words: str, program: tuple[str, ...] = ("-m", "evalreport"), **variables: str
):
    """Run, and return the exit code, standard output and the events."""
    done = subprocess.run(
        [sys.executable, *program, *words],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "GITHUB_ACTIONS": "", **variables},
        check=False,
    )
    assert done.stderr.isascii()
    events = [json.loads(line) for line in done.stderr.decode().splitlines()]
    return done.returncode, done.stdout.decode(), events


def named(events, name):
    return [each for each in events if each["event"] == name]


def kinds(events):
    return [each["event"] for each in events]


def test_the_log_goes_from_the_start_over_all_steps_to_the_exit_code(folder):
    limits = ("--max-loss", "0.2", "--json", "e.json")
    code, shown, events = run(folder, "report", "p.csv", "--log-format", "json", *limits)
    assert code == 1
    assert shown.startswith("p  p.csv  40 rows")
    # How often progress is told depends on the time that the machine takes.
    assert [each for each in kinds(events) if each != "progress"] == [
        *("start", "step", "step", "files", "step", "step", "result", "limit"),
        *("finding",) * len(named(events, "finding")),
        *("written", "written", "end"),
    ]
    assert [each["name"] for each in named(events, "step")] == [
        "Opening predictions",
        "Reading predictions",
        "Drawing plots",
        "Writing files",
    ]
    assert events[-1]["exit_code"] == 1
    for each in events:
        assert list(each)[:2] == ["event", "time"]
        assert datetime.fromisoformat(each["time"]).utcoffset() is not None


def test_the_events_hold_the_numbers_of_the_evaluation_file(folder):
    _, _, events = run(
        folder, "report", "p.csv", "--log-format=json", "--json", "e.json", "--max-loss", "1"
    )
    saved = json.loads((folder / "e.json").read_text())
    (result,), (files,), (limit,) = (named(events, name) for name in ("result", "files", "limit"))
    assert result["log_loss"] == saved["overall"]["log_loss"]
    assert result["interval"] == saved["overall"]["interval"]
    assert result["band"] == saved["overall"]["band"]["name"]
    assert result["skill"] == saved["baseline"]["skill"]
    assert result["digest"] == saved["digest"]
    assert files["paths"] == ["p.csv"]
    assert files["bytes"] == len(ROWS)
    assert limit["value"] == saved["overall"]["log_loss"]
    assert limit["outcome"] == "passed"
    told = [(each["code"], each["severity"], each["why"]) for each in named(events, "finding")]
    assert told == [(each["code"], each["severity"], each["why"]) for each in saved["findings"]]
    written = {each["path"]: each["bytes"] for each in named(events, "written")}
    assert written == {name: (folder / name).stat().st_size for name in ("p.report.html", "e.json")}


def test_quiet_and_documents_concern_standard_output_only(folder):
    quiet = ("--quiet", "-o", "none")
    _, shown, events = run(folder, "report", "p.csv", *quiet, "--log-format", "json")
    assert shown.count("\n") == 1
    assert kinds(events)[-1] == "end"
    _, shown, events = run(folder, "report", "p.csv", "--json", "-", "--log-format", "json")
    assert json.loads(shown)["schema_version"] == 1
    assert kinds(events)[-1] == "end"


def test_reading_is_told_as_it_goes_on(folder):
    often = "import evalreport.cli.log as log; log.SECONDS_BETWEEN = 0.0; "
    often += "from evalreport.cli.app import main; main()"
    _, _, events = run(folder, "report", "p.csv", *LOGGED, program=("-c", often))
    (progress,) = named(events, "progress")[:1]
    assert progress["step"] == "Reading predictions"
    assert progress["rows"] == 40
    assert progress["share"] == 1
    assert progress["seconds_left"] == 0
    assert progress["rows_per_second"] > 0


def test_the_settings_file_can_ask_for_it(folder):
    text = 'log_format = "json"\noutput = "none"\nquiet = true\n'
    (folder / "evalreport.toml").write_text(text, encoding="utf-8")
    code, _, events = run(folder, "report", "p.csv")
    assert code == 0
    assert kinds(events)[0] == "start"
    done = subprocess.run(
        [sys.executable, "-m", "evalreport", "report", "p.csv", "--log-format", "text"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


@pytest.mark.parametrize("words", [("--no-such-option",), ("--floor",), ("p.csv", "--worst", "x")])
@pytest.mark.parametrize("named", [False, True])
def test_wrong_usage_is_an_event_where_only_the_settings_file_asks_for_events(folder, words, named):
    name = "mine.toml" if named else "evalreport.toml"
    (folder / name).write_text('log_format = "json"\n', encoding="utf-8")
    options = ("--config", name) if named else ()
    code, shown, events = run(folder, "report", *options, *words)
    assert (code, shown) == (2, "")
    assert kinds(events) == ["start", "error", "end"]


def test_a_settings_file_that_cannot_be_read_is_told_as_text(folder):
    (folder / "evalreport.toml").write_text('log_format = "json', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "evalreport", "report", "p.csv"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: evalreport.toml: this is no TOML")


def test_a_refused_input_is_an_event_with_its_place(folder):
    bad = ROWS.replace("0.3,0.7", "1.3,0.7", 1)
    (folder / "bad.csv").write_text(bad, encoding="utf-8")
    code, shown, events = run(folder, "report", "bad.csv", "--log-format", "json")
    assert (code, shown) == (3, "")
    (error,) = named(events, "error")
    assert error["text"] == "probability 1.3 is above 1."
    assert (error["path"], error["row"], error["column"]) == ("bad.csv", 2, "prob_cat")
    assert error["exit_code"] == events[-1]["exit_code"] == 3


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--rejects", "r.csv"), 2, "--rejects keeps the rows that are left out: add --on-invalid"),
        (("--floor", "7"), 2, "--floor takes a probability above 0 and below 1, or none; not 7."),
        (("--no-such-option",), 2, "No such option: --no-such-option"),
        (("-o", "nowhere/p.html"), 4, "nowhere/p.html cannot be written"),
    ],
)
def test_every_other_end_is_one_event_with_its_exit_code(folder, words, code, text):
    done, shown, events = run(folder, "report", "p.csv", *words, "--log-format", "json")
    assert (done, shown) == (code, "")
    (error,) = named(events, "error")
    assert error["text"].startswith(text)
    assert error["exit_code"] == code
    assert kinds(events)[-1] == "end"
    assert events[-1]["exit_code"] == code


def test_whatever_else_is_written_there_is_an_event_too(folder):
    said = "import sys, warnings; import evalreport.cli.show as show; ran = show.run\n"
    said += "def run(*given):\n    warnings.warn('a library is unhappy')\n"
    said += "    print('a word\\nand half a', file=sys.stderr, end='')\n    return ran(*given)\n"
    said += "show.run = run\nfrom evalreport.cli.app import main; main()"
    _, _, events = run(folder, "report", "p.csv", *LOGGED, program=("-c", said))
    assert [each["text"] for each in named(events, "warning")] == ["a library is unhappy"]
    assert [each["text"] for each in named(events, "message")] == ["a word", "and half a"]


def test_a_bug_is_told_in_events_with_its_traceback(folder):
    broken = "import evalreport.cli.show as show; show.run = None\n"
    broken += "from evalreport.cli.app import main; main()"
    code, _, events = run(folder, "report", "p.csv", "--log-format=json", program=("-c", broken))
    texts = [each["text"] for each in named(events, "message")]
    assert code == events[-1]["exit_code"] == 4
    assert texts[0] == "Traceback (most recent call last):"
    assert texts[-1] == "This is a bug in evalreport. Please report it with the lines above."


def test_in_github_actions_annotations_are_events(folder):
    _, _, events = run(folder, "report", "p.csv", *LOGGED, GITHUB_ACTIONS="true")
    assert all(each["text"].startswith("::") for each in named(events, "message"))


def test_hostile_names_stay_inside_their_events(folder):
    hostile = '\x1b[31m"},{\u202e\u2028\x85x'
    with (folder / "h.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [["label", f"prob_{hostile}", "prob_dog"], [hostile, 0.8, 0.2], ["dog", 0.9, 0.1]]
        csv.writer(file).writerows(rows)
    words = ("report", "h.csv", "-o", "none", "--log-format", "json", "--title", hostile)
    code, _, events = run(folder, *words)
    assert code == 0
    assert named(events, "result")[0]["title"] == hostile


def test_a_gate_and_a_comparison_have_a_log_too(folder):
    run(folder, "report", "p.csv", "--json", "e.json", "-o", "none", "--log-format", "json")
    words = ("--max-loss", "0.1", "--log-format", "json")
    code, _, events = run(folder, "gate", "e.json", *words)
    assert code == 1
    assert named(events, "limit")[0]["outcome"] == "failed"
    code, _, events = run(folder, "compare", "p.csv", "p.csv", "-o", "none", "--log-format", "json")
    assert code == 0
    (compared,) = named(events, "comparison")
    assert compared["change"] == 0
    assert compared["outcome"] == "no clear change"
    steps = [each["name"] for each in named(events, "step")]
    assert steps[1:3] == ["Opening the previous run", "Reading the previous run"]
