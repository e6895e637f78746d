from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text as Line

from evalreport.renderers.layout import folded
from evalreport.renderers.plain import uncapitalised
from evalreport.renderers.terminal import TerminalRenderer, print_summary, quiet_line
from evalreport.report import build_report
from tests.renderers.golden import assert_golden, report_on
from tests.renderers.hostile import NAMES, report_with
from tests.sample_results import SAMPLES, evaluated, many

PRINT_TYPICAL = """
from evalreport.renderers.terminal import print_summary
from evalreport.report import build_report
from tests.sample_results import typical
print_summary(build_report(typical()))
"""
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?[39][0-7](?:;[0-9;]*)?m")


@dataclass(frozen=True)
class File:
    kind: str
    path: str
    n_bytes: int


FILES = (File("Report", "report.html", 93_400), File("Summary", "report.md", 2_900))


def shown(report) -> str:
    return TerminalRenderer().render(report)


def printed(report, files=(), encoding="utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    with redirect_stdout(stream):
        print_summary(report, files)
    return stream.buffer.getvalue().decode(encoding)


def on_a_terminal(project, columns: int = 80, **variables: str) -> bytes:
    """What a program that prints the typical summary sends to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS")
    }
    with subprocess.Popen(
        [sys.executable, "-c", PRINT_TYPICAL],
        cwd=project,
        stdout=theirs,
        env=plain | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | variables,
    ) as process:
        os.close(theirs)
        sent = b""
        # A terminal whose other end is closed gives an error instead of an end.
        try:
            while more := os.read(ours, 65_536):
                sent += more
        except OSError:
            pass
    os.close(ours)
    assert process.returncode == 0
    return sent.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("sample", ["typical", "perfect", "broken", "many", "empty", "unfloored"])
def test_the_whole_summary_is_as_it_was_read(sample):
    assert_golden(shown(report_on(sample)), f"terminal/{sample}.txt")


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_line_is_wider_than_80_columns_or_ends_in_blanks(sample):
    for line in shown(report_on(sample)).splitlines():
        assert cell_len(line) <= 80
        assert line == line.rstrip()


@pytest.mark.parametrize("columns", [79, 60, 50, 40])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_narrow_terminal_gets_fewer_columns_and_no_cut_number(sample, columns, monkeypatch):
    report = report_on(sample)
    monkeypatch.setenv("COLUMNS", str(columns))
    narrow = printed(report)
    assert max(map(cell_len, narrow.splitlines())) <= columns
    numbers = re.compile(r"[\d.,]*\d%?")
    assert set(numbers.findall(narrow)) <= set(numbers.findall(shown(report)))
    band = report.verdict.band
    assert band is None or uncapitalised(band.text) in " ".join(narrow.split())


def test_a_terminal_that_is_narrow_says_so_and_a_wide_one_changes_nothing(project, monkeypatch):
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", on_a_terminal(project, 50)).decode()
    assert max(map(cell_len, plain.splitlines())) <= 50
    monkeypatch.setenv("COLUMNS", "200")
    assert printed(report_on("typical")) == shown(report_on("typical"))


def test_no_color_wins_over_force_color(monkeypatch):
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    assert not COLOUR.search(printed(report_on("typical")).encode())


def test_what_is_piped_is_the_same_text_and_then_the_files():
    report = report_on("typical")
    files = "\nReport   report.html (93 kB)\nSummary  report.md   (3 kB)\n"
    assert printed(report, FILES) == shown(report) + files


def test_a_path_is_never_cut():
    path = "a-folder-with-a-long-name/" * 6 + "report [draft].html"
    assert path in printed(report_on("perfect"), (File("Report", path, 10),))


def test_without_unicode_shapes_and_signs_are_ascii():
    text = printed(report_on("many"), encoding="ascii")
    assert "[warn] not great" in text
    assert "[FAIL] something is" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "??: 0.533" in printed(report_with("名前"), encoding="ascii")
    assert "inf nats" in printed(report_on("unfloored"), encoding="ascii")


def test_an_encoding_keeps_the_letters_it_has():
    report = replace(report_on("binary"), title="café 名")
    assert "café ?" in printed(report, encoding="latin-1")


def test_a_terminal_gets_the_same_words_in_colour(project):
    sent = on_a_terminal(project)
    assert COLOUR.search(sent)
    assert re.sub(rb"\x1b\[[0-9;]*m", b"", sent).decode() == shown(
        build_report(SAMPLES["typical"]())
    )


def test_no_color_takes_the_colours_away(project):
    assert not COLOUR.search(on_a_terminal(project, NO_COLOR="1"))


def test_a_dumb_terminal_gets_plain_text(project):
    assert b"\x1b" not in on_a_terminal(project, TERM="dumb")


def test_force_color_colours_a_pipe(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert COLOUR.search(printed(report_on("typical")).encode())


def test_long_names_are_cut_and_numbers_never_are():
    names = (
        "the first of two classes with a very long name",
        "the other of two classes with a long name",
    )
    result = evaluated([0, 1] * 30, [[0.7, 0.3], [0.2, 0.8]] * 30, names)
    table = shown(build_report(result)).split("\n\n")[-1]
    assert "95% CI" in table
    assert "the first o…y long name" in table
    assert "0.357" in table
    assert "0.223" in table
    assert "62%" in table


def test_ten_classes_and_ten_slices_are_shown_and_the_rest_is_counted():
    text = shown(build_report(many()))
    *_, classes, slices = text.rstrip("\n").split("\n\n")
    for table, rest in ((classes, "and 40 more"), (slices, "and 20 more")):
        title, *rows, last = table.split("\n")
        assert title.split()[:2] in (["Class", "Rows"], ["Slice", "Rows"])
        assert len([row for row in rows if not row.startswith(" ")]) == 10
        assert last == rest


def test_the_interval_stays_and_the_words_of_a_band_go_on_below():
    slices = shown(report_on("typical")).split("\nSlice ")[1].splitlines()
    assert slices[2] == (
        "priority = high     1,285     0.224  0.169 to 0.535  ◆ can probably      11%"
    )
    assert slices[3] == " " * 55 + "improve"
    assert "channel = chat" in slices[4]


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("✖ something is broken", ["✖ something is", "  broken"]),
        ("[FAIL] something is broken", ["[FAIL] something is", "       broken"]),
        ("● fine", ["● fine"]),
        ("▲ unverhältnismäßig schlecht", ["▲ unverhältnismäßig", "  schlecht"]),
        ("", [""]),
    ],
)
def test_words_are_folded_whole_below_their_sign(cell, lines):
    other = [Line("1"), Line("2")]
    columns = folded({"Rows": other, "Band": [Line(cell), Line("● fine")]}, "Band", 12)
    assert [each.plain for each in columns["Band"]] == [*lines, "● fine"]
    assert [each.plain for each in columns["Rows"]] == ["1", *[""] * (len(lines) - 1), "2"]


def test_the_worst_class_comes_first():
    rows = shown(report_on("typical")).split("\nClass ")[1].split("\n\n")[0].splitlines()[1:]
    losses = [float(re.findall(r" (\d\.\d{3}) ", row)[0]) for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert len(losses) == 5


def test_quiet_is_one_line_with_the_number_the_band_and_the_files():
    assert quiet_line(report_on("typical"), FILES) == (
        "0.211 can probably improve, 1 error, 3 warnings: report.html, report.md"
    )
    assert quiet_line(report_on("empty")) == "no rows could be scored, 1 error"


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_shown_as_text_within_80_columns(name):
    assert_harmless(shown(report_with(name)))


@given(st.text(min_size=1, max_size=100))
def test_no_name_at_all_can_steer_the_terminal(name):
    assert_harmless(shown(report_with(name)))


def assert_harmless(text: str) -> None:
    lines = text.split("\n")
    assert "\x1b" not in text
    assert not any(unicodedata.category(each) in ("Cc", "Cs") for line in lines for each in line)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert max(map(cell_len, lines)) <= 80
    assert sum(line.startswith("Log loss 0.211 nats") for line in lines) == 1


def test_rich_markup_in_a_name_is_shown_literally():
    assert "[red]rich[/red]" in printed(report_with("[red]rich[/red]"))
