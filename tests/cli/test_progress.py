"""Progress, on a real terminal and where there is none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "id,label,prob_cat,prob_dog\n" + "".join(f"r{i},cat,0.8,0.2\n" for i in range(200))
COMMAND = [sys.executable, "-m", "evalreport", "report", "p.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def on_terminal(folder: Path, program: list[str]) -> tuple[str, str]:
    """Run with a terminal as standard error; return what the terminal and the pipe got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(program, cwd=folder, stdout=subprocess.PIPE, stderr=theirs) as job:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the terminal is gone once the program has ended
            pass
        assert job.stdout is not None
        printed = job.stdout.read().decode()
    os.close(ours)
    assert job.returncode == 0
    return shown.decode(), printed


def test_a_terminal_is_told_of_rows_and_plots_once_it_takes_a_while(folder):
    patient = "import evalreport.cli.progress as p; p.PATIENCE_SECONDS = 0.0; "
    run = "from evalreport.cli.app import main; main()"
    program = [sys.executable, "-c", patient + run, "report", "p.csv"]
    shown, printed = on_terminal(folder, program)
    assert "Drawing plots" in shown
    assert "200 rows" in shown
    assert "Drawing" not in printed
    assert "\x1b" not in printed


def test_nothing_but_the_summary_is_written_where_there_is_no_terminal(folder):
    done = subprocess.run(COMMAND, cwd=folder, capture_output=True, check=True)
    assert done.stderr == b""
    assert b"Reading" not in done.stdout


def test_the_chart_is_left_out_of_the_markdown_on_request(folder):
    quietly = [*COMMAND, "--output", "none", "--markdown", "-"]
    with_chart = subprocess.run(quietly, cwd=folder, capture_output=True, check=True).stdout
    without = [*quietly, "--no-mermaid"]
    no_chart = subprocess.run(without, cwd=folder, capture_output=True, check=True).stdout
    assert b"```mermaid" in with_chart
    assert b"mermaid" not in no_chart
    assert b"_Log loss by class" not in no_chart
