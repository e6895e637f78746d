"""Every nasty file through the whole program: the exact number, or the exact message."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evalreport.cli.app import app
from tests.acceptance import nasty_exports, nasty_hands, nasty_slips
from tests.acceptance.nasty_files import CASES, Case

MORE = (nasty_slips, nasty_exports, nasty_hands)
"""Importing these adds their cases."""

SCORED = [case for case in CASES if case.message is None]
REFUSED = [case for case in CASES if case.message is not None]


def report(case: Case, *outputs: str) -> Result:
    words = ["report", *outputs, "--workers", "1", *case.options, "--", *case.inputs]
    return CliRunner().invoke(app, words)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", SCORED, ids=lambda case: case.name)
def test_the_number_is_the_one_worked_out_by_hand(case, folder):
    case.write(folder)
    done = report(case, "--json", "-")
    assert done.exit_code == 0, done.stderr
    evaluation = json.loads(done.stdout)
    assert math.isclose(evaluation["overall"]["log_loss"], case.log_loss, rel_tol=1e-12)
    read = evaluation["input"]
    assert (read["rows_scored"], read["rows_rejected"]) == (case.n_scored, case.n_rejected)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_message_is_whole_and_nothing_is_written(case, folder):
    case.write(folder)
    before = files_in(folder)
    done = report(case, "-o", "out.html", "--json", "out.json", "--markdown", "out.md")
    message = done.stderr.removeprefix("error: ").removesuffix("\n")
    if "(*)" in case.message:
        assert re.fullmatch(re.escape(case.message).replace(r"\(\*\)", r"\(.+\)"), message)
    else:
        assert message == case.message
    assert done.stderr == f"error: {message}\n"
    assert done.exit_code == case.exit_code
    assert done.stdout == ""
    assert files_in(folder) == before


def test_there_are_many_cases_and_no_two_are_alike():
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({tuple(sorted(case.contents().values())) for case in CASES}) == len(CASES)


def test_messages_name_their_exit_code():
    assert {case.exit_code for case in REFUSED} == {2, 3}
    assert {case.exit_code for case in SCORED} == {0}
