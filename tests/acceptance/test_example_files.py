"""Every example file through the whole program: good ones are reported, broken ones refused."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalreport.cli.app import app
from evalreport.examples import example_files

EXAMPLES = Path(__file__).resolve().parents[2] / "example_data"
BROKEN = EXAMPLES / "broken"
CASES = tomllib.loads((BROKEN / "cases.toml").read_text())["case"]


def run(*words: str, cwd: Path):
    before = Path.cwd()
    os.chdir(cwd)
    try:
        return CliRunner().invoke(app, list(words))
    finally:
        os.chdir(before)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_broken_file_is_refused_with_its_place_and_nothing_is_written(case, tmp_path):
    outputs = ["-o", "out.html", "--json", "out.json", "--markdown", "out.md"]
    done = run("report", str(BROKEN / case["file"]), *case["options"], *outputs, cwd=tmp_path)
    message = done.stderr.replace(f"{BROKEN}{os.sep}", "")
    assert done.exit_code == case["exit_code"]
    assert case["message"] in message
    assert message.startswith("error: ")
    assert done.stdout == ""
    assert os.listdir(tmp_path) == []


def test_every_broken_file_has_a_case_and_every_case_a_file():
    files = {path.name for path in BROKEN.iterdir()} - {"cases.toml"}
    assert files == {case["file"] for case in CASES}


@pytest.mark.parametrize("example", example_files(), ids=lambda example: example.name)
def test_a_good_file_gives_all_outputs_and_they_agree(example, tmp_path):
    outputs = ["-o", "out.html", "--json", "out.json", "--markdown", "out.md"]
    done = run("report", str(EXAMPLES / example.name), *outputs, cwd=tmp_path)
    assert done.exit_code == 0, done.stderr
    evaluation = json.loads((tmp_path / "out.json").read_text())
    shown = f"{evaluation['overall']['log_loss']:.3f}"
    for text in (
        done.stdout,
        (tmp_path / "out.html").read_text(),
        (tmp_path / "out.md").read_text(),
    ):
        assert shown in text
        assert evaluation["overall"]["band"]["name"] in text.lower()
