"""A truth value is no number: every format and every kind of array refuses it in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.errors import InputError
from evalreport.readers.values import as_arrow, holds_truth
from tests.readers.support import opened, read, refusal, write, write_parquet

WAY_OUT = "\n  A truth value does not tell how sure the model was: write the number that it gave."
NO_NUMBER = "\n  A truth value is no number: if 1 and 0 are meant, write them."


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


def pair(cat: Any, dog: Any) -> list[dict[str, Any]]:
    return [{"label": "cat", "score": cat}, {"label": "dog", "score": dog}]


SINGLE = [{"label": 1, "prob": 0.5}, {"label": 0, "prob": True}]
OBJECTS = [
    {"label": "cat", "probs": {"cat": 0.5, "dog": 0.5}},
    {"label": "cat", "probs": {"cat": True, "dog": False}},
]
LISTS = [{"label": 0, "probs": [0.5, 0.5]}, {"label": 1, "probs": [True, False]}]
PAIRS = [
    {"label": "cat", "predictions": pair(0.5, 0.5)},
    {"label": "dog", "predictions": pair(True, False)},
]
TEXTS = {
    "csv": ("p.csv", "label,prob\n1,0.5\n0,true\n", "prob"),
    "tsv": ("p.tsv", "label\tprob\n1\t0.5\n0\ttrue\n", "prob"),
    "lines": ("p.jsonl", lines(*SINGLE), "prob"),
    "document": ("p.json", json.dumps(SINGLE), "prob"),
    "objects in lines": ("p.jsonl", lines(*OBJECTS), "probs.cat"),
    "objects": ("p.json", json.dumps(OBJECTS), "probs.cat"),
    "lists in lines": ("p.jsonl", lines(*LISTS), "probs[0]"),
    "lists": ("p.json", json.dumps(LISTS), "probs[0]"),
    "pairs in lines": ("p.jsonl", lines(*PAIRS), "predictions.cat"),
    "pairs": ("p.json", json.dumps(PAIRS), "predictions.cat"),
}


@pytest.mark.parametrize(("name", "text", "column"), TEXTS.values(), ids=TEXTS)
def test_a_truth_value_among_numbers_in_text_is_refused(
    tmp_path: Path, name: str, text: str, column: str
) -> None:
    path = write(tmp_path, text, name)
    fact = f"{name}, row 2, column '{column}': probability 'true' is no number."
    assert refusal(path) == fact + WAY_OUT
    rows = read(path, on_invalid="drop")
    assert [(each.reason, each.value) for each in rows.rejections] == [
        ("probability is no number", "true")
    ]


@pytest.mark.parametrize("records", [SINGLE, OBJECTS, LISTS, PAIRS])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_truth_values_alone_are_refused_in_json(
    tmp_path: Path, records: list[dict[str, Any]], suffix: str
) -> None:
    rows = [records[1], records[1]]
    text = lines(*rows) if suffix == "jsonl" else json.dumps(rows)
    message = refusal(write(tmp_path, text, f"p.{suffix}"))
    assert message.startswith(f"p.{suffix}, row 1, column '")
    assert message.endswith(f"': probability 'true' is no number.{WAY_OUT}")


BINARY = {
    "column": ({"label": [1, 0], "prob": [True, False]}, "row 1, column 'prob'"),
    "list": ({"label": [1, 0], "probs": [[True, False]] * 2}, "row 1, column 'probs[0]'"),
    "record": (
        {"label": ["a", "b"], "probs": [{"a": True, "b": False}] * 2},
        "row 1, column 'probs.a'",
    ),
    "map": (
        {
            "label": ["a", "b"],
            "probs": pa.array([[("a", True), ("b", False)]] * 2, pa.map_(pa.string(), pa.bool_())),
        },
        "row 1, column 'probs.a'",
    ),
    "categories": (
        {"label": [1, 0], "prob": pa.array(["true", "0.5"]).dictionary_encode()},
        "row 1, column 'prob'",
    ),
}


@pytest.mark.parametrize(("columns", "place"), BINARY.values(), ids=BINARY)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_columns_of_truth_values_are_refused(
    tmp_path: Path, columns: dict[str, Any], place: str, suffix: str
) -> None:
    path, table = tmp_path / f"p.{suffix}", pa.table(columns)
    if suffix == "parquet":
        pq.write_table(table, path)
    else:
        pyarrow.feather.write_feather(table, path)
    assert refusal(path) == f"p.{suffix}, {place}: probability 'true' is no number.{WAY_OUT}"


def test_what_is_missing_among_truth_values_is_told_as_missing(tmp_path: Path) -> None:
    rows = read(write_parquet(tmp_path, {"label": [1, 0], "prob": [None, True]}), on_invalid="drop")
    reasons = [each.reason for each in rows.rejections]
    assert reasons == ["probability is missing", "probability is no number"]


@pytest.mark.parametrize("probs", [[[True, False]] * 2, [True, False]])
def test_arrays_of_truth_values_are_refused(tmp_path: Path, probs: list[Any]) -> None:
    path = tmp_path / "p.npz"
    np.savez(path, y_true=[0, 1], y_prob=np.array(probs))
    column = "y_prob" if probs == [True, False] else "y_prob[0]"
    assert refusal(path) == (
        f"p.npz, row 1, column '{column}': probability 'true' is no number.{WAY_OUT}"
    )


def test_predicted_truth_values_beside_observed_ones_are_told_as_classes(tmp_path: Path) -> None:
    text = write(tmp_path, "label,prob\ntrue,true\nfalse,false\n")
    columns = write_parquet(tmp_path, {"label": [True, False], "prob": [True, False]})
    fact = "row 1, column 'prob': 'true' is a class, not a probability."
    assert refusal(text).startswith(f"p.csv, {fact}")
    assert refusal(columns).startswith(f"p.parquet, {fact}")


def test_a_column_of_truth_values_beside_the_probabilities_is_told_as_another_column(
    tmp_path: Path,
) -> None:
    columns = {"label": ["a", "b"], "prob_a": [0.5, 0.5], "prob_b": [0.5, 0.5]}
    path = write_parquet(tmp_path, {**columns, "prob_right": [True, False]})
    assert refusal(path) == (
        "p.parquet, row 1, column 'prob_right': probability 'true' is no number.\n  No cell of "
        "this column is a number; if it is no probability, pass --probs prob_a,prob_b."
    )


def test_the_long_form_refuses_truth_values(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "class": "x", "prob": 0.5, "label": "x"},
        {"id": "a", "class": "y", "prob": True, "label": "x"},
    ]
    path = write(tmp_path, json.dumps(rows), "p.json")
    assert refusal(path, class_column="class") == (
        f"p.json, row 1, column 'prob[y]': probability 'true' is no number.{WAY_OUT}"
    )


def test_truth_values_say_what_happened(tmp_path: Path) -> None:
    labels = write_parquet(tmp_path, {"label": [True, False], "prob": [0.75, 0.25]})
    assert read(labels).observed == ["true", "false"]
    numbers = write(tmp_path, "label,prob\n1,1\n0,0\n")
    assert read(numbers).probs.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("cells", [[True, False], [True, None]])
def test_truth_values_are_targets_in_every_format(tmp_path: Path, cells: list[Any]) -> None:
    probs = {"prob_a": [0.75, 0.25], "prob_b": [0.25, 0.75]}
    table = {"t_a": cells, "t_b": [False, True], **probs}
    options: dict[str, Any] = {"target_probs": ("t_*",), "probs": ("prob_*",), "on_invalid": "drop"}
    parquet = write_parquet(tmp_path, table)
    text = write(tmp_path, pa_csv(table))
    records = write(tmp_path, pd.DataFrame(table).to_json(orient="records"), "p.json")
    assert {"Targets: true counts as 1, and false as 0."} <= {*opened(parquet, **options).readings}
    assert opened(parquet, **options).readings == opened(text, **options).readings
    for path in (parquet, text, records):
        rows = read(path, **options)
        assert rows.observed == (["a", "b"] if cells[1] is False else ["a"])
        assert len(rows.rejections) == cells.count(None)


def pa_csv(table: dict[str, list[Any]]) -> str:
    rows = zip(*table.values(), strict=True)
    cells = [["" if cell is None else str(cell).upper() for cell in row] for row in rows]
    return "\n".join([",".join(table), *map(",".join, cells)]) + "\n"


HALF = np.array([0.5, 0.5])
IN_MEMORY: dict[str, Callable[[], evalreport.Evaluation]] = {
    "array": lambda: evalreport.evaluate([1, 0], np.array([True, False])),
    "matrix": lambda: evalreport.evaluate([1, 0], np.eye(2, dtype=bool)),
    "list": lambda: evalreport.evaluate([1, 0], [0.5, True]),
    "truth first": lambda: evalreport.evaluate([1, 0], [True, 0.5]),
    "beside whole numbers": lambda: evalreport.evaluate([1, 0], [1, False]),
    "list of lists": lambda: evalreport.evaluate([1, 0], [[0.5, 0.5], [True, 0.0]]),
    "tuples": lambda: evalreport.evaluate([1, 0], ((0.5, 0.5), (0.0, np.True_))),
    "rows of arrays": lambda: evalreport.evaluate([1, 0], [HALF, np.array([True, False])]),
    "rows of series": lambda: evalreport.evaluate(
        [1, 0], [pd.Series([0.5, 0.5]), pd.Series([0.0, True], dtype=object)]
    ),
    "rows of objects": lambda: evalreport.evaluate(
        [1, 0], [HALF, np.array([0.0, True], dtype=object)]
    ),
    "series of objects": lambda: evalreport.evaluate([1, 0], pd.Series([0.5, True])),
    "series": lambda: evalreport.evaluate([1, 0], pd.Series([True, False])),
    "nullable": lambda: evalreport.evaluate([1, 0], pd.Series([True, True], dtype="boolean")),
    "frame": lambda: evalreport.evaluate(["a", "b"], pd.DataFrame({"a": HALF, "b": [True, False]})),
    "polars": lambda: evalreport.evaluate([1, 0], pl.Series([True, False])),
    "arrow": lambda: evalreport.evaluate([1, 0], pa.array([True, False])),
    "records": lambda: evalreport.evaluate(
        ["a", "b"], [{"a": 0.5, "b": 0.5}, {"a": 0.0, "b": True}]
    ),
    "columns": lambda: evalreport.evaluate(["a", "b"], {"a": [0.5, True], "b": [0.5, 0.0]}),
    "pairs": lambda: evalreport.evaluate(["cat", "dog"], [pair(0.5, 0.5), pair(0.0, True)]),
    "logits": lambda: evalreport.evaluate([1, 0], np.eye(2, dtype=bool), input_kind="logits"),
    "most likely": lambda: evalreport.evaluate(
        ["a", "b"], [{"a": True}, {"b": 0.5, "a": 0.25}], top_k=True
    ),
    "most likely beside labels": lambda: evalreport.evaluate(
        ["a", "b"], ((0.5, True), (0.5, 0.5)), top_labels=[["a", "b"]] * 2, top_k=True
    ),
    "tokens": lambda: evalreport.evaluate(None, [-0.5, True], input_kind="tokens"),
    "lists of tokens": lambda: evalreport.evaluate(None, [(-0.5, False)], input_kind="tokens"),
}


@pytest.mark.parametrize("evaluate", IN_MEMORY.values(), ids=IN_MEMORY)
def test_truth_values_in_memory_are_refused(evaluate: Callable[[], evalreport.Evaluation]) -> None:
    with pytest.raises(InputError, match=r"(probability|logit) '(true|false)'.* is no number") as e:
        evaluate()
    assert e.value.row is not None
    assert str(e.value).endswith(WAY_OUT)


@pytest.mark.parametrize("weights", [[2.0, True], np.array([True, False])])
def test_truth_values_are_no_weights(weights: Any) -> None:
    with pytest.raises(InputError, match=r"weight 'true' is no number") as caught:
        evalreport.evaluate([1, 0], [0.5, 0.5], weights=weights)
    assert str(caught.value).endswith(NO_NUMBER)


@pytest.mark.parametrize("column", ["observed", "mean", "std"])
def test_truth_values_are_no_outcomes_means_or_deviations(column: str) -> None:
    columns = {"observed": [1.5, 2.5], "mean": [1.0, 2.0], "std": [1.0, 1.0], column: [0.5, True]}
    with pytest.raises(InputError, match=r"row 2.* 'true' is no number") as caught:
        evalreport.evaluate(probs=None, input_kind="gaussian", **columns)
    assert str(caught.value).endswith(NO_NUMBER)


def test_one_hot_frames_of_truth_values_are_targets() -> None:
    labels, probs = ["a", "b", "b"], [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]
    soft = evalreport.evaluate(None, probs, targets=pd.get_dummies(pd.Series(labels)))
    assert soft.log_loss == evalreport.evaluate(labels, probs).log_loss


LEAVES = st.one_of(st.booleans(), st.floats(0, 1), st.integers(0, 3), st.none())
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


def leaves_of(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for each in inner for leaf in leaves_of(each)]
    return [value]


@given(st.lists(NESTED, max_size=5))
def test_a_truth_value_is_found_however_deep_it_stands(values: list[Any]) -> None:
    assert holds_truth(values) == any(isinstance(each, bool) for each in leaves_of(values))


@given(st.lists(LEAVES, min_size=1, max_size=6), st.sampled_from(["flat", "list", "record"]))
def test_no_truth_value_becomes_a_number(values: list[Any], shape: str) -> None:
    values = [*values, True]
    shaped: list[Any] = {
        "flat": values,
        "list": [values],
        "record": [{"cat": each} for each in values],
    }[shape]
    cells = leaves_of(as_arrow(shaped).to_pylist())
    for given_, found in zip(values, cells, strict=True):
        if isinstance(given_, bool):
            assert found is given_ or found == str(given_).lower()
