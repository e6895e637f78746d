"""Every command that the README shows runs as it stands, on files of the names that it uses."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evalreport.cli.app import app
from tests.test_docs import README, ROOT, code_blocks

SET_UP = "python3 -m venv"


def shown_commands() -> list[str]:
    """Return the commands of the README in their order, but for setting an environment up."""
    lines = re.findall(r"^\$ (.*)$", "".join(code_blocks("console")), re.MULTILINE)
    lines += [line for line in code_blocks("bash")[0].splitlines() if line]
    return [line for line in lines if not line.startswith(SET_UP)]


def write_files(folder: Path) -> None:
    """Write the files that the README speaks of, each with a few rows of its kind."""
    for name in ("digits.csv", "digits_previous.csv"):
        shutil.copy(ROOT / "example_data" / name, folder)
    rng = np.random.default_rng(7)
    p = rng.beta(0.2, 0.2, 200).clip(0.001, 0.999)
    labels = (rng.random(200) < p).astype(int)
    table = pd.DataFrame({"id": np.arange(200), "label": labels, "prob": p})
    table.to_csv(folder / "predictions.csv", index=False)
    table.to_parquet(folder / "predictions.parquet")
    happened = pd.DataFrame({"outcome": ["cat", "dog"], "happened": [0.4, 0.6], "forecast": 0.5})
    happened.to_csv(folder / "table.csv", index=False)
    votes = {"votes_a": rng.integers(0, 9, 40) + 1, "votes_b": rng.integers(0, 9, 40)}
    pd.DataFrame({**votes, "prob_a": 0.6, "prob_b": 0.4}).to_csv(folder / "votes.csv", index=False)
    row = {"label": "cat", "probs": {"cat": 0.5, "dog": 0.3, "emu": 0.1}}
    (folder / "top5.jsonl").write_text(f"{json.dumps(row)}\n" * 12)
    documents = {"logprobs": [[-0.2, -1.9, -0.4]] * 12, "text": ["It rained."] * 12}
    pd.DataFrame(documents).to_parquet(folder / "samples.parquet")
    y = rng.normal(20, 3, 60)
    demand = pd.DataFrame({"y": y, "mean": y + rng.normal(0, 1, 60), "std": 1.0, "store": "north"})
    demand.to_csv(folder / "demand.csv", index=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("readme")
    write_files(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        last_week = ["report", "predictions.csv", "-o", "none", "--json", "last-week.json"]
        assert CliRunner().invoke(app, last_week).exit_code == 0
        yield path


def test_the_readme_shows_commands():
    assert len(shown_commands()) >= 12
    assert all(line.startswith("evalreport ") for line in shown_commands())
    assert README.count(SET_UP) >= 2


@pytest.mark.parametrize("line", shown_commands())
def test_a_command_runs_as_it_is_printed(line, folder):
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
