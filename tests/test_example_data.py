"""The example predictions are what their script makes, and what their README says."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from evalreport.examples import example_files

EXAMPLE_DATA = Path(__file__).resolve().parent.parent / "example_data"
BROKEN = EXAMPLE_DATA / "broken"
EXAMPLES = example_files()


def is_probability(column: str) -> bool:
    return column == "prob" or column.startswith("prob_")


def read_rows(path: Path) -> list[dict[str, str]]:
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def probabilities(rows: list[dict[str, str]]) -> np.ndarray:
    return np.array([[float(v) for k, v in row.items() if is_probability(k)] for row in rows])


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = EXAMPLE_DATA / "make_examples.py"
    spec = importlib.util.spec_from_file_location("make_examples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_examples"] = module
    spec.loader.exec_module(module)
    directory = tmp_path_factory.mktemp("remade")
    module.main(directory)
    return directory


EXACT = [*(example.name for example in EXAMPLES), "diabetes.csv"]
IN_FIVE_DECIMALS = "numbers.csv.gz"


@pytest.mark.parametrize("name", EXACT)
def test_the_script_makes_the_file_again(name, remade):
    committed, again = read_rows(EXAMPLE_DATA / name), read_rows(remade / name)
    assert list(committed[0]) == list(again[0])
    texts = [key for key in committed[0] if not is_probability(key)]
    assert [[row[key] for key in texts] for row in committed] == [
        [row[key] for key in texts] for row in again
    ]
    np.testing.assert_allclose(probabilities(committed), probabilities(again), rtol=0, atol=1e-9)


def test_the_script_makes_the_rounded_file_again(remade):
    name = "digits_previous.csv"
    committed, again = read_rows(EXAMPLE_DATA / name), read_rows(remade / name)
    assert [row["id"] for row in committed] == [row["id"] for row in again]
    np.testing.assert_allclose(probabilities(committed), probabilities(again), rtol=0, atol=3e-7)
    given = [float(row[f"prob_{row['label']}"]) for row in committed]
    row = read_text("README.md").split(f"| `{name}` |")[1].split("|")
    assert float(row[2]) == pytest.approx(-np.mean(np.log(given)), abs=1e-9)
    ids = [row["id"] for row in read_rows(EXAMPLE_DATA / "digits.csv")]
    assert ids == [row["id"] for row in committed]


def test_the_script_makes_the_compressed_file_again(remade):
    name = IN_FIVE_DECIMALS
    committed, again = read_rows(EXAMPLE_DATA / name), read_rows(remade / name)
    assert [row["label"] for row in committed] == [row["label"] for row in again]
    # A number right between two decimals may be rounded to either of them.
    np.testing.assert_allclose(probabilities(committed), probabilities(again), rtol=0, atol=1.1e-5)
    np.testing.assert_allclose(probabilities(committed).sum(axis=1), 1.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [*EXACT, IN_FIVE_DECIMALS])
def test_the_readme_tells_the_rows_the_loss_and_the_accuracy(name):
    rows = read_rows(EXAMPLE_DATA / name)
    probs = probabilities(rows)
    classes = [key.removeprefix("prob_") for key in rows[0] if is_probability(key)]
    observed = np.array([row["label"] for row in rows])
    if classes == ["prob"]:
        probs, classes = np.column_stack([1 - probs, probs]), ["0", "1"]
    predicted = np.array(classes)[probs.argmax(axis=1)]
    line = re.search(rf"^\| `{re.escape(name)}` .*$", read_text("README.md"), re.MULTILINE)
    assert line is not None
    cells = [cell.strip() for cell in line[0].strip("|").split("|")]
    assert int(cells[-3]) == len(rows)
    assert float(cells[-2]) == pytest.approx(log_loss(observed, probs, labels=classes), abs=1e-9)
    assert float(cells[-1]) == pytest.approx(accuracy_score(observed, predicted), abs=1e-6)


def read_text(name: str) -> str:
    return (EXAMPLE_DATA / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_columns_that_an_example_names_are_in_its_file(example):
    header = example.read_bytes().decode().splitlines()[0].split(",")
    assert {example.label, example.id, *example.slices} <= set(header)


def test_numbers_are_written_in_the_shortest_form_that_reads_back():
    for row in read_rows(EXAMPLE_DATA / "iris.csv"):
        for column, value in row.items():
            assert not is_probability(column) or repr(float(value)) == value


def test_all_example_files_together_stay_small():
    assert sum(path.stat().st_size for path in EXAMPLE_DATA.rglob("*") if path.is_file()) < 600_000


def test_every_broken_file_is_in_the_table_once():
    cases = tomllib.loads((BROKEN / "cases.toml").read_text(encoding="utf-8"))["case"]
    named = sorted(case["file"] for case in cases)
    there = sorted(p.name for p in BROKEN.iterdir() if p.suffix not in {".toml", ".md"})
    assert named == there
    assert all(case["exit_code"] == 3 and case["message"] for case in cases)
