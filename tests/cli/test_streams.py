"""Streams that are closed, full, or not in UTF-8."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "id,label,prob_café,prob_tea\na,café,0.8,0.2\nb,tea,0.3,0.7\n"


def shell(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    program = f"{sys.executable} -m evalreport"
    return subprocess.run(
        ["bash", "-c", command.replace("evalreport", program, 1)],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def test_a_closed_log_does_not_keep_a_job_from_its_report(folder):
    done = shell("evalreport report p.csv --quiet 2>&-", folder)
    assert done.returncode == 0
    assert (folder / "p.report.html").exists()


def test_a_document_for_a_closed_standard_output_is_refused(folder):
    done = shell("evalreport report p.csv --json - >&-", folder)
    assert done.returncode == 4
    assert b"standard output is closed" in done.stderr


@pytest.mark.parametrize("command", ["report p.csv", "report p.csv --json -", "schema"])
def test_a_full_device_is_an_output_that_cannot_be_written(folder, command):
    done = shell(f"evalreport {command} >/dev/full", folder)
    assert done.returncode == 4
    assert done.stderr == b"error: No space left on device.\n"


@pytest.mark.parametrize("option", ["", "--quiet"])
@pytest.mark.parametrize(("limit", "code"), [("9", "0"), ("0.001", "1")])
def test_a_reader_who_has_seen_enough_does_not_change_the_verdict(folder, option, limit, code):
    command = f"report p.csv -o none --max-loss {limit} {option}"
    done = shell(f"evalreport {command} | true; echo ${{PIPESTATUS[0]}}", folder)
    assert (done.stdout.decode().strip(), done.stderr) == (code, b"")


def test_a_document_that_nobody_reads_to_its_end_is_not_written(folder):
    done = shell("evalreport report p.csv --json - | true; echo ${PIPESTATUS[0]}", folder)
    assert done.stdout == b"4\n"
    assert done.stderr == b"error: standard output was closed before the document was written.\n"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "ascii"])
def test_documents_are_utf_8_whatever_the_terminal_speaks(folder, encoding):
    done = shell("evalreport report p.csv --json -", folder, PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode("utf-8"))["classes"][0]["name"] == "café"


def test_a_device_is_written_to_and_not_replaced(folder):
    done = shell("evalreport report p.csv --quiet -o /dev/null", folder)
    assert done.returncode == 0
    assert Path("/dev/null").is_char_device()


def test_an_output_reached_over_another_path_is_still_an_input(folder):
    done = shell("evalreport report ./p.csv -o ../$(basename $PWD)/p.csv", folder)
    assert done.returncode == 2
    assert (folder / "p.csv").read_text(encoding="utf-8") == ROWS


def test_a_file_of_an_input_directory_is_not_written_over(folder):
    inner = folder / "in"
    inner.mkdir()
    (inner / "a.csv").write_text(ROWS, encoding="utf-8")
    done = shell("evalreport report in --json in/a.csv", folder)
    assert done.returncode == 2
    assert b"a.csv is an input; an output may not replace it" in done.stderr
    assert (inner / "a.csv").read_text(encoding="utf-8") == ROWS


def test_templates_of_ones_own_are_at_fault_by_name_and_line(folder):
    own = folder / "own"
    own.mkdir()
    (own / "report.html.j2").write_text("{{ nothing.here }}")
    done = shell("evalreport report p.csv --template-dir own", folder)
    assert done.returncode == 2
    assert b"report.html.j2, line 1: 'nothing' is undefined." in done.stderr
    done = shell("evalreport report p.csv --template-dir missing", folder)
    assert done.returncode == 2
    assert b"missing is no directory" in done.stderr
