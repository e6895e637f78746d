"""The examples of forms in the README are read, with the options that stand above them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalreport.cli.app import app

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("### Forms of files")[2].partition("\n### ")[0]
EXAMPLES = re.findall(r"`evalreport ([^`]*)`\n\n```text\n(.*?)^```", SECTION, re.M | re.S)


@pytest.mark.parametrize(("command", "text"), EXAMPLES, ids=[each[0] for each in EXAMPLES])
def test_an_example_in_the_readme_is_read(
    command: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    Path(words[1]).write_text(text)
    done = CliRunner().invoke(app, [*words, "-o", "none", "--quiet"])
    assert done.exit_code == 0, done.stderr


def test_the_readme_has_an_example_of_every_textual_form() -> None:
    assert len(EXAMPLES) == 6
