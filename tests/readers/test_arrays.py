"""Predictions out of memory."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import evalreport
from evalreport.errors import EvalReportError, SettingsError
from evalreport.readers import predictions_from_arrays
from evalreport.voice import ARRAYS, speaking
from tests.readers.support import rows_of

PROBS = [[0.75, 0.25], [0.5, 0.5], [0.1, 0.9]]


class Tensor:
    """Something that NumPy can read and that is nothing else."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.asarray(self.values, dtype)


class Stream:
    """Something with the Arrow C stream interface and nothing else, as polars and DuckDB have."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.held.__arrow_c_stream__(requested_schema)


def complaint(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(EvalReportError) as caught, speaking(ARRAYS):
        rows_of(predictions_from_arrays(*args, **kwargs))
    return str(caught.value)


@pytest.mark.parametrize(
    "observed",
    [
        ["a", "b", "b"],
        ("a", "b", "b"),
        np.array(["a", "b", "b"]),
        np.array(["a", "b", "b"], dtype=object),
        pd.Series(["a", "b", "b"], index=[5, 6, 7]),
        pd.Series(["a", "b", "b"], dtype="category"),
        pa.array(["a", "b", "b"]),
        pa.chunked_array([["a"], ["b", "b"]]),
        pa.table({"x": ["a", "b", "b"]}),
        Stream(pa.table({"x": ["a", "b", "b"]})),
        Stream(pa.chunked_array([["a", "b", "b"]])),
        Tensor(["a", "b", "b"]),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.parametrize(
    "probs",
    [
        PROBS,
        np.array(PROBS),
        np.asfortranarray(PROBS),
        pd.DataFrame(PROBS, columns=["a", "b"], index=[3, 1, 2]),
        pa.table({"a": [0.75, 0.5, 0.1], "b": [0.25, 0.5, 0.9]}),
        Stream(pa.table({"a": [0.75, 0.5, 0.1], "b": [0.25, 0.5, 0.9]})),
        Tensor(PROBS),
    ],
    ids=lambda each: type(each).__name__,
)
def test_whatever_holds_the_values_they_are_the_same(observed: Any, probs: Any) -> None:
    predictions = predictions_from_arrays(observed, probs)
    rows = rows_of(predictions)
    assert predictions.classes == ("a", "b")
    assert rows.observed == ["a", "b", "b"]
    assert rows.probs.tolist() == PROBS
    assert rows.numbers == [1, 2, 3]


def test_one_dimension_is_the_probability_of_the_positive_class() -> None:
    predictions = predictions_from_arrays([0, 1, 1], [0.25, 0.5, 1.0])
    assert (predictions.classes, predictions.positive) == (("0", "1"), 1)
    assert rows_of(predictions).probs.tolist() == [[0.75, 0.25], [0.5, 0.5], [0.0, 1.0]]
    assert predictions.readings == (
        "Column 'probs' is read as the probability of class '1'; rows that are not '1' are "
        "class '0'.",
    )


def test_the_positive_class_may_be_given_as_it_is_in_the_labels() -> None:
    predictions = predictions_from_arrays(np.array([1, 2, 2]), [0.1, 0.2, 0.3], positive=2)
    assert predictions.classes == ("1", "2")
    assert complaint(["cat", "dog"], [0.1, 0.2]) == (
        "column 'observed': the labels are 'cat' and 'dog', and nothing says which of them "
        "column 'probs' is the probability of.\n  Pass positive='cat' or positive='dog'."
    )


def test_truth_values_are_labels() -> None:
    predictions = predictions_from_arrays([True, False], [0.9, 0.1])
    assert predictions.classes == ("false", "true")
    assert predictions_from_arrays(np.array([True, False]), [0.9, 0.1]).classes == ("false", "true")


def test_column_names_are_classes_if_the_labels_are_among_them() -> None:
    frame = pd.DataFrame(PROBS, columns=[7, 3])
    predictions = predictions_from_arrays([3, 3, 3], frame)
    assert predictions.classes == ("7", "3")
    assert predictions.readings[0] == "Classes: the column names of probs."


def test_columns_named_by_a_prefix_and_the_class_are_matched_by_name() -> None:
    frame = pd.DataFrame({"prob_dog": [0.1, 0.8], "prob_cat": [0.9, 0.2]})
    for classes in (None, ["cat", "dog"]):
        rows = rows_of(predictions_from_arrays(["cat", "dog"], frame, classes=classes))
        of = dict(zip(rows.batches[0].classes, rows.probs.T.tolist(), strict=True))
        assert of == {"cat": [0.9, 0.2], "dog": [0.1, 0.8]}


def test_columns_with_names_of_their_own_are_never_taken_by_their_position() -> None:
    assert complaint(["x", "b"], pd.DataFrame({"a": [0.1, 0.8], "b": [0.9, 0.2]})) == (
        "the columns of probs are named a, b, and the labels are x, b, so nothing tells which "
        "column is which class.\n  Pass classes= with the class of each column, in their order."
    )
    numbered = predictions_from_arrays(["x", "b"], pd.DataFrame([[0.1, 0.9], [0.8, 0.2]]))
    assert numbered.classes == ("b", "x")


@pytest.mark.parametrize(
    "probs",
    [
        [{"dog": 0.1, "cat": 0.9}, {"cat": 0.2, "dog": 0.8}],
        {"dog": [0.1, 0.8], "cat": [0.9, 0.2]},
        [
            [{"label": "dog", "score": 0.1}, {"label": "cat", "score": 0.9}],
            [{"label": "cat", "score": 0.2}, {"label": "dog", "score": 0.8}],
        ],
    ],
    ids=["records", "columns by class", "pairs of a pipeline"],
)
def test_classes_named_inside_of_the_probabilities(probs: Any) -> None:
    rows = rows_of(predictions_from_arrays(["cat", "dog"], probs, classes=["cat", "dog"]))
    assert rows.probs.tolist() == [[0.9, 0.1], [0.2, 0.8]]


def test_records_may_name_their_classes_in_any_order() -> None:
    records = [{"dog": 0.1, "cat": 0.9}, {"cat": 0.2, "dog": 0.8}]
    here = evalreport.evaluate(["cat", "dog"], records, ids=["a", "b"])
    there = evalreport.evaluate(["dog", "cat"], records[::-1], ids=["b", "a"])
    assert here.digest == there.digest


def test_sorted_labels_are_classes_if_there_are_as_many_as_columns() -> None:
    labels = [10, 9, 2]
    predictions = predictions_from_arrays(labels, np.full((3, 3), 1 / 3))
    assert predictions.classes == ("2", "9", "10")
    assert predictions.readings[0] == (
        "Classes: the sorted labels, 2, 9, 10, in the order of the columns of probs."
    )


def test_without_any_hint_the_classes_have_to_be_named() -> None:
    assert complaint(["a", "b", "a"], np.full((3, 3), 1 / 3)) == (
        "probs has 3 columns, and there are 2 labels (a, b), so nothing tells which column is "
        "which class.\n  Pass classes= with the class of each column, in their order."
    )
    rows = rows_of(
        predictions_from_arrays(["a", "b", "a"], np.full((3, 3), 1 / 3), classes=["c", "b", "a"])
    )
    assert rows.joined("observed").tolist() == [2, 1, 2]


def test_named_columns_are_put_in_the_order_of_the_classes() -> None:
    frame = pd.DataFrame(PROBS, columns=["a", "b"])
    rows = rows_of(predictions_from_arrays(["a", "b", "b"], frame, classes=["b", "a"]))
    assert rows.probs.tolist() == [[b, a] for a, b in PROBS]


def test_as_many_classes_as_columns_are_needed() -> None:
    assert complaint(["a"], [[0.5, 0.5]], classes=["a", "b", "c"]) == (
        "probs has 2 columns, and classes= names 3."
    )


def test_arrays_of_different_length_are_refused() -> None:
    assert complaint([0, 1, 1], [0.5, 0.5]) == (
        "'probs' has 2 rows, and 'observed' has 3.\n"
        "  All arrays need one value, or one row, for each prediction."
    )
    assert complaint([0, 1], [0.5, 0.5], weights=[1]).startswith("'weights' has 1 row, and")


def test_arrays_of_no_rows_or_of_other_shapes_are_refused() -> None:
    assert complaint([], []) == "there are no rows."
    assert complaint(np.eye(2), np.eye(2)) == "observed has 2 columns, and one is needed."
    assert complaint([0, 1], np.zeros((2, 2, 2))) == (
        "probs has 3 dimensions, and one or two are needed."
    )
    assert complaint([0, 1], [[0.5, 0.5], [1.0]]) == (
        "row 2, column 'probs': the list holds 1 number, and the first one holds 2.\n"
        "  Give every row the probabilities of all classes."
    )


def test_slices_need_names() -> None:
    with pytest.raises(SettingsError) as refused:
        evalreport.evaluate([0, 1], [0.1, 0.9], slices=["fr", "de"])
    assert str(refused.value) == (
        "slices takes columns by their names, not list.\n"
        "  Pass a mapping, as slices={'language': [...]}, or a data frame."
    )


def test_faults_are_named_by_row_and_column_and_python_argument() -> None:
    assert complaint(["a", "b", "b"], [[1, 0], [1, 0], [-0.5, 1]]) == (
        "row 3, column 'probs[:, 0]': probability -0.5 is below 0.\n"
        "  Pass on_invalid='drop' to leave such rows out."
    )
    assert complaint(["a", "b"], [[0.5, 0.5], [0.5, 0.4]]) == (
        "row 2: the probabilities sum to 0.9, not to 1.\n  Pass normalize='rescale' to divide "
        "such rows by their sum, or normalize='as-is' to score them as they are."
    )


@pytest.mark.parametrize(
    "observed",
    [
        ["a", None, "b"],
        np.array(["a", None, "b"], dtype=object),
        np.array(["a", np.nan, "b"], dtype=object),
        np.ma.masked_array(["a", "b", "b"], mask=[False, True, False]),
        pd.Series(["a", None, "b"]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_missing_labels_are_found_in_every_kind_of_array(observed: Any) -> None:
    rows = rows_of(predictions_from_arrays(observed, PROBS, on_invalid="drop"))
    assert [each.reason for each in rows.rejections] == ["label is missing"]
    assert rows.numbers == [1, 3]


def test_masked_and_missing_probabilities_are_found() -> None:
    masked = np.ma.masked_array([0.1, 0.2], mask=[False, True])
    assert "row 2, column 'probs': the probability is missing." in complaint([0, 1], masked)
    assert "row 2, column 'probs': the probability is NaN." in complaint([0, 1], [0.5, np.nan])


def test_weights_ids_and_slices_come_along() -> None:
    predictions = predictions_from_arrays(
        [0, 1, 1],
        [0.25, 0.5, 0.75],
        weights=np.array([1, 2, 3]),
        ids=[7, 8, 9],
        slices={"ids": ["x", "y", "x"], "big": pd.Series([True, False, None])},
    )
    rows = rows_of(predictions)
    assert rows.joined("weights").tolist() == [1.0, 2.0, 3.0]
    assert rows.joined("ids").tolist() == ["7", "8", "9"]
    assert rows.slice_values(0) == ["x", "y", "x"]
    assert rows.slice_values(1) == ["true", "false", "(missing)"]
    assert predictions.columns.slices == ("ids", "big")


def test_narrow_floats_are_widened_and_their_rounding_is_known() -> None:
    probs = np.array([[0.1, 0.2, 0.7]] * 3, dtype=np.float16)
    rows = rows_of(predictions_from_arrays(["a", "b", "c"], probs))
    assert rows.probs[0, 0] == float(np.float16(0.1))
    assert rows.count("n_not_summing_to_one") == 0


def test_the_given_arrays_stay_as_they_are() -> None:
    probs = np.array([0.5, 1 + 1e-9])
    rows_of(predictions_from_arrays([0, 1], probs))
    assert probs.tolist() == [0.5, 1 + 1e-9]
    assert probs.flags.writeable


def test_numbers_in_memory_are_read_without_loading_pandas() -> None:
    code = (
        "import sys\n"
        "from evalreport.readers import predictions_from_arrays\n"
        "predictions = predictions_from_arrays([0, 1], [[0.5, 0.5], [0.2, 0.8]])\n"
        "assert [len(batch) for shard in predictions.shards for batch in shard.batches()] == [2]\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("kind", ["i1", "u2", ">i4", "i8", "f2", "f4", ">f8", "?"])
def test_every_number_type_of_numpy_is_read(kind: str) -> None:
    values = np.array([1, 0, 0, 1, 1], dtype=kind)[::2]
    rows = rows_of(predictions_from_arrays(values, values.astype(float)))
    assert rows.probs[:, 1].tolist() == [1.0, 0.0, 1.0]
    assert rows.joined("observed").tolist() == [1, 0, 1]
