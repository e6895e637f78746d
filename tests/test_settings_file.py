"""The settings file: what it may say, what is refused, and that the command line wins."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import typer

from evalreport.errors import SettingsError
from evalreport.limits import GroupLimits
from evalreport.settings_file import read_settings_file, setting_types
from evalreport.settings_schema import settings_schema
from tests.cli.test_report import evalreport

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("label,prob,g\n" + "1,0.8,x\n0,0.3,y\n" * 10)
    return tmp_path


def report(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "evalreport", "report", "p.csv", "--json", "-", *words]
    return subprocess.run(command, capture_output=True, env=os.environ, check=False)


def limits_of(done: subprocess.CompletedProcess[bytes]) -> dict[str, tuple[float, str]]:
    judged = json.loads(done.stdout)["limits"]
    return {each["name"]: (each["limit"], each["outcome"]) for each in judged}


FILE = """
slice = ["g"]
unit = "bits"
[limits]
max_loss = 0.3
[limits.classes.1]
max_loss = 0.1
[limits.slices.g.x]
max_loss = 0.9
"""


def test_the_file_in_the_working_directory_is_read_and_limits_end_in_one(folder):
    (folder / "evalreport.toml").write_text(FILE)
    done = report()
    assert (done.returncode, done.stderr) == (1, b"")
    assert limits_of(done) == {
        "max_loss": (0.3, "passed"),
        "classes.1.max_loss": (0.1, "failed"),
        "slices.g.x.max_loss": (0.9, "passed"),
    }


def test_the_command_line_wins(folder):
    (folder / "evalreport.toml").write_text("[limits]\nmax_loss = 0.1\n")
    done = report("--max-loss", "0.4")
    assert done.returncode == 0
    assert limits_of(done) == {"max_loss": (0.4, "passed")}


def test_the_table_of_the_project_file_is_read(folder):
    (folder / "pyproject.toml").write_text("[tool.evalreport.limits]\nmax_loss = 0.1\n")
    assert limits_of(report()) == {"max_loss": (0.1, "failed")}


def test_a_named_file_is_read_instead(folder):
    (folder / "evalreport.toml").write_text("[limits]\nmax_loss = 0.1\n")
    (folder / "other.toml").write_text("[limits]\nmin_skill = 0.2\n")
    assert limits_of(report("--config", "other.toml")) == {"min_skill": (0.2, "passed")}


def test_a_project_without_settings_sets_nothing(folder):
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert read_settings_file().options == {}


def test_groups_become_limits_of_their_own(folder):
    (folder / "evalreport.toml").write_text(FILE)
    found = read_settings_file()
    assert found.classes == (GroupLimits(name="1", max_loss=0.1),)
    assert found.slices == (GroupLimits(column="g", name="x", max_loss=0.9),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lable = 'y'", "c.toml: there is no setting lable.\n  Did you mean label?"),
        ("label = 3", "c.toml: label takes text, not 3."),
        ("workers = true", "c.toml: workers takes a whole number, not True."),
        ("unit = 'dB'", "c.toml: unit takes 'nats' or 'bits', not 'dB'."),
        ("slice = [1]", "c.toml: slice takes text or a list of texts, not [1]."),
        ("limits = 3", "c.toml: limits takes a table, not 3."),
        ("limits.max-loss = 3", "c.toml: there is no setting limits.max-loss.\n"
         "  Did you mean max_loss?"),
        ("limits.max_loss = '3'", "c.toml: limits.max_loss takes a number, not '3'."),
        ("limits.classes.a = 1", "c.toml: limits.classes.a takes a table, not 1."),
        ("limits.classes.a.min_skill = 1", "c.toml: there is no setting "
         "limits.classes.a.min_skill.\n  Known: max_loss, max_zero_probability, worst_band, "
         "max_regression."),
        ("label =", "c.toml: this is no TOML: Invalid value (at end of document)."),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_by_name(folder, text, message):
    (folder / "c.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_settings_file("c.toml")
    assert str(caught.value) == message


def test_a_missing_file_is_named():
    with pytest.raises(SettingsError, match=r"^no\.toml: there is no such settings file\.$"):
        read_settings_file("no.toml")


def test_two_files_with_settings_are_one_too_many(folder):
    (folder / "evalreport.toml").write_text("")
    (folder / "pyproject.toml").write_text("[tool.evalreport]\n")
    done = report()
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "error: evalreport.toml and [tool.evalreport] in pyproject.toml both hold settings.\n"
        "  Keep one of them, or say which with --config.\n"
    )


def test_every_option_of_the_command_can_be_set_in_the_file():
    from evalreport.cli.app import app

    group = typer.main.get_command(app)
    options = {
        option.removeprefix("--").replace("-", "_")
        for parameter in group.commands["report"].params  # type: ignore[attr-defined]
        for option in parameter.opts
        if option.startswith("--")
    }
    limits = settings_schema()["properties"]["limits"]["properties"]
    known = set(setting_types()) | set(limits) - {"classes", "slices"}
    assert known == options - {"config", "verbose", "help"}


def test_the_schema_is_valid_and_knows_the_examples_of_the_readme():
    import tomllib

    schema = settings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    examples = [text for text in examples if not text.startswith("[[bands]]")]
    assert examples
    for text in examples:
        jsonschema.validate(tomllib.loads(text), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"limits": {"max_los": 1.0}}, schema)


def test_bands_are_checked_by_the_scale_that_holds_for_the_run(folder):
    (folder / "evalreport.toml").write_text(
        "bands = 'own.toml'\n[limits.classes.1]\nworst_band = 'good'\n"
    )
    (folder / "own.toml").write_text(
        "[[bands]]\nname = 'good'\nbelow = 1\n[[bands]]\nname = 'no'\n"
    )
    done = evalreport("report", "p.csv", "--json", "-", cwd=folder)
    assert json.loads(done.stdout)["bands"]["name"] == "own.toml"
    (folder / "evalreport.toml").write_text("[limits.slices.g.x]\nworst_band = 'good'\n")
    done = evalreport("report", "p.csv", cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "error: slices.g.x.worst_band takes the name of a band, not 'good'.\n  Bands: perfect, "
        "great, on the right track, fine, can probably improve, not great, terrible, something is "
        "broken.\n",
    )
