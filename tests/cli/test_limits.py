"""Limits on the command line: exit codes, what is shown, and the gate on a saved evaluation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import junitparser
import pytest

from tests.cli.test_report import TEN_ROWS, evalreport


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with predictions and their evaluation, made once for all tests."""
    path = tmp_path_factory.mktemp("limits")
    (path / "predictions.csv").write_text(TEN_ROWS)
    evalreport("report", "predictions.csv", "-o", "none", "--json", "saved.json", "-q", cwd=path)
    return path


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    # Times of change are kept: they are in the evaluation.
    return shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)


def test_a_failed_limit_ends_in_one_after_every_output_is_written(folder):
    outputs = ["-o", "a.html", "--json", "a.json", "--markdown", "a.md", "--junit", "a.xml"]
    words = ["report", "predictions.csv", "--max-loss", "0.2", *outputs]
    done = evalreport(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (1, b"")
    out = done.stdout.decode()
    assert "Limit failed: log loss 0.247 nats is over the limit of 0.2\n" in out
    assert out.endswith("\n\nExit 1: of 1 limit 1 failed\n")
    for name in ("a.html", "a.md"):
        text = (folder / name).read_text()
        assert "Limit failed: log loss 0.247 nats is over the limit of 0.2" in text
    (judged,) = json.loads((folder / "a.json").read_text())["limits"]
    assert (judged["name"], judged["limit"], judged["outcome"]) == ("max_loss", 0.2, "failed")
    (suite,) = junitparser.JUnitXml.fromfile(str(folder / "a.xml"))
    (case,) = suite
    assert case.name == "max_loss"
    assert isinstance(case.result[0], junitparser.Failure)


def test_limits_that_are_met_end_in_nothing(folder):
    words = ["--max-loss", "0.3", "--min-skill", "0.1", "--worst-band", "not great"]
    done = evalreport("report", "predictions.csv", *words, "-o", "none", cwd=folder)
    assert done.returncode == 0
    assert "All 3 limits met\n" in done.stdout.decode()
    assert "Exit" not in done.stdout.decode()


def test_the_gate_judges_as_the_report_does(folder):
    limits = ["--max-loss", "0.2", "--min-skill", "0.1", "--fail-on", "error", "--max-ece", "0.5"]
    reported = evalreport("report", "predictions.csv", *limits, "--json", "-", cwd=folder)
    gated = evalreport("gate", "saved.json", *limits, "--json", "-", cwd=folder)
    assert reported.returncode == gated.returncode == 1
    assert json.loads(reported.stdout) == json.loads(gated.stdout)


def test_what_is_not_judged_passes_unless_strict(folder):
    one_class = "label,prob_a,prob_b\n" + "a,0.9,0.1\n" * 12
    (folder / "one.csv").write_text(one_class)
    words = ["report", "one.csv", "-o", "none", "--min-skill", "0.1"]
    assert evalreport(*words, cwd=folder).returncode == 0
    done = evalreport(*words, "--strict", cwd=folder)
    assert done.returncode == 1
    assert "Exit 1: of 1 limit 1 not judged, and --strict is set" in done.stdout.decode()
    assert "the baseline is 0, so skill is not defined" in done.stdout.decode()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["gate", "saved.json"], 2, "there is nothing to judge: no limit is set. Add --max-loss."),
        (["gate", "no.json", "--max-loss", "1"], 3, "no.json: there is no such file."),
        (
            ["report", "predictions.csv", "--junit", "x.xml"],
            2,
            "--junit writes the limits, and no limit is set: add --max-loss.",
        ),
        (
            ["gate", "saved.json", "--max-loss", "1", "--json", "saved.json"],
            2,
            "saved.json is an input; an output may not replace it.",
        ),
        (
            ["gate", "saved.json", "--max-loss", "1", "--json", "-", "--junit", "-"],
            2,
            "--json and --junit both ask for standard output, which holds one document.",
        ),
    ],
)
def test_what_cannot_be_judged_at_all_is_said(folder, words, code, message):
    before = sorted(path.name for path in folder.iterdir())
    done = evalreport(*words, cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (code, f"error: {message}\n")
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_quiet_line_counts_failed_limits(folder):
    done = evalreport("gate", "saved.json", "--max-loss", "0.2", "-q", cwd=folder)
    assert done.stdout.decode() == "0.247 can probably improve, 1 warning, 1 limit failed\n"
