"""``evalreport demo``: from nothing to four reports, the same ones every time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalreport.cli.app import app
from evalreport.examples import example_files


def demo(folder: Path) -> str:
    done = CliRunner().invoke(app, ["demo", "--output-dir", str(folder)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the demo wrote its files; the commands run there see only relative names."""
    folder = tmp_path_factory.mktemp("demo")
    before = Path.cwd()
    os.chdir(folder)
    (folder / "stdout").write_text(demo(Path("out")))
    os.chdir(before)
    return folder


def test_every_example_gets_its_outputs_and_the_page_to_open_is_named(folder):
    stdout = (folder / "stdout").read_text()
    assert stdout.rstrip().endswith("Open out/breast_cancer.report.html in a browser.")
    for example in example_files():
        stem = folder / "out" / Path(example.name).stem
        assert json.loads(Path(f"{stem}.evaluation.json").read_text())["overall"]["n"] >= 100
        assert Path(f"{stem}.summary.md").read_text().startswith("<!-- evalreport:summary")
        assert f"$ evalreport report out/{example.name}" in stdout


def test_the_pages_are_small(folder):
    sizes = [page.stat().st_size for page in (folder / "out").glob("*.html")]
    assert len(sizes) == 4
    assert max(sizes) < 120_000


def test_a_second_demo_elsewhere_writes_the_same_bytes(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo(Path("out"))
    for first in (folder / "out").iterdir():
        assert (tmp_path / "out" / first.name).read_bytes() == first.read_bytes(), first.name
