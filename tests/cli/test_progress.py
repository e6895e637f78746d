"""Progress, on a real terminal and where there is none."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len

ROWS = "id,label,prob_cat,prob_dog\n" + "".join(f"r{i},cat,0.8,0.2\n" for i in range(200))
COMMAND = [sys.executable, "-m", "evalreport", "report", "p.csv"]
IMPATIENT = [
    sys.executable,
    "-c",
    "import evalreport.cli.progress as p; p.PATIENCE_SECONDS = 0.0; "
    "from evalreport.cli.app import main; main()",
    *COMMAND[3:],
    "--output",
    "none",
]
OF_TERMINALS = ("CI", "TERM", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def on_terminal(
    folder: Path, program: list[str], columns: int = 80, **variables: str
) -> tuple[str, str]:
    """Run with a terminal as standard error; return what the terminal and the pipe got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in OF_TERMINALS}
    env = kept | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | variables
    with subprocess.Popen(
        program, cwd=folder, stdout=subprocess.PIPE, stderr=theirs, env=env
    ) as job:
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


def lines_of(shown: str) -> list[str]:
    """Every state of the line, without what steers the terminal."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    return [line for line in re.split(r"[\r\n]+", plain) if line]


def test_a_terminal_is_told_of_rows_and_plots_once_it_takes_a_while(folder):
    shown, printed = on_terminal(folder, IMPATIENT[:-2])
    assert "Drawing plots" in shown
    assert re.search(
        "Reading predictions .*100%  200 rows, about 1 s left, [0-9,]+ a second", shown
    )
    assert "Drawing" not in printed
    assert "\x1b" not in printed


def test_the_line_is_gone_in_the_end_and_the_cursor_is_back(folder):
    shown, _ = on_terminal(folder, IMPATIENT)
    assert shown.endswith("\x1b[2K")
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 132])
def test_the_line_fits_the_terminal_and_no_number_is_cut(folder, columns):
    shown, _ = on_terminal(folder, IMPATIENT, columns)
    reading = [line for line in lines_of(shown) if "%" in line]
    assert reading or columns < 25
    assert "Reading predictions" in shown
    assert all(cell_len(line) < columns for line in lines_of(shown))
    for line in reading:
        whole = re.fullmatch(
            r"Reading predictions( ━+)? +100%"
            r"(  200 rows(, about \d s left(, [\d,]+ a second)?)?)?",
            line,
        )
        assert whole, line
        assert (whole[1] is not None) == (columns >= 80)


def test_a_terminal_without_unicode_gets_a_bar_of_ascii(folder):
    shown, _ = on_terminal(
        folder, IMPATIENT, 132, PYTHONUTF8="0", LC_ALL="C", PYTHONIOENCODING="ascii"
    )
    assert "####" in shown
    assert shown.isascii()


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_nobody_watches_is_told_nothing(folder, variables):
    assert on_terminal(folder, IMPATIENT, **variables)[0] == ""


@pytest.mark.parametrize("variables", [{}, {"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}], ids=str)
def test_nothing_but_the_summary_is_written_where_there_is_no_terminal(folder, variables):
    done = subprocess.run(
        IMPATIENT, cwd=folder, capture_output=True, check=True, env={**os.environ, **variables}
    )
    assert done.stderr == b""
    assert b"Reading" not in done.stdout


def test_quick_work_shows_no_progress(folder):
    patient = [*IMPATIENT[:2], IMPATIENT[2].replace("0.0", "600.0"), *IMPATIENT[3:]]
    assert on_terminal(folder, patient)[0] == ""


def test_the_chart_is_left_out_of_the_markdown_on_request(folder):
    quietly = [*COMMAND, "--output", "none", "--markdown", "-"]
    with_chart = subprocess.run(quietly, cwd=folder, capture_output=True, check=True).stdout
    without = [*quietly, "--no-mermaid"]
    no_chart = subprocess.run(without, cwd=folder, capture_output=True, check=True).stdout
    assert b"```mermaid" in with_chart
    assert b"mermaid" not in no_chart
    assert b"_Log loss by class" not in no_chart
