"""Objects of other libraries through the Python interface, each with the library itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import evalreport
from evalreport.errors import InputError

LABELS = ["cat", "dog", "dog", "cat"]
PROBS = [[0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.5, 0.5]]
COLUMNS = {"cat": [row[0] for row in PROBS], "dog": [row[1] for row in PROBS]}


@pytest.fixture(scope="module")
def expected() -> evalreport.Evaluation:
    return evalreport.evaluate(LABELS, PROBS, classes=["cat", "dog"])


def test_polars_frames_series_and_list_columns(expected: evalreport.Evaluation) -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed")
    frame = pl.DataFrame({"label": LABELS, "probs": PROBS, **COLUMNS})
    by_name = evalreport.evaluate(frame["label"], frame[["dog", "cat"]], classes=["cat", "dog"])
    by_list = evalreport.evaluate(frame["label"], frame["probs"], classes=["cat", "dog"])
    by_record = evalreport.evaluate(frame["label"], frame.select(pl.struct("dog", "cat")))
    array = frame["probs"].cast(pl.Array(pl.Float64, 2))
    by_array = evalreport.evaluate(frame["label"], array, classes=["cat", "dog"])
    for evaluation in (by_name, by_list, by_record, by_array):
        assert evaluation.log_loss == expected.log_loss
    assert by_list.digest == by_array.digest == expected.digest


def test_results_of_duckdb(expected: evalreport.Evaluation) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    connection = duckdb.connect()
    rows = ", ".join(f"('{y}', {a}, {b})" for y, (a, b) in zip(LABELS, PROBS, strict=True))
    connection.execute(f"create table p as select * from (values {rows}) t(label, cat, dog)")
    evaluation = evalreport.evaluate(
        connection.sql("select label from p"), connection.sql("select cat, dog from p")
    )
    as_list = evalreport.evaluate(
        connection.sql("select label from p"),
        connection.sql("select [cat::double, dog::double] from p"),
        classes=["cat", "dog"],
    )
    assert evaluation.log_loss == as_list.log_loss == expected.log_loss


def test_arrow_tables_arrays_and_streams(expected: evalreport.Evaluation) -> None:
    table = pa.table(COLUMNS)
    lists = pa.array(PROBS, pa.list_(pa.float64(), 2))
    forms: list[Any] = [
        table,
        table.to_reader(),
        table.to_batches()[0],
        lists,
        table.to_struct_array(),
    ]
    for probs in forms:
        evaluation = evalreport.evaluate(pa.array(LABELS), probs, classes=["cat", "dog"])
        assert evaluation.digest == expected.digest


def test_pandas_with_lists_in_a_column(expected: evalreport.Evaluation) -> None:
    frame = pd.DataFrame({"label": LABELS, "probs": PROBS})
    evaluation = evalreport.evaluate(frame["label"], frame["probs"], classes=["cat", "dog"])
    assert evaluation.digest == expected.digest


def test_scikit_learn_gives_numpy_arrays(expected: evalreport.Evaluation) -> None:
    evaluation = evalreport.evaluate(
        np.array(LABELS), np.array(PROBS), classes=np.array(["cat", "dog"])
    )
    assert evaluation.digest == expected.digest


def test_lists_that_are_no_distributions_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        evalreport.evaluate([0, 1], pa.array([[0.5, 0.5], [0.5]]))
    assert str(caught.value) == (
        "row 2, column 'probs': the list holds 1 number, and the first one holds 2.\n"
        "  Give every row the probabilities of all classes."
    )
    with pytest.raises(InputError) as caught:
        evalreport.evaluate([0, 1], pa.array([[{"word": "a", "times": 1.0}], []]))
    assert "the list holds 0 numbers" in str(caught.value)
