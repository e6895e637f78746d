"""A value is the same label, slice or id however a file stores it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.readers.spelling import canonical, spelled

N = 8
PROBS = np.linspace(0.05, 0.95, N)
DAYS = pd.date_range("2024-01-05", periods=N, freq="D")
HOURS = pd.date_range("2024-01-05 00:00", periods=N, freq="90min")

COLUMNS: dict[str, Any] = {
    "small floats": [1e-05, 1e-07, 0.5, 123.25, 1e-20, 0.1, 3.0, -2.5e-09],
    "large floats": [1e16, 1e22, 123456789012.0, 1e15, 2.5e21, -1e17, 1e5, 0.0],
    "whole floats with a gap": [1.0, 2.0, np.nan, 4.0, 5.0, 6.0, 7.0, -0.0],
    "narrow floats": np.array([0.1, 1e-05, 3e10, 16777216, 2.5, 7, 0.3, 1e20], np.float32),
    "whole numbers": [0, 1, -1, 2**53 + 1, 4, 5, 6, 7],
    "truth values": [True, False] * (N // 2),
    "days": DAYS,
    "times": HOURS,
    "times with fractions": HOURS + pd.Timedelta("125ms"),
    "texts": ["007", "1.10", "1.1", " a", "12e5", "A", "a", "1,5"],
}


def frame(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"label": [0, 1] * (N // 2), "prob": PROBS, "x": values})


def write_records(table: pd.DataFrame, path: Path, lines: bool) -> None:
    rows = [
        {**row, "x": each.isoformat() if isinstance(each := row["x"], datetime.datetime) else each}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]
    rows = [{key: getattr(v, "item", lambda v=v: v)() for key, v in row.items()} for row in rows]
    text = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)
    path.write_text(text + "\n")


def arrow(table: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(table, preserve_index=False)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "a.parquet": lambda t, p: t.to_parquet(p, index=False),
    "microseconds.parquet": lambda t, p: pq.write_table(
        arrow(t), p, coerce_timestamps="us", allow_truncated_timestamps=True
    ),
    "pandas.csv": lambda t, p: t.to_csv(p, index=False),
    "pandas.tsv": lambda t, p: t.to_csv(p, index=False, sep="\t"),
    "arrow.csv": lambda t, p: pa_csv.write_csv(arrow(t), p),
    "a.jsonl": lambda t, p: write_records(t, p, lines=True),
    "a.json": lambda t, p: write_records(t, p, lines=False),
    "a.feather": lambda t, p: feather.write_feather(arrow(t), p),
    "a.npz": lambda t, p: np.savez(p, **{name: t[name].to_numpy() for name in t}),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("role", ["slice", "id"])
def test_every_format_gives_the_same_digest_with_values_of_any_kind(kind, role, tmp_path):
    options = {"slices": ["x"]} if role == "slice" else {"id": "x"}
    table = frame(COLUMNS[kind])
    digests, values = {}, {}
    for name, write in WRITERS.items():
        # NumPy's text stays text; its objects would have to be pickled.
        if name == "a.npz" and kind == "texts":
            continue
        if kind == "narrow floats" and name.endswith((".json", ".jsonl")):
            continue  # JSON has the digits of the wider number
        write(table, tmp_path / name)
        evaluation = evalreport.evaluate_file(tmp_path / name, **options)
        digests[name] = evaluation.digest
        values[name] = (
            sorted(each.value for each in evaluation.result.slices)
            if role == "slice"
            else sorted(str(each.id) for each in evaluation.result.worst_rows)
        )
    assert len(set(map(tuple, values.values()))) == 1, values
    assert len(set(digests.values())) == 1, digests


@pytest.mark.parametrize("kind", ["small floats", "days", "truth values", "whole numbers"])
def test_every_format_gives_the_same_classes_with_labels_of_any_kind(kind, tmp_path):
    values = list(COLUMNS[kind])[:2]
    table = pd.DataFrame(
        {"label": values * 4, "prob_a": PROBS, "prob_b": 1 - PROBS, "x": ["a"] * N}
    )
    asked = tuple(str(each) for each in values)
    table.columns = ["label", *(f"prob_{name}" for name in asked), "x"]
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet", index=False)
    one, other = (evalreport.evaluate_file(tmp_path / name) for name in ("a.csv", "a.parquet"))
    assert one.digest == other.digest
    assert one.result.input.classes == other.result.input.classes


SPELLINGS = {
    "0.00001": ["1e-05", "1E-05", "1.0E-5", "0.00001", "1.000e-05", "1.000000000000000000e-05"],
    "100000": ["1e+05", "1.0E5", "100000.0", "100000", "100000.", "1.00e+05"],
    "0": ["0", "-0", "0.0", "-0.0", "0.000000000000000000e+00"],
    "-2.5": ["-2.5", "-2.5e+00"],
    "1.5e+30": ["1.5e+30", "1.5E30"],
    "2.5e-30": ["2.5e-30", "0.0000000000000000000000000000025"],
    "2024-01-05": ["2024-01-05", "2024-01-05 00:00:00", "2024-01-05T00:00:00.000"],
    "2024-01-05 13:45:00": ["2024-01-05 13:45", "2024-01-05T13:45:00.000000000"],
    "2024-01-05 13:45:00Z": ["2024-01-05T13:45:00Z", "2024-01-05 13:45:00+00:00"],
    "2024-01-05 13:46:00Z": ["2024-01-05 13:46:00 UTC", "2024-01-05T13:46:00.000+0000"],
    "2024-01-05 13:45:00.5+01:00": ["2024-01-05T13:45:00.500+0100", "2024-01-05 13:45:00.5+01"],
    "13:45:00": ["13:45:00", "13:45:00.000000"],
    "true": ["true", "TRUE", "True"],
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_value_has_one_spelling(spelling):
    assert {canonical(each) for each in SPELLINGS[spelling]} == {spelling}
    assert spelled(pa.array(SPELLINGS[spelling])).unique().to_pylist() == [spelling]


@pytest.mark.parametrize(
    "text",
    [
        *("1.10", "007", "+1", "12e5", "1234e567", "7e10", "1_000", "1,5", " 1.0", "1.0 ", "0x10"),
        *("2024-1-5", "20240105", "05.01.2024", "24:00", "12:30.50", "Infinity", "1.2.3", "١.٠"),
        *("truely", "e", "-", ".", "C", "Z"),
    ],
)
def test_text_that_only_resembles_a_number_or_a_date_stays_as_it_is(text):
    assert canonical(text) == text
    assert spelled(pa.array([text, None])).to_pylist() == [text, None]


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["float64", "float32"]))
def test_a_number_reads_back_from_its_spelling_and_its_spelling_is_settled(number, kind):
    with np.errstate(over="ignore"):
        number = np.dtype(kind).type(number)
    text = canonical(number)
    if np.isfinite(number):
        assert np.dtype(kind).type(text) == number
    assert canonical(text) == text
    assert spelled(pa.array(np.array([number]))).to_pylist() == [text]


@given(st.text(max_size=12))
def test_spelling_twice_changes_nothing_more_and_columns_agree_with_single_texts(text):
    assert canonical(canonical(text)) == canonical(text)
    assert spelled(pa.array([text])).to_pylist() == [canonical(text)]


def test_half_precision_has_the_digits_that_it_can_tell_apart():
    assert spelled(pa.array(np.array([0.1, 1000], np.float16))).to_pylist() == ["0.1", "1000"]
