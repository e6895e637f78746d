"""``evalreport distributions`` as a user or a script meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_report import evalreport
from tests.renderers.test_html import Page

NUMBERS = ["--p", ".1,.4,.5", "--q", ".8,.15,.05", "--unit", "bits"]
TABLE = "outcome,p,q\ncat,0.1,0.8\ndog,0.4,0.15\nbird,0.5,0.05\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "both.csv").write_text(TABLE)
    (tmp_path / "other.csv").write_text("outcome,q\nbird,0.05\ncat,0.8\ndog,0.15\n")
    return tmp_path


def test_lists_of_numbers_are_compared_with_numbers_and_bars(folder):
    done = evalreport("distributions", *NUMBERS, "--names", "cat,dog,bird", cwd=folder)
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert out.startswith(
        "Forecasting Q where P happens costs 3.288 bits; 1.361 bits of that cannot be\nsaved.\n"
    )
    assert "H(P)       1.361  Entropy of P" in out
    assert "KL(P‖Q)    1.927  H(P,Q) less H(P)" in out
    assert "bird P  50.0% ███" in out
    assert max(map(len, out.splitlines())) <= 80


def test_two_columns_of_one_file_and_two_files_in_any_order_agree(folder):
    words = ["--names", "outcome", "--json", "-"]
    one = json.loads(evalreport("distributions", "both.csv", *words, cwd=folder).stdout)
    two = json.loads(
        evalreport("distributions", "both.csv", "other.csv", *words, cwd=folder).stdout
    )
    assert {**two, "title": one["title"]} == one
    assert one["names"] == ["cat", "dog", "bird"]
    assert one["cross_entropy_pq"] == pytest.approx(2.2790284)


def test_two_files_that_name_the_same_outcomes_are_matched_by_name_unasked(folder):
    done = evalreport("distributions", "both.csv", "other.csv", "--json", "-", cwd=folder)
    found = json.loads(done.stdout)
    assert (found["names"], found["q"]) == (["cat", "dog", "bird"], [0.8, 0.15, 0.05])
    (folder / "strange.csv").write_text("outcome,q\na,0.05\nb,0.8\nc,0.15\n")
    done = evalreport("distributions", "both.csv", "strange.csv", "--json", "-", cwd=folder)
    assert json.loads(done.stdout)["names"] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "there are no numbers.\n  Give numbers as in --p .1,.4,.5 --q .8,.15,.05, or a file"),
        (["-"], "distributions are read from files, not from standard input."),
        ([*NUMBERS, "--names", "a,b,a"], "'a' names two outcomes."),
    ],
)
def test_what_makes_no_two_distributions_is_told(folder, words, message):
    done = evalreport("distributions", *words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"error: {message}")


def test_the_page_holds_the_numbers_the_chart_and_nothing_from_outside(folder):
    evalreport(
        "distributions",
        *NUMBERS,
        "-o",
        "d.html",
        "--markdown",
        "d.md",
        "--title",
        "<b>",
        cwd=folder,
    )
    html = (folder / "d.html").read_text()
    page = Page(html)
    assert "3.288" in html
    assert html.count("<svg") >= 1
    assert [each for each in page.values("href") if not each.startswith(("#", "data:"))] == []
    assert "<b>" not in html
    assert "| H(P,Q) | 3.288 |" in (folder / "d.md").read_text()


def test_a_terminal_without_block_letters_gets_signs_that_it_has(folder):
    done = evalreport("distributions", *NUMBERS, cwd=folder, PYTHONIOENCODING="ascii")
    assert b"KL(P||Q)" in done.stdout
    assert b"###" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["--p", ".5,.5", "--q", "x"],
            2,
            "error: --q x is no list of numbers.\n"
            "  Give numbers as in --p .1,.4,.5 --q .8,.15,.05, or a file with columns.\n",
        ),
        (
            ["--p", ".5,.5", "--q", ".2,.2,.6"],
            2,
            "error: the numbers of outcomes differ: P 2, Q 3.\n"
            "  Give one value of each for every outcome.\n",
        ),
        (
            ["both.csv", "--q", "r"],
            3,
            "error: both.csv: there is no column 'r'.\n  The columns are: outcome, p, q.\n",
        ),
        (
            ["both.csv", "--p", "outcome"],
            3,
            "error: both.csv, row 1, column 'outcome': 'cat' is no probability.\n"
            "  Give a column of numbers between 0 and 1 that sum to 1.\n",
        ),
        (
            ["both.csv", "other.csv", "--names", "p"],
            3,
            "error: other.csv: there is no column 'p'.\n  The columns are: outcome, q.\n",
        ),
        (
            ["a", "b", "c"],
            2,
            "error: 3 files were named.\n  Give one file, or one each.\n",
        ),
        (
            ["--p", ".5,.5", "--q", ".5,.5", "--json", "-", "--markdown", "-"],
            2,
            "error: standard output can hold one document only.\n  Give files for others.\n",
        ),
    ],
    ids=["no numbers", "lengths", "column", "text", "names", "files", "two documents"],
)
def test_what_cannot_be_compared_is_told(folder, words, code, message):
    done = evalreport("distributions", *words, "-o", "x.html", cwd=folder)
    assert (done.returncode, done.stderr.decode(), done.stdout) == (code, message, b"")
    assert not (folder / "x.html").exists()


def test_files_that_name_other_outcomes_are_refused(folder):
    (folder / "third.csv").write_text("outcome,q\nbird,0.05\ncow,0.8\ndog,0.15\n")
    done = evalreport("distributions", "both.csv", "third.csv", "--names", "outcome", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "error: the two files do not name the same outcomes: 'cat' is not once in each.\n"
        "  Give the same names in both, in any order.\n"
    )
